"""Looks at altered crops tell people from things."""

import numpy as np
import pytest

from corpus.pose.body_evidence import (
    CONFIRMED,
    LOOK_SIDE,
    LOOKS,
    Evidence,
    look_request,
    looked_at,
    score_of_look,
)
from corpus.pose.regions import Region
from corpus.pose.requests import FoundBody

REGION = Region(np.array([210.0, 130.0]), 120.0, 0.3)
SHAPE = (300, 400, 3)
"""Of the frame."""


def found_at(point, side, look, score=0.9):
    """A detection in the crop of a look, of a body at a point (2,) of the frame."""
    part = looked_at(REGION, look, SHAPE)
    cos, sin = np.cos(part.rotation), np.sin(part.rotation)
    x, y = np.array([[cos, sin], [-sin, cos]]) @ (np.array(point) - part.centre) / part.side + 0.5
    centre = np.array([1 - x if look.is_mirrored else x, y]) * LOOK_SIDE
    region = Region(centre, side / part.side * LOOK_SIDE, 0.0)
    return FoundBody(region, score, np.zeros(4))


@pytest.mark.parametrize("look", LOOKS)
def test_a_crop_shows_the_body_where_the_frame_shows_it(look):
    image = np.zeros(SHAPE, np.uint8)
    point = REGION.centre + [20, -10]
    image[int(point[1]) - 3 : int(point[1]) + 4, int(point[0]) - 3 : int(point[0]) + 4] = 255
    request = look_request(image, REGION, look)
    assert (
        request.box == (0, 0, LOOK_SIDE, LOOK_SIDE) and request.image.shape[:2] == request.box[2:]
    )
    y, x = np.argwhere(request.image[..., 0] > 200).mean(axis=0)
    expected = found_at(point, 1.0, look).region.centre
    assert np.allclose([x, y], expected, atol=2.5)


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize(
    ("offset", "scale", "is_seen"),
    [(0.0, 1.0, True), (0.14, 1.0, True), (0.16, 1.0, False), (0, 0.5, True), (0, 0.45, False),
     (0.0, 1.35, True), (0.0, 1.45, False)],
)  # fmt: skip
def test_a_body_is_seen_at_its_place_with_its_size(look, offset, scale, is_seen):
    point = REGION.centre + [0.0, offset * REGION.side]
    found = [found_at(point, scale * REGION.side, look, 0.7)]
    assert (score_of_look(found, REGION, look, SHAPE) == 0.7) is is_seen
    elsewhere = found_at(REGION.centre + 60, REGION.side, look, 0.95)
    assert (score_of_look([elsewhere, *found], REGION, look, SHAPE) == 0.7) is is_seen


@pytest.mark.parametrize("look", LOOKS)
def test_what_is_in_the_frame_of_a_close_up_is_looked_at(look):
    close_up = Region(np.array([210.0, 500.0]), 900.0, 0.0)
    part = looked_at(close_up, look, SHAPE)
    assert part.side == pytest.approx(1.1 * 400)
    assert np.linalg.norm(part.centre - [200, 175]) < 60
    nearly_inside = Region(np.array([210.0, 130.0]), 600.0, 0.0)
    assert looked_at(nearly_inside, look, SHAPE).side == look.scale * 600


def test_evidence_adds_up():
    evidence = Evidence()
    for _ in range(4):
        assert not evidence.is_confirmed
        evidence.add(0.8)
    assert evidence.is_confirmed and evidence.value == CONFIRMED
    evidence.add(0.8)
    assert evidence.value == CONFIRMED, "so that a person who leaves is not believed in for long"
    for _ in range(16):
        assert not evidence.is_rejected
        evidence.add(None)
    assert evidence.is_rejected


def test_a_look_with_a_low_score_counts_less():
    sure, unsure = Evidence(), Evidence()
    sure.add(0.61)
    unsure.add(0.59)
    assert sure.value == 2 * unsure.value == 2


def test_a_face_is_all_the_evidence_that_is_needed():
    assert Evidence.of_face().is_confirmed


def test_successive_looks_differ():
    evidence, looks = Evidence(), []
    for _ in range(2 * len(LOOKS)):
        looks.append(evidence.next_look)
        evidence.add(None)
    assert looks == [*LOOKS, *LOOKS] and len(set(LOOKS)) == len(LOOKS)
