"""Paths of hands as vectors: what they do not depend on, and what they do."""

import numpy as np
import pytest

from corpus.similarity.hand_paths import (
    MIN_EXTENT,
    N_POINTS,
    describe_path,
    mirror_paths,
    orient_by_hand,
    resample_path,
)

ANGLES = np.linspace(0, 1.5 * np.pi, 60)
ARC = np.column_stack([np.cos(ANGLES), np.sin(ANGLES)])


def distance(a: np.ndarray, b: np.ndarray) -> float:
    first, second = describe_path(a), describe_path(b)
    assert first is not None and second is not None
    return float(np.linalg.norm(first - second))


def test_resampled_points_are_equally_far_apart_along_the_path():
    corner = np.array([[0.0, 0.0], [3.0, 0.0], [3.0, 1.0]])
    points = resample_path(corner, 5)
    assert points.tolist() == [[0, 0], [1, 0], [2, 0], [3, 0], [3, 1]]


def test_a_pause_does_not_change_the_points():
    held = np.repeat(ARC, [1] * 30 + [20] + [1] * 29, axis=0)
    assert resample_path(held) == pytest.approx(resample_path(ARC))


def test_positions_must_be_finite_and_not_missing():
    for positions in (np.empty((0, 2)), [[0.0, np.nan]]):
        with pytest.raises(ValueError, match="positions"):
            resample_path(positions)


def test_place_and_size_do_not_matter():
    assert distance(ARC, ARC * 0.4 + np.array([3.0, -1.0])) < 1e-12


def test_speed_does_not_matter():
    slow_start = 1.5 * np.pi * np.linspace(0, 1, 200) ** 2
    other_speed = np.column_stack([np.cos(slow_start), np.sin(slow_start)])
    assert distance(ARC, other_speed) < 0.005


def test_direction_orientation_and_shape_matter():
    assert distance(ARC, ARC[::-1]) > 0.5
    assert distance(ARC, ARC @ np.array([[0.0, 1.0], [-1.0, 0.0]])) > 0.5
    assert distance(ARC, np.column_stack([ANGLES, np.zeros(60)])) > 0.5


def test_the_distance_is_that_of_protractor():
    a, b = describe_path(ARC), describe_path(ARC[:40])
    assert a is not None and b is not None
    assert np.linalg.norm(a) == pytest.approx(1)
    assert np.linalg.norm(a - b) == pytest.approx(np.sqrt(2 - 2 * (a @ b)))


def test_a_path_without_movement_is_not_compared():
    assert describe_path(np.zeros((30, 2))) is None
    assert describe_path(ARC[:3]) is None
    small = ARC / np.hypot(*np.ptp(ARC, axis=0)) * MIN_EXTENT
    assert describe_path(small * 0.99) is None
    assert describe_path(small * 1.01) is not None


def test_mirrored_paths():
    vector = describe_path(ARC)
    assert vector is not None
    mirrored = describe_path(ARC * np.array([-1.0, 1.0]))
    assert mirror_paths(vector[None])[0] == pytest.approx(mirrored)
    both = np.stack([vector, vector])
    oriented = orient_by_hand(both, np.array([True, False]))
    assert (oriented[1] == vector).all() and (oriented[0, :N_POINTS] == -vector[:N_POINTS]).all()
