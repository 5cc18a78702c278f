"""The plot of coverage."""

from pathlib import Path

import numpy as np
import pandas as pd

from corpus.report import coverage, coverage_plot, plot_style
from small_corpus import SmallCorpus
from svg_texts import figure_texts


def test_videos_with_frames_are_named_with_notes(tmp_path: Path) -> None:
    statuses = {"a": "ok", "b": "truncated", "c": "ok", "gone": "unavailable", "sound": "no_video"}
    corpus = SmallCorpus(tmp_path / "results", statuses, [("a", "p0001", 4)])
    table = coverage.measure_corpus(corpus.folder, list(statuses))
    table.loc[0, "is_vfr"], table.loc[2, "face_score"] = True, 0.9
    texts = figure_texts(coverage_plot.draw(table))
    assert {"a", "b", "c"} <= set(texts) and not {"gone", "sound"} & set(texts)
    assert {"VFR", "truncated", "score 0.90"} <= set(texts)


def test_without_frames_the_plot_shows_a_message(tmp_path: Path) -> None:
    corpus = SmallCorpus(tmp_path / "results", {"a": "no_video"})
    table = coverage.measure_corpus(corpus.folder, ["a"])
    assert figure_texts(coverage_plot.draw(table)) == ["No video in this corpus has frames."]


def make_coverage(n_videos: int) -> pd.DataFrame:
    """Coverage of many videos, with shares from 0 to nearly 1."""
    shares = np.arange(n_videos) / n_videos
    columns = dict.fromkeys(coverage.COLUMNS, 0.5) | dict.fromkeys(coverage.KINDS, shares)
    ids = [f"v{k:04d}" for k in range(n_videos)]
    return pd.DataFrame(columns | {"video_id": ids, "status": "ok", "is_vfr": False})


def test_of_many_videos_the_lowest_are_named(tmp_path: Path) -> None:
    figure = coverage_plot.draw(make_coverage(500))
    texts = figure_texts(figure)
    assert "v0000" in texts and "v0019" in texts and "v0020" not in texts
    assert "a body: median 50%" in texts
    plot_style.save(figure, tmp_path / "plot.svg", {})
    assert (tmp_path / "plot.svg").stat().st_size < 500_000
