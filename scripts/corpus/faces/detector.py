"""The interface of a face detector: images in, boxes with scores and landmarks out.

`corpus.faces.detectors` lists the detectors that the configuration can choose. Another one needs
the method `__call__` of `Detector`; nothing else depends on how faces are detected.
"""

from typing import NamedTuple, Protocol

import numpy as np


class FaceDetections(NamedTuple):
    """The faces of one image, sorted by the left edge of their boxes."""

    boxes: np.ndarray
    """(n, 4) x1, y1, x2, y2 in pixels of the image."""
    scores: np.ndarray
    """(n,) 0 to 1."""
    landmarks: np.ndarray
    """(n, 5, 2) pixels: the two eyes, the nose, the two corners of the mouth."""


class Detector(Protocol):
    """Detects the faces in a batch of RGB images."""

    def __call__(self, images: list[np.ndarray]) -> list[FaceDetections]:
        """Detect the faces of each image.

        `images` are (height, width, 3) uint8, upright, and all of one size. What is detected in an
        image does not depend on the other images of its batch.
        """
        ...


NO_FACES = FaceDetections(np.zeros((0, 4)), np.zeros(0), np.zeros((0, 5, 2)))
"""The detections of an image without faces."""
