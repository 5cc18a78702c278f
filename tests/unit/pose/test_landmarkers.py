"""MediaPipe's networks on two portraits: what is found lies where it is in the frame."""

import logging
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from corpus.core.errors import ModelError
from corpus.pose import bodies as bodies_module
from corpus.pose import landmarkers as lm
from corpus.pose.bodies import bodies_without_face, find_body, has_face
from corpus.pose.landmarkers import Landmarkers
from corpus.tables.schemas import HAND_KEYPOINTS, POSE_KEYPOINTS
from portraits import model_file, portraits

FACES = {"collins": np.array([179.0, 61, 268, 176]), "hopper": np.array([171.0, 111, 356, 336])}
"""Where the detector finds them in the portraits."""
POSE, HAND = "pose_landmarker_bundled", "hand_landmarker_bundled"


@pytest.fixture(scope="module")
def networks():
    made = Landmarkers(model_file(POSE), model_file(HAND), "cpu", 0.5)
    yield made
    made.close()


def seen(networks, image, face, others=(), times=(0.0,)):
    """The body of a face, by followers of its own."""
    followers = networks.follow()
    try:
        for time_s in times:
            body = find_body(face, list(others), image, time_s, followers, networks)
        return body
    finally:
        followers.close()


def placed(person, x, y, width=760, height=800):
    """A portrait somewhere in a larger frame, and where its face is then."""
    frame = np.full((height, width, 3), 90, np.uint8)
    portrait = portraits()[person]
    frame[y : y + portrait.shape[0], x : x + portrait.shape[1]] = portrait
    return frame, FACES[person] + [x, y, x, y]


# Whose body --------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", FACES)
def test_a_portrait_has_a_body_in_its_pixels(networks, person):
    body = seen(networks, portraits()[person], FACES[person])
    point = dict(zip(POSE_KEYPOINTS, body.points[:, :2], strict=True))
    x1, y1, x2, y2 = FACES[person]
    for name in ("nose", "left_eye", "right_eye", "mouth_left", "mouth_right"):
        assert x1 < point[name][0] < x2 and y1 < point[name][1] < y2, name
    assert point["right_eye"][0] < point["left_eye"][0], "left is the person's own"
    assert point["right_shoulder"][0] < point["nose"][0] < point["left_shoulder"][0]
    assert point["left_eye"][1] < point["mouth_left"][1] < point["left_shoulder"][1]
    assert point["left_shoulder"][1] < point["left_hip"][1]
    assert (
        1
        < np.ptp(body.points[bodies_module.SHOULDERS, 0]) / bodies_module.face_size(FACES[person])
        < 3
    )


@pytest.mark.parametrize("person", FACES)
def test_a_body_has_metres_visibility_and_presence(networks, person):
    body = seen(networks, portraits()[person], FACES[person])
    assert body.points.shape == body.world.shape == (33, 3)
    assert 0.2 < np.linalg.norm(np.diff(body.world[bodies_module.SHOULDERS], axis=0)) < 0.6
    assert np.allclose(body.world[bodies_module.HIPS].mean(axis=0), 0, atol=0.05)
    for part in (body.visibility, body.score):
        assert part.shape == (33,) and part.min() >= 0 and part.max() <= 1
        assert part[bodies_module.NOSE] > 0.9
    assert body.visibility[POSE_KEYPOINTS.index("left_ankle")] < 0.5, "outside the picture"
    assert body.left is None


def pair(first, second, scales, narrow):
    """Both in one picture, cut out narrowly and of different sizes: frame and faces in order."""
    pieces = []
    for person in (first, second):
        edge = (60 + narrow, 400 - narrow) if person == "collins" else (40, 480)
        face = (FACES[person] - [edge[0], 0, edge[0], 0]) * scales[person]
        piece = portraits()[person][: 512 if person == "collins" else 600, edge[0] : edge[1]]
        scale = {"fx": scales[person], "fy": scales[person]}
        pieces.append((cv2.resize(piece, None, **scale, interpolation=cv2.INTER_AREA), face))
    height = max(len(piece) for piece, _ in pieces)
    columns, faces, left = [], [], 0
    for piece, face in pieces:
        above = height - len(piece)
        columns.append(np.pad(piece, ((above, 0), (0, 0), (0, 0)), constant_values=90))
        faces.append(face + [left, above, left, above])
        left += piece.shape[1]
    return np.hstack(columns), faces


