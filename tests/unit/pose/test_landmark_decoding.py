"""Decoding of the landmark networks' outputs, and their projection to the frame."""

import numpy as np
import pytest

from corpus.pose.landmark_decoding import (
    body_keypoints,
    decode_bodies,
    hand_keypoints,
    refine_points,
)
from corpus.pose.regions import Region

LOW, HIGH = -20.0, 20.0
"""Logits of confidences near 0 and near 1."""


def heat_map(*bright_cells, side=64):
    """One heat map (1, side, side, 1) that is confident at cells (column, row)."""
    logits = np.full((1, side, side, 1), LOW, np.float32)
    for column, row in bright_cells:
        logits[0, row, column] = HIGH
    return logits


def refined(point, logits):
    return refine_points(np.array([[point]], np.float32), logits)[0, 0]


# Refinement --------------------------------------------------------------------------------------


def test_a_keypoint_moves_to_the_centre_of_its_heat_map():
    assert refined((0.5, 0.5), heat_map((30, 33), (31, 33))) == pytest.approx([30.5 / 64, 33 / 64])


def test_only_the_window_around_a_keypoint_counts():
    logits = heat_map((35, 32), (36, 32), (50, 50))
    assert refined((0.5, 0.5), logits) == pytest.approx([35 / 64, 32 / 64])


def test_a_keypoint_stays_where_the_heat_map_is_not_confident():
    logits = heat_map()
    logits[0, 32, 33] = -0.1
    assert refined((0.5, 0.5), logits) == pytest.approx([0.5, 0.5])
    logits[0, 32, 33] = 0.1
    assert refined((0.5, 0.5), logits)[0] > 0.51


@pytest.mark.parametrize("point", [(-0.02, 0.5), (0.5, 1.0), (1.3, 0.2), (0.4, -3.0)])
def test_a_keypoint_outside_its_heat_map_stays(point):
    logits = np.full((1, 64, 64, 1), HIGH, np.float32)
    assert refined(point, logits) == pytest.approx(point)


def test_the_window_is_smaller_at_the_edge():
    logits = np.full((1, 64, 64, 1), HIGH, np.float32)
    assert refined((0.001, 0.999), logits) == pytest.approx([1.5 / 64, 61.5 / 64])


def test_each_keypoint_has_its_own_heat_map():
    logits = np.concatenate([heat_map((10, 20)), heat_map((40, 50))], axis=-1)
    logits = np.concatenate([logits, heat_map((12, 18), side=64).repeat(2, axis=-1)])
    points = np.array([[[10, 20], [40, 50]], [[11, 19], [12, 18]]], np.float32) / 64
    expected = np.array([[[10, 20], [40, 50]], [[12, 18], [12, 18]]]) / 64
    assert refine_points(points, logits) == pytest.approx(expected)


# Bodies ------------------------------------------------------------------------------------------


def body_outputs(count=2):
    rng = np.random.default_rng(1)
    return {
        "landmarks": rng.uniform(0, 256, (count, 195)).astype(np.float32),
        "heatmaps": rng.normal(-2, 3, (count, 64, 64, 39)).astype(np.float32),
    }


def test_visibility_and_presence_are_probabilities():
    outputs = body_outputs(1)
    raw = outputs["landmarks"].reshape(1, 39, 5)
    raw[0, 3, 3:] = 0.0, np.log(3.0)
    decoded = decode_bodies(outputs)
    assert decoded.shape == (1, 35, 5)
    assert decoded[0, 3, 3:] == pytest.approx([0.5, 0.75])
    assert decoded[0, 3, 2] == pytest.approx(raw[0, 3, 2] / 256)


def test_a_body_does_not_depend_on_its_batch():
    outputs = body_outputs(3)
    batch = decode_bodies(outputs)
    for n in range(3):
        alone = decode_bodies({name: values[n : n + 1] for name, values in outputs.items()})
        assert alone[0].tobytes() == batch[n].tobytes()


def test_keypoints_of_a_body_are_in_pixels_and_along_the_axes_of_the_frame():
    decoded = np.zeros((35, 5))
    decoded[:, :] = 0.5, 0.0, 0.1, 0.7, 0.8
    world = np.tile([0.0, -1.0, 2.0], 39)
    body = body_keypoints(decoded, world, Region(np.array([100.0, 50.0]), 40.0, np.pi / 2))
    # The upper edge of the region is on the right.
    assert body.points == pytest.approx(np.tile([120.0, 50.0, 4.0], (33, 1)))
    assert body.world == pytest.approx(np.tile([1.0, 0.0, 2.0], (33, 1)))
    assert body.visibility == pytest.approx(np.full(33, 0.7))
    assert body.score == pytest.approx(np.full(33, 0.8))


# Hands -------------------------------------------------------------------------------------------


def test_keypoints_of_a_hand_are_in_pixels_and_along_the_axes_of_the_frame():
    landmarks, world = np.tile([112.0, 0.0, 22.4], 21), np.tile([0.0, -1.0, 2.0], 21)
    hand = hand_keypoints(landmarks, 0.9, world, Region(np.array([100.0, 50.0]), 40.0, np.pi / 2))
    assert hand.points == pytest.approx(np.tile([120.0, 50.0, 10.0], (21, 1)))
    assert hand.world == pytest.approx(np.tile([1.0, 0.0, 2.0], (21, 1)))
    assert hand.visibility is None


@pytest.mark.parametrize(("handedness", "left"), [(0.9, False), (0.1, True)])
def test_the_score_of_a_hand_is_that_of_its_side(handedness, left):
    hand = hand_keypoints(np.zeros(63), handedness, np.zeros(63), Region(np.zeros(2), 10.0, 0.0))
    assert hand.left is left
    assert hand.score == pytest.approx(np.full(21, 0.9))
