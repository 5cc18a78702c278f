"""MediaPipe's networks find the people of two portraits, at the right place in the frame."""

import locale
import logging
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from corpus.core.errors import ModelError
from corpus.pose import landmarkers as landmarkers_module
from corpus.pose.bodies import (
    HIPS,
    NOSE,
    SHOULDERS,
    WIDE,
    crop_box,
    face_size,
    find_body,
    has_face,
    paint_over_faces,
)
from corpus.pose.faceless_bodies import bodies_without_face
from corpus.pose.landmarkers import Landmarkers
from corpus.tables.schemas import HAND_KEYPOINTS, POSE_KEYPOINTS
from corpus.video.reader import Frame
from locales import locale_variables
from portraits import FACE_BOXES, model_file, portraits

POSE, HAND = "pose_landmarker_bundled", "hand_landmarker_bundled"


@pytest.fixture(scope="module")
def landmarkers():
    landmarkers = Landmarkers(model_file(POSE), model_file(HAND), "cpu", 0.5)
    yield landmarkers
    landmarkers.close()


def body_of_face(landmarkers, image, face, other_faces=(), times=(0.0,)):
    """The body of a face, found by new video landmarkers in frames at these times."""
    person = landmarkers.for_person()
    try:
        for time_s in times:
            frame = Frame(0, time_s, image)
            body = find_body(face, list(other_faces), frame, person, landmarkers)
        return body
    finally:
        person.close()


def portrait_at(person, x, y, width=760, height=800):
    """A portrait at (x, y) pixels of a larger image, and the box of its face."""
    image = np.full((height, width, 3), 90, np.uint8)
    portrait = portraits()[person]
    image[y : y + portrait.shape[0], x : x + portrait.shape[1]] = portrait
    return image, FACE_BOXES[person] + [x, y, x, y]


# The body of a face ------------------------------------------------------------------------------


@pytest.mark.parametrize("person", FACE_BOXES)
def test_the_keypoints_of_a_portrait_are_at_the_right_place(landmarkers, person):
    body = body_of_face(landmarkers, portraits()[person], FACE_BOXES[person])
    point = dict(zip(POSE_KEYPOINTS, body.points[:, :2], strict=True))
    x1, y1, x2, y2 = FACE_BOXES[person]
    for name in ("nose", "left_eye", "right_eye", "mouth_left", "mouth_right"):
        assert x1 < point[name][0] < x2 and y1 < point[name][1] < y2, name
    assert point["right_eye"][0] < point["left_eye"][0], "left is the left of the person"
    assert point["right_shoulder"][0] < point["nose"][0] < point["left_shoulder"][0]
    assert point["left_eye"][1] < point["mouth_left"][1] < point["left_shoulder"][1]
    assert point["left_shoulder"][1] < point["left_hip"][1]
    shoulder_width = np.ptp(body.points[SHOULDERS, 0])
    assert 1 < shoulder_width / face_size(FACE_BOXES[person]) < 3


@pytest.mark.parametrize("person", FACE_BOXES)
def test_a_body_has_world_coordinates_visibility_and_presence(landmarkers, person):
    body = body_of_face(landmarkers, portraits()[person], FACE_BOXES[person])
    assert body.points.shape == body.world.shape == (33, 3)
    assert 0.2 < np.linalg.norm(np.diff(body.world[SHOULDERS], axis=0)) < 0.6
    assert np.allclose(body.world[HIPS].mean(axis=0), 0, atol=0.05)
    for values in (body.visibility, body.score):
        assert values.shape == (33,) and values.min() >= 0 and values.max() <= 1
        assert values[NOSE] > 0.9
    assert body.visibility[POSE_KEYPOINTS.index("left_ankle")] < 0.5, "outside the image"
    assert body.left is None


def pair(first, second, scales, narrow):
    """Both people side by side in one image, cropped and scaled: the image, and their faces."""
    pieces = []
    for person in (first, second):
        edge = (60 + narrow, 400 - narrow) if person == "collins" else (40, 480)
        face = (FACE_BOXES[person] - [edge[0], 0, edge[0], 0]) * scales[person]
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


def test_two_people_side_by_side_each_have_their_own_body(landmarkers):
    n_found_by_video_landmarker = 0
    for image, faces in PAIRS:
        for face, other in (faces, faces[::-1]):
            body = body_of_face(landmarkers, image, face, [other])
            assert body is not None and has_face(body, face)
            person = landmarkers.for_person()
            painted = paint_over_faces(image, [other], face)
            bodies = person["pose"](painted, crop_box(face, WIDE, image), 0.0)
            n_found_by_video_landmarker += any(has_face(body, face) for body in bodies)
            person.close()
    assert n_found_by_video_landmarker >= 7, "of 8 people"


