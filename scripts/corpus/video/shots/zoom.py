"""Zoom between two pictures: whether one shows an enlarged part of the other."""

import cv2
import numpy as np

SCALES = tuple(0.95 * 1.05**step for step in range(26))
"""Enlargements that are tried: 0.95 to 3.2. Steps of 5 % shift the edge of the picture by less than
a pixel of the small picture."""
MIN_SCALE = 1.1
"""Smaller enlargements are taken for movement of the camera."""
MIN_CORRELATION = 0.9
"""Normalised correlation coefficient of the part and the enlarged picture, at least."""
MIN_VARIANCE = 9.0
"""Variance below which a picture shows nothing that could correspond, squared grey levels."""
MARGIN = 0.15
"""Part of the picture at each edge that is not compared, so that the camera may also pan."""


def is_zoom(first: np.ndarray, second: np.ndarray) -> bool:
    """Return whether one picture shows an enlarged part of the other one, anywhere in it.

    The pictures are (height, width, 3) float32. The part that corresponds best is searched with
    each of SCALES. A picture that corresponds best without being enlarged was shifted, not zoomed.
    """
    return max(_best_scale(first, second), _best_scale(second, first))[1] >= MIN_SCALE


def _best_scale(wide: np.ndarray, narrow: np.ndarray) -> tuple[float, float]:
    """Return the best correlation, and the enlargement that has it; (0, 0) if it is too low."""
    height, width = narrow.shape[:2]
    top, left = round(MARGIN * height), round(MARGIN * width)
    part = narrow[top : height - top, left : width - left]
    best = 0.0, 0.0
    if part.var((0, 1)).mean() < MIN_VARIANCE:
        return best
    for scale in SCALES:
        size = round(part.shape[1] / scale), round(part.shape[0] / scale)
        template = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
        match = cv2.matchTemplate(wide, template, cv2.TM_CCOEFF_NORMED)
        best = max(best, (float(match.max()), scale))
    return best if best[0] >= MIN_CORRELATION else (0.0, 0.0)
