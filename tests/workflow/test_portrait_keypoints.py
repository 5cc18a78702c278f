"""The people of two portraits are found, at the right place in the frame."""

import locale
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from corpus.pose.bodies import HIPS, NOSE, SHOULDERS, face_size, has_face
from corpus.pose.body_following import BodyFollower
from corpus.pose.pose_networks import Networks, open_networks
from corpus.pose.requests import FindBodies, TrackBody, answer, run
from corpus.tables.schemas import POSE_KEYPOINTS
from corpus.video.reader import Frame
from face_tables import faces_table, track_boxes
from locales import locale_variables
from portraits import FACE_BOXES, model_file, portraits

POSE, HAND = "pose_landmarker_bundled", "hand_landmarker_bundled"


@pytest.fixture(scope="module")
def networks() -> Networks:
    return open_networks(model_file(POSE), model_file(HAND), "cpu")


def bodies_of_faces(networks, image, faces, times=(0.0,), full_frame=False):
    """The bodies in the last of several frames with the same image at these times.

    The faces (boxes) have the tracks 0, 1, ...
    """
    rows = [(n, time_s, 0, track, face) for track, face in enumerate(faces) for n, time_s in
            enumerate(sorted(times))]  # fmt: skip
    follower = BodyFollower(track_boxes(faces_table(*rows), 99.0), 0.5, full_frame)
    for number, time_s in enumerate(times):
        bodies = run(networks, follower.follow(Frame(number, time_s, image), 0))
    return bodies


def body_of_face(networks, image, face, times=(0.0,)):
    """The body of a face."""
    return bodies_of_faces(networks, image, [face], times)[0]


def portrait_at(person, x, y, width=760, height=800):
    """A portrait at (x, y) pixels of a larger image, and the box of its face."""
    image = np.full((height, width, 3), 90, np.uint8)
    portrait = portraits()[person]
    image[y : y + portrait.shape[0], x : x + portrait.shape[1]] = portrait
    return image, FACE_BOXES[person] + [x, y, x, y]


# The body of a face ------------------------------------------------------------------------------


@pytest.mark.parametrize("person", FACE_BOXES)
def test_the_keypoints_of_a_portrait_are_at_the_right_place(networks, person):
    body = body_of_face(networks, portraits()[person], FACE_BOXES[person])
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
def test_a_body_has_world_coordinates_visibility_and_presence(networks, person):
    body = body_of_face(networks, portraits()[person], FACE_BOXES[person])
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


def test_two_people_side_by_side_each_have_their_own_body(networks):
    for image, faces in PAIRS:
        for order in (faces, faces[::-1]):
            bodies = bodies_of_faces(networks, image, order)
            assert list(bodies) == [0, 1]
            assert all(has_face(bodies[track], face) for track, face in enumerate(order))


def test_a_body_does_not_depend_on_other_people_in_the_frame(networks):
    image, faces = PAIRS[0]
    boxes = [(0, 0, 200, image.shape[0]), (100, 0, 400, image.shape[0])]
    requests = [FindBodies(image, box, 2) for box in boxes]
    regions = [bodies[0].region for bodies in answer(networks, requests)]
    together = answer(networks, [TrackBody(image, region) for region in regions])
    for region, body in zip(regions, together, strict=True):
        (alone,) = answer(networks, [TrackBody(image, region)])
        assert np.array_equal(alone.keypoints.points, body.keypoints.points)


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
def test_nobody_is_found_in_images_without_people(networks, name):
    image = images_without_people()[name]
    assert bodies_of_faces(networks, image, [np.array([300.0, 60, 340, 110])]) == {}


# Coordinates -------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", FACE_BOXES)
@pytest.mark.parametrize("shift", [(60, 0), (0, 40), (103, 71)])
def test_keypoints_move_with_the_image(networks, person, shift):
    # Crops end at the edges of the image, so they differ between the two images.
    still, moved = (
        body_of_face(networks, *portrait_at(person, 90 + dx, 30 + dy)) for dx, dy in ((0, 0), shift)
    )
    height = 8 * face_size(FACE_BOXES[person])
    errors = np.linalg.norm(moved.points[:, :2] - still.points[:, :2] - shift, axis=1)
    is_visible = np.minimum(still.visibility, moved.visibility) > 0.9
    assert is_visible.sum() >= 12, "the others are guesses"
    assert np.median(errors[is_visible]) < 0.01 * height
    assert errors[NOSE] < 0.01 * height


@pytest.mark.parametrize("person", FACE_BOXES)
def test_pixels_scale_with_the_image_and_metres_do_not(networks, person):
    portrait, face = portraits()[person], FACE_BOXES[person]
    doubled = cv2.resize(portrait, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    small = body_of_face(networks, portrait, face)
    large = body_of_face(networks, doubled, 2 * face)
    is_visible = small.visibility > 0.9
    errors = np.linalg.norm((large.points / 2 - small.points)[:, :2], axis=1)
    assert np.median(errors[is_visible]) < 0.01 * 8 * face_size(face)
    assert np.abs(large.world - small.world)[is_visible].max() < 0.15


# Times -------------------------------------------------------------------------------------------


@pytest.mark.fault("media", "times of frames repeat or jump back", "keypoints are found")
def test_times_may_repeat_or_jump_back(networks):
    image, face = portraits()["collins"], FACE_BOXES["collins"]
    body = body_of_face(networks, image, face, times=(5.0, 5.0, 5.0001, 2.0, -1.0, 5.02))
    assert has_face(body, face)


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
    networks: Networks,
    character_locale: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for variable, value in locale_variables(tmp_path, name).items():
        monkeypatch.setenv(variable, value)
    locale.setlocale(locale.LC_CTYPE, name)
    image, face = portrait_at("hopper", 100, 100)
    local = open_networks(model_file(POSE), model_file(HAND), "cpu")
    found, expected = (body_of_face(opened, image, face) for opened in (local, networks))
    assert np.array_equal(found.points, expected.points)
