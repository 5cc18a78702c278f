"""Compare the exact clustering with hdbscan, on points that are hard to cluster."""

import numpy as np
import pytest
from hdbscan import HDBSCAN
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from corpus.hdbscan import cluster, points, spanning_tree

# Points of a fixed kind ---------------------------------------------------------------------------


def normal_points(rng, n):
    return rng.normal(size=(n, int(rng.integers(2, 80))))


def face_like_points(rng, n):
    centres = rng.normal(size=(max(1, n // 12), 64)) * 2
    spread = rng.uniform(0.1, 1)
    return centres[rng.integers(len(centres), size=n)] + spread * rng.normal(size=(n, 64))


def integer_points(rng, n):
    return rng.integers(0, 4, size=(n, 3)).astype(float)


def binary_points(rng, n):
    return rng.integers(0, 2, size=(n, 12)).astype(np.float32)


def repeated_points(rng, n):
    distinct_points = rng.normal(size=(max(2, n // 3), 70))
    return distinct_points[rng.integers(len(distinct_points), size=n)]


def tight_clusters(rng, n):
    """Points that are closer together than float32 can resolve."""
    centres = rng.normal(size=(max(1, n // 30), 20)) * 1e3
    return centres[rng.integers(len(centres), size=n)] + rng.normal(size=(n, 20)) * 1e-4


def points_far_from_origin(rng, n):
    return rng.normal(size=(n, 30)) * 1e-3 + 1e5


def huge_points(rng, n):
    return rng.normal(size=(n, 30)) * 1e30


def equal_points(rng, n):
    return np.ones((n, 5))


POINT_GENERATORS = (
    normal_points,
    face_like_points,
    integer_points,
    binary_points,
    repeated_points,
    tight_clusters,
    points_far_from_origin,
    huge_points,
    equal_points,
)


# Generated points ---------------------------------------------------------------------------------

SHAPES = st.tuples(st.integers(2, 60), st.integers(1, 6))
OPTIONS = st.tuples(st.integers(2, 6), st.integers(1, 6), st.sampled_from([0.0, 0.5, 1.0, 2.5]))
INTEGERS = {
    "vectors": arrays(float, SHAPES, elements=st.integers(-3, 3).map(float)),
    "options": OPTIONS,
}
"""Nearly all edges have the same length, so their order decides the labels."""
NUMBERS = {
    "vectors": arrays(
        st.sampled_from([np.float32, np.float64]), SHAPES, elements=st.floats(-1e6, 1e6, width=32)
    ),
    "options": OPTIONS,
}


@st.composite
def repeated_vectors(draw) -> tuple[np.ndarray, tuple]:
    """Points of which many are equal, at all scales; and options in proportion to the scale."""
    shape, n_distinct, options = draw(SHAPES), draw(st.integers(1, 60)), draw(OPTIONS)
    scale = draw(st.sampled_from([1e-30, 1e-3, 1.0, 1e30]))
    offset = draw(st.sampled_from([0.0, 1e4]))
    rng = np.random.default_rng(draw(st.integers(0, 10**9)))
    distinct_points = (rng.normal(size=(n_distinct, shape[1])) + offset) * scale
    vectors = distinct_points[rng.integers(n_distinct, size=shape[0])]
    return vectors, (*options[:2], options[2] * scale)


def number_of_examples(count: int) -> settings:
    """Settings that generate this number of examples, the same ones in every run."""
    return settings(
        max_examples=count,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )


# Comparison ---------------------------------------------------------------------------------------


@pytest.fixture
def small_tiles(monkeypatch):
    """Small limits, so that a few points reach code that otherwise needs thousands."""
    monkeypatch.setitem(points.BLOCKS, "cpu", points.Blocks(8, 16, 40))
    monkeypatch.setattr(spanning_tree, "LISTED", 2)
    monkeypatch.setattr(spanning_tree, "FEWEST_COMPONENTS", 3)


def fit_hdbscan(vectors, size, samples, epsilon):
    return HDBSCAN(
        min_cluster_size=size, min_samples=samples, cluster_selection_epsilon=epsilon,
        algorithm="prims_kdtree", gen_min_span_tree=True,
    ).fit(vectors)  # fmt: skip


def assert_same_as_hdbscan(vectors, size, samples, epsilon):
    result = cluster(vectors, size, samples, cluster_selection_epsilon=epsilon)
    reference = fit_hdbscan(vectors.astype(float), size, samples, epsilon)
    assert result.labels.tolist() == reference.labels_.tolist()
    assert np.array_equal(result.spanning_tree, reference._min_spanning_tree)
