"""The arithmetic of boxes between the networks of MTCNN.

Boxes are (n, 4) float64: x1, y1, x2, y2 in pixels of the searched image. The steps and constants
are those of facenet-pytorch, models/utils/detect_face.py, which follows the authors' code in MATLAB
(https://github.com/kpzhang93/MTCNN_face_detection_alignment).
"""

import cv2
import numpy as np

from corpus.faces.area_means import AreaMeans

CELL, STRIDE = 12, 2
"""Side of the input of P-Net, and the distance of its outputs, pixels."""


def pyramid_scales(shorter_side: int, smallest_face: int, factor: float) -> list[float]:
    """Scales of the images in which P-Net searches, from the largest.

    In the largest, the smallest face has the size of the input of P-Net; each other is smaller by
    `factor`.
    """
    scales = []
    scale = CELL / smallest_face
    while shorter_side * scale >= CELL:
        scales.append(scale)
        scale *= factor
    return scales


def proposed_boxes(
    scores: np.ndarray, corrections: np.ndarray, scale: float, min_score: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Boxes of the outputs of P-Net with at least this score, their scores, and corrections.

    `scores` are (height, width), `corrections` (height, width, 4), for an image that was scaled by
    `scale`. The best of boxes that overlap by more than half is taken.
    """
    rows, columns = np.nonzero(scores >= min_score)
    places = STRIDE * np.column_stack([columns, rows])
    boxes = np.floor(np.hstack([places + 1, places + CELL]) / scale)
    kept = suppress(boxes, scores[rows, columns], 0.5)
    rows, columns = rows[kept], columns[kept]
    return boxes[kept], scores[rows, columns], corrections[rows, columns]


def suppress(boxes: np.ndarray, scores: np.ndarray, max_overlap: float) -> np.ndarray:
    """Indices of the boxes to keep, from the best score: no two have a larger overlap.

    The overlap is the intersection over the union.
    """
    corner_and_size = np.hstack([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]])
    kept = cv2.dnn.NMSBoxes(corner_and_size.tolist(), scores.tolist(), 0.0, max_overlap)
    return np.asarray(kept, dtype=int).ravel()


def suppress_contained(boxes: np.ndarray, scores: np.ndarray, max_overlap: float) -> np.ndarray:
    """As `suppress`, but the overlap is the share of the smaller box, with sides of x2 - x1 + 1."""
    area = np.prod(boxes[:, 2:] - boxes[:, :2] + 1, axis=1)
    remaining = np.argsort(-scores, kind="stable")
    kept = []
    while len(remaining):
        best, others = remaining[0], remaining[1:]
        kept.append(best)
        low = np.maximum(boxes[best, :2], boxes[others, :2])
        high = np.minimum(boxes[best, 2:], boxes[others, 2:])
        shared = np.prod(np.maximum(high - low + 1, 0), axis=1)
        remaining = others[shared <= max_overlap * np.minimum(area[best], area[others])]
    return np.array(kept, dtype=int)


def corrected(boxes: np.ndarray, corrections: np.ndarray, extra: int) -> np.ndarray:
    """Boxes whose edges are moved by `corrections` (n, 4), in units of their width and height.

    `extra` is added to the width and height: 0 after P-Net, 1 after the other networks.
    """
    size = boxes[:, 2:] - boxes[:, :2] + extra
    return boxes + corrections * np.hstack([size, size])


def squares(boxes: np.ndarray) -> np.ndarray:
    """The squares with the centres and the longer sides of the boxes."""
    size = boxes[:, 2:] - boxes[:, :2]
    side = size.max(axis=1, keepdims=True)
    low = boxes[:, :2] + size / 2 - side / 2
    return np.hstack([low, low + side])


def crops(image: AreaMeans, boxes: np.ndarray, side: int) -> tuple[np.ndarray, np.ndarray]:
    """The parts of an image in boxes, at side x side pixels, as the networks take them.

    Returns the crops (n, side, side, 3) and the indices (n,) of their boxes. The part of a box
    outside of the image is left out, and so is a box that is completely outside.
    """
    # Edges count from 1, as in MATLAB.
    corners = boxes.astype(int)
    low = np.maximum(corners[:, :2], 1) - 1
    high = np.minimum(corners[:, 2:], [image.width, image.height])
    indices = np.flatnonzero((high > low).all(axis=1))
    pixels = np.zeros((len(indices), side, side, 3), np.float32)
    for crop, index in zip(pixels, indices, strict=True):
        crop[:] = image.scaled((side, side), low[index], high[index])
    return network_input(pixels), indices


def network_input(pixels: np.ndarray) -> np.ndarray:
    """Values from -1 to 1 of float32 values from 0 to 255, as in the training of MTCNN."""
    return (pixels - np.float32(127.5)) * np.float32(0.0078125)
