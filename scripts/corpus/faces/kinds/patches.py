"""Small images of faces, by which the movement of two faces is compared."""

import cv2
import numpy as np

SIDE = 20
"""Width and height of a patch, pixels."""
EYES_AND_MOUTH = np.float32([[0.3, 0.35], [0.7, 0.35], [0.5, 0.75]]) * SIDE
"""Places of both eyes and of the middle of the mouth in a patch, pixels."""


def face_patch(image: np.ndarray, landmarks: np.ndarray) -> np.ndarray:
    """Aligned patch (SIDE, SIDE) uint8 of a face.

    `image` is grey (height, width), `landmarks` (5, 2) in its pixels are the two eyes, the nose and
    the two corners of the mouth. Eyes and mouth are shifted, scaled and turned to fixed places.
    """
    points = np.float32([landmarks[0], landmarks[1], (landmarks[3] + landmarks[4]) / 2])
    matrix = cv2.estimateAffinePartial2D(EYES_AND_MOUTH, points, method=cv2.LMEDS)[0]
    if matrix is None or not np.isfinite(matrix).all():
        return np.zeros((SIDE, SIDE), np.uint8)
    step = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    flags = cv2.INTER_AREA | cv2.WARP_INVERSE_MAP
    # Draw it larger, then average: otherwise fine detail would flicker.
    larger = max(int(np.ceil(step)), 1)
    matrix = matrix @ np.diag([1 / larger, 1 / larger, 1.0])
    drawn = cv2.warpAffine(
        image, matrix, (SIDE * larger,) * 2, flags=flags, borderMode=cv2.BORDER_REPLICATE
    )
    return cv2.resize(drawn, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
