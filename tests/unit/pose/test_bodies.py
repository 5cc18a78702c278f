"""Each face gets the body that belongs to it, also if there are others."""

import numpy as np
import pytest

from corpus.pose.bodies import (
    GREY,
    crop_box,
    has_face,
    is_jump,
    paint_over_faces,
    torso_size,
)
from corpus.pose.body_following import BodyFollower
from face_tables import FPS, faces_table, track_boxes
from fake_bodies import face_box, fake_body, white_frame, white_image
from fake_body_networks import FakeBodyNetworks

SIZE = 20.0
"""Face size of the fake bodies, pixels."""


# Crops -------------------------------------------------------------------------------------------


def test_a_crop_has_room_for_arms_and_ends_at_the_edges_of_the_image():
    face = np.array([190.0, 60, 210, 80])
    assert crop_box(face, (5, 1.5, 8), white_image(400, 300)) == (100, 30, 300, 220)
    assert crop_box(face, (5, 1.5, 8), white_image(250, 200)) == (100, 30, 250, 200)
    face_at_edge = np.array([-10.0, 0, 10, 20])
    assert crop_box(face_at_edge, (5, 1.5, 8), white_image()) == (0, 0, 100, 160)


def test_a_crop_that_is_almost_outside_the_image_is_none():
    face = np.array([-60.0, 0, -40, 20])
    assert crop_box(face, (3.5, 1, 8), white_image()) == (0, 0, 20, 160)
    assert crop_box(face, (3, 1, 8), white_image()) is None


def test_the_crop_of_a_tiny_face_is_small_or_none():
    x1, y1, x2, y2 = crop_box(np.array([200.0, 100, 202, 103]), (5, 1.5, 8), white_image())
    assert (x2 - x1, y2 - y1) == (30, 29)
    assert crop_box(np.array([200.0, 100, 201, 101]), (5, 1.5, 8), white_image()) is None


def test_other_faces_are_painted_over_and_the_kept_face_is_not():
    image = white_image()
    kept_face, other_face = np.array([100.0, 100, 140, 140]), np.array([130.0, 100, 170, 140])
    painted = paint_over_faces(image, [other_face], [kept_face])
    assert (painted[100:140, 100:140] == 255).all(), "also where the other face overlaps"
    assert (painted[95:145, 141:175] == GREY).all(), "with a margin of 15 %"
    assert (painted == GREY).all(axis=2).sum() == 52 * 52 - 16 * 40
    assert (image == 255).all(), "the image itself is not changed"
    assert paint_over_faces(image, [], [kept_face]) is image


def test_faces_that_extend_beyond_the_image_are_painted_over():
    faces = [np.array([-20.0, -30, 10, 20]), np.array([390.0, 280, 420, 330])]
    outside = np.array([-90.0, -90, -50, -50])
    painted = paint_over_faces(white_image(), [*faces, outside])
    grey = (painted == GREY).all(axis=2)
    assert grey[:20, :10].all() and grey[280:, 390:].all()
    assert grey.sum() == 24 * 14 + 25 * 15


# The body of a face ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("nose", "inside"),
    [((100, 100), True), ((84, 100), True), ((82, 100), False), ((100, 133), False)],
)
def test_a_nose_may_lie_slightly_outside_its_face(nose, inside):
    # 15 % of 30 and of 40 pixels.
    face = np.array([87.5, 86, 117.5, 126])
    assert has_face(fake_body(*nose), face) is inside


def bodies_of_faces(networks, faces, full_frame=False):
    """The bodies in the first frame of a video in which faces (boxes) have the tracks 0, 1, ..."""
    rows = [
        (n, n / FPS, 0, track, face) for track, face in enumerate(faces) for n in range(0, 50, 5)
    ]
    follower = BodyFollower(track_boxes(faces_table(*rows), 9.0), 0.5, full_frame)
    return networks.run(follower.follow(white_frame(), 0))


def test_each_face_gets_its_own_body_and_not_that_of_a_neighbour():
    bodies = [fake_body(150, 60), fake_body(200, 60)]
    for order in (bodies, bodies[::-1]):
        networks = FakeBodyNetworks(*bodies)
        found = bodies_of_faces(networks, [face_box(body) for body in order])
        assert found == dict(enumerate(order))


def test_a_person_in_front_without_a_face_is_not_the_body_of_a_face():
    stranger, body = fake_body(180, 60), fake_body(200, 60)
    assert bodies_of_faces(FakeBodyNetworks(stranger, body), [face_box(body)]) == {0: body}
    assert bodies_of_faces(FakeBodyNetworks(stranger), [face_box(body)]) == {}


def test_a_face_outside_the_image_has_no_body():
    body = fake_body(-300, 50)
    assert bodies_of_faces(FakeBodyNetworks(body), [face_box(body)]) == {}


# Comparison of bodies ----------------------------------------------------------------------------


def test_two_tracks_on_one_head_have_one_body():
    body, other = fake_body(100, 60), fake_body(150, 60)
    # The nose is in the middle of the second face.
    faces = [face_box(body) + 3, face_box(body), face_box(other)]
    assert bodies_of_faces(FakeBodyNetworks(body, other), faces) == {1: body, 2: other}
    assert bodies_of_faces(FakeBodyNetworks(body), [face_box(body)] * 2) == {0: body}


def test_neighbours_shoulder_to_shoulder_are_two_bodies():
    bodies = [fake_body(100, 60), fake_body(122, 60)]
    found = bodies_of_faces(FakeBodyNetworks(*bodies), [face_box(body) for body in bodies])
    assert found == dict(enumerate(bodies))


def test_the_torso_size_is_defined_for_people_seen_from_the_side():
    assert torso_size(fake_body(100, 60)) == pytest.approx(0.75 * 2.8 * SIZE)
    high_hips = {f"{side}_hip": (100.0, 90.0) for side in ("left", "right")}
    assert torso_size(fake_body(100, 60, **high_hips)) == pytest.approx(2 * SIZE)
    assert torso_size(fake_body(100, 60, 1e-9)) == 1, "never zero, since it is a divisor"


@pytest.mark.parametrize(
    ("dx", "size", "elapsed_s", "expected"),
    [
        (10, 20, 0.04, False),
        (25, 20, 0.04, True),
        (25, 20, 0.2, False),
        (90, 20, 0.2, True),
        (0, 31, 0.04, False),
        (0, 36, 0.04, True),
        (0, 36, 1.0, False),
    ],
)
def test_a_jump_is_faster_than_people_move_or_grow(dx, size, elapsed_s, expected):
    # The torso size is 42 pixels.
    before = fake_body(100, 60)
    assert is_jump(before, fake_body(100 + dx, 60, size), elapsed_s) is expected
