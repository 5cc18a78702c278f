"""Size and frame rate of the demo's clips, and where a portrait lies in a frame."""

import math
from collections.abc import Callable

import cv2
import numpy as np

WIDTH, HEIGHT, FPS = 640, 480, 25

Placement = tuple[float, float, float]
"""Scale of a portrait, and x and y of its top left pixel in the frame, pixels."""
Motion = Callable[[float], Placement]
"""Maps a fraction of the shot, from 0 (first frame) to 1 (last frame), to a placement."""


def affine_matrix(placement: Placement) -> np.ndarray:
    """Return the 2 x 3 matrix that maps the portrait's pixels to those of the frame."""
    scale, x, y = placement
    return np.array([[scale, 0.0, x], [0.0, scale, y]])


def smooth_for_scale(picture: np.ndarray, scale: float) -> np.ndarray:
    """Smooth a picture before its size is reduced: otherwise aliasing makes fine detail flicker."""
    return cv2.GaussianBlur(picture, (0, 0), 0.4 / scale) if scale < 1 else picture


def warp(picture: np.ndarray, placement: Placement, backdrop: tuple[int, ...]) -> np.ndarray:
    """Draw a picture at its placement in a frame of the colour `backdrop`."""
    return cv2.warpAffine(
        picture,
        affine_matrix(placement),
        (WIDTH, HEIGHT),
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=backdrop,
    )


def sway(centre: Placement, dx: float, dy: float, n_cycles: float, phase: float) -> Motion:
    """Return an oscillation around a placement.

    The amplitudes are `dx` and `dy` pixels. The portrait makes `n_cycles` horizontal cycles per
    shot, starting at `phase` (in cycles), and twice as many vertical ones.
    """

    def motion(fraction: float) -> Placement:
        angle = 2 * math.pi * (n_cycles * fraction + phase)
        scale, x, y = centre
        return scale, x + dx * math.sin(angle), y + dy * math.sin(2 * angle)

    return motion
