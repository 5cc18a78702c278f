"""The script report_efficiency."""

import logging
from pathlib import Path

import pandas as pd
import pytest

import report_efficiency
from benchmark_files import BASIC_COLUMNS, EXTENDED_COLUMNS, write_benchmark
from corpus.report.efficiency import summary
from script_runs import run_script
from small_corpus import SmallCorpus


@pytest.mark.parametrize("columns", [BASIC_COLUMNS, EXTENDED_COLUMNS])
def test_the_script_writes_a_table_and_a_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog, columns: list[str]
) -> None:
    write_benchmark(tmp_path / "benchmarks" / "find" / "a.tsv", columns=columns)
    table, page = tmp_path / "report" / "e.tsv", tmp_path / "report" / "e.html"
    options = ["--benchmarks", tmp_path / "benchmarks", "--table", table, "--page", page]
    with caplog.at_level(logging.INFO):
        run_script(monkeypatch, report_efficiency, *options)
    assert "find: 1 jobs" in caplog.text
    assert sorted(table.parent.iterdir()) == [page, table]
    rows = pd.read_csv(table, sep="\t")
    assert rows.columns.tolist() == summary.COLUMNS
    assert rows["mem_mb_used_max"].tolist() == [1024]
    assert "find" in page.read_text()


def test_the_script_draws_jobs_with_the_lengths_of_their_videos(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corpus = SmallCorpus(tmp_path / "results", {"a": "ok", "gone": "unavailable"})
    write_benchmark(tmp_path / "benchmarks" / "find" / "a.tsv", s="8.00")
    write_benchmark(tmp_path / "benchmarks" / "find" / "gone.tsv")
    plot = tmp_path / "report" / "jobs.svg"
    options = ["--corpus", corpus.path("corpus"), "--plot", plot]
    options += ["--benchmarks", tmp_path / "benchmarks"]
    options += ["--table", plot.with_suffix(".tsv"), "--page", plot.with_suffix(".html")]
    run_script(monkeypatch, report_efficiency, *options)
    svg = plot.read_text()
    assert "2 jobs" in svg and str(tmp_path) not in svg and "<dc:date>" not in svg
