"""Steady movement of a camera, as translation and zoom between two small pictures."""

import cv2
import numpy as np

ITERATIONS = 3
"""Steps in which the movement is estimated."""
STIFFNESS = 0.5
"""Squared gradient, grey levels per pixel, below which a picture without edges does not move."""
MIN_CHANGE = 1.5
"""Smaller differences are noise, root mean square in grey levels."""
MAX_REST = 0.6
"""Movement is used only if at most this part of the difference remains after it."""


def rms(values: np.ndarray) -> float:
    """Return the root mean square."""
    return float(np.sqrt(np.mean(values * values)))


def gradients(picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the derivatives of a picture by y and x, grey levels per pixel."""
    dy, dx = np.gradient(picture, axis=(0, 1))
    return dy, dx


def velocity(start: np.ndarray, end: np.ndarray, seconds: float) -> np.ndarray | None:
    """Return how the camera moved between two pictures, per second, or None if it stood still.

    The pictures are (height, width, 3) float32, `seconds` apart; a negative time estimates the
    movement backwards. The result is (dx, dy, zoom): pixels per second, and the part of the size
    per second. It is estimated by least squares from the derivatives of the pictures (Lucas and
    Kanade 1981, with zoom). None is returned as well if this movement leaves most of the difference
    unexplained, because then something else moved.
    """
    difference = rms(end - start)
    if difference < MIN_CHANGE:
        return None
    movement = np.zeros(3, np.float32)
    moved = start
    for _ in range(ITERATIONS):
        movement = movement + _step(moved, end)
        moved = move(start, movement)
    if rms(end - moved) > MAX_REST * difference:
        return None
    return movement / np.float32(seconds)


def _step(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Return one estimate of (dx, dy, zoom), in pixels and as a part of the size."""
    height, width = start.shape[:2]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    y, x = y[..., None] - (height - 1) / 2, x[..., None] - (width - 1) / 2
    dy, dx = gradients((start + end) / 2)
    columns = np.stack([-dx.ravel(), -dy.ravel(), -(dx * x + dy * y).ravel()], 1)
    matrix = columns.T @ columns
    scale = np.array([1, 1, width**2 / 12], np.float32)
    matrix[np.diag_indices(3)] += STIFFNESS * start.size * scale
    return np.linalg.solve(matrix, columns.T @ (end - start).ravel())


def move(picture: np.ndarray, movement: np.ndarray) -> np.ndarray:
    """Return a picture after the camera moved by (dx, dy, zoom); edges are repeated."""
    height, width = picture.shape[:2]
    scale = 1 / max(1 + float(movement[2]), 0.1)
    x, y = (width - 1) / 2, (height - 1) / 2
    matrix = np.array(
        [
            [scale, 0, x - scale * (x + float(movement[0]))],
            [0, scale, y - scale * (y + float(movement[1]))],
        ],
        np.float32,
    )
    return cv2.warpAffine(
        picture,
        matrix,
        (width, height),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