def test_the_search_of_the_whole_frame_finds_only_people_without_a_face_track(landmarkers):
    for person, portrait in portraits().items():
        (body,) = bodies_without_face(portrait, [], [], landmarkers)
        assert has_face(body, FACE_BOXES[person])
        assert bodies_without_face(portrait, [FACE_BOXES[person]], [body], landmarkers) == []
        assert bodies_without_face(portrait, [], [body], landmarkers) == [], "the same body"


def images_without_people():
    """Images without people, by name."""
    random = np.random.default_rng(0)
    noise = random.integers(0, 256, (360, 640, 3), np.uint8)
    clouds = cv2.normalize(cv2.GaussianBlur(noise, (0, 0), 12), None, 0, 255, cv2.NORM_MINMAX)
    gradient = np.linspace(0, 255, 640).astype(np.uint8)
    bricks = np.full((360, 640, 3), 160, np.uint8)
    for row in range(15):
        for column in range(-(row % 2) * 30, 640, 60):
            corners = (column + 2, 24 * row + 2), (column + 57, 24 * row + 21)
            cv2.rectangle(bricks, *corners, random.integers(90, 190, 3).tolist(), -1)
    return {
        "black": np.zeros((360, 640, 3), np.uint8),
        "noise": noise,
        "clouds": clouds,
        "gradient": np.repeat(np.tile(gradient, (360, 1))[:, :, None], 3, axis=2),
        "bricks": bricks,
    }


@pytest.mark.parametrize("name", images_without_people())
def test_nobody_is_found_in_images_without_people(landmarkers, name):
    image = images_without_people()[name]
    assert bodies_without_face(image, [], [], landmarkers) == []
    assert body_of_face(landmarkers, image, np.array([300.0, 60, 340, 110])) is None


# Coordinates -------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", FACE_BOXES)
@pytest.mark.parametrize("shift", [(60, 0), (0, 40), (103, 71)])
def test_keypoints_move_with_the_image(landmarkers, person, shift):
    # Crops end at the edges of the image, so they differ between the two images.
    still, moved = (
        body_of_face(landmarkers, *portrait_at(person, 90 + dx, 30 + dy))
        for dx, dy in ((0, 0), shift)
    )
    height = 8 * face_size(FACE_BOXES[person])
    errors = np.linalg.norm(moved.points[:, :2] - still.points[:, :2] - shift, axis=1)
    is_visible = np.minimum(still.visibility, moved.visibility) > 0.9
    assert is_visible.sum() >= 12, "the others are guesses"
    assert np.median(errors[is_visible]) < 0.01 * height
    assert errors[NOSE] < 0.01 * height


def test_the_same_crop_elsewhere_gives_the_same_keypoints_there(landmarkers):
    bodies = []
    for x, y in ((0, 0), (203, 101)):
        image, _ = portrait_at("collins", x, y)
        person = landmarkers.for_person()
        box = (x + 50, y + 10, x + 450, y + 510)
        (video_body,) = person["pose"](image, box, 0.0)
        (image_body,) = landmarkers.detect_bodies(image, box)
        bodies.append((video_body, image_body))
        person.close()
    for still, moved in zip(*bodies, strict=True):
        assert np.allclose(still.points + [203, 101, 0], moved.points, atol=1e-6)
        assert np.array_equal(still.world, moved.world)
        assert np.array_equal(still.visibility, moved.visibility)


