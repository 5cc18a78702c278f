"""Scale parts of an image by means over areas, as PyTorch's `interpolate(mode="area")` does."""

from collections.abc import Sequence

import cv2
import numpy as np


class AreaMeans:
    """An RGB image whose parts can be scaled to any size.

    Each pixel of a result is the mean over an area of whole pixels; the areas of neighbours may
    overlap. MTCNN was published with such images, and its boxes depend on them. Sums come from an
    integral image (Crow 1984, https://doi.org/10.1145/964965.808600), so that a large area takes no
    more time than a small one. They are whole numbers, so nothing is rounded before the division.
    """

    def __init__(self, image: np.ndarray) -> None:
        """`image` is (height, width, 3) uint8."""
        self.height, self.width = image.shape[:2]
        self.sums = cv2.integral(image, sdepth=cv2.CV_32S)

    def scaled(
        self, size: tuple[int, int], low: Sequence[int] = (0, 0), high: Sequence[int] | None = None
    ) -> np.ndarray:
        """A part of the image at `size` (width, height), as (height, width, 3) float32.

        The part is from `low` (x, y) to `high`, which is not included; by default, to the end.
        """
        (left, top), (right, bottom) = low, (self.width, self.height) if high is None else high
        x1, x2 = _edges(size[0], right - left)
        y1, y2 = _edges(size[1], bottom - top)
        part = self.sums[top : bottom + 1, left : right + 1]
        # Sums of a large image exceed 32 bits, but their differences wrap to the right value.
        rows = part[y2] - part[y1]
        sums = rows.take(x2, axis=1) - rows.take(x1, axis=1)
        area = np.multiply.outer(y2 - y1, x2 - x1).astype(np.float32)
        return sums.astype(np.float32) / area[:, :, None]


def _edges(n: int, length: int) -> tuple[np.ndarray, np.ndarray]:
    """Starts and ends of the n areas along an axis of `length` pixels."""
    places = np.arange(n + 1) * length
    return places[:-1] // n, -(-places[1:] // n)
