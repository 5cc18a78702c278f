"""The plot of agreement: F score of events over the required overlap."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from corpus.core.wording import shorten
from corpus.report import plot_style

WORKFLOW = "workflow"
COLOURS = (
    plot_style.BLUE,
    plot_style.RED,
    plot_style.GREEN,
    plot_style.YELLOW,
    plot_style.PURPLE,
    plot_style.CYAN,
)
MAX_PAIRS = 8
"""Number of pairs of coders that the legend names; the others are drawn in grey."""
TITLES = {"all": "all coded time", "seen": "while the workflow saw the hand"}


def draw(overlaps: pd.DataFrame) -> Figure:
    """Draw one row of panels per level, with all coded time on the left and seen time on the right.

    `overlaps` is the table agreement_overlaps.
    """
    corpus = overlaps[overlaps["scope"] == "corpus"] if len(overlaps) else overlaps
    levels = list(dict.fromkeys(corpus["level"])) if len(corpus) else []
    if not levels:
        figure = plot_style.figure(1)
        plot_style.show_message(figure.subplots(), "No tiers of two coders can be compared.")
        return figure
    pairs = list(dict.fromkeys(zip(corpus["coder_a"], corpus["coder_b"], strict=True)))
    figure = plot_style.figure(0.6 + 2.4 * len(levels))
    panels = figure.subplots(len(levels), 2, sharex=True, sharey=True, squeeze=False)
    for level, row in zip(levels, panels, strict=True):
        for time, axes in zip(TITLES, row, strict=True):
            rows = corpus[(corpus["level"] == level) & (corpus["time"] == time)]
            draw_pairs(axes, rows, pairs)
            axes.set_title(f"{level}: {TITLES[time]}", fontsize=9, fontweight="normal")
        row[0].set_ylabel("F score of events")
    for axes in panels[-1]:
        axes.set_xlabel("required overlap (intersection over union)")
    panels[0, 1].legend(loc="upper left", bbox_to_anchor=(1.02, 1))
    return figure


def draw_pairs(axes: Axes, rows: pd.DataFrame, pairs: Sequence[tuple[str, str]]) -> None:
    """Draw one line per pair of coders: solid with the workflow, dashed between coders.

    `pairs` are those of all panels, so that a pair has the same colour in each.
    """
    for number, pair in enumerate(pairs):
        line = rows[(rows["coder_a"] == pair[0]) & (rows["coder_b"] == pair[1])]
        names = [shorten(name, plot_style.MAX_NAME_LENGTH) for name in pair]
        is_named = number < MAX_PAIRS
        axes.plot(
            line["min_overlap"],
            line["f"],
            color=COLOURS[number % len(COLOURS)] if is_named else plot_style.LINE,
            linestyle="-" if pair[1] == WORKFLOW else "--",
            marker="o",
            markersize=3,
            label=" and ".join(names) if is_named else None,
        )
    axes.set(xlim=(0.05, 0.95), ylim=(-0.02, 1.02))
    axes.set_xticks([0.1, 0.3, 0.5, 0.7, 0.9])
    axes.grid(axis="both")
