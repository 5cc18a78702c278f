"""How the plots of the report look, and how they are written: the same bytes each time.

Text stays text in the SVG, so that it can be searched, and names in any script are drawn with the
reader's own fonts. Colours are Paul Tol's "bright" scheme, which people who see colours differently
can tell apart (https://personal.sron.nl/~pault/).
"""

import json
import warnings
from collections.abc import Iterable
from io import StringIO
from pathlib import Path

import matplotlib
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from corpus.core.atomic_files import write_text

BLUE, CYAN, GREEN, YELLOW, RED, PURPLE = (
    *("#4477aa", "#66ccee", "#228833", "#ccbb44", "#ee6677", "#aa3377"),
)
INK, SOFT, LINE, RAIL = "#1a202c", "#5a6473", "#d5dae1", "#e9edf2"

STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "video-corpus-workflow",
    "font.family": "sans-serif",
    # Verdana has the widths of DejaVu Sans, by which texts are placed.
    "font.sans-serif": ["DejaVu Sans", "Verdana"],
    "font.size": 9,
    # Names are people's own, and a dollar sign in them is no formula.
    "text.parse_math": False,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": LINE,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.axisbelow": True,
    "axes.formatter.use_mathtext": False,
    "grid.color": RAIL,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.major.size": 3,
    "ytick.major.size": 0,
    "xtick.minor.size": 0,
    "ytick.minor.size": 0,
    "legend.frameon": False,
    "legend.fontsize": 9,
}
WIDTH = 9.0
"""Inches; the report shows pictures about so wide."""
NAME_LETTERS = 28
"""Of a name that a plot has room for."""


def figure(height: float, width: float = WIDTH) -> Figure:
    """An empty figure, in inches."""
    # A setting of the user's own, in a matplotlibrc, must not change the plots.
    matplotlib.rcdefaults()
    matplotlib.rcParams.update(STYLE)
    return Figure(figsize=(width, height), facecolor="white", layout="constrained")


def save(drawing: Figure, path: Path, made_by: dict) -> None:
    """Write a figure as SVG, with what made it in its description and no date."""
    facts = json.dumps(made_by, sort_keys=True)
    text = StringIO()
    about = {"Date": None, "Creator": None, "Description": facts}
    with warnings.catch_warnings():
        # It tells of each letter that its own font lacks; the reader's fonts draw the text.
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        drawing.savefig(text, format="svg", metadata=about)
    # Spaces at the ends of lines say nothing.
    lines = (line.rstrip() for line in text.getvalue().splitlines())
    write_text(path, "\n".join(lines) + "\n")


def write_table(path: Path, table: pd.DataFrame) -> None:
    """Write a table for people to open, as TSV: numbers in four digits, nothing where unknown."""
    text = table.to_csv(sep="\t", index=False, float_format="%.4g", lineterminator="\n")
    write_text(path, text)


TIMES_S = (0.1, 1, 10, 60, 600, 3600, 36_000, 360_000, 3_600_000)
"""Ticks of a logarithmic axis of time, seconds."""


def time_name(seconds: float) -> str:
    """A tick of an axis of time: "10 s", "1 min", "100 h"."""
    for limit, unit, size in ((60, "s", 1), (3600, "min", 60), (float("inf"), "h", 3600)):
        if seconds < limit:
            return f"{seconds / size:g} {unit}"
    raise ValueError(f"no length of time: {seconds}")


def ticks_between(low: float, high: float, ticks: Iterable[float], most: int = 4) -> list[float]:
    """Those from `low` to `high`, and of many only every second, third ... one."""
    inside = [tick for tick in ticks if low <= tick <= high]
    return inside[:: -(-len(inside) // most)] if inside else []


def unit_for(seconds: float) -> tuple[str, float]:
    """The unit of an axis up to `seconds`, and its length in seconds."""
    if seconds < 120:
        return "seconds", 1.0
    return ("minutes", 60.0) if seconds < 7200 else ("hours", 3600.0)


def tell(axes: Axes, text: str) -> None:
    """A sentence in place of a plot that has nothing to show."""
    axes.set_axis_off()
    axes.text(0, 0.5, text, transform=axes.transAxes, va="center", color=SOFT, fontsize=11)