PAIRS = [
    pair("hopper", "collins", {"collins": 0.7, "hopper": 0.4}, 60),
    pair("collins", "hopper", {"collins": 1.0, "hopper": 0.8}, 60),
    pair("hopper", "collins", {"collins": 0.7, "hopper": 0.6}, 0),
    pair("collins", "hopper", {"collins": 1.0, "hopper": 0.6}, 0),
]


def found_in_pairs(networks):
    """For each of the eight people whether their own body is found, and followed at that."""
    found, followed = [], []
    for image, faces in PAIRS:
        for face, other in (faces, faces[::-1]):
            body = seen(networks, image, face, [other])
            found.append(body is not None and has_face(body, face))
            followers = networks.follow()
            crop = bodies_module.crop_box(face, bodies_module.WIDE, image)
            bodies = followers["pose"](
                bodies_module.paint_over_faces(image, [other], face), crop, 0.0
            )
            followed.append(any(has_face(body, face) for body in bodies))
            followers.close()
    return found, followed


def test_two_people_side_by_side_each_have_their_own_body(networks):
    found, followed = found_in_pairs(networks)
    assert all(found)
    assert sum(followed) >= 7


def test_a_full_frame_search_finds_a_person_once_they_have_no_face_track(networks):
    for person, portrait in portraits().items():
        (body,) = bodies_without_face(portrait, [], [], networks)
        assert has_face(body, FACES[person])
        assert bodies_without_face(portrait, [FACES[person]], [body], networks) == []
        again = bodies_without_face(portrait, [], [body], networks)
        assert again == [], "known"


def nobody():
    """Pictures in which nobody is, by name."""
    random = np.random.default_rng(0)
    noise = random.integers(0, 256, (360, 640, 3), np.uint8)
    clouds = cv2.normalize(cv2.GaussianBlur(noise, (0, 0), 12), None, 0, 255, cv2.NORM_MINMAX)
    slope = np.linspace(0, 255, 640).astype(np.uint8)
    bricks = np.full((360, 640, 3), 160, np.uint8)
    for row in range(15):
        for column in range(-(row % 2) * 30, 640, 60):
            corners = (column + 2, 24 * row + 2), (column + 57, 24 * row + 21)
            cv2.rectangle(bricks, *corners, random.integers(90, 190, 3).tolist(), -1)
    return {
        "black": np.zeros((360, 640, 3), np.uint8),
        "noise": noise,
        "clouds": clouds,
        "slope": np.repeat(np.tile(slope, (360, 1))[:, :, None], 3, axis=2),
        "bricks": bricks,
    }


@pytest.mark.parametrize("name", nobody())
def test_nobody_is_found_where_nobody_is(networks, name):
    image = nobody()[name]
    assert bodies_without_face(image, [], [], networks) == []
    assert seen(networks, image, np.array([300.0, 60, 340, 110])) is None


# Where -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", FACES)
@pytest.mark.parametrize("shift", [(60, 0), (0, 40), (103, 71)])
def test_keypoints_move_with_the_picture(networks, person, shift):
    # Crops end at the frame's edges, so that they are not the same in both frames.
    still, moved = [seen(networks, *placed(person, 90 + dx, 30 + dy)) for dx, dy in ((0, 0), shift)]
    height = 8 * bodies_module.face_size(FACES[person])
    off = np.linalg.norm(moved.points[:, :2] - still.points[:, :2] - shift, axis=1)
    seen_well = np.minimum(still.visibility, moved.visibility) > 0.9
    assert seen_well.sum() >= 12, "the others are guesses"
    assert np.median(off[seen_well]) < 0.01 * height
    assert off[bodies_module.NOSE] < 0.01 * height


def test_the_same_crop_elsewhere_gives_the_same_keypoints_there(networks):
    found = []
    for x, y in ((0, 0), (203, 101)):
        frame, _ = placed("collins", x, y)
        followers = networks.follow()
        box = (x + 50, y + 10, x + 450, y + 510)
        (body,) = followers["pose"](frame, box, 0.0)
        (again,) = networks.poses(frame, box)
        found.append((body, again))
        followers.close()
    for one, other in zip(*found, strict=True):
        assert np.allclose(one.points + [203, 101, 0], other.points, atol=1e-6)
        assert np.array_equal(one.world, other.world)
        assert np.array_equal(one.visibility, other.visibility)


