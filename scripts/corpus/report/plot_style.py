"""Style of the report's plots, and functions that write them with the same bytes on each run.

Text stays text in the SVG files. It can be searched, and names in any script are drawn with the
fonts of the reader's computer. The colours are Paul Tol's "bright" scheme, which readers with
colour vision deficiencies can distinguish (https://personal.sron.nl/~pault/).
"""

import json
import re
import warnings
from collections.abc import Iterable
from io import StringIO
from pathlib import Path
from typing import Any

import matplotlib
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.typing import RcKeyType

from corpus.core.atomic_files import write_text
from corpus.core.safe_text import guard_cell, xml_text

BLUE, CYAN, GREEN = "#4477aa", "#66ccee", "#228833"
YELLOW, RED, PURPLE = "#ccbb44", "#ee6677", "#aa3377"
INK, SOFT, LINE, RAIL = "#1a202c", "#5a6473", "#d5dae1", "#e9edf2"
"""Greys: text, secondary text, axis lines, and the background of bars."""

STYLE: dict[RcKeyType, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "video-corpus-workflow",
    "font.family": "sans-serif",
    # matplotlib places text by the widths of DejaVu Sans; Verdana has the same widths.
    "font.sans-serif": ["DejaVu Sans", "Verdana"],
    "font.size": 9,
    # A dollar sign in a person's name must not start a formula.
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
"""Width of a figure in inches, about the width at which Snakemake's report shows images."""
QUOTE = '"'
_NEEDS_QUOTES = re.compile('[\t\r\n"]')
MAX_NAME_LENGTH = 28
"""Number of characters after which names are shortened in plots."""


def figure(height: float, width: float = WIDTH) -> Figure:
    """An empty figure. `height` and `width` are in inches."""
    # Ignore the user's matplotlibrc, so that plots look the same on every computer.
    matplotlib.rcdefaults()
    matplotlib.rcParams.update(STYLE)
    return Figure(figsize=(width, height), facecolor="white", layout="constrained")


def save(drawing: Figure, path: Path, provenance: dict) -> None:
    """Write a figure as SVG, with its provenance as the description and without a date."""
    description = json.dumps(provenance, sort_keys=True)
    svg = StringIO()
    metadata = {"Date": None, "Creator": None, "Description": description}
    with warnings.catch_warnings():
        # matplotlib warns about glyphs missing in its font. The reader's fonts draw the text.
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        drawing.savefig(svg, format="svg", metadata=metadata)
    # Remove spaces at the ends of lines.
    lines = (line.rstrip() for line in xml_text(svg.getvalue()).splitlines())
    write_text(path, "\n".join(lines) + "\n")


def write_table(path: Path, table: pd.DataFrame, digits: int = 4) -> None:
    """Write a table as TSV for readers: numbers with some significant digits, empty if unknown.

    Texts that a spreadsheet could run as a formula are guarded (`corpus.core.safe_text`).
    """
    rows = [table.columns, *table.itertuples(index=False, name=None)]
    lines = ("\t".join(_cell(value, digits) for value in row) for row in rows)
    write_text(path, "".join(f"{line}\n" for line in lines))


def _cell(value: Any, digits: int) -> str:
    """A cell of a TSV file."""
    if isinstance(value, str):
        # Unlike pandas, quote a carriage return as well: spreadsheets start a row there.
        text = guard_cell(value)
        return f'"{text.replace(QUOTE, 2 * QUOTE)}"' if _NEEDS_QUOTES.search(text) else text
    if pd.isna(value):
        return ""
    return f"{value:.{digits}g}" if isinstance(value, float) else str(value)


TIMES_S = (0.1, 1, 10, 60, 600, 3600, 36_000, 360_000, 3_600_000)
"""Possible ticks of a logarithmic time axis, in seconds."""


def time_label(seconds: float) -> str:
    """Label of a tick on a time axis: "10 s", "1 min", "100 h"."""
    for limit, unit, size in ((60, "s", 1), (3600, "min", 60), (float("inf"), "h", 3600)):
        if seconds < limit:
            return f"{seconds / size:g} {unit}"
    raise ValueError(f"not a duration: {seconds}")


def ticks_between(
    low: float, high: float, ticks: Iterable[float], max_ticks: int = 4
) -> list[float]:
    """The ticks from `low` to `high`. If there are too many, only every second, third ... one."""
    inside = [tick for tick in ticks if low <= tick <= high]
    return inside[:: -(-len(inside) // max_ticks)] if inside else []


def time_unit(longest_s: float) -> tuple[str, float]:
    """Unit of a time axis that ends at `longest_s` seconds, and the length of it in seconds."""
    if longest_s < 120:
        return "seconds", 1.0
    return ("minutes", 60.0) if longest_s < 7200 else ("hours", 3600.0)


def show_message(axes: Axes, text: str) -> None:
    """Show a sentence instead of a plot, for a corpus with nothing to plot."""
    axes.set_axis_off()
    axes.text(0, 0.5, text, transform=axes.transAxes, va="center", color=SOFT, fontsize=11)
