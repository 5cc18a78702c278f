"""The quality score falls with each fault of a face."""

import cv2
import numpy as np
import pytest

from corpus.faces.quality import face_quality, frontality, sharpness
from portraits import FACE_BOXES, portraits

LANDMARKS = np.array(
    [[205.0, 101.2], [247.7, 104.5], [225.0, 129.2], [201.8, 141.6], [244.9, 142.9]]
)
"""Eyes, nose and corners of the mouth of the portrait `collins`, as MTCNN detects them."""


@pytest.fixture
def portrait():
    """Image, box, landmarks and score of a good face."""
    return portraits()["collins"], FACE_BOXES["collins"], LANDMARKS, 0.9998


def test_a_good_face_has_a_high_quality(portrait):
    assert 0.5 < face_quality(*portrait) <= 1


def test_quality_falls_with_blur(portrait):
    image, *face = portrait
    blurred = [cv2.GaussianBlur(image, (0, 0), sigma) for sigma in (2, 5)]
    qualities = [face_quality(picture, *face) for picture in (image, *blurred)]
    assert qualities[0] > qualities[1] > qualities[2]


def test_quality_falls_with_size(portrait):
    image, box, landmarks, score = portrait
    small = cv2.resize(image, None, fx=0.3, fy=0.3, interpolation=cv2.INTER_AREA)
    quality = face_quality(small, box * 0.3, landmarks * 0.3, score)
    assert quality < 0.6 * face_quality(*portrait)


def test_quality_is_proportional_to_the_detector_score(portrait):
    *face, score = portrait
    half = face_quality(*face, 0.5 * score)
    assert half == pytest.approx(0.5 * face_quality(*face, score))


def test_quality_falls_as_the_nose_moves_away_from_the_middle_of_the_eyes(portrait):
    image, box, landmarks, score = portrait
    qualities = [face_quality(*portrait)]
    for offset in (15, 30):
        turned = landmarks.copy()
        turned[2, 0] += offset
        qualities.append(face_quality(image, box, turned, score))
    assert qualities[0] > qualities[1] > qualities[2]


def test_quality_falls_when_the_image_cuts_the_face_off(portrait):
    image, box, landmarks, score = portrait
    left = int((box[0] + box[2]) / 2)
    shift = np.array([left, 0])
    quality = face_quality(image[:, left:], box - np.tile(shift, 2), landmarks - shift, score)
    assert quality < 0.65 * face_quality(*portrait)


@pytest.mark.parametrize("box", [[-90, -90, -10, -10], [5, 5, 5, 5], [600, 0, 700, 90]])
def test_a_box_without_pixels_has_quality_zero(box):
    image, landmarks = np.zeros((100, 100, 3), np.uint8), np.zeros((5, 2))
    assert face_quality(image, np.asarray(box, float), landmarks, 1.0) == 0


def test_frontality_is_one_minus_the_offset_of_the_nose_in_eye_distances():
    landmarks = np.array([[40.0, 50], [60, 50], [55, 60], [45, 70], [55, 70]])
    assert frontality(landmarks) == pytest.approx(0.75)


def test_an_image_of_one_colour_has_no_sharpness():
    assert sharpness(np.full((80, 80, 3), 90, np.uint8)) == 0
