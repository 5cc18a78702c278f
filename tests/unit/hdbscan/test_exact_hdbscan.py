"""The exact clustering gives the same result as hdbscan, also for equal or tiny distances."""

import numpy as np
import pytest
from hdbscan import HDBSCAN
from hdbscan import hdbscan_ as hdbscan_module
from hypothesis import given
from sklearn.metrics import adjusted_rand_score as ari

from corpus.hdbscan import cluster, points, spanning_tree
from hdbscan_comparison import (
    INTEGERS,
    NUMBERS,
    POINT_GENERATORS,
    assert_same_as_hdbscan,
    binary_points,
    face_like_points,
    fit_hdbscan,
    number_of_examples,
    repeated_vectors,
    small_tiles,
)

__all__ = ["small_tiles"]


@pytest.mark.parametrize("generate", POINT_GENERATORS)
@pytest.mark.parametrize("seed", range(12))
def test_result_is_the_same_as_hdbscan(generate, seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 300))
    vectors = generate(rng, n)
    size, samples = int(rng.integers(2, 8)), int(rng.integers(1, 7))
    epsilon = float(rng.choice([0.0, 1.0]))
    reference = HDBSCAN(
        min_cluster_size=size, min_samples=samples, cluster_selection_epsilon=epsilon,
        algorithm="prims_kdtree", gen_min_span_tree=True,
    ).fit(vectors.astype(float))  # fmt: skip
    result = cluster(vectors, size, samples, cluster_selection_epsilon=epsilon)
    assert result.labels.tolist() == reference.labels_.tolist()
    assert result.probabilities == pytest.approx(reference.probabilities_, nan_ok=True)
    assert result.outlier_scores == pytest.approx(reference.outlier_scores_, nan_ok=True)
    assert np.array_equal(result.spanning_tree, reference._min_spanning_tree)


@pytest.mark.parametrize("n", (0, 1, 2))
def test_fewer_than_three_points_are_clustered(n):
    assert cluster(np.ones((n, 4)), 2, 1).labels.shape == (n,)


@pytest.mark.parametrize(
    ("vectors", "message"),
    [
        (np.full((5, 3), np.nan), "finite"),
        (np.full((5, 3), np.inf), "finite"),
        (np.ones(5), "dimensions"),
        (np.ones((5, 0)), "zero dimensions"),
        (np.array([["a"]]), "numbers"),
    ],
)
def test_invalid_arrays_are_rejected(vectors, message):
    with pytest.raises(ValueError, match=message):
        cluster(vectors)


# Generated input ----------------------------------------------------------------------------------


@number_of_examples(15)
@given(**INTEGERS)
def test_result_is_the_same_for_generated_integers(small_tiles, vectors, options):
    assert_same_as_hdbscan(vectors, *options)


@number_of_examples(15)
@given(points_and_options=repeated_vectors())
def test_result_is_the_same_for_generated_repeated_points(small_tiles, points_and_options):
    vectors, options = points_and_options
    assert_same_as_hdbscan(vectors, *options)


@number_of_examples(15)
@given(**NUMBERS)
def test_result_is_the_same_for_generated_numbers(small_tiles, vectors, options):
    assert_same_as_hdbscan(vectors, *options)


# Implementation ---------------------------------------------------------------------------------


def test_labels_are_those_of_hdbscan_with_its_defaults():
    """If the order of equal edges does not matter, all algorithms agree."""
    vectors = face_like_points(np.random.default_rng(1), 400)
    assert ari(cluster(vectors, 5, 3).labels, HDBSCAN(5, 3).fit(vectors).labels_) == 1


def test_many_components_are_first_joined_by_neighbour_lists(small_tiles, monkeypatch):
    calls = []

    def record_call(*arguments, nearest=spanning_tree.nearest):
        calls.append(arguments)
        return nearest(*arguments)

    monkeypatch.setattr(spanning_tree, "nearest", record_call)
    vectors = np.random.default_rng(3).normal(size=(400, 2))
    result = cluster(vectors, 3, 2)
    assert calls, "more components than fit in one matrix"
    assert np.array_equal(result.spanning_tree, fit_hdbscan(vectors, 3, 2, 0.0)._min_spanning_tree)


