"""Movement of a camera, as translation and zoom between two small pictures.

It is estimated by least squares from the derivatives of the pictures (Lucas and Kanade 1981, with
zoom), in several steps. A movement is (dx, dy, zoom): pixels, and the part by which the picture
grows around its centre.
"""

from collections.abc import Iterable
from functools import cache

import cv2
import numpy as np

BLURS = (12.0, 6.0, 3.0, 0.0)
"""Standard deviations of the blurs with which large movements are estimated, pixels: coarse to fine
in a picture 64 pixels wide."""
STEPS_PER_BLUR = 4
"""Steps in which the movement is estimated with each blur."""
STIFFNESS = 0.5
"""Squared gradient, grey levels per pixel, below which a picture without edges does not move."""
MIN_CHANGE = 1.5
"""Smaller differences are noise, root mean square in grey levels."""
MAX_REST_OF_STEADY = 0.6
"""Steady movement is used only if at most this part of the difference remains after it."""


def rms(values: np.ndarray) -> float:
    """Return the root mean square."""
    return float(np.sqrt(np.mean(values * values)))


def gradients(picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the derivatives of a picture by y and x, grey levels per pixel.

    They are those of numpy.gradient, in a fraction of the time.
    """
    dy, dx = np.empty_like(picture), np.empty_like(picture)
    np.subtract(picture[2:], picture[:-2], out=dy[1:-1])
    np.subtract(picture[:, 2:], picture[:, :-2], out=dx[:, 1:-1])
    dy[1:-1] *= 0.5
    dx[:, 1:-1] *= 0.5
    dy[0], dy[-1] = picture[1] - picture[0], picture[-1] - picture[-2]
    dx[:, 0], dx[:, -1] = picture[:, 1] - picture[:, 0], picture[:, -1] - picture[:, -2]
    return dy, dx


def follow_camera(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Return a picture after the pan or zoom that brings it closest to another one.

    The pictures are (height, width, 3) float32. After a zoom, the narrower picture can be made from
    the wider one, but not the other way round.
    """
    return move(start, _movement(start, end, BLURS, STEPS_PER_BLUR))


def velocity(start: np.ndarray, end: np.ndarray, seconds: float) -> np.ndarray | None:
    """Return how the camera moved between two pictures, per second, or None if it stood still.

    The pictures are (height, width, 3) float32, and were shown `seconds` apart, a fraction of a
    second. None is returned as well if movement of the camera leaves most of the difference
    unexplained, because then something else moved.
    """
    difference = rms(end - start)
    if difference < MIN_CHANGE:
        return None
    movement = _movement(start, end, BLURS[-1:], STEPS_PER_BLUR - 1)
    if rms(end - move(start, movement)) > MAX_REST_OF_STEADY * difference:
        return None
    return movement / np.float32(seconds)


def unfollowed_share(pairs: Iterable[tuple[np.ndarray, np.ndarray]]) -> float:
    """Return how much of the changes in pairs of pictures a moving camera leaves, 0 to 1.

    The pictures are (height, width, 3) float32, a few hundredths of a second apart.
    """
    changed, left = 0.0, 0.0
    for start, end in pairs:
        difference = rms(end - start)
        changed += difference
        if difference >= MIN_CHANGE:
            moved = move(start, _movement(start, end, BLURS[-1:], STEPS_PER_BLUR - 1))
            difference = min(difference, rms(end - moved))
        left += difference
    return left / max(changed, 1e-6)


def _movement(
    start: np.ndarray, end: np.ndarray, blurs: tuple[float, ...], n_steps: int
) -> np.ndarray:
    """Return the movement from one picture to another."""
    movement = np.zeros(3, np.float32)
    for blur in blurs:
        source, target = (
            cv2.GaussianBlur(picture, (0, 0), blur) if blur else picture for picture in (start, end)
        )
        for _ in range(n_steps):
            movement = movement + _step(move(source, movement), target)
    return movement


def _step(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Return one estimate of a movement."""
    height, width = start.shape[:2]
    y, x = _coordinates(height, width)
    dy, dx = gradients((start + end) / 2)
    rows = np.stack([-dx.ravel(), -dy.ravel(), -(dx * x + dy * y).ravel()])
    matrix = rows @ rows.T
    scale = np.array([1, 1, width**2 / 12], np.float32)
    matrix[np.diag_indices(3)] += STIFFNESS * start.size * scale
    return np.linalg.solve(matrix, rows @ (end - start).ravel())


@cache
def _coordinates(height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Return y and x from the centre of a picture, pixels, (height, 1, 1) and (width, 1)."""
    y, x = np.arange(height, dtype=np.float32), np.arange(width, dtype=np.float32)
    return y[:, None, None] - (height - 1) / 2, x[:, None] - (width - 1) / 2


def move(picture: np.ndarray, movement: np.ndarray) -> np.ndarray:
    """Return a picture after a movement of the camera; what was outside repeats the edge."""
    height, width = picture.shape[:2]
    scale = 1 / min(max(1 + float(movement[2]), 0.3), 3.0)
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
