"""Small images of faces, by which the movement of two faces is compared."""

import cv2
import numpy as np

SIDE = 20
"""Width and height of a patch, pixels."""
MAX_LARGER = 50
"""Largest factor by which a patch is drawn larger."""
EYES_AND_MOUTH = np.array([[0.3, 0.35], [0.7, 0.35], [0.5, 0.75]]) * SIDE
"""Places of both eyes and of the middle of the mouth in a patch, pixels."""


def face_patch(image: np.ndarray, landmarks: np.ndarray) -> np.ndarray:
    """Aligned patch (SIDE, SIDE) uint8 of a face.

    `image` is grey (height, width), `landmarks` (5, 2) in its pixels are the two eyes, the nose and
    the two corners of the mouth. Eyes and mouth are shifted, scaled and turned to fixed places.
    """
    mouth = (landmarks[3] + landmarks[4]) / 2
    matrix = similarity(EYES_AND_MOUTH, np.array([landmarks[0], landmarks[1], mouth]))
    # Draw it larger, then average: otherwise fine detail would flicker.
    larger = int(np.clip(np.ceil(np.hypot(matrix[0, 0], matrix[1, 0])), 1, MAX_LARGER))
    matrix = matrix @ np.diag([1 / larger, 1 / larger, 1.0])
    drawn = cv2.warpAffine(
        image,
        matrix,
        (SIDE * larger, SIDE * larger),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return cv2.resize(drawn, (SIDE, SIDE), interpolation=cv2.INTER_AREA)


def similarity(points: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Matrix (2, 3) that shifts, scales and turns points (n, 2) to targets by least squares."""
    source, target = points @ [1, 1j], targets @ [1, 1j]
    centred = source - source.mean()
    factor = np.vdot(centred, target - target.mean()) / np.vdot(centred, centred)
    shift = target.mean() - factor * source.mean()
    a, b = factor.real, factor.imag
    return np.array([[a, -b, shift.real], [b, a, shift.imag]])