def test_all_ties_of_few_points_are_kept(small_tiles, monkeypatch):
    monkeypatch.setattr(spanning_tree, "TIES", 1)
    assert_same_as_hdbscan(binary_points(np.random.default_rng(4), 200), 3, 2, 0.0)


def test_dropped_ties_do_not_make_the_tree_heavier(small_tiles, monkeypatch):
    monkeypatch.setattr(spanning_tree, "TIES", 1)
    monkeypatch.setattr(spanning_tree, "FEWEST_TIES", 0)
    vectors = binary_points(np.random.default_rng(4), 200)
    weight = fit_hdbscan(vectors.astype(float), 3, 2, 0.0)._min_spanning_tree[:, 2].sum()
    assert cluster(vectors, 3, 2).spanning_tree[:, 2].sum() == weight


def test_repeatable_sorts_equal_edges_stably(monkeypatch):
    """With `repeatable`, the result is that of hdbscan with a stable sort. Whether NumPy's default
    sort is stable depends on the machine."""
    vectors = binary_points(np.random.default_rng(5), 200).astype(float)
    monkeypatch.setattr(hdbscan_module, "np", StableNumpy())
    reference = fit_hdbscan(vectors, 3, 2, 0.0)
    monkeypatch.undo()
    result = cluster(vectors, 3, 2, repeatable=True)
    assert np.array_equal(result.spanning_tree, reference._min_spanning_tree)
    assert result.labels.tolist() == reference.labels_.tolist()


class StableNumpy:
    """NumPy with a stable argsort."""

    def __getattr__(self, name):
        return getattr(np, name)

    def argsort(self, values):
        return np.argsort(values, kind="stable")


def test_products_have_full_float32_precision():
    import torch

    torch.set_float32_matmul_precision("medium")
    try:
        vectors = face_like_points(np.random.default_rng(6), 500).astype(np.float32)
        result = cluster(vectors, 3, 2)
        assert torch.get_float32_matmul_precision() == "medium", "the setting is restored"
    finally:
        torch.set_float32_matmul_precision("highest")
    assert np.array_equal(
        result.spanning_tree, fit_hdbscan(vectors.astype(float), 3, 2, 0.0)._min_spanning_tree
    )


@pytest.mark.parametrize("dtype", (np.float32, np.float64))
def test_bounds_are_below_the_distances_and_close(dtype):
    import torch

    rng = np.random.default_rng(7)
    vectors = (rng.normal(size=(300, 40)) * rng.lognormal(0, 4, size=(300, 1))).astype(dtype)
    cloud = points.Points(vectors)
    all_points = torch.arange(300)
    bounds = (
        (cloud.bounds(all_points, all_points) + cloud.lift(all_points)[:, None]).double().numpy()
    )
    exact = vectors.astype(np.longdouble)
    squares = (((exact[:, None] - exact[None]) / cloud.unit) ** 2).sum(-1)
    assert (bounds <= squares).all()
    assert (squares - bounds).max() <= cloud.slack


def test_progress_wraps_the_long_loops():
    labels = []

    def progress(items, label, total, unit):
        labels.append((label, total == len(items), unit))
        return items

    cluster(face_like_points(np.random.default_rng(8), 300), 3, 2, progress=progress)
    for label in ("nearest neighbours", "distances between components", "proof"):
        assert (label, True, "blocks") in labels


def test_numbers_too_large_to_be_squared_are_rejected():
    with pytest.raises(ValueError, match="scale them down"):
        cluster(np.array([[1e200], [2e200], [3e200]]))


@pytest.mark.parametrize("options", [{"min_cluster_size": 1}, {"min_samples": 0}])
def test_options_out_of_range_are_rejected(options):
    with pytest.raises(ValueError, match=next(iter(options))):
        cluster(np.ones((5, 2)), **options)
