"""Decoding of the detectors' outputs: anchors, boxes, and averages of overlapping boxes."""

import numpy as np
import pytest

from corpus.pose.detections import (
    PALM_STRIDES,
    POSE_STRIDES,
    anchors,
    blend_overlapping,
    box_overlaps,
    decode_detections,
)

SIDE = 100
ANCHORS = np.array([[0.2, 0.3], [0.21, 0.3], [0.8, 0.6], [0.5, 0.5]], np.float32)


def decode(boxes, scores, min_score=0.5):
    """Detections of boxes (x, y, width, height, x of keypoint, y of keypoint) in pixels."""
    scores = np.array(scores)
    logits = np.log(scores / (1 - scores)).astype(np.float32)
    boxes = np.array(boxes, np.float32)
    return decode_detections(
        boxes, logits, ANCHORS[: len(boxes)], SIDE, min_score=min_score, max_overlap=0.5
    )


# Anchors -----------------------------------------------------------------------------------------


def test_the_detectors_have_as_many_anchors_as_outputs():
    assert len(anchors(224, POSE_STRIDES)) == 2254
    assert len(anchors(192, PALM_STRIDES)) == 2016


def test_anchors_are_in_the_middle_of_cells_by_rows():
    positions = anchors(192, PALM_STRIDES)
    cell = 1 / 24
    assert positions[[0, 1]] == pytest.approx(np.full((2, 2), cell / 2))
    assert positions[2] == pytest.approx([cell * 1.5, cell / 2])
    assert positions[2 * 24] == pytest.approx([cell / 2, cell * 1.5])
    # The three layers of stride 16 share a grid of 12 x 12 cells with six anchors each.
    assert positions[1152:1158] == pytest.approx(np.full((6, 2), 1 / 24))
    assert positions[-1] == pytest.approx([23 / 24, 23 / 24])


# Boxes -------------------------------------------------------------------------------------------


def test_boxes_and_keypoints_are_relative_to_their_anchor():
    found = decode([[10, -10, 20, 30, 5, 6]], [0.9])
    assert found.boxes[0] == pytest.approx([0.2, 0.05, 0.4, 0.35])
    assert found.points[0, 0] == pytest.approx([0.25, 0.36])
    assert found.scores == pytest.approx([0.9])


def test_the_best_detection_is_first():
    boxes = [[0, 0, 10, 10, 0, 0]] * 4
    assert decode(boxes, [0.6, 0.1, 0.7, 0.9]).scores == pytest.approx([0.9, 0.7, 0.6])


def test_detections_below_the_lowest_score_do_not_count_in_averages():
    boxes = [[0, 0, 20, 20, 0, 0], [0, 0, 20, 20, 0, 0]]
    alone = decode(boxes, [0.8, 0.4])
    assert alone.boxes[0] == pytest.approx([0.1, 0.2, 0.3, 0.4])
    blended = decode(boxes, [0.8, 0.4], min_score=0.3)
    assert blended.boxes[0, 0] == pytest.approx((0.8 * 0.1 + 0.4 * 0.11) / 1.2)
    assert blended.scores == pytest.approx([0.8])


def test_nothing_is_found_where_all_scores_are_low():
    found = decode([[0, 0, 20, 20, 1, 1]] * 2, [0.2, 0.1])
    assert found.boxes.shape == (0, 4)
    assert found.points.shape == (0, 1, 2)
    assert found.scores.shape == (0,)


@pytest.mark.parametrize("size", [(-5, 20), (20, -5), (np.nan, 20)])
def test_boxes_of_negative_size_are_dropped(size):
    boxes = [[0, 0, *size, 0, 0], [0, 0, 20, 20, 0, 0]]
    assert decode(boxes, [0.9, 0.6]).scores == pytest.approx([0.6])


def test_extreme_scores_do_not_overflow():
    logits = np.array([1e30, -1e30, 90.0], np.float32)
    boxes = np.tile(np.array([0, 0, 10, 10], np.float32), (3, 1))
    with np.errstate(all="raise"):
        found = decode_detections(boxes, logits, ANCHORS[1:], SIDE, min_score=0.5, max_overlap=0.5)
    assert found.scores.tolist() == [1, 1]


# Overlapping boxes -------------------------------------------------------------------------------


def test_overlap_is_intersection_over_union():
    box = np.array([[0, 0], [2, 2]], float)
    others = np.array([[[0, 0], [2, 2]], [[1, 0], [3, 2]], [[5, 5], [6, 6]], [[1, 1], [1, 1]]])
    assert box_overlaps(box, others) == pytest.approx([1, 1 / 3, 0, 0])


def test_boxes_are_compared_with_the_best_of_those_that_remain():
    x = np.array([0.0, 2.0, 4.0])
    points = np.stack([np.column_stack([x, x * 0]), np.column_stack([x + 10, x * 0 + 10])], axis=1)
    # The second overlaps both others by 2/3, which overlap each other by less than a half.
    blended, scores = blend_overlapping(points, np.array([0.9, 0.5, 0.8]), 0.5)
    assert scores.tolist() == [0.9, 0.8]
    assert blended[:, 0, 0] == pytest.approx([(0.5 * 2) / 1.4, 4])


def test_boxes_without_an_area_are_kept_apart():
    points = np.zeros((2, 2, 2))
    assert len(blend_overlapping(points, np.array([0.9, 0.8]), 0.5)[1]) == 2
