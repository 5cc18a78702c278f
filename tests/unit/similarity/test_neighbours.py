"""The most similar gestures, compared with a search of all pairs."""

import numpy as np
import pytest
import torch

from corpus.hdbscan.points import Points
from corpus.similarity import neighbours
from corpus.similarity.gesture_map import map_gestures
from corpus.similarity.hand_paths import N_POINTS, describe_path, mirror_paths
from corpus.similarity.neighbours import find_similar, nearest_candidates, two_handed_groups
from corpus.similarity.warping import warping_distances


def random_vectors(n: int, seed: int = 0) -> np.ndarray:
    """Smooth random paths."""
    steps = np.random.default_rng(seed).normal(size=(n, 12, 2))
    paths = [
        describe_path(np.arange(12), np.cumsum(np.cumsum(walk, axis=0), axis=0)) for walk in steps
    ]
    return np.array(paths, np.float32)


def all_distances(vectors: np.ndarray, groups: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distances (n, n) as they are and with mirrored columns; infinite within a group."""
    n = len(vectors)
    i, j = np.divmod(np.arange(n * n), n)
    tables = [
        warping_distances(vectors[i], columns[j]).reshape(n, n)
        for columns in (vectors, mirror_paths(vectors))
    ]
    same = groups[:, None] == groups
    plain, mirrored = (np.where(same, np.inf, table) for table in tables)
    return plain, mirrored


def test_neighbours_equal_those_of_all_pairs():
    """All paths are candidates, because there are fewer than N_CANDIDATES."""
    n, k = 150, 10
    vectors = random_vectors(n)
    groups = np.arange(n)
    groups[1::10] = groups[0::10]
    similar = find_similar(vectors, groups, k)
    plain, mirrored = all_distances(vectors, groups)
    best = np.minimum(plain, mirrored)
    expected = np.argsort(best, axis=1, kind="stable")[:, :k]
    assert (similar.others == expected).all()
    assert (similar.distances == np.take_along_axis(best, expected, axis=1)).all()
    closer = np.take_along_axis(mirrored < plain, expected, axis=1)
    assert (similar.mirrored == closer).all() and closer.any() and not closer.all()


@pytest.mark.parametrize("n_candidates", [1, 7, 60])
def test_candidates_are_the_nearest_paths_of_other_groups(monkeypatch, n_candidates):
    """Tiles are smaller than the data, and equal paths come in the order of their numbers."""
    monkeypatch.setattr(neighbours, "N_CANDIDATES", n_candidates)
    monkeypatch.setattr(neighbours, "COLUMNS", 32)
    vectors = np.concatenate([random_vectors(60), np.repeat(random_vectors(1, 5), 40, axis=0)])
    group = np.arange(100) // 2
    rows = torch.arange(3, 99, 5)
    found, known = nearest_candidates(Points(vectors), rows, torch.from_numpy(group))
    exact = np.sqrt(((vectors[rows, None].astype(float) - vectors) ** 2).cumsum(2)[:, :, -1])
    exact[group[rows.numpy()][:, None] == group] = np.inf
    expected = np.argsort(exact, axis=1, kind="stable")[:, :n_candidates]
    assert (found == expected).all() and known.all()


def test_equal_gestures_are_found_although_there_are_many():
    vectors = np.repeat(random_vectors(2), [600, 5], axis=0)
    similar = find_similar(vectors, np.arange(605), 4)
    assert (similar.distances[:600] == 0).all() and (similar.others[:600] < 600).all()
    assert (similar.others != np.arange(605)[:, None]).all()
    assert all(len(set(row)) == 4 for row in similar.others.tolist())


def test_small_corpora_have_shorter_lists():
    vectors = random_vectors(3)
    similar = find_similar(vectors, np.array([0, 0, 1]), 4)
    assert similar.others.tolist() == [
        [2, -1, -1, -1],
        [2, -1, -1, -1],
        [*np.argsort(similar.distances[:2, 0], kind="stable"), -1, -1],
    ]
    assert np.isinf(similar.distances[:, 2:]).all() and not similar.mirrored[:, 2:].any()
    for n in (0, 1):
        assert find_similar(vectors[:n], np.arange(n), 4).others.shape == (n, 4)
        assert (find_similar(vectors[:n], np.arange(n), 4).others == -1).all()


def test_gestures_of_both_hands_are_one_group():
    groups = two_handed_groups(np.array([1, 0, -1, 4, 3, 3]))
    assert groups[0] == groups[1] and groups[3] == groups[4] == groups[5]
    assert len(set(groups.tolist())) == 3


def test_the_map_keeps_distances_of_a_plane_and_is_not_flipped():
    rng = np.random.default_rng(1)
    plane = rng.normal(size=(50, 2)) * [3.0, 1.0]
    axes = np.linalg.qr(rng.normal(size=(2 * N_POINTS, 2)))[0]
    vectors = plane @ axes.T + rng.normal(size=2 * N_POINTS)
    gesture_map = map_gestures(vectors)
    assert gesture_map.shares.sum() == pytest.approx(1, abs=1e-4)
    assert gesture_map.shares[0] > gesture_map.shares[1]
    i, j = np.triu_indices(50)
    apart = np.linalg.norm(plane[i] - plane[j], axis=1)
    positions = gesture_map.positions
    assert np.linalg.norm(positions[i] - positions[j], axis=1) == pytest.approx(apart, abs=1e-3)
    same = map_gestures(vectors[::-1]).positions[::-1]
    assert same == pytest.approx(positions, abs=2e-4)


def test_maps_of_few_gestures():
    assert map_gestures(np.empty((0, 64))).positions.shape == (0, 2)
    assert map_gestures(random_vectors(1)).positions.tolist() == [[0, 0]]
    equal = map_gestures(np.repeat(random_vectors(1), 3, axis=0))
    assert equal.positions.tolist() == [[0, 0]] * 3 and equal.shares.tolist() == [0, 0]
