"""The style of plots: ticks of axes, and files that are the same on every computer."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from corpus.report import people_plot, plot_style
from people_table import make_people


@pytest.mark.parametrize(
    ("seconds", "label"), [(0.1, "0.1 s"), (10, "10 s"), (60, "1 min"), (360000, "100 h")]
)
def test_labels_of_a_time_axis(seconds: float, label: str) -> None:
    assert plot_style.time_label(seconds) == label


def test_axes_do_not_have_too_many_ticks() -> None:
    assert plot_style.ticks_between(1, 100, plot_style.TIMES_S) == [1, 10, 60]
    assert len(plot_style.ticks_between(0, 1e9, plot_style.TIMES_S)) <= 4
    assert plot_style.ticks_between(2, 3, plot_style.TIMES_S) == []


def test_settings_of_the_user_do_not_change_a_plot(tmp_path: Path, root: Path) -> None:
    """The bytes are the same on another date, in another time zone and with a matplotlibrc."""
    plot_style.save(people_plot.draw(make_people(30)), tmp_path / "here.svg", {"step": "test"})
    (tmp_path / "matplotlibrc").write_text("axes.facecolor: red\nsvg.fonttype: path\n")
    code = (
        "import sys; sys.path += ['scripts', 'tests/support']; from pathlib import Path\n"
        "from corpus.report import people_plot, plot_style\n"
        "from people_table import make_people\n"
        "figure = people_plot.draw(make_people(30))\n"
        f"plot_style.save(figure, Path({str(tmp_path / 'there.svg')!r}), {{'step': 'test'}})\n"
    )
    environment = os.environ | {"MATPLOTLIBRC": str(tmp_path), "TZ": "Asia/Tokyo"}
    environment |= {"PYTHONHASHSEED": "7", "SOURCE_DATE_EPOCH": "7"}
    subprocess.run([sys.executable, "-c", code], check=True, cwd=root, env=environment)
    assert (tmp_path / "here.svg").read_bytes() == (tmp_path / "there.svg").read_bytes()
