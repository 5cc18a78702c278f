"""Scale images for the search, and scale what was detected back to the full images."""

from typing import NamedTuple

import cv2
import numpy as np

from corpus.faces.detector import FaceDetections

NETWORK_INPUT = 48
"""Side of the input of MTCNN's last network, pixels."""
SMALLEST_FACE = 12
"""Side of the input of MTCNN's first network, pixels: it cannot detect smaller faces."""


class SearchedImages(NamedTuple):
    """Images as they are searched."""

    images: list[np.ndarray]
    scale: float
    """Their size in units of the full images."""
    smallest_face: int
    """Side of the smallest face to detect in them, pixels."""


def scale_to_search(images: list[np.ndarray], min_size: float) -> SearchedImages | None:
    """Equally large images, scaled so that a search costs no more than needed.

    MTCNN's last network sees each face at 48 x 48 pixels. An image in which the smallest face is
    larger than that only costs time and memory, so it is scaled down. `min_size` is the side of the
    smallest face, as a fraction of the shorter side of the image. Returns None if the images are
    too small to contain a face.
    """
    shorter_side = min(images[0].shape[:2])
    scale = min(1.0, NETWORK_INPUT / (min_size * shorter_side))
    smallest_face = max(round(min_size * shorter_side * scale), SMALLEST_FACE)
    if shorter_side * scale < smallest_face:
        return None
    if scale < 1:
        images = [
            cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            for image in images
        ]
    return SearchedImages(images, scale, smallest_face)


def select_detections(
    boxes: np.ndarray, scores: np.ndarray, landmarks: np.ndarray, scale: float, min_score: float
) -> FaceDetections:
    """The faces with at least the minimum score, sorted, in pixels of the full image.

    `boxes` (n, 4) and `landmarks` (n, 5, 2) are in pixels of the scaled image.

    The results have the precision of the faces table, float32. So whatever is computed from them
    while the faces are detected is the same as if it were computed from the table.
    """
    has_min_score = scores >= min_score
    boxes, scores, landmarks = boxes[has_min_score], scores[has_min_score], landmarks[has_min_score]
    order = np.lexsort((boxes[:, 1], boxes[:, 0]))
    faces = boxes[order] / scale, scores[order], landmarks[order] / scale
    return FaceDetections(*(np.asarray(v, np.float32).astype(np.float64) for v in faces))
