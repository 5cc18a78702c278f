"""The plot of the run time and memory of jobs."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from corpus.report.efficiency import plot
from corpus.report.efficiency.benchmarks import JOB_COLUMNS
from small_corpus import SmallCorpus
from svg_texts import figure_texts


def make_jobs(n: int, **columns: object) -> pd.DataFrame:
    """A table of jobs. `columns` replace default values."""
    defaults = {
        "rule": "find",
        "job": [f"v{k}" for k in range(n)],
        "seconds": np.arange(n) + 1.0,
        "mem_mb_used": 100.0,
        "mem_mb_asked": 500.0,
        "minutes_used": (np.arange(n) + 1) / 60,
        "minutes_asked": 10.0,
        "cores_used": 1.0,
        "cores_asked": 1.0,
        "gpus_asked": 0.0,
    }
    return pd.DataFrame(defaults | columns, columns=list(JOB_COLUMNS))


def test_seconds_per_second_of_video() -> None:
    names = ["v0", "v1.mp4", "model.dat", "v2"]
    jobs = plot.add_real_time(
        make_jobs(4, job=names, seconds=[1.0, 4.0, 1.0, 1.0]), {"v0": 2.0, "v1": 2.0, "v2": 0.0}
    )
    assert jobs["real_time"].fillna(-1).tolist() == [0.5, 2.0, -1, -1]


def test_durations_are_those_of_videos_with_frames(tmp_path: Path) -> None:
    corpus = SmallCorpus(tmp_path / "results", {"a": "ok", "gone": "unavailable"})
    assert plot.read_durations(corpus.path("corpus")) == {"a": 4.0}
    assert plot.read_durations(None) == {}


def test_many_jobs_are_thinned_out_and_both_ends_are_kept() -> None:
    values = plot.thin_out(pd.Series(np.arange(10_000.0)[::-1]))
    assert len(values) == plot.MAX_POINTS
    assert (values[0], values[-1]) == (1, 9999)
    assert len(plot.thin_out(pd.Series([2.0, 1.0]))) == 2
    assert len(plot.thin_out(pd.Series([], dtype=float))) == 0


def test_rules_with_the_longest_total_time_come_first() -> None:
    jobs = pd.concat([make_jobs(2), make_jobs(2, rule="join", seconds=[100.0, 100.0])])
    figure = plot.render(jobs, {})
    labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert labels == ["join", "find"]
    assert "4 jobs" in figure_texts(figure)


@pytest.mark.parametrize("unknown", ["mem_mb_used", "mem_mb_asked", "minutes_asked"])
def test_unmeasured_values_are_left_out(unknown: str) -> None:
    assert "3 jobs" in figure_texts(plot.render(make_jobs(3, **{unknown: np.nan}), {}))


def test_without_jobs_the_plot_shows_a_message() -> None:
    assert figure_texts(plot.render(make_jobs(0), {})) == ["There are no benchmark files."]
