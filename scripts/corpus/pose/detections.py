"""Decode the outputs of the detectors of bodies and palms.

Both are SSD detectors (https://arxiv.org/abs/1512.02325): at each point of several grids, the
anchors, they predict boxes with keypoints and a score. Overlapping boxes are averaged with their
scores as weights ("blending", BlazeFace, https://arxiv.org/abs/1907.05047), which moves less from
frame to frame than the best box alone.

Constants and formulas follow MediaPipe's graphs (https://github.com/google-ai-edge/mediapipe):
mediapipe/calculators/tflite/ssd_anchors_calculator.cc,
mediapipe/calculators/tensor/tensors_to_detections_calculator.cc,
mediapipe/calculators/util/non_max_suppression_calculator.cc,
mediapipe/tasks/cc/vision/pose_detector/pose_detector_graph.cc,
mediapipe/tasks/cc/vision/hand_detector/hand_detector_graph.cc.
"""

from functools import cache
from typing import NamedTuple

import numpy as np

POSE_STRIDES = (8, 16, 32, 32, 32)
PALM_STRIDES = (8, 16, 16, 16)
"""Distances of neighbouring anchors in each layer of a detector, pixels of its input."""
ANCHORS_PER_LAYER = 2
"""Anchors of each layer at each point of its grid."""
MAX_OVERLAP = {"pose": 0.5, "palm": 0.3}
"""Detections that overlap by more (intersection over union) show one body, or one palm."""
MAX_LOGIT = 80.0
"""Larger values are clipped before the logistic function, in which they would overflow. It is 0 or
1 there in any case."""


class Detections(NamedTuple):
    """Detections in one square, the one with the highest score first."""

    boxes: np.ndarray
    """(n, 4) x1, y1, x2, y2; coordinates of the square, 0 to 1."""
    points: np.ndarray
    """(n, k, 2) keypoints, in the same coordinates."""
    scores: np.ndarray
    """(n,) 0 to 1."""


@cache
def anchors(side: int, strides: tuple[int, ...]) -> np.ndarray:
    """Positions (n, 2) of the anchors of a detector, coordinates of its input, 0 to 1.

    Layers with the same stride share a grid, with their anchors next to each other.
    """
    grids = []
    for stride in sorted(set(strides)):
        count = -(-side // stride)
        centres = (np.arange(count) + 0.5) / count
        grid = np.stack(np.meshgrid(centres, centres), axis=-1).reshape(-1, 2)
        grids.append(np.repeat(grid, ANCHORS_PER_LAYER * strides.count(stride), axis=0))
    positions = np.concatenate(grids).astype(np.float32)
    positions.flags.writeable = False
    return positions


def decode_detections(
    boxes: np.ndarray,
    logits: np.ndarray,
    anchor_points: np.ndarray,
    side: int,
    *,
    min_score: float,
    max_overlap: float,
) -> Detections:
    """Detections in one square from the outputs of a detector.

    Parameters
    ----------
    boxes
        (anchors, 4 + 2 k) centre, size and keypoints relative to the anchors, pixels of the input.
    logits
        (anchors,) scores before the logistic function.
    anchor_points
        (anchors, 2) from `anchors`.
    side
        Side of the detector's input, pixels.
    min_score
        Detections with a lower score are dropped, and do not count in averages.
    max_overlap
        Detections that overlap by more (intersection over union) are averaged.
    """
    scores = logistic(logits)
    kept = np.flatnonzero(scores >= min_score)
    offsets = boxes.reshape(len(boxes), -1, 2)[kept] / np.float32(side)
    half_size = offsets[:, 1] / 2
    kept_anchors = anchor_points[kept]
    centre = offsets[:, 0] + kept_anchors
    points = np.concatenate(
        [
            (centre - half_size)[:, None],
            (centre + half_size)[:, None],
            offsets[:, 2:] + kept_anchors[:, None],
        ],
        axis=1,
    )
    valid = (half_size >= 0).all(axis=1)  # NaN is not valid either
    points, scores = blend_overlapping(points[valid], scores[kept][valid], max_overlap)
    return Detections(points[:, :2].reshape(-1, 4), points[:, 2:], scores)


def logistic(logits: np.ndarray) -> np.ndarray:
    """Logistic function, in the precision of its argument."""
    return 1 / (1 + np.exp(-np.clip(logits, -MAX_LOGIT, MAX_LOGIT)))


def blend_overlapping(
    points: np.ndarray, scores: np.ndarray, max_overlap: float
) -> tuple[np.ndarray, np.ndarray]:
    """Weighted non-maximum suppression.

    Starting with the best detection, each one is replaced by the average of all remaining
    detections that overlap it, with their scores as weights, and keeps its own score.

    Parameters
    ----------
    points
        (n, 2 + k, 2) the upper left and lower right corner of each box, then keypoints.
    scores
        (n,).
    max_overlap
        Largest intersection over union of two detections that are kept apart.

    Returns points (m, 2 + k, 2) and scores (m,), the highest score first.
    """
    order = np.argsort(-scores, kind="stable")
    points, scores = points[order], scores[order]
    blended, blended_scores = [], []
    while len(scores):
        overlaps = box_overlaps(points[0], points) > max_overlap
        overlaps[0] = True
        weights = scores[overlaps]
        blended.append(np.tensordot(weights, points[overlaps], axes=1) / weights.sum())
        blended_scores.append(scores[0])
        points, scores = points[~overlaps], scores[~overlaps]
    if not blended:
        return points, scores
    return np.stack(blended), np.array(blended_scores)


def box_overlaps(box: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Intersection over union (n,) of one box with others; 0 for boxes without an area.

    `box` (2 or more, 2) and `boxes` (n, 2 or more, 2) begin with the corners of the box.
    """
    low, high = np.maximum(box[0], boxes[:, 0]), np.minimum(box[1], boxes[:, 1])
    intersection = np.prod(np.maximum(high - low, 0), axis=1)
    union = np.prod(box[1] - box[0]) + np.prod(boxes[:, 1] - boxes[:, 0], axis=1) - intersection
    return np.divide(intersection, union, out=np.zeros_like(union), where=union > 0)
