"""Schedules, painted images and regions of bodies that are followed."""

import numpy as np
import pytest

from corpus.pose.body_evidence import Evidence
from corpus.pose.body_state import FollowedBody, Scene, smoothed_region
from corpus.pose.regions import Region
from corpus.video.reader import Frame
from fake_bodies import face_box, fake_body, white_image

FIRST, SECOND = face_box(fake_body(100, 60)), face_box(fake_body(200, 60))
AROUND_FIRST = Region(np.array([100.0, 100.0]), 100.0, 0.0)


def scene_at(time_s, previous_time_s, faces=None, erased=()):
    return Scene(Frame(0, time_s, white_image()), faces or {}, (), list(erased), previous_time_s)


def region(x, y, side, rotation=0.0):
    return Region(np.array([x, y], float), float(side), rotation)


@pytest.mark.parametrize("start", [0, 7])
@pytest.mark.parametrize(("fps", "count"), [(25, 50), (30000 / 1001, 60), (12.5, 25)])
def test_the_schedule_does_not_depend_on_the_first_frame(start, fps, count):
    times = np.round(np.arange(start, start + count) / fps, 3)
    pairs = zip(times[1:], times[:-1], strict=True)
    due = [now for now, before in pairs if scene_at(now, before).is_due(0.2)]
    assert len(due) in (9, 10)
    assert all((time_s + 5e-4) % 0.2 < 1 / fps + 1e-3 for time_s in due)


def test_everything_is_due_in_the_first_frame_and_after_long_gaps():
    assert scene_at(0.03, None).is_due(0.2)
    assert scene_at(5.0, 4.0).is_due(0.2)
    assert scene_at(1.0, 50.0).is_due(0.2), "the clock jumps back"
    assert scene_at(1.0, 50.0).elapsed_s == 49 and scene_at(0.0, None).elapsed_s == np.inf


def test_only_faces_near_the_body_are_painted_over():
    scene = scene_at(0.0, None, {3: FIRST, 5: SECOND})
    assert scene.painted_in(AROUND_FIRST, {3}) is scene.image, "nothing to paint"
    painted = scene.painted_in(AROUND_FIRST, {5})
    assert (painted[60, 100] != 255).all() and (painted[60, 200] == 255).all()
    painted = scene.painted_in(AROUND_FIRST, set())
    assert (painted[60, 100] != 255).all(), "a body without a face"


def test_faces_of_erased_people_are_painted_over():
    scene = scene_at(0.0, None, {5: SECOND}, [FIRST])
    assert (scene.painted_in(AROUND_FIRST, {5})[60, 100] != 255).all()


def test_regions_are_smoothed_while_they_move_little():
    smoothed = smoothed_region(region(100, 100, 100, 3.1), region(104, 102, 110, -3.1))
    assert smoothed.centre == pytest.approx([101.4, 100.7])
    assert smoothed.side == pytest.approx(103.39, abs=0.01)
    assert smoothed.rotation == pytest.approx(3.1 + 0.35 * 0.0832, abs=1e-3), "across the half turn"


@pytest.mark.parametrize("after", [region(111, 100, 100), region(100, 100, 125)])
def test_regions_that_move_fast_are_not_smoothed(after):
    assert smoothed_region(region(100, 100, 100), after) is after


@pytest.mark.parametrize("evidence", [Evidence(), Evidence.of_face()])
def test_a_fresh_region_does_not_depend_on_the_one_before(evidence):
    fresh = []
    for before in (region(100, 100, 98), region(101, 97, 104, 0.1)):
        followed = FollowedBody(0, fake_body(100, 60), before, evidence=evidence)
        followed.move(fake_body(100, 60), region(102, 99, 101), 0.04, is_fresh=True)
        fresh.append(repr(followed.region))
    assert fresh[0] == fresh[1]


@pytest.mark.parametrize("is_fresh", [False, True])
def test_the_region_of_what_may_be_a_thing_follows_the_networks(is_fresh):
    """Held in its place by a grid or by smoothing, a thing would be taken for a person."""
    followed = FollowedBody(-1, fake_body(100, 60), region(100, 100, 98))
    suggested = region(101.2345, 99.8765, 99.4321, 0.0123)
    followed.move(fake_body(100, 60), suggested, 0.04, is_fresh=is_fresh)
    assert followed.region is suggested


@pytest.mark.parametrize("is_fresh", [False, True])
def test_small_differences_of_regions_of_people_disappear(is_fresh):
    evidence, moved = Evidence.of_face(), []
    for difference in (0.0, 1e-3):
        followed = FollowedBody(0, fake_body(100, 60), region(100, 100, 98), evidence=evidence)
        suggested = region(102 + difference, 99 - difference, 101 + difference, difference / 10)
        followed.move(fake_body(100, 60), suggested, 0.04, is_fresh=is_fresh)
        moved.append(repr(followed.region))
    assert moved[0] == moved[1]
