#!/bin/sh
# Without its dependencies, which are in keypoints.yaml: it asks for a second OpenCV.
python -m pip install --no-deps mediapipe==1.2.2
