"""Measurements of benchmarks/clustering.py, which runs each method in a process of its own."""

from pathlib import Path

import pytest

import clustering as benchmark


def small_options(work: Path, *more: str):
    """Options for 300 faces with 16 dimensions on one thread."""
    small = ("--sizes", "300", "--own-sizes", "--dims", "16", "--threads", "1")
    return benchmark.parse_arguments(["--work", str(work), *small, *more])


@pytest.fixture(scope="module")
def measurements(tmp_path_factory) -> list[dict]:
    """Measurements of two methods on the same faces."""
    work = tmp_path_factory.mktemp("clustering")
    options = small_options(work, "--methods", "hdbscan", "scikit-learn")
    return list(benchmark.measure(options))


def test_each_method_has_a_row_with_all_columns(measurements):
    assert [row["method"] for row in measurements] == ["hdbscan", "scikit-learn"]
    for row in measurements:
        assert set(benchmark.COLUMNS) <= set(row)
        assert row["seconds"] > 0 and row["peak_mb"] > 50 and not row["why"]
        assert row["ari_truth"] > 0.5 and row["ari_hdbscan"] > 0.9
    assert measurements[0]["ari_hdbscan"] == 1


def test_table_is_regular_and_plot_is_reproducible(measurements, tmp_path):
    lines = benchmark.format_table(measurements)
    assert len(lines) == 4 and len({line.count("|") for line in lines}) == 1
    for name in ("a.svg", "b.svg"):
        benchmark.draw(measurements, tmp_path / name, benchmark.OURS)
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


def test_a_method_that_exceeds_the_time_limit_skips_larger_sizes(tmp_path):
    options = small_options(tmp_path, "--methods", "hdbscan", "--limit-s", "0.0001")
    options.sizes = [300, 400]
    rows = list(benchmark.measure(options))
    assert [row["why"] for row in rows] == ["more than 0.0001 s"] * 2
    assert all(row["seconds"] is None for row in rows)
    assert "| - |" in benchmark.format_table(rows)[-1]