@pytest.mark.parametrize("person", FACE_BOXES)
def test_pixels_scale_with_the_image_and_metres_do_not(landmarkers, person):
    portrait, face = portraits()[person], FACE_BOXES[person]
    doubled = cv2.resize(portrait, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    small = body_of_face(landmarkers, portrait, face)
    large = body_of_face(landmarkers, doubled, 2 * face)
    is_visible = small.visibility > 0.9
    errors = np.linalg.norm((large.points / 2 - small.points)[:, :2], axis=1)
    assert np.median(errors[is_visible]) < 0.01 * 8 * face_size(face)
    assert np.abs(large.world - small.world)[is_visible].max() < 0.15


def landmarks(*coordinates):
    """Landmarks as MediaPipe returns them."""
    return [SimpleNamespace(x=x, y=y, z=z, visibility=x, presence=y) for x, y, z in coordinates]


def test_crop_coordinates_become_pixels_of_the_frame():
    in_crop = landmarks((0.5, 0.25, 0.1), (1.2, -0.1, -1))
    in_metres = landmarks((0.1, 0.2, 0.3), (1, 2, 3))
    result = SimpleNamespace(pose_landmarks=[in_crop] * 2, pose_world_landmarks=[in_metres] * 2)
    bodies = landmarkers_module._bodies(result, (100, 50, 300, 150))
    assert len(bodies) == 2
    assert bodies[0].points.tolist() == [[200, 75, 20], [340, 40, -200]], "z has the scale of x"
    assert bodies[0].world.tolist() == [[0.1, 0.2, 0.3], [1, 2, 3]]
    assert bodies[0].visibility.tolist() == [0.5, 1.2]
    assert bodies[0].score.tolist() == [0.25, -0.1]


def test_hands_have_a_side_and_no_visibility():
    sides = [SimpleNamespace(category_name=name, score=0.7) for name in ("Left", "Right")]
    result = SimpleNamespace(
        hand_landmarks=[landmarks((0.5, 0.5, 0.5)), landmarks((0, 1, 0), (1, 0, 0))],
        hand_world_landmarks=[landmarks((0, 0, 1)), landmarks((0, 0, 1), (0, 1, 0))],
        handedness=[[side] for side in sides],
    )
    left, right = landmarkers_module._hands(result, (10, 20, 50, 120))
    assert left.points.tolist() == [[30, 70, 20]]
    assert right.points.tolist() == [[10, 120, 0], [50, 20, 0]]
    assert (left.left, right.left) == (True, False)
    assert right.score.tolist() == [0.7, 0.7]
    assert left.visibility is right.visibility is None


@pytest.fixture(scope="module")
def low_confidence():
    """At a low confidence the network detects folds of a sleeve as a hand, which is enough here."""
    landmarkers = Landmarkers(model_file(POSE), model_file(HAND), "cpu", 0.1)
    yield landmarkers
    landmarkers.close()


SLEEVE = (212, 371, 372, 531)
"""Box of this sleeve in the portrait of Hopper."""


def test_a_hand_moves_with_the_image(low_confidence):
    hands = []
    for x, y in ((0, 0), (130, 77)):
        image, _ = portrait_at("hopper", x, y)
        person = low_confidence.for_person()
        box = tuple(np.array(SLEEVE) + [x, y, x, y])
        hands.append([person[part](image, box, 0.0)[0] for part in ("left_hand", "right_hand")])
        person.close()
    for still, moved in zip(*hands, strict=True):
        assert still.points.shape == (len(HAND_KEYPOINTS), 3)
        assert np.allclose(still.points + [130, 77, 0], moved.points, atol=1e-6)
        assert still.points[0, 0] > SLEEVE[0] and still.points[0, 1] > SLEEVE[1]
        assert np.abs(still.world).max() < 0.3


def test_the_image_landmarker_finds_a_hand_at_any_angle(low_confidence):
    """The crop is rotated by the angle of the forearm, so the network always sees the same."""
    upright, _ = portrait_at("hopper", 120, 120)
    half_side, forearm = 80.0, np.array([0.0, -30.0])
    centre = np.array([420.0, 580])
    (still,) = low_confidence.detect_hands(upright, centre, forearm, half_side)
    assert (np.abs(still.points[:, :2] - centre) < 1.5 * half_side).all()
    for degrees, scale in ((0, 1.0), (90, 1.0), (-120, 1.0), (30, 1.5)):
        rotation = cv2.getRotationMatrix2D((380.0, 400.0), degrees, scale)
        image = cv2.warpAffine(upright, rotation, (760, 800), flags=cv2.INTER_CUBIC)
        (hand,) = low_confidence.detect_hands(
            image,
            centre=rotation @ [*centre, 1],
            forearm=rotation[:, :2] @ forearm,
            half_side=half_side * scale,
        )
        expected = still.points[:, :2] @ rotation[:, :2].T + rotation[:, 2]
        errors = np.linalg.norm(hand.points[:, :2] - expected, axis=1)
        assert np.median(errors) < 0.05 * half_side * scale, degrees
        depth = np.ptp(still.points[:, 2]) * scale
        assert np.ptp(hand.points[:, 2]) == pytest.approx(depth, rel=0.3), "z has the scale of x"
        metres = still.world[:, :2] @ (rotation[:, :2] / scale).T
        assert np.median(np.linalg.norm(hand.world[:, :2] - metres, axis=1)) < 0.01, degrees
        assert np.allclose(hand.world[:, 2], still.world[:, 2], atol=0.02)


# Times -------------------------------------------------------------------------------------------


@pytest.mark.fault("media", "times of frames repeat or jump back", "keypoints are found")
def test_times_may_repeat_or_jump_back(landmarkers):
    image, face = portraits()["collins"], FACE_BOXES["collins"]
    body = body_of_face(landmarkers, image, face, times=(5.0, 5.0, 5.0001, 2.0, -1.0, 5.02))
    assert has_face(body, face)
    person = landmarkers.for_person()
    for time_s in (3.0, 3.0, 0.5):
        assert person["left_hand"](image, (0, 300, 200, 500), time_s) == []
    person.close()


def test_the_landmarkers_of_two_people_are_independent(landmarkers):
    image, face = portraits()["collins"], FACE_BOXES["collins"]
    body_alone = body_of_face(landmarkers, image, face)
    other_person = landmarkers.for_person()
    find_body(
        FACE_BOXES["hopper"], [], Frame(0, 0.0, portraits()["hopper"]), other_person, landmarkers
    )
    body_beside_other = body_of_face(landmarkers, image, face)
    other_person.close()
    assert np.array_equal(body_alone.points, body_beside_other.points)


# Devices and models ------------------------------------------------------------------------------


def test_the_gpu_is_used_if_it_exists_and_the_cpu_is_not_requested(landmarkers, monkeypatch):
    assert landmarkers.delegate == "cpu"
    monkeypatch.setattr(landmarkers_module, "has_nvidia_gpu", lambda: False)
    monkeypatch.setattr(landmarkers_module.sys, "platform", "linux")
    monkeypatch.setattr(Landmarkers, "_open", lambda self: (None, None))
    assert Landmarkers("pose", "hand", "auto", 0.5).delegate == "cpu"
    monkeypatch.setattr(landmarkers_module, "has_nvidia_gpu", lambda: True)
    assert Landmarkers("pose", "hand", "cpu", 0.5).delegate == "cpu"
    assert Landmarkers("pose", "hand", "auto", 0.5).delegate == "gpu"


def test_the_cpu_is_used_with_a_warning_if_the_gpu_does_not_work(monkeypatch, caplog):
    delegates = []

    def fake_open(self):
        delegates.append(self.delegate)
        if self.delegate == "gpu":
            raise ModelError("no EGL here")
        return None, None

    monkeypatch.setattr(landmarkers_module, "has_nvidia_gpu", lambda: True)
    monkeypatch.setattr(Landmarkers, "_open", fake_open)
    with caplog.at_level(logging.WARNING):
        assert Landmarkers("pose", "hand", "cuda", 0.5).delegate == "cpu"
    assert delegates == ["gpu", "cpu"]
    assert "no EGL here" in caplog.text


@pytest.mark.parametrize("broken", ["pose", "hand"])
@pytest.mark.parametrize("fault", ["swapped", "garbage", "empty", "truncated", "missing"])
def test_a_file_that_is_not_the_model_is_refused(tmp_path, broken, fault):
    files = {"pose": model_file(POSE), "hand": model_file(HAND)}
    content = {
        "garbage": b"abc" * 1000,
        "empty": b"",
        "truncated": files[broken].read_bytes()[:-999],
    }
    bad_file = tmp_path / "bad.task"
    if fault == "swapped":
        bad_file = files["hand" if broken == "pose" else "pose"]
    elif fault != "missing":
        bad_file.write_bytes(content[fault])
    files[broken] = bad_file
    with pytest.raises(ModelError, match=f"{bad_file.name}.* cannot be used: "):
        Landmarkers(files["pose"], files["hand"], "cpu", 0.5)


# Locales of the user -----------------------------------------------------------------------------


@pytest.fixture
def character_locale() -> Iterator[None]:
    """Restore the process's locale of characters after the test."""
    before = locale.setlocale(locale.LC_CTYPE)
    yield
    locale.setlocale(locale.LC_CTYPE, before)


@pytest.mark.fault(
    "environment",
    "a Turkish or Azeri locale, in which the lower case of I is not i",
    "keypoints are the same as in every other locale",
)
@pytest.mark.parametrize("name", ["tr_TR.UTF-8", "az_AZ.UTF-8"])
def test_the_networks_work_in_languages_with_other_letters(
    name: str,
    landmarkers: Landmarkers,
    character_locale: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for variable, value in locale_variables(tmp_path, name).items():
        monkeypatch.setenv(variable, value)
    locale.setlocale(locale.LC_CTYPE, name)
    image, _ = portrait_at("hopper", 100, 100)
    box = (0, 0, image.shape[1], image.shape[0])
    [expected] = landmarkers.detect_bodies(image, box)
    local = Landmarkers(model_file(POSE), model_file(HAND), "cpu", 0.5)
    [found] = local.detect_bodies(image, box)
    local.close()
    assert np.array_equal(found.points, expected.points)
