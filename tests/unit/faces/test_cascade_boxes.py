"""Boxes between the networks of fast-mtcnn."""

import numpy as np
import pytest

from corpus.faces import cascade_boxes
from corpus.faces.area_means import AreaMeans

BOXES = np.array([[0.0, 0, 10, 10], [1, 0, 11, 10], [30, 30, 40, 40], [2, 2, 6, 6]])
SCORES = np.array([0.8, 0.9, 0.7, 0.95])


def test_the_smallest_face_has_the_size_of_the_first_network_in_the_largest_image() -> None:
    scales = cascade_boxes.pyramid_scales(shorter_side=480, smallest_face=24, factor=0.5)
    assert scales == [0.5, 0.25, 0.125, 0.0625, 0.03125]
    assert cascade_boxes.pyramid_scales(shorter_side=11, smallest_face=12, factor=0.5) == []


def test_a_scaled_image_consists_of_means_over_areas() -> None:
    image = np.random.default_rng(0).integers(0, 256, (6, 5, 3), np.uint8)
    scaled = AreaMeans(image).scaled((2, 3))
    assert scaled.shape == (3, 2, 3) and scaled.dtype == np.float32
    # Of five columns, the areas of both halves contain the middle one.
    assert np.allclose(scaled[1, 1], image[2:4, 2:].mean(axis=(0, 1)))
    part = AreaMeans(image).scaled((1, 1), (1, 2), (3, 6))
    assert np.allclose(part[0, 0], image[2:, 1:3].mean(axis=(0, 1)))
    assert np.array_equal(AreaMeans(image).scaled((5, 6)), image)


def test_of_overlapping_boxes_the_best_is_kept() -> None:
    assert list(cascade_boxes.suppress(BOXES, SCORES, 0.5)) == [3, 1, 2]
    assert list(cascade_boxes.suppress(BOXES, SCORES, 0.9)) == [3, 1, 0, 2]
    assert cascade_boxes.suppress(BOXES[:0], SCORES[:0], 0.5).shape == (0,)


def test_a_box_inside_another_overlaps_it_completely() -> None:
    assert list(cascade_boxes.suppress_contained(BOXES, SCORES, 0.7)) == [3, 2]
    assert cascade_boxes.suppress_contained(BOXES[:0], SCORES[:0], 0.7).shape == (0,)


def test_proposals_lie_where_the_first_network_scores_high() -> None:
    scores = np.zeros((20, 30), np.float32)
    scores[3, 7], scores[3, 8], scores[15, 2] = 0.7, 0.9, 0.6
    corrections = np.arange(2400, dtype=np.float32).reshape(20, 30, 4)
    boxes, kept_scores, kept = cascade_boxes.proposed_boxes(scores, corrections, 0.5, 0.6)
    assert boxes.tolist() == [[34, 14, 56, 36], [10, 62, 32, 84]]
    assert kept_scores.tolist() == pytest.approx([0.9, 0.6])
    assert np.array_equal(kept, corrections[[3, 15], [8, 2]])
    nothing = cascade_boxes.proposed_boxes(scores, corrections, 0.5, 0.95)
    assert [len(array) for array in nothing] == [0, 0, 0]


def test_boxes_are_corrected_in_units_of_their_size_and_made_square() -> None:
    boxes = np.array([[10.0, 20, 30, 60]])
    corrections = np.array([[0.1, -0.1, 0.2, 0.05]])
    assert cascade_boxes.corrected(boxes, corrections, 0).tolist() == [[12, 16, 34, 62]]
    assert cascade_boxes.squares(boxes).tolist() == [[0, 20, 40, 60]]


def test_crops_leave_out_what_is_outside_of_the_image() -> None:
    image = np.zeros((50, 40, 3), np.uint8)
    image[:, 20:] = 255
    boxes = np.array([[1.0, 1, 20, 20], [21, 1, 60, 40], [50, 5, 60, 15], [-9, -9, 0, 0]])
    means = AreaMeans(image)
    pixels, indices = cascade_boxes.crops(means, boxes, 24)
    assert pixels.shape == (2, 24, 24, 3) and list(indices) == [0, 1]
    assert np.allclose(pixels[0], -127.5 / 128) and np.allclose(pixels[1], 127.5 / 128)
    assert cascade_boxes.crops(means, boxes[2:], 24)[0].shape == (0, 24, 24, 3)
