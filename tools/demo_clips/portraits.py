"""Read the two portraits of the demo, whose files are in tools/portraits."""

from pathlib import Path

import cv2
import numpy as np

from corpus.core.checksums import sha256
from corpus.core.errors import InputError

FOLDER = Path(__file__).resolve().parents[1] / "portraits"
FILES = {
    "collins": (
        "collins.png",
        "e51090bfeb7d3f8562b9b5eef784a66003a023f54675083925727adbc072f2b6",
    ),
    "hopper": (
        "hopper.jpg",
        "a8ca6d734765703b09728ab47fe59f473d93ae3967fc24c7c0288c3c7adb7130",
    ),
}
"""File and sha256 of each person's portrait."""


def portraits() -> dict[str, np.ndarray]:
    """Return the two pictures by person, (height, width, 3) uint8 RGB."""
    return {person: _read(FOLDER / name, expected) for person, (name, expected) in FILES.items()}


def _read(path: Path, expected: str) -> np.ndarray:
    """Read a picture after comparing its sha256."""
    if (actual := sha256(path)) != expected:
        raise InputError(f"{path}: the sha256 is {actual}; it must be {expected}")
    return cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
