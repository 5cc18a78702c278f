#!/bin/sh
# Without its dependencies, which are in faces.yaml: it asks for the torch and numpy of 2024.
python -m pip install --no-deps facenet-pytorch==2.6.0
