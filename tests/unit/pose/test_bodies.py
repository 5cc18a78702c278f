"""Bodies and hands go to whom they belong, whatever the landmarkers find."""

import numpy as np
import pytest

from corpus.pose import bodies as bodies_module
from corpus.pose.bodies import (
    GREY,
    bodies_without_face,
    crop_box,
    drop_duplicate_bodies,
    find_body,
    has_face,
)
from corpus.pose.landmarkers import clip_box
from fake_landmarkers import Stage, face_of, picture, puppet

SIZE = 20.0


def shifted(body, dx, dy=0.0):
    return type(body)(body.points + [dx, dy, 0], body.world, body.visibility, body.score, body.left)


# Crops -------------------------------------------------------------------------------------------


def test_a_crop_has_room_for_arms_and_ends_at_the_pictures_edges():
    face = np.array([190.0, 60, 210, 80])
    assert crop_box(face, (5, 1.5, 8), picture(400, 300)) == (100, 30, 300, 220)
    assert crop_box(face, (5, 1.5, 8), picture(250, 200)) == (100, 30, 250, 200)
    assert crop_box(np.array([-10.0, 0, 10, 20]), (5, 1.5, 8), picture()) == (0, 0, 100, 160)


def test_hardly_anything_left_of_a_crop_is_none():
    face = np.array([-60.0, 0, -40, 20])
    assert crop_box(face, (3.5, 1, 8), picture()) == (0, 0, 20, 160)
    assert crop_box(face, (3, 1, 8), picture()) is None
    assert clip_box(5, 5, 20.9, 50, picture()) is None, "15 pixels wide"
    assert clip_box(5, 5, 21, 50, picture()) == (5, 5, 21, 50)
    assert clip_box(500, 5, 600, 50, picture()) is None


def test_a_tiny_face_has_a_crop_of_its_size():
    x1, y1, x2, y2 = crop_box(np.array([200.0, 100, 202, 103]), (5, 1.5, 8), picture())
    assert (x2 - x1, y2 - y1) == (30, 29)
    assert crop_box(np.array([200.0, 100, 201, 101]), (5, 1.5, 8), picture()) is None


def test_other_faces_are_painted_over_and_ones_own_is_kept():
    image = picture()
    own, other = np.array([100.0, 100, 140, 140]), np.array([130.0, 100, 170, 140])
    painted = bodies_module.paint_over_faces(image, [other], own)
    assert (painted[100:140, 100:140] == 255).all(), "also where the other face reaches"
    assert (painted[95:145, 141:175] == GREY).all(), "with 15 % around it"
    assert (painted == GREY).all(axis=2).sum() == 52 * 52 - 16 * 40
    assert (image == 255).all(), "the frame itself is left as it is"
    assert bodies_module.paint_over_faces(image, [], own) is image


def test_faces_that_reach_beyond_the_picture_are_painted_over():
    faces = [np.array([-20.0, -30, 10, 20]), np.array([390.0, 280, 420, 330])]
    painted = bodies_module.paint_over_faces(
        picture(), [*faces, np.array([-90.0, -90, -50, -50])], None
    )
    grey = (painted == GREY).all(axis=2)
    assert grey[:20, :10].all() and grey[280:, 390:].all()
    assert grey.sum() == 24 * 14 + 25 * 15


# Bodies ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("nose", "inside"),
    [((100, 100), True), ((84, 100), True), ((82, 100), False), ((100, 133), False)],
)
def test_a_nose_may_be_a_little_outside_its_face(nose, inside):
    # 15 % of 30 and of 40 pixels.
    face = np.array([87.5, 86, 117.5, 126])
    assert has_face(puppet(*nose), face) is inside


def test_each_face_gets_its_own_body_and_not_the_neighbours():
    one, other = puppet(150, 60), puppet(200, 60)
    stage = Stage(one, other)
    faces = [face_of(one), face_of(other)]
    for body, face, others in ((one, faces[0], faces[1:]), (other, faces[1], faces[:1])):
        assert find_body(face, others, picture(), 0.0, stage.follow(), stage) is body
    assert stage.looks == [], "followed, not looked for anew"
    crew = stage.follow()
    find_body(faces[1], [], picture(), 0.0, crew, stage)
    assert crew["pose"](picture(), (0, 0, 400, 300), 0.0) == [one], "whom all would get otherwise"


def test_a_person_who_is_lost_is_looked_for_in_a_narrower_crop():
    body = puppet(200, 60)
    stage = Stage(body)
    stage.lost = True
    crew = stage.follow()
    assert find_body(face_of(body), [], picture(), 0.0, crew, stage) is body
    (wide,), (narrow,) = crew.boxes["pose"], stage.looks
    assert wide == (100, 20, 300, 210)
    assert narrow == (140, 30, 260, 150)


def test_who_went_over_to_somebody_else_is_looked_for_anew():
    # Somebody whose face was not found stands in front.
    stranger, body = puppet(180, 60), puppet(200, 60)
    stage = Stage(stranger, body)
    assert find_body(face_of(body), [], picture(), 0.0, stage.follow(), stage) is body
    assert len(stage.looks) == 1
    stage = Stage(stranger)
    assert find_body(face_of(body), [], picture(), 0.0, stage.follow(), stage) is None


