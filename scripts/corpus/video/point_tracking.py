"""Follow points from one picture to the next, with the pyramidal method of Lucas and Kanade."""

from typing import cast

import cv2
import numpy as np


def follow_points(
    previous: np.ndarray, current: np.ndarray, points: np.ndarray, window: int = 21
) -> tuple[np.ndarray, np.ndarray]:
    """Return where points of a picture are in the next one, and which of them were found.

    `previous` and `current` are (height, width) uint8, `points` (n, 2) float32 pixels; `window` is
    the side in pixels of what is compared around each point. Returns the new positions (n, 2)
    float32 and (n,) bool. Bouguet (2001, Pyramidal implementation of the affine Lucas Kanade
    feature tracker), as implemented in OpenCV.
    """
    # OpenCV's stub does not allow None, which means that there is no first guess.
    no_guess = cast(np.ndarray, None)
    moved, status, _ = cv2.calcOpticalFlowPyrLK(
        previous, current, points.reshape(-1, 1, 2), no_guess, winSize=(window, window)
    )
    return moved.reshape(-1, 2), status.ravel().astype(bool)
