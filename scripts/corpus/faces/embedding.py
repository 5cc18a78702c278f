"""The interface of a face embedder: images and boxes in, vectors out."""

from typing import Protocol

import numpy as np


class FaceEmbedder(Protocol):
    """Embeds one face in each of n RGB images, given as a box x1, y1, x2, y2 in pixels.

    The embedding of a face does not depend on the other faces. Returns (n, dimensions) float32.
    """

    def __call__(self, images: list[np.ndarray], boxes: list[np.ndarray]) -> np.ndarray: ...
