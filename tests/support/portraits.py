"""The two portraits of the demo as test images, and the face detector for them.

The results of the detector are computed once for all tests.
"""

from functools import cache
from pathlib import Path

import numpy as np

import render_demo
from corpus.faces.detectors import load_detector
from corpus.inputs.model_catalogue import CATALOGUE
from corpus.inputs.model_download import fetch_model
from repository import ROOT

MODELS = ROOT / "resources/models"
FACE_BOXES = {
    "collins": np.array([179.0, 61, 268, 176]),
    "hopper": np.array([171.0, 111, 356, 336]),
}
"""Boxes (x1, y1, x2, y2) of the faces in the portraits in pixels, as MTCNN detects them."""


@cache
def portraits() -> dict[str, np.ndarray]:
    """Return RGB images of the same size, by person."""
    images = {}
    for person, picture in render_demo.portraits().items():
        images[person] = np.full((620, 520, 3), 90, np.uint8)
        images[person][: picture.shape[0], : picture.shape[1]] = picture
    return images


@cache
def detector():
    """Return the detector of the default configuration."""
    return load_detector("fast-mtcnn", "cpu", min_size=0.06, min_score=0.9)


@cache
def portrait_faces() -> dict[str, tuple[np.ndarray, float, np.ndarray]]:
    """Box, score and landmarks of the face in each portrait, by person."""
    detections = detector()(list(portraits().values()))
    return {
        person: (boxes[0], scores[0], landmarks[0])
        for person, (boxes, scores, landmarks) in zip(portraits(), detections, strict=True)
    }


def model_file(name: str) -> Path:
    """Return the file of a model in the catalogue; it is fetched if it does not exist."""
    model = CATALOGUE[name]
    path = MODELS / model.file
    if not path.exists():
        fetch_model(name, model, model.source, model.sha256, path)
    return path
