"""The box of a face track is known at any time while the track is on screen."""

import numpy as np

from face_tables import faces_table, track_boxes


def test_boxes_move_in_straight_lines_between_detections():
    rows = [(0, 1.0, 0, 0, [0, 10, 20, 40]), (10, 1.4, 0, 0, [40, 20, 80, 60])]
    boxes = track_boxes(faces_table(*rows[::-1]), 9.0)
    assert boxes.at(1.0, 0)[0].tolist() == [0, 10, 20, 40]
    assert np.allclose(boxes.at(1.1, 0)[0], [10, 12.5, 35, 45])
    assert boxes.at(1.4, 0)[0].tolist() == [40, 20, 80, 60]
    assert boxes.at(1.59, 0)[0].tolist() == [40, 20, 80, 60], "held for one sampling interval"


def test_a_track_is_on_screen_from_its_first_detection_until_before_its_end():
    boxes = track_boxes(faces_table((5, 1.0, 0, 4, [0, 0, 9, 9])), 9.0)
    is_visible = [bool(boxes.at(time_s, 0)) for time_s in (0.999, 1.0, 1.199, 1.2, 1.3)]
    assert is_visible == [False, True, True, False, False]


def test_tracks_stay_within_their_shot():
    rows = [(0, 0.8, 0, 0, [0, 0, 9, 9]), (5, 1.0, 1, 1, [50, 50, 70, 70])]
    boxes = track_boxes(faces_table(*rows), 0.9, 3.0)
    assert list(boxes.at(0.88, 0)) == [0]
    assert list(boxes.at(0.9, 0)) == [], "ends with its shot, before its sampling interval"
    assert list(boxes.at(1.0, 1)) == [1]
    assert list(boxes.at(1.0, 0)) == [], "on screen, but in another shot"


def test_boxes_at_one_time_are_in_order_of_their_tracks():
    rows = [(0, 0.0, 0, track, [track, 0, 9, 9]) for track in (7, 2, 5)]
    boxes = track_boxes(faces_table(*rows), 1.0).at(0.1, 0)
    assert list(boxes) == [2, 5, 7]
    assert all(type(track) is int and boxes[track][0] == track for track in boxes)
    assert track_boxes(faces_table(), 1.0).at(0.1, 0) == {}
