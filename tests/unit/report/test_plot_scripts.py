"""The scripts plot_funnel, plot_people and plot_coverage."""

import gc
import importlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest

from script_runs import run_script
from small_corpus import COMMIT, SmallCorpus, mixed_corpus

SCRIPTS = {
    "plot_funnel": ("--results", "{results}"),
    "plot_people": ("--people", "{results}/people.parquet"),
    "plot_coverage": ("--results", "{results}", "--videos", "{manifest}"),
}


@pytest.fixture
def corpus(tmp_path: Path) -> SmallCorpus:
    return mixed_corpus(tmp_path / "results")


@pytest.fixture
def run_plot(
    corpus: SmallCorpus, monkeypatch: pytest.MonkeyPatch, recwarn: pytest.WarningsRecorder
) -> Callable[[str], tuple[Path, Path]]:
    """Function that runs a script without warnings; it returns the plot and the table."""

    def run(script: str) -> tuple[Path, Path]:
        out = corpus.folder.parent / "out"
        plot, table = out / "x.svg", out / "x.tsv"
        options = [
            option.format(results=corpus.folder, manifest=corpus.manifest)
            for option in SCRIPTS[script]
        ]
        module = importlib.import_module(script)
        # Objects that earlier tests left behind warn when they are freed.
        gc.collect()
        recwarn.clear()
        run_script(monkeypatch, module, *options, "--plot", plot, "--table", table)
        assert sorted(out.iterdir()) == [plot, table]
        assert [str(warning) for warning in recwarn.list] == []
        return plot, table

    return run


@pytest.mark.parametrize("script", SCRIPTS)
def test_scripts_write_a_plot_and_a_table(corpus: SmallCorpus, run_plot, script: str) -> None:
    plot, table = run_plot(script)
    svg = plot.read_text()
    ElementTree.fromstring(svg)
    assert str(corpus.folder) not in svg and "<dc:date>" not in svg
    [description] = re.findall(r"<dc:description>(.*)</dc:description>", svg)
    assert json.loads(description.replace("&quot;", '"'))["step"] == script
    rows = pd.read_csv(table, sep="\t")
    assert len(rows) == (2 if script == "plot_people" else 5)
    assert COMMIT not in svg


def test_the_table_of_videos_has_no_folders_of_this_computer(corpus: SmallCorpus, run_plot) -> None:
    """Snakemake's report, which people pass on, contains this table."""
    usual = corpus.status_row
    corpus.status_row = lambda video: usual(video) | {"source": f"/home/ada/study 7/{video}.mp4"}
    corpus.write_corpus()
    _, table = run_plot("plot_funnel")
    assert "ada" not in table.read_text()
    rows = pd.read_csv(table, sep="\t")
    assert rows["source"].tolist() == [f"{video}.mp4" for video in corpus.statuses]
