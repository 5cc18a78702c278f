"""The plot of the jobs' time and memory."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from test_efficiency import benchmark
from test_plots import texts

import report_efficiency
from corpus.report.efficiency import plot as plot_module
from small_corpus import Results


def jobs(n: int, **columns: object) -> pd.DataFrame:
    usual = {
        "rule": "find", "job": [f"v{k}" for k in range(n)], "seconds": np.arange(n) + 1.0,
        "mem_mb_used": 100.0, "mem_mb_asked": 500.0, "minutes_used": (np.arange(n) + 1) / 60,
        "minutes_asked": 10.0, "cores_used": 1.0, "cores_asked": 1.0, "gpus_asked": 0.0,
    }  # fmt: skip
    return pd.DataFrame(usual | columns, columns=list(report_efficiency.JOB))


def test_seconds_for_a_second_of_video() -> None:
    names = ["v0", "v1.mp4", "model.dat", "v2"]
    found = plot_module.with_real_time(
        jobs(4, job=names, seconds=[1.0, 4.0, 1.0, 1.0]), {"v0": 2.0, "v1": 2.0, "v2": 0.0}
    )
    assert found["real_time"].fillna(-1).tolist() == [0.5, 2.0, -1, -1]


def test_many_jobs_are_thinned_out_with_both_ends() -> None:
    values = plot_module.thinned(pd.Series(np.arange(10_000.0)[::-1]))
    assert len(values) == plot_module.MOST_POINTS
    assert (values[0], values[-1]) == (1, 9999)
    assert len(plot_module.thinned(pd.Series([2.0, 1.0]))) == 2
    assert len(plot_module.thinned(pd.Series([], dtype=float))) == 0


def test_rules_with_most_work_come_first(tmp_path: Path) -> None:
    every = pd.concat([jobs(2), jobs(2, rule="join", seconds=[100.0, 100.0])])
    drawing = plot_module.render(every, {})
    labels = [label.get_text() for label in drawing.axes[0].get_yticklabels()]
    assert labels == ["join", "find"]
    assert "4 jobs" in texts(drawing, tmp_path)


@pytest.mark.parametrize("unknown", ["mem_mb_used", "mem_mb_asked", "minutes_asked"])
def test_what_was_not_measured_is_left_out(tmp_path: Path, unknown: str) -> None:
    texts(plot_module.render(jobs(3, **{unknown: np.nan}), {}), tmp_path)


def test_no_jobs(tmp_path: Path) -> None:
    told = texts(plot_module.render(jobs(0), {}), tmp_path)
    assert told == ["There are no benchmark files."]


def test_the_script_draws_jobs_with_the_lengths_of_their_videos(root: Path, tmp_path: Path) -> None:
    results = Results(tmp_path / "results", {"a": "ok", "gone": "unavailable"})
    benchmark(tmp_path / "benchmarks" / "find" / "a.tsv", s="8.00")
    benchmark(tmp_path / "benchmarks" / "find" / "gone.tsv")
    corpus, plot = results.folder / "corpus.parquet", tmp_path / "report" / "jobs.svg"
    assert report_efficiency.read_durations(corpus) == {"a": 4.0}
    assert report_efficiency.read_durations(None) == {}
    command = [
        sys.executable,
        root / "scripts/report_efficiency.py",
        "--corpus",
        corpus,
        "--plot",
        plot,
    ]
    command += ["--benchmarks", tmp_path / "benchmarks"]
    command += ["--table", plot.with_suffix(".tsv"), "--page", plot.with_suffix(".html")]
    subprocess.run(command, check=True, capture_output=True)
    text = plot.read_text()
    assert "2 jobs" in text and str(tmp_path) not in text and "<dc:date>" not in text