def test_a_face_outside_the_picture_has_no_body():
    stage = Stage(puppet(-300, 50))
    face = face_of(stage.bodies[0])
    crew = stage.follow()
    assert find_body(face, [], picture(), 0.0, crew, stage) is None
    assert crew.boxes["pose"] == stage.looks == []


def test_two_tracks_on_one_head_have_one_body():
    body, again, other = puppet(100, 60), puppet(102, 61), puppet(150, 60)
    faces = {3: face_of(body) + 4, 5: face_of(again), 7: face_of(other)}
    kept = drop_duplicate_bodies({7: other, 3: body, 5: again}, faces)
    assert list(kept) == [5, 7], "the one whose nose is in the middle of its face, in order"
    assert kept[5] is again
    same = {number: face_of(body) for number in (3, 5)}
    assert list(drop_duplicate_bodies({5: body, 3: body}, same)) == [3], "the first of two equals"
    assert drop_duplicate_bodies({}, {}) == {}


def test_neighbours_shoulder_to_shoulder_are_two():
    bodies = {0: puppet(100, 60), 1: puppet(122, 60)}
    assert list(drop_duplicate_bodies(bodies, {n: face_of(b) for n, b in bodies.items()})) == [0, 1]


def test_torsos_have_a_size_from_the_side_too():
    assert bodies_module.torso_size(puppet(100, 60)) == pytest.approx(0.75 * 2.8 * SIZE)
    short = {f"{side}_hip": (100.0, 90.0) for side in ("left", "right")}
    assert bodies_module.torso_size(puppet(100, 60, **short)) == pytest.approx(2 * SIZE)
    point = puppet(100, 60, 1e-9)
    assert bodies_module.torso_size(point) == 1, "never nothing, since it is divided by"


def test_the_extent_of_a_body_is_that_of_its_torso():
    waving = puppet(100, 60, left_wrist=(300.0, 0.0))
    assert bodies_module.torso_box(waving).tolist() == [80, 60, 120, 140]


# Bodies without a face ---------------------------------------------------------------------------


def test_a_body_without_a_face_is_looked_at_twice():
    body = puppet(200, 60)
    stage = Stage(body)
    assert bodies_without_face(picture(), [], [], stage) == [body]
    whole, own = stage.looks
    assert whole == (0, 0, 400, 300)
    # 1.2 times the extent of 148 pixels, from the nose to the feet, clipped.
    assert own == (111, 45, 288, 222)


@pytest.mark.parametrize(("off", "agree"), [(0.2, True), (0.3, False)])
def test_a_heap_of_bricks_is_found_elsewhere_when_looked_at_again(off, agree):
    body = puppet(200, 60)
    second = shifted(body, off * bodies_module.torso_size(body))
    stage = Stage(body)
    looks = iter([[body], [second]])
    stage.poses = lambda image, box: next(looks)
    assert (bodies_without_face(picture(), [], [], stage) == [body]) is agree


def test_a_heap_of_bricks_may_not_be_found_at_all_when_looked_at_again():
    looks = iter([[puppet(200, 60)], []])
    stage = Stage()
    stage.poses = lambda image, box: next(looks)
    assert bodies_without_face(picture(), [], [], stage) == []


def test_a_second_look_that_finds_several_agrees_by_any_of_them():
    body = puppet(200, 60)
    looks = iter([[body], [puppet(120, 60), shifted(body, 1)]])
    stage = Stage()
    stage.poses = lambda image, box: next(looks)
    assert bodies_without_face(picture(), [], [], stage) == [body]


def test_only_the_upper_body_has_to_agree():
    body = puppet(200, 60)
    legs = {f"{side}_{j}": (0.0, 0.0) for side in ("left", "right") for j in ("knee", "ankle")}
    looks = iter([[body], [puppet(200, 60, **legs)]])
    stage = Stage()
    stage.poses = lambda image, box: next(looks)
    assert bodies_without_face(picture(), [], [], stage) == [body]


def test_people_known_by_their_faces_are_not_found_again():
    known, alone = puppet(100, 60), puppet(250, 60)
    stage = Stage(known, alone)
    assert bodies_without_face(picture(), [face_of(known)], [], stage) == [alone], "painted over"
    stage = Stage(shifted(known, 2), alone)
    assert bodies_without_face(picture(), [], [known], stage) == [alone], "the same body"
    stage = Stage(alone, shifted(alone, 2))
    assert bodies_without_face(picture(), [], [], stage) == [alone], "found twice"
    # The network may put a nose where a face was painted over.
    stage.bodies_in = lambda image, box: [known]
    assert bodies_without_face(picture(), [face_of(known)], [], stage) == []


def test_a_body_at_the_edge_is_looked_at_within_the_picture():
    stage = Stage(puppet(2, 3), puppet(398, 200))
    assert len(bodies_without_face(picture(), [], [], stage)) == 2
    assert stage.looks[1][:2] == (0, 0)
    assert stage.looks[2][2:] == (400, 300)
