"""Each face gets the body that belongs to it, also if the landmarkers return other bodies."""

import numpy as np
import pytest

from corpus.pose.bodies import (
    GREY,
    crop_box,
    drop_duplicate_bodies,
    find_body,
    has_face,
    paint_over_faces,
    torso_box,
    torso_size,
)
from fake_landmarkers import FakeLandmarkers, face_box, fake_body, white_frame, white_image

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
    painted = paint_over_faces(image, [other_face], kept_face)
    assert (painted[100:140, 100:140] == 255).all(), "also where the other face overlaps"
    assert (painted[95:145, 141:175] == GREY).all(), "with a margin of 15 %"
    assert (painted == GREY).all(axis=2).sum() == 52 * 52 - 16 * 40
    assert (image == 255).all(), "the image itself is not changed"
    assert paint_over_faces(image, [], kept_face) is image


def test_faces_that_extend_beyond_the_image_are_painted_over():
    faces = [np.array([-20.0, -30, 10, 20]), np.array([390.0, 280, 420, 330])]
    outside = np.array([-90.0, -90, -50, -50])
    painted = paint_over_faces(white_image(), [*faces, outside], None)
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


def test_each_face_gets_its_own_body_and_not_that_of_a_neighbour():
    bodies = [fake_body(150, 60), fake_body(200, 60)]
    faces = [face_box(body) for body in bodies]
    landmarkers = FakeLandmarkers(*bodies)
    for body, face, other in zip(bodies, faces, faces[::-1], strict=True):
        person = landmarkers.for_person()
        assert find_body(face, [other], white_frame(), person, landmarkers) is body
    assert landmarkers.body_searches == [], "the video landmarkers are enough"
    first_body = landmarkers.for_person()["pose"](white_image(), (0, 0, 400, 300), 0.0)
    assert first_body == bodies[:1], "both faces would get this body without painting"


def test_a_person_whom_the_video_landmarker_loses_is_searched_in_a_narrower_crop():
    body = fake_body(200, 60)
    landmarkers = FakeLandmarkers(body)
    landmarkers.video_pose_fails = True
    person = landmarkers.for_person()
    assert find_body(face_box(body), [], white_frame(), person, landmarkers) is body
    (wide,), (narrow,) = person.boxes["pose"], landmarkers.body_searches
    assert wide == (100, 20, 300, 210)
    assert narrow == (140, 30, 260, 150)


def test_a_person_is_searched_again_if_the_video_landmarker_follows_another_person():
    # A person without a detected face stands in front.
    stranger, body = fake_body(180, 60), fake_body(200, 60)
    face, frame = face_box(body), white_frame()
    landmarkers = FakeLandmarkers(stranger, body)
    assert find_body(face, [], frame, landmarkers.for_person(), landmarkers) is body
    assert len(landmarkers.body_searches) == 1
    landmarkers = FakeLandmarkers(stranger)
    assert find_body(face, [], frame, landmarkers.for_person(), landmarkers) is None


def test_a_face_outside_the_image_has_no_body():
    body = fake_body(-300, 50)
    landmarkers = FakeLandmarkers(body)
    person = landmarkers.for_person()
    assert find_body(face_box(body), [], white_frame(), person, landmarkers) is None
    assert person.boxes["pose"] == landmarkers.body_searches == []


# Comparison of bodies ----------------------------------------------------------------------------


def test_two_tracks_on_one_head_have_one_body():
    body, duplicate, other = fake_body(100, 60), fake_body(102, 61), fake_body(150, 60)
    faces = {3: face_box(body) + 4, 5: face_box(duplicate), 7: face_box(other)}
    remaining = drop_duplicate_bodies({7: other, 3: body, 5: duplicate}, faces)
    assert list(remaining) == [5, 7], "the body with its nose in mid-face is kept"
    assert remaining[5] is duplicate
    equal_faces = {track: face_box(body) for track in (3, 5)}
    remaining = drop_duplicate_bodies({5: body, 3: body}, equal_faces)
    assert list(remaining) == [3], "the first of two equals"
    assert drop_duplicate_bodies({}, {}) == {}


def test_neighbours_shoulder_to_shoulder_are_two_bodies():
    bodies = {0: fake_body(100, 60), 1: fake_body(122, 60)}
    faces = {track: face_box(body) for track, body in bodies.items()}
    assert list(drop_duplicate_bodies(bodies, faces)) == [0, 1]


def test_the_torso_size_is_defined_for_people_seen_from_the_side():
    assert torso_size(fake_body(100, 60)) == pytest.approx(0.75 * 2.8 * SIZE)
    high_hips = {f"{side}_hip": (100.0, 90.0) for side in ("left", "right")}
    assert torso_size(fake_body(100, 60, **high_hips)) == pytest.approx(2 * SIZE)
    assert torso_size(fake_body(100, 60, 1e-9)) == 1, "never zero, since it is a divisor"


def test_the_torso_box_does_not_depend_on_the_arms():
    waving = fake_body(100, 60, left_wrist=(300.0, 0.0))
    assert torso_box(waving).tolist() == [80, 60, 120, 140]
