"""The script report_efficiency."""

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from benchmark_files import BASIC_COLUMNS, EXTENDED_COLUMNS, write_benchmark
from corpus.report.efficiency import summary
from small_corpus import SmallCorpus


@pytest.mark.parametrize("columns", [BASIC_COLUMNS, EXTENDED_COLUMNS])
def test_the_script_writes_a_table_and_a_page(
    root: Path, tmp_path: Path, columns: list[str]
) -> None:
    write_benchmark(tmp_path / "benchmarks" / "find" / "a.tsv", columns=columns)
    table, page = tmp_path / "report" / "e.tsv", tmp_path / "report" / "e.html"
    command = [sys.executable, root / "scripts/report_efficiency.py"]
    command += ["--benchmarks", tmp_path / "benchmarks", "--table", table, "--page", page]
    process = subprocess.run(command, check=True, capture_output=True, text=True)
    assert "find: 1 jobs" in process.stderr
    assert sorted(table.parent.iterdir()) == [page, table]
    rows = pd.read_csv(table, sep="\t")
    assert rows.columns.tolist() == summary.COLUMNS
    assert rows["mem_mb_used_max"].tolist() == [1024]
    assert "find" in page.read_text()


def test_the_script_draws_jobs_with_the_lengths_of_their_videos(root: Path, tmp_path: Path) -> None:
    corpus = SmallCorpus(tmp_path / "results", {"a": "ok", "gone": "unavailable"})
    write_benchmark(tmp_path / "benchmarks" / "find" / "a.tsv", s="8.00")
    write_benchmark(tmp_path / "benchmarks" / "find" / "gone.tsv")
    plot = tmp_path / "report" / "jobs.svg"
    command = [sys.executable, root / "scripts/report_efficiency.py"]
    command += ["--corpus", corpus.path("corpus"), "--plot", plot]
    command += ["--benchmarks", tmp_path / "benchmarks"]
    command += ["--table", plot.with_suffix(".tsv"), "--page", plot.with_suffix(".html")]
    subprocess.run(command, check=True, capture_output=True)
    svg = plot.read_text()
    assert "2 jobs" in svg and str(tmp_path) not in svg and "<dc:date>" not in svg
