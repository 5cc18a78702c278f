#!/bin/sh
# Without dependencies, because mediapipe requires a second OpenCV. Its dependencies are in
# keypoints.yaml.
python -m pip install --no-deps mediapipe==1.2.2
