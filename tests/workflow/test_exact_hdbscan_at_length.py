"""The exact clustering with many generated examples and with thousands of points."""

import numpy as np
from hypothesis import given

from corpus.hdbscan import cluster, points
from hdbscan_comparison import (
    INTEGERS,
    NUMBERS,
    assert_same_as_hdbscan,
    face_like_points,
    number_of_examples,
    repeated_vectors,
    small_tiles,
)

__all__ = ["small_tiles"]


@number_of_examples(80)
@given(**INTEGERS)
def test_result_is_the_same_for_many_generated_integers(small_tiles, vectors, options):
    assert_same_as_hdbscan(vectors, *options)


@number_of_examples(80)
@given(points_and_options=repeated_vectors())
def test_result_is_the_same_for_many_generated_repeated_points(small_tiles, points_and_options):
    vectors, options = points_and_options
    assert_same_as_hdbscan(vectors, *options)


@number_of_examples(80)
@given(**NUMBERS)
def test_result_is_the_same_for_many_generated_numbers(small_tiles, vectors, options):
    assert_same_as_hdbscan(vectors, *options)


def test_result_does_not_depend_on_threads():
    import torch

    vectors = face_like_points(np.random.default_rng(5), 3000).astype(np.float32)
    result = []
    threads_before = torch.get_num_threads()
    for threads in (1, 2):
        torch.set_num_threads(threads)
        result.append(cluster(vectors, 3, 2, repeatable=True).spanning_tree.tobytes())
    assert result[0] == result[1]
    torch.set_num_threads(threads_before)


def test_thousands_of_points_need_two_passes_in_small_tiles(monkeypatch):
    """Products of all pairs are computed at most twice, in tiles that do not grow with n."""
    sizes = []

    def record_tile(self, *arguments, bounds=points.Points.bounds, **options):
        tile = bounds(self, *arguments, **options)
        sizes.append(tile.numel())
        return tile

    monkeypatch.setattr(points.Points, "bounds", record_tile)
    rng = np.random.default_rng(2)
    vectors = np.repeat(rng.normal(size=(300, 64)), 20, axis=0)
    vectors = (vectors + 0.2 * rng.normal(size=vectors.shape)).astype(np.float32)
    result = cluster(vectors, 3, 2)
    n, d = vectors.shape
    assert result.labels.max() == 299
    assert 1.5 * n * n * d < result.products < 2 * n * n * d
    assert max(sizes) <= 1024 * 4096 < n * n
