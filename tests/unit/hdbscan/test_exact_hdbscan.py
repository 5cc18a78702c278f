"""The exact clustering gives what hdbscan gives, also where distances are equal or tiny."""

import numpy as np
import pytest
from hdbscan import HDBSCAN
from hdbscan import hdbscan_ as hdbscan_module
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import adjusted_rand_score as ari

from corpus.hdbscan import cluster, points, spanning_tree


def noise(rng, n):
    return rng.normal(size=(n, int(rng.integers(2, 80))))


def people(rng, n):
    middles = rng.normal(size=(max(1, n // 12), 64)) * 2
    spread = rng.uniform(0.1, 1)
    return middles[rng.integers(len(middles), size=n)] + spread * rng.normal(size=(n, 64))


def whole_numbers(rng, n):
    return rng.integers(0, 4, size=(n, 3)).astype(float)


def bits(rng, n):
    return rng.integers(0, 2, size=(n, 12)).astype(np.float32)


def repeated(rng, n):
    some = rng.normal(size=(max(2, n // 3), 70))
    return some[rng.integers(len(some), size=n)]


def tight(rng, n):
    """Closer together than float32 can tell."""
    middles = rng.normal(size=(max(1, n // 30), 20)) * 1e3
    return middles[rng.integers(len(middles), size=n)] + rng.normal(size=(n, 20)) * 1e-4


def far_away(rng, n):
    return rng.normal(size=(n, 30)) * 1e-3 + 1e5


def huge(rng, n):
    return rng.normal(size=(n, 30)) * 1e30


def equal(rng, n):
    return np.ones((n, 5))


KINDS = (noise, people, whole_numbers, bits, repeated, tight, far_away, huge, equal)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(12))
def test_the_same_as_hdbscan(kind, seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 300))
    vectors = kind(rng, n)
    size, samples = int(rng.integers(2, 8)), int(rng.integers(1, 7))
    epsilon = float(rng.choice([0.0, 1.0]))
    known = HDBSCAN(
        min_cluster_size=size, min_samples=samples, cluster_selection_epsilon=epsilon,
        algorithm="prims_kdtree", gen_min_span_tree=True,
    ).fit(vectors.astype(float))  # fmt: skip
    found = cluster(vectors, size, samples, cluster_selection_epsilon=epsilon)
    assert found.labels.tolist() == known.labels_.tolist()
    assert found.probabilities == pytest.approx(known.probabilities_, nan_ok=True)
    assert found.outlier_scores == pytest.approx(known.outlier_scores_, nan_ok=True)
    assert np.array_equal(found.spanning_tree, known._min_spanning_tree)


def test_no_dependence_on_threads():
    import torch

    vectors = people(np.random.default_rng(5), 3000).astype(np.float32)
    found = []
    for threads in (1, 2):
        torch.set_num_threads(threads)
        found.append(cluster(vectors, 3, 2, repeatable=True).spanning_tree.tobytes())
    assert found[0] == found[1]


@pytest.mark.parametrize("n", (0, 1, 2))
def test_hardly_any_points(n):
    assert cluster(np.ones((n, 4)), 2, 1).labels.shape == (n,)


@pytest.mark.parametrize(
    ("vectors", "fault"),
    [
        (np.full((5, 3), np.nan), "finite"),
        (np.full((5, 3), np.inf), "finite"),
        (np.ones(5), "dimensions"),
        (np.ones((5, 0)), "without a number"),
        (np.array([["a"]]), "numbers"),
    ],
)
def test_what_is_no_table_of_numbers_is_refused(vectors, fault):
    with pytest.raises(ValueError, match=fault):
        cluster(vectors)


# Any input --------------------------------------------------------------------------------------


@pytest.fixture
def small_tiles(monkeypatch):
    """What takes thousands of points otherwise is there with a few."""
    monkeypatch.setitem(points.BLOCKS, "cpu", points.Blocks(8, 16, 40))
    monkeypatch.setattr(spanning_tree, "LISTED", 2)
    monkeypatch.setattr(spanning_tree, "FEWEST_COMPONENTS", 3)


def of_hdbscan(vectors, size, samples, epsilon):
    return HDBSCAN(
        min_cluster_size=size, min_samples=samples, cluster_selection_epsilon=epsilon,
        algorithm="prims_kdtree", gen_min_span_tree=True,
    ).fit(vectors)  # fmt: skip


def assert_as_hdbscan(vectors, size, samples, epsilon):
    found = cluster(vectors, size, samples, cluster_selection_epsilon=epsilon)
    known = of_hdbscan(vectors.astype(float), size, samples, epsilon)
    assert found.labels.tolist() == known.labels_.tolist()
    assert np.array_equal(found.spanning_tree, known._min_spanning_tree)


SHAPES = st.tuples(st.integers(2, 60), st.integers(1, 6))
OPTIONS = st.tuples(st.integers(2, 6), st.integers(1, 6), st.sampled_from([0.0, 0.5, 1.0, 2.5]))
EACH = settings(
    max_examples=80,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@EACH
@given(vectors=arrays(float, SHAPES, elements=st.integers(-3, 3).map(float)), options=OPTIONS)
def test_any_whole_numbers(small_tiles, vectors, options):
    """Ties everywhere, whose order decides the labels."""
    assert_as_hdbscan(vectors, *options)


@EACH
@given(
    seed=st.integers(0, 10**9),
    shape=SHAPES,
    distinct=st.integers(1, 60),
    options=OPTIONS,
    scale=st.sampled_from([1e-30, 1e-3, 1.0, 1e30]),
    offset=st.sampled_from([0.0, 1e4]),
)
def test_any_repeated_points(small_tiles, seed, shape, distinct, options, scale, offset):
    rng = np.random.default_rng(seed)
    some = (rng.normal(size=(distinct, shape[1])) + offset) * scale
    vectors = some[rng.integers(distinct, size=shape[0])]
    options = *options[:2], options[2] * scale
    assert_as_hdbscan(vectors, *options)


@EACH
@given(
    vectors=arrays(
        st.sampled_from([np.float32, np.float64]), SHAPES, elements=st.floats(-1e6, 1e6, width=32)
    ),
    options=OPTIONS,
)
def test_any_numbers(small_tiles, vectors, options):
    assert_as_hdbscan(vectors, *options)


# How it gets there -------------------------------------------------------------------------------


def test_by_default_hdbscan_finds_the_same_people():
    """Where nothing hangs on the order of equal edges, whichever way hdbscan goes."""
    vectors = people(np.random.default_rng(1), 400)
    assert ari(cluster(vectors, 5, 3).labels, HDBSCAN(5, 3).fit(vectors).labels_) == 1


def test_thousands_of_points_in_a_few_looks(monkeypatch):
    """All pairs are multiplied twice at most, in tiles that are small whatever n is."""
    sizes = []

    def seen(self, rows, columns, *more, bounds=points.Points.bounds, **named):
        tile = bounds(self, rows, columns, *more, **named)
        sizes.append(tile.numel())
        return tile

    monkeypatch.setattr(points.Points, "bounds", seen)
    rng = np.random.default_rng(2)
    vectors = np.repeat(rng.normal(size=(300, 64)), 20, axis=0)
    vectors = (vectors + 0.2 * rng.normal(size=vectors.shape)).astype(np.float32)
    found = cluster(vectors, 3, 2)
    n, d = vectors.shape
    assert found.labels.max() == 299
    assert 1.5 * n * n * d < found.products < 2 * n * n * d
    assert max(sizes) <= 1024 * 4096 < n * n


def test_many_components_are_joined_by_lists_first(small_tiles, monkeypatch):
    asked = []

    def seen(*arguments, nearest=spanning_tree.nearest):
        asked.append(arguments)
        return nearest(*arguments)

    monkeypatch.setattr(spanning_tree, "nearest", seen)
    vectors = np.random.default_rng(3).normal(size=(400, 2))
    found = cluster(vectors, 3, 2)
    assert asked, "more components than a table may have"
    assert np.array_equal(found.spanning_tree, of_hdbscan(vectors, 3, 2, 0.0)._min_spanning_tree)


def test_many_ties_of_few_points_are_all_kept(small_tiles, monkeypatch):
    monkeypatch.setattr(spanning_tree, "TIES", 1)
    assert_as_hdbscan(bits(np.random.default_rng(4), 200), 3, 2, 0.0)


def test_more_ties_than_are_kept_make_no_heavier_tree(small_tiles, monkeypatch):
    monkeypatch.setattr(spanning_tree, "TIES", 1)
    monkeypatch.setattr(spanning_tree, "FEWEST_TIES", 0)
    vectors = bits(np.random.default_rng(4), 200)
    weight = of_hdbscan(vectors.astype(float), 3, 2, 0.0)._min_spanning_tree[:, 2].sum()
    assert cluster(vectors, 3, 2).spanning_tree[:, 2].sum() == weight


def test_a_fixed_order_of_equal_edges(monkeypatch):
    """With `repeatable` it is that of hdbscan if its sort left equals in order, as some machines'
    sorts do and others' do not."""
    vectors = bits(np.random.default_rng(5), 200).astype(float)
    monkeypatch.setattr(hdbscan_module, "np", Stable())
    known = of_hdbscan(vectors, 3, 2, 0.0)
    monkeypatch.undo()
    found = cluster(vectors, 3, 2, repeatable=True)
    assert np.array_equal(found.spanning_tree, known._min_spanning_tree)
    assert found.labels.tolist() == known.labels_.tolist()


class Stable:
    """NumPy with a sort that is stable."""

    def __getattr__(self, name):
        return getattr(np, name)

    def argsort(self, values):
        return np.argsort(values, kind="stable")


def test_less_precise_products_are_not_used():
    import torch

    torch.set_float32_matmul_precision("medium")
    try:
        vectors = people(np.random.default_rng(6), 500).astype(np.float32)
        found = cluster(vectors, 3, 2)
        assert torch.get_float32_matmul_precision() == "medium", "left as it was"
    finally:
        torch.set_float32_matmul_precision("highest")
    assert np.array_equal(
        found.spanning_tree, of_hdbscan(vectors.astype(float), 3, 2, 0.0)._min_spanning_tree
    )


@pytest.mark.parametrize("dtype", (np.float32, np.float64))
def test_bounds_are_below_and_near(dtype):
    import torch

    rng = np.random.default_rng(7)
    vectors = (rng.normal(size=(300, 40)) * rng.lognormal(0, 4, size=(300, 1))).astype(dtype)
    made = points.Points(vectors)
    everyone = torch.arange(300)
    bounds = (made.bounds(everyone, everyone) + made.lift(everyone)[:, None]).double().numpy()
    exact = vectors.astype(np.longdouble)
    squares = (((exact[:, None] - exact[None]) / made.unit) ** 2).sum(-1)
    assert (bounds <= squares).all()
    assert (squares - bounds).max() <= made.slack


def test_progress_is_told(caplog):
    caplog.set_level("INFO")
    cluster(people(np.random.default_rng(8), 300), 3, 2, progress=True)
    for part in ("nearest neighbours", "distances between components", "proof"):
        assert part in caplog.text


def test_numbers_too_large_to_be_squared_are_told():
    with pytest.raises(ValueError, match="scale them down"):
        cluster(np.array([[1e200], [2e200], [3e200]]))


@pytest.mark.parametrize("options", [{"min_cluster_size": 1}, {"min_samples": 0}])
def test_options_out_of_range_are_refused(options):
    with pytest.raises(ValueError, match=next(iter(options))):
        cluster(np.ones((5, 2)), **options)
