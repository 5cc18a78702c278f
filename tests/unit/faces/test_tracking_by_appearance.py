"""Embeddings keep the tracks of people apart who cross, meet, or take each other's place."""

import numpy as np
import pytest

from corpus.faces.appearance import FaceLooks
from corpus.faces.tracking import Tracker, unlikeness
from face_vectors import BOUNDARY, DIMENSIONS, faces_of, person

FRONTAL, RIGHT = 1, 2


def box(x: float, y: float = 100.0, size: float = 60.0) -> list[float]:
    """A square box around (x, y)."""
    return [x - size / 2, y - size / 2, x + size / 2, y + size / 2]


def track_numbers(frames, with_looks=True, step_s=0.2, shown_s=0.04, view=FRONTAL) -> list[dict]:
    """Track number of each person in each frame; a frame is {person: x}."""
    tracker = Tracker(max_gap_s=1.0, boundary=BOUNDARY, sampling_interval_s=0.2)
    numbers = []
    for index, frame in enumerate(frames):
        boxes = np.array([box(x) for x in frame.values()]).reshape(-1, 4)
        vectors = faces_of([person(n) for n in frame], seed=index) if frame else np.zeros((0, 1))
        looks = FaceLooks(np.full(len(frame), view), vectors) if with_looks else None
        time_s = index * step_s
        tracks = tracker.update(0, time_s, boxes, looks, time_s + shown_s)
        numbers.append(dict(zip(frame, tracks, strict=True)))
    return numbers


def tracks_of(frames, **options) -> list[set[int]]:
    """The tracks of each person, in the order of the persons' numbers."""
    numbers = track_numbers(frames, **options)
    people = sorted({who for frame in frames for who in frame})
    return [{frame[who] for frame in numbers if who in frame} for who in people]


MEETING = [{0: 100 + 30 * n, 1: 400 - 30 * n} for n in range(5)]
"""Two people walk up to each other, ..."""
TURNING_BACK = MEETING + MEETING[-2::-1]
"""... and each goes back to where they came from."""
CHANGING_PLACES = [{0: 100, 1: 170}] * 4 + [{}] + [{0: 170, 1: 100}] * 4


@pytest.mark.parametrize("frames", [TURNING_BACK, CHANGING_PLACES])
def test_people_keep_their_tracks_where_places_alone_do_not_tell(frames):
    assert tracks_of(frames) == [{0}, {1}]
    assert tracks_of(frames, with_looks=False) != [{0}, {1}]


@pytest.mark.parametrize("hidden", [0, 1])
def test_people_who_walk_past_each_other_keep_their_tracks(hidden):
    frames = [{0: 100 + 25 * n, 1: 400 - 25 * n} for n in range(13)]
    for n in (5, 6, 7):
        del frames[n][hidden]
    assert tracks_of(frames) == [{0}, {1}]


@pytest.mark.parametrize("n_missing", [0, 1, 3])
def test_somebody_else_at_the_same_place_is_another_track(n_missing):
    frames = [{0: 100}] * 5 + [{}] * n_missing + [{1: 130}] * 5
    assert tracks_of(frames) == [{0}, {1}]
    assert tracks_of(frames, with_looks=False) == [{0}, {0}]


def test_a_face_that_looks_the_same_is_followed_further_than_another():
    assert tracks_of([{0: 100}, {0: 100}, {}, {0: 190}]) == [{0}]
    assert tracks_of([{0: 100}, {0: 100}, {}, {0: 190}], with_looks=False) == [{0, 1}]
    assert tracks_of([{0: 100}, {0: 100}, {}, {0: 260}]) == [{0, 1}], "there is a limit"


@pytest.mark.parametrize(("view", "expected"), [(RIGHT, [0]), (FRONTAL, [1])])
def test_faces_of_another_view_are_compared_with_more_tolerance(view, expected):
    tracker = Tracker(max_gap_s=1.0, boundary=BOUNDARY)
    for n in range(3):
        looks = FaceLooks(np.array([FRONTAL]), faces_of([person(0)], seed=n))
        assert tracker.update(0, n / 5, np.array([box(100)]), looks) == [0]
    turned = person(0) + 0.75 * np.eye(DIMENSIONS)[10]
    looks = FaceLooks(np.array([view]), turned[None])
    assert tracker.update(0, 0.6, np.array([box(124)]), looks) == expected


def test_unlikeness_is_zero_where_one_face_is_undecided():
    assert unlikeness(0.0, BOUNDARY) == -1
    assert unlikeness(2 * BOUNDARY**2, BOUNDARY) == pytest.approx(0)
    assert unlikeness(100.0, BOUNDARY) == 1


@pytest.mark.parametrize("with_looks", [True, False])
def test_a_picture_that_stays_on_screen_is_no_gap_and_nothing_moves_in_it(with_looks):
    slow = {"step_s": 2.0, "shown_s": 2.0, "with_looks": with_looks}
    assert tracks_of([{0: 100 + 20 * n} for n in range(10)], **slow) == [{0}]
    assert tracks_of([{0: 100 + 20 * n} for n in range(10)], step_s=2.0) == [set(range(10))]
    # A face that is missing in one of the pictures was away for two seconds.
    assert tracks_of([{0: 100}, {0: 100}, {}, {0: 100}], **slow) == [{0, 1}]
