"""Plots of benchmarks do not depend on other plots in the same process."""

from pathlib import Path

import matplotlib
import pytest

from corpus.report import plot_style
from reproducible_plots import reproducible_pyplot


def drawn(path: Path) -> bytes:
    """A plot with text, a grid and a clipped line."""
    pyplot = reproducible_pyplot("test", {"svg.fonttype": "none"})
    figure, axes = pyplot.subplots(figsize=(3, 2), layout="constrained")
    axes.plot([1, 2, 3], label="line")
    axes.grid()
    axes.legend()
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
    return path.read_bytes()


@pytest.mark.usefixtures("reset_settings")
def test_settings_of_other_plots_change_nothing(tmp_path: Path) -> None:
    first = drawn(tmp_path / "first.svg")
    plot_style.figure(height=2)
    matplotlib.rcParams["lines.linewidth"] = 7
    assert drawn(tmp_path / "second.svg") == first


@pytest.mark.usefixtures("reset_settings")
def test_the_plots_own_settings_hold(tmp_path: Path) -> None:
    assert b"<text" in drawn(tmp_path / "text.svg")
    assert matplotlib.rcParams["svg.hashsalt"] == "test"


@pytest.fixture
def reset_settings():
    """Restore matplotlib's settings after a test."""
    with matplotlib.rc_context():
        yield
