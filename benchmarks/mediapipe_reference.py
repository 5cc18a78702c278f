"""MediaPipe as the reference for keypoints, in tests and benchmarks.

The workflow runs MediaPipe's networks without MediaPipe. `model_for_mediapipe` makes a .task file
that MediaPipe's own library can open.
"""

import sys
import types
import zipfile
from pathlib import Path

from mediapipe_guard import mediapipe, mediapipe_module

__all__ = ["mediapipe", "mediapipe_module", "model_for_mediapipe"]

# Pixel normalisation (pixel - mean) / std that the networks were trained with, as in the graphs
# that used these files before bundles existed: mediapipe 0.10.21,
# modules/pose_detection/pose_detection_cpu.pbtxt (-1 to 1) and
# modules/pose_landmark/pose_landmark_by_roi_cpu.pbtxt (0 to 1).
NORMALISATION = {
    "pose_detector.tflite": (127.5, 127.5),
    "pose_landmarks_detector.tflite": (0.0, 255.0),
}


def model_for_mediapipe(model: Path, path: Path) -> Path:
    """Write a .task file for MediaPipe to `path`, and return the path.

    MediaPipe reads the normalisation of pixels from metadata in the .tflite files, which those of
    the bundled pose model do not have.
    """
    with zipfile.ZipFile(model) as archive:
        models = {name: archive.read(name) for name in archive.namelist()}
    for name, scale in NORMALISATION.items():
        if name in models:
            models[name] = _with_metadata(models[name], *scale)
    utilities = mediapipe_module("tasks.python.metadata.metadata_writers.model_asset_bundle_utils")
    # MediaPipe maps the models into memory, so they are aligned and not compressed.
    with utilities.AlignZipFile(path, mode="w", alignment=4) as archive:
        for name, content in models.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return path


def _with_metadata(model: bytes, mean: float, std: float) -> bytes:
    """Add pixel normalisation to the metadata of a .tflite file."""
    # MediaPipe's writer asks a native helper for the oldest parser version that understands the
    # metadata; for normalisation options this is 1.0.0. Recent wheels do not contain the helper.
    helper = types.SimpleNamespace(GetMinimumMetadataParserVersion=lambda _: "1.0.0")
    package = "mediapipe.tasks.cc"
    for name in (package, f"{package}.metadata", f"{package}.metadata.python"):
        sys.modules.setdefault(name, types.ModuleType(name))
    vars(sys.modules[f"{package}.metadata.python"])["_pywrap_metadata_version"] = helper
    writers = mediapipe_module("tasks.python.metadata.metadata_writers.metadata_writer")
    writer = writers.MetadataWriter.create(bytearray(model))
    writer.add_image_input(norm_mean=[mean], norm_std=[std])
    return bytes(writer.populate()[0])
