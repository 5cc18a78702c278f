"""Detections become tracks, one per face, even if the faces move, cross or are missed."""

import numpy as np
import pytest

from corpus.faces.tracking import Tracker, iou, match_cost


def box(x: float, y: float = 100.0, size: float = 60.0) -> list[float]:
    """A square box around (x, y)."""
    return [x - size / 2, y - size / 2, x + size / 2, y + size / 2]


def track_numbers(frames, max_gap_s: float = 1.0, step_s: float = 0.2) -> list[list[int]]:
    """Track numbers of frames, each a list of boxes, or a pair of a shot and such a list."""
    tracker = Tracker(max_gap_s)
    numbers = []
    for index, frame in enumerate(frames):
        shot, boxes = frame if isinstance(frame, tuple) else (0, frame)
        numbers.append(tracker.update(shot, index * step_s, np.array(boxes).reshape(-1, 4)))
    return numbers


def test_a_still_face_is_one_track():
    assert track_numbers([[box(100)]] * 5) == [[0]] * 5


def test_faces_side_by_side_keep_their_numbers_in_any_order():
    left, right = box(100), box(165)
    frames = [[left, right], [right, left], [box(103), box(162)], [right, left]]
    assert track_numbers(frames) == [[0, 1], [1, 0], [0, 1], [1, 0]]


def test_a_cut_ends_every_track():
    frames = [(0, [box(100)]), (0, [box(100)]), (1, [box(100)])]
    assert track_numbers(frames) == [[0], [0], [1]]


@pytest.mark.parametrize(("n_missing", "expected"), [(4, {0}), (5, {0, 1})])
def test_a_track_continues_after_a_gap_up_to_the_longest(n_missing, expected):
    frames = [[box(100)], [box(100)], *[[]] * n_missing, [box(100)]]
    assert {
        track_number for numbers in track_numbers(frames) for track_number in numbers
    } == expected


def test_the_position_of_a_moving_face_is_extrapolated():
    # 50 pixels per sample: after three missed samples nearly four widths from the last detection.
    frames = [[box(100)], [box(150)], [box(200)], [], [], [], [box(400)]]
    assert track_numbers(frames)[-1] == [0]
    assert track_numbers([[box(200)], [], [], [], [box(400)]])[-1] == [1], "it was not moving"


def test_a_face_that_moves_out_of_its_own_box_stays_one_track():
    assert iou(np.array([box(100)]), np.array([box(150)]))[0, 0] < 0.1
    assert track_numbers([[box(100)], [box(150)], [box(250)]]) == [[0], [0], [0]]


def test_faces_that_cross_keep_their_numbers():
    frames = [[box(100 + 40 * i), box(340 - 40 * i)] for i in range(7)]
    assert track_numbers(frames) == [[0, 1]] * 7


def test_a_face_that_enters_does_not_take_the_track_of_another():
    # The second face leaves while a third enters. Matching as many pairs as possible would give the
    # track of the first face to the third, and the first face to the track of the second.
    frames = [[box(100), box(160)], [box(106), box(46)]]
    assert track_numbers(frames) == [[0, 1], [0, 2]]


def test_a_face_far_away_or_of_another_size_is_another_track():
    assert track_numbers([[box(100)], [box(200)]]) == [[0], [1]]
    assert track_numbers([[box(100)], [box(100, size=150)]]) == [[0], [1]]
    assert track_numbers([[box(100)], [box(100, size=100)]]) == [[0], [0]]


def test_numbers_are_not_reused_and_frames_may_have_no_faces():
    frames = [[], [box(100)], *[[]] * 9, [box(100)], [box(100), box(300)]]
    assert [numbers for numbers in track_numbers(frames) if numbers] == [[0], [1], [1, 2]]


def test_the_cost_is_about_the_distance_in_widths():
    cost = match_cost(np.array([box(100)]), np.array([box(100), box(130), box(160)]))[0]
    assert cost[0] == pytest.approx(0)
    assert cost[1] == pytest.approx(0.5 + 0.1 * (1 - 1 / 3))
    assert cost[2] == pytest.approx(1.1)
    assert match_cost(np.zeros((0, 4)), np.array([box(1)])).shape == (0, 1)


def test_iou_of_equal_overlapping_separate_and_empty_boxes():
    a = np.array([[0, 0, 2, 2], [5, 5, 5, 5]], float)
    b = np.array([[0, 0, 2, 2], [1, 0, 3, 2], [9, 9, 10, 10]], float)
    assert iou(a, b)[0] == pytest.approx([1, 1 / 3, 0])
    assert iou(a, b)[1] == pytest.approx([0, 0, 0])
