"""People whose face is hidden, masked or turned away keep their skeleton."""

import cv2
import numpy as np
import pytest

from corpus.pose.body_following import BodyFollower
from corpus.pose.pose_networks import Networks, open_networks
from corpus.pose.requests import run
from corpus.video.reader import Frame
from face_tables import FPS, faces_table, track_boxes
from portraits import FACE_BOXES, model_file, portraits

N_WITH_FACE, N_FRAMES = 6, 20


@pytest.fixture(scope="module")
def networks() -> Networks:
    names = ("pose_landmarker_bundled", "hand_landmarker_bundled")
    return open_networks(*map(model_file, names), "cpu")


def pixelated(image: np.ndarray, box: np.ndarray) -> np.ndarray:
    """The image with ten by ten blocks instead of a face (4,)."""
    x1, y1, x2, y2 = box.astype(int)
    image = image.copy()
    blocks = cv2.resize(image[y1:y2, x1:x2], (10, 10), interpolation=cv2.INTER_AREA)
    size = x2 - x1, y2 - y1
    image[y1:y2, x1:x2] = cv2.resize(blocks, size, interpolation=cv2.INTER_NEAREST)
    return image


def masked_film():
    """Frames of a portrait that moves; the face is pixelated after the first frames."""
    picture = cv2.copyMakeBorder(portraits()["collins"], 0, 0, 0, 120, cv2.BORDER_REPLICATE)
    images, boxes = [], []
    for n in range(N_FRAMES):
        shift = 3.0 * n
        matrix = np.array([[1.0, 0, shift], [0, 1.0, 0]])
        size = picture.shape[1], picture.shape[0]
        image = cv2.warpAffine(picture, matrix, size, borderMode=cv2.BORDER_REPLICATE)
        boxes.append(FACE_BOXES["collins"] + [shift, 0, shift, 0])
        images.append(image if n < N_WITH_FACE else pixelated(image, boxes[-1]))
    return images, boxes


def test_a_person_whose_face_is_masked_is_followed_on_under_the_number_of_the_track(networks):
    images, boxes = masked_film()
    rows = [(n, n / FPS, 0, 0, boxes[n]) for n in range(N_WITH_FACE)]
    follower = BodyFollower(track_boxes(faces_table(*rows), 99.0), 0.5, full_frame=False)
    shoulders = []
    for n, image in enumerate(images):
        bodies = run(networks, follower.follow(Frame(n, n / FPS, image), 0))
        assert list(bodies) == [0], n
        shoulders.append(bodies[0].points[[11, 12], 0].mean())
    errors = np.array(shoulders) - 3.0 * np.arange(N_FRAMES)
    assert np.ptp(errors) < 0.3 * (FACE_BOXES["collins"][2] - FACE_BOXES["collins"][0])
