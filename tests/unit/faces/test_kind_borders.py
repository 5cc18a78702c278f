"""Four straight edges around a face are found, and rooms are not taken for frames."""

import cv2
import numpy as np
import pytest

from corpus.faces.kinds.borders import border_covers, quadrilateral_cover

FACE = np.array([100.0, 80, 140, 130])
FRAME = np.array([[60.0, 40, 180, 40], [180, 40, 180, 190], [180, 190, 60, 190], [60, 190, 60, 40]])


def test_a_rectangle_is_covered_completely():
    assert quadrilateral_cover(FRAME, FACE) == pytest.approx(1.0)


@pytest.mark.parametrize("missing", range(4))
def test_each_side_is_needed(missing):
    assert quadrilateral_cover(np.delete(FRAME, missing, axis=0), FACE) == 0.0


def test_a_side_may_be_interrupted():
    parts = np.array([[60.0, 40, 100, 40], [130, 40, 180, 40]])
    covered = quadrilateral_cover(np.concatenate([FRAME[1:], parts]), FACE)
    assert covered == pytest.approx(90 / 120)


def test_the_face_must_be_inside():
    assert quadrilateral_cover(FRAME, FACE + np.array([200, 0, 200, 0])) == 0.0


@pytest.mark.parametrize("size", [(240, 320), (1080, 1440)])
def test_a_border_is_found_in_an_image_of_any_size_and_in_perspective(size):
    image = np.full((240, 320), 90, np.uint8)
    cv2.fillConvexPoly(image, np.array([[60, 45], [185, 35], [180, 195], [55, 185]]), 220)
    cv2.ellipse(image, (120, 105), (20, 25), 0, 0, 360, 150, -1)
    scale = size[0] / 240
    image = cv2.resize(image, size[::-1], interpolation=cv2.INTER_LINEAR)
    faces = {3: FACE * scale, 5: (FACE + np.array([130, 60, 130, 60])) * scale}
    covers = border_covers(image, faces)
    assert covers[3] > 0.9
    assert covers[5] == 0.0


def test_an_image_without_edges_has_no_border():
    assert border_covers(np.full((120, 160), 80, np.uint8), {0: FACE / 2}) == {0: 0.0}
