#!/bin/sh
# Without dependencies, because scenedetect requires an OpenCV that needs a screen. Its dependencies
# are in frames.yaml.
python -m pip install --no-deps scenedetect==0.7.2