@pytest.mark.parametrize("person", FACES)
def test_keypoints_grow_with_the_picture_and_metres_do_not(networks, person):
    portrait, face = portraits()[person], FACES[person]
    large = cv2.resize(portrait, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    one, twice = seen(networks, portrait, face), seen(networks, large, 2 * face)
    seen_well = one.visibility > 0.9
    off = np.linalg.norm((twice.points / 2 - one.points)[:, :2], axis=1)
    assert np.median(off[seen_well]) < 0.01 * 8 * bodies_module.face_size(face)
    assert np.abs(twice.world - one.world)[seen_well].max() < 0.15


def points(*where):
    return [SimpleNamespace(x=x, y=y, z=z, visibility=x, presence=y) for x, y, z in where]


def test_crop_coordinates_become_pixels_of_the_frame():
    landmarks, metres = (
        points((0.5, 0.25, 0.1), (1.2, -0.1, -1)),
        points((0.1, 0.2, 0.3), (1, 2, 3)),
    )
    result = SimpleNamespace(pose_landmarks=[landmarks] * 2, pose_world_landmarks=[metres] * 2)
    bodies = lm._bodies(result, (100, 50, 300, 150))
    assert len(bodies) == 2
    assert bodies[0].points.tolist() == [[200, 75, 20], [340, 40, -200]], "z has the scale of x"
    assert bodies[0].world.tolist() == [[0.1, 0.2, 0.3], [1, 2, 3]]
    assert bodies[0].visibility.tolist() == [0.5, 1.2]
    assert bodies[0].score.tolist() == [0.25, -0.1]


def test_hands_have_a_side_and_no_visibility():
    sides = [SimpleNamespace(category_name=name, score=0.7) for name in ("Left", "Right")]
    result = SimpleNamespace(
        hand_landmarks=[points((0.5, 0.5, 0.5)), points((0, 1, 0), (1, 0, 0))],
        hand_world_landmarks=[points((0, 0, 1)), points((0, 0, 1), (0, 1, 0))],
        handedness=[[side] for side in sides],
    )
    left, right = lm._hands(result, (10, 20, 50, 120))
    assert left.points.tolist() == [[30, 70, 20]]
    assert right.points.tolist() == [[10, 120, 0], [50, 20, 0]]
    assert (left.left, right.left) == (True, False)
    assert right.score.tolist() == [0.7, 0.7]
    assert left.visibility is right.visibility is None


@pytest.fixture(scope="module")
def lenient():
    """At a low confidence the network takes folds of a sleeve for a hand, which will do here."""
    made = Landmarkers(model_file(POSE), model_file(HAND), "cpu", 0.1)
    yield made
    made.close()


SLEEVE = (212, 371, 372, 531)
"""Where it does so in Hopper's portrait."""


def test_a_hand_moves_with_the_picture(lenient):
    found = []
    for x, y in ((0, 0), (130, 77)):
        frame, _ = placed("hopper", x, y)
        followers = lenient.follow()
        box = tuple(np.array(SLEEVE) + [x, y, x, y])
        found.append([followers[side](frame, box, 0.0)[0] for side in ("left_hand", "right_hand")])
        followers.close()
    for one, other in zip(*found, strict=True):
        assert one.points.shape == (len(HAND_KEYPOINTS), 3)
        assert np.allclose(one.points + [130, 77, 0], other.points, atol=1e-6)
        assert one.points[0, 0] > SLEEVE[0] and one.points[0, 1] > SLEEVE[1]
        assert np.abs(one.world).max() < 0.3


def test_a_hand_looked_for_anew_may_lie_at_any_angle(lenient):
    """The picture is turned back by the forearm, so that the network sees the same each time."""
    upright, _ = placed("hopper", 120, 120)
    half, forearm = 80.0, np.array([0.0, -30.0])
    middle = np.array([420.0, 580])
    (still,) = lenient.hands(upright, middle, forearm, half)
    assert (np.abs(still.points[:, :2] - middle) < 1.5 * half).all()
    for degrees, scale in ((0, 1.0), (90, 1.0), (-120, 1.0), (30, 1.5)):
        centre = (380.0, 400.0)
        turn = cv2.getRotationMatrix2D(centre, degrees, scale)
        frame = cv2.warpAffine(upright, turn, (760, 800), flags=cv2.INTER_CUBIC)
        there, arm = turn @ [*middle, 1], turn[:, :2] @ forearm
        (hand,) = lenient.hands(frame, there, arm, half * scale)
        expected = still.points[:, :2] @ turn[:, :2].T + turn[:, 2]
        off = np.linalg.norm(hand.points[:, :2] - expected, axis=1)
        assert np.median(off) < 0.05 * half * scale, degrees
        size = np.ptp(still.points[:, 2]) * scale
        assert np.ptp(hand.points[:, 2]) == pytest.approx(size, rel=0.3), "depth has the same scale"
        metres = still.world[:, :2] @ (turn[:, :2] / scale).T
        assert np.median(np.linalg.norm(hand.world[:, :2] - metres, axis=1)) < 0.01, degrees
        assert np.allclose(hand.world[:, 2], still.world[:, 2], atol=0.02)


# Time and models ---------------------------------------------------------------------------------


def test_time_may_stand_still_or_run_back(networks):
    image, face = portraits()["collins"], FACES["collins"]
    body = seen(networks, image, face, times=(5.0, 5.0, 5.0001, 2.0, -1.0, 5.02))
    assert has_face(body, face)
    followers = networks.follow()
    for time_s in (3.0, 3.0, 0.5):
        assert followers["left_hand"](image, (0, 300, 200, 500), time_s) == []
    followers.close()


def test_followers_know_nothing_of_each_other(networks):
    image, face = portraits()["collins"], FACES["collins"]
    alone = seen(networks, image, face)
    other = networks.follow()
    hopper = portraits()["hopper"]
    find_body(FACES["hopper"], [], hopper, 0.0, other, networks)
    beside = seen(networks, image, face)
    other.close()
    assert np.array_equal(alone.points, beside.points)


def test_on_the_cpu_where_that_is_wanted_or_no_gpu_is(networks, monkeypatch):
    assert networks.delegate == "cpu"
    monkeypatch.setattr(lm, "has_nvidia_gpu", lambda: False)
    monkeypatch.setattr(lm.sys, "platform", "linux")
    monkeypatch.setattr(Landmarkers, "_open", lambda self: (None, None))
    assert Landmarkers("pose", "hand", "auto", 0.5).delegate == "cpu"
    monkeypatch.setattr(lm, "has_nvidia_gpu", lambda: True)
    assert Landmarkers("pose", "hand", "cpu", 0.5).delegate == "cpu"
    assert Landmarkers("pose", "hand", "auto", 0.5).delegate == "gpu"


def test_a_gpu_that_does_not_work_is_said_and_done_without(monkeypatch, caplog):
    tried = []

    def open_(self):
        tried.append(self.delegate)
        if self.delegate == "gpu":
            raise ModelError("no EGL here")
        return None, None

    monkeypatch.setattr(lm, "has_nvidia_gpu", lambda: True)
    monkeypatch.setattr(Landmarkers, "_open", open_)
    with caplog.at_level(logging.WARNING):
        assert Landmarkers("pose", "hand", "cuda", 0.5).delegate == "cpu"
    assert tried == ["gpu", "cpu"]
    assert "no EGL here" in caplog.text


@pytest.mark.parametrize("broken", ["pose", "hand"])
@pytest.mark.parametrize("how", ["swapped", "garbage", "empty", "cut", "missing"])
def test_a_file_that_is_not_the_model(tmp_path, broken, how):
    files = {"pose": model_file(POSE), "hand": model_file(HAND)}
    bad = tmp_path / "bad.task"
    if how == "swapped":
        bad = files["hand" if broken == "pose" else "pose"]
    elif how != "missing":
        content = {"garbage": b"abc" * 1000, "empty": b"", "cut": files[broken].read_bytes()[:-999]}
        bad.write_bytes(content[how])
    files[broken] = bad
    with pytest.raises(ModelError, match=f"{bad.name}.* cannot be used: "):
        Landmarkers(files["pose"], files["hand"], "cpu", 0.5)
