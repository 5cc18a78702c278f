#!/bin/sh
# Without its dependencies, which are in frames.yaml: it asks for an OpenCV that needs a screen.
python -m pip install --no-deps scenedetect==0.7.2
