#!/bin/sh
# Without dependencies, because facenet-pytorch requires the torch and numpy of 2024. Its
# dependencies are in faces.yaml.
python -m pip install --no-deps facenet-pytorch==2.6.0
