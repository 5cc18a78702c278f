"""The face detector finds the faces of portraits at the right place."""

import cv2
import numpy as np
import pytest

from corpus.faces.detector import NO_FACES
from corpus.faces.detectors import load_detector
from face_pictures import cover, is_found, place_face
from portraits import detector, portrait_faces, portraits

FRAME = 720
"""Shorter side of the frames below, pixels."""


def test_each_portrait_has_one_face_with_landmarks_in_order():
    for person, (box, score, landmarks) in portrait_faces().items():
        assert score > 0.99
        left_eye, right_eye, nose, mouth_left, mouth_right = landmarks
        assert left_eye[0] < nose[0] < right_eye[0], person
        assert mouth_left[0] < mouth_right[0]
        assert max(left_eye[1], right_eye[1]) < nose[1] < min(mouth_left[1], mouth_right[1])
        assert (landmarks > box[:2]).all() and (landmarks < box[2:]).all()
    detections = detector()(list(portraits().values()))
    assert [len(faces.boxes) for faces in detections] == [1, 1]
    x1, y1, x2, y2 = portrait_faces()["collins"][0]
    assert x1 < 224 < x2 and y1 < 120 < y2, "where her face is in the image"


def test_images_of_a_batch_may_have_different_numbers_of_faces():
    images = list(portraits().values())
    blank = np.full_like(images[0], 90)
    image_of_both = np.hstack(images)
    batch = [np.hstack([blank, blank]), np.hstack([images[0], blank]), image_of_both]
    detections = detector()([*batch, np.hstack([blank, blank])])
    assert [len(faces.boxes) for faces in detections] == [0, 1, 2, 0]
    boxes, scores, landmarks = detections[2]
    assert boxes[0, 0] < blank.shape[1] < boxes[1, 0], "from left to right"
    assert (boxes.shape, scores.shape, landmarks.shape) == ((2, 4), (2,), (2, 5, 2))
    detections_alone = detector()([image_of_both])[0]
    for alone, in_batch in zip(detections_alone, detections[2], strict=True):
        assert np.allclose(alone, in_batch, atol=0.01)


def test_a_batch_without_any_face_gives_empty_arrays():
    blank = np.full((100, 100, 3), 90, np.uint8)
    (detections,) = detector()([blank])
    assert [array.shape for array in detections] == [array.shape for array in NO_FACES]


@pytest.mark.parametrize("shape", [(8, 8), (10, 300), (12, 12), (13, 40)])
def test_tiny_images_have_no_faces_and_raise_no_error(shape):
    noise = np.random.default_rng(0).integers(0, 256, (*shape, 3), np.uint8)
    assert [len(faces.boxes) for faces in detector()([noise, noise])] == [0, 0]


def test_boxes_and_landmarks_are_in_pixels_of_the_full_image():
    image = portraits()["hopper"]
    large = cv2.resize(image, None, fx=2.5, fy=2.5, interpolation=cv2.INTER_CUBIC)
    box, _, landmarks = (array[0] for array in detector()([large])[0])
    assert np.allclose(box / 2.5, portrait_faces()["hopper"][0], atol=8)
    assert np.allclose(landmarks / 2.5, portrait_faces()["hopper"][2], atol=6)


def test_faces_below_the_minimum_size_are_not_detected():
    image = portraits()["collins"]
    width = np.ptp(portrait_faces()["collins"][0][[0, 2]])
    coarse = load_detector("fast-mtcnn", "cpu", 2 * width / min(image.shape[:2]), 0.9)
    assert len(coarse([image])[0].boxes) == 0


def test_faces_below_the_minimum_score_are_discarded():
    strict = load_detector("fast-mtcnn", "cpu", min_size=0.06, min_score=1.1)
    assert len(strict([portraits()["collins"]])[0].boxes) == 0


def framed(person: str, share: float, angle: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """A frame with the portrait, whose face has this share of the height, and the face's box."""
    side = share * FRAME
    box = np.array([FRAME - side, FRAME - side, FRAME + side, FRAME + side]) / 2
    image = portraits()[person]
    return place_face(image, portrait_faces()[person][0], side, FRAME, angle), box


def finds(image: np.ndarray, box: np.ndarray, min_size: float | None = None) -> bool:
    detect = detector()
    if min_size:
        detect = load_detector("fast-mtcnn", "cpu", min_size, 0.9)
    (faces,) = detect([image])
    return bool(is_found(faces.boxes, box).any())


@pytest.mark.parametrize("person", ["collins", "hopper"])
def test_small_faces_are_found_as_the_documentation_says(person: str) -> None:
    assert finds(*framed(person, 0.05)) and finds(*framed(person, 0.1))
    assert not finds(*framed(person, 0.02))
    assert finds(*framed(person, 0.03), min_size=0.03)


@pytest.mark.parametrize("person", ["collins", "hopper"])
def test_rolled_and_masked_faces_are_found(person: str) -> None:
    assert all(finds(*framed(person, 0.25, angle)) for angle in (-30, 0, 30))
    image, box = framed(person, 0.25)
    # The face is higher than wide; the box in the frame is a square.
    width = 0.11 * np.array([1, 0, -1, 0]) * (box[2] - box[0])
    assert finds(cover(image, box + width, "mouth and nose", "blue"), box)
