"""The exact search for the nearest group of points."""

import numpy as np
import pytest

from corpus.identity import nearest_groups
from corpus.identity.clustering import NOISE
from corpus.identity.nearest_groups import NO_GROUP, nearest_group


def nearest_group_by_definition(vectors, group, k, max_distance):
    """Find the nearest group of each vector one by one, in double precision."""
    nearest = np.full(len(vectors), NO_GROUP)
    distances = np.full(len(vectors), np.inf)
    for row in np.flatnonzero(group == NO_GROUP):
        candidates = []
        for candidate in np.unique(group[group != NO_GROUP]):
            difference = vectors[group == candidate].astype(float) - vectors[row].astype(float)
            # Sum the squares in the same order as the implementation: one after another.
            lengths = np.sort(np.sqrt((difference**2).cumsum(axis=1)[:, -1]))
            candidates.append((lengths[min(k, len(lengths)) - 1], candidate))
        if candidates and min(candidates)[0] <= max_distance:
            distances[row], nearest[row] = min(candidates)
    return nearest, distances


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("k", [1, 2, 5])
def test_the_nearest_group_agrees_with_the_definition(monkeypatch, k, dtype):
    random = np.random.default_rng(k)
    vectors = random.normal(size=(300, 16)).astype(dtype)
    vectors[40:60] = vectors[0]  # equal vectors, as in a still image
    # Closer than the bounds can resolve, which are computed from matrix products.
    vectors[60:80] = vectors[0] + random.normal(size=(20, 16)) * 1e-7
    group = random.integers(-1, 12, size=300) * 1000
    group[group < 0] = NO_GROUP
    group[:3] = NO_GROUP, 3000, 2000
    for max_distance in (0, 1e-6, 2.5, 4, 100):
        expected = nearest_group_by_definition(vectors, group, k, max_distance)
        result = nearest_group(vectors, group, k, max_distance)
        np.testing.assert_array_equal(result, expected)
    monkeypatch.setattr(nearest_groups, "BLOCK_DISTANCES", 1)
    monkeypatch.setattr(nearest_groups, "MIN_BLOCK_ROWS", 7)
    np.testing.assert_array_equal(
        nearest_group(vectors, group, k, 2.5),
        nearest_group_by_definition(vectors, group, k, 2.5),
    )


@pytest.mark.parametrize("group", [[NO_GROUP] * 3, [0, 1, 1], []])
def test_nothing_is_found_without_groups_or_without_queries(group):
    vectors = np.ones((len(group), 4))
    nearest, distances = nearest_group(vectors, np.array(group, dtype=np.int64), 2, 1.0)
    assert set(nearest.tolist()) <= {NO_GROUP} and np.isinf(distances).all()


def test_noise_and_no_group_have_the_same_label():
    """`known_people` passes labels of people, in which NOISE means that a face is not known."""
    assert NOISE == NO_GROUP
