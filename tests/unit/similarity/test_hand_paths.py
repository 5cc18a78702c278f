"""Paths of hands as vectors and their distances: what they do not depend on, and what they do."""

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
from corpus.similarity.warping import BAND, warping_distances

TIMES = np.arange(60) / 25
ANGLES = np.linspace(0, 1.5 * np.pi, 60)
ARC = np.column_stack([np.cos(ANGLES), np.sin(ANGLES)])


def vector(positions: np.ndarray, times: np.ndarray | None = None) -> np.ndarray:
    found = describe_path(TIMES[: len(positions)] if times is None else times, positions)
    assert found is not None
    return found


def distance(a: np.ndarray, b: np.ndarray) -> float:
    """The distance of two vectors."""
    return float(warping_distances(a[None].astype(np.float32), b[None].astype(np.float32))[0])


def test_points_are_equally_far_apart_in_length_or_in_time():
    corner = np.array([[0.0, 0.0], [31.0, 0.0], [31.0, 0.0], [31.0, 31.0]])
    times = np.array([0.0, 1.0, 3.0, 4.0])
    by_length = resample_path(times, corner, 1.0)
    assert np.hypot(*np.diff(by_length[:16], axis=0).T) == pytest.approx(2)
    by_time = resample_path(times, corner, 0.0)
    assert (by_time == [31.0, 0.0]).all(axis=1).sum() == 16, "half of the time it is held there"
    assert by_time[0].tolist() == [0, 0] and by_time[-1].tolist() == [31, 31]


def test_times_that_do_not_increase_count_as_equal_steps():
    assert np.isfinite(resample_path(np.zeros(60), ARC)).all()
    assert np.isfinite(resample_path(TIMES, np.zeros((60, 2)))).all()
    assert resample_path(TIMES[:1], ARC[:1]).tolist() == [[1.0, 0.0]] * N_POINTS


def test_positions_must_be_finite_and_not_missing():
    for positions in (np.empty((0, 2)), np.array([[0.0, np.nan]])):
        with pytest.raises(ValueError, match="positions"):
            resample_path(np.arange(len(positions)), positions)


def test_place_size_and_speed_do_not_matter():
    moved = vector(ARC * 0.4 + np.array([3.0, -1.0]), TIMES * 1.7)
    assert moved == pytest.approx(vector(ARC))


def test_neither_a_hold_nor_a_faster_part_makes_a_gesture_another_one():
    other = distance(vector(ARC), vector(ARC[::-1]))
    held = np.repeat(ARC, [1] * 30 + [8] + [1] * 29, axis=0)
    assert distance(vector(ARC), vector(held, np.arange(67) / 25)) < 0.1 * other
    share = np.linspace(0, 1, 60)
    faster = 1.5 * np.pi * (share + 0.1 * np.sin(2 * np.pi * share))
    uneven = np.column_stack([np.cos(faster), np.sin(faster)])
    assert distance(vector(ARC), vector(uneven)) < 0.1 * other


def test_direction_orientation_and_shape_matter():
    assert distance(vector(ARC), vector(ARC[::-1])) > 0.5
    assert distance(vector(ARC), vector(ARC @ np.array([[0.0, 1.0], [-1.0, 0.0]]))) > 0.5
    assert distance(vector(ARC), vector(np.column_stack([ANGLES, np.zeros(60)]))) > 0.5


def test_the_distance_is_the_least_of_all_alignments_within_the_band():
    """A slow implementation with one pair and the definition of the band."""
    random = np.random.default_rng(2)
    walks = np.cumsum(random.normal(size=(6, 60, 2)), axis=1)
    vectors = np.array([vector(walk) for walk in walks], np.float32)
    pairs = [(a, b) for a in range(6) for b in range(6)]
    found = warping_distances(vectors[[a for a, _ in pairs]], vectors[[b for _, b in pairs]])
    for (a, b), value in zip(pairs, found, strict=True):
        p, q = (vectors[n].astype(float).reshape(2, N_POINTS).T for n in (a, b))
        total = np.full((N_POINTS + 1, N_POINTS + 1), np.inf)
        total[0, 0] = 0
        for i in range(N_POINTS):
            for j in range(N_POINTS):
                if abs(i - j) <= BAND:
                    least = min(total[i, j], total[i, j + 1], total[i + 1, j])
                    total[i + 1, j + 1] = np.linalg.norm(p[i] - q[j]) + least
        assert value == pytest.approx(total[-1, -1] / np.sqrt(N_POINTS), abs=1e-5)
        assert value <= np.linalg.norm(vectors[a] - vectors[b]) + 1e-5
    assert found.reshape(6, 6) == pytest.approx(found.reshape(6, 6).T)
    assert (np.diag(found.reshape(6, 6)) == 0).all()


def test_a_path_without_movement_is_not_compared():
    assert describe_path(TIMES, np.zeros((60, 2))) is None
    assert describe_path(TIMES[:3], ARC[:3]) is None
    small = ARC / np.hypot(*np.ptp(ARC, axis=0)) * MIN_EXTENT
    assert describe_path(TIMES, small * 0.99) is None
    assert describe_path(TIMES, small * 1.01) is not None


def test_mirrored_paths():
    arc, mirrored = vector(ARC), vector(ARC * np.array([-1.0, 1.0]))
    assert mirror_paths(arc[None])[0] == pytest.approx(mirrored)
    both = np.stack([arc, arc])
    oriented = orient_by_hand(both, np.array([True, False]))
    assert (oriented[1] == arc).all() and (oriented[0, :N_POINTS] == -arc[:N_POINTS]).all()
