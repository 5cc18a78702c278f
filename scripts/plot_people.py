"""Draw how long each person is on screen, and in how many videos.

python scripts/plot_people.py --people results/people.parquet \
    --plot results/report/people.svg --table results/report/people.tsv
"""

import argparse
import logging
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from corpus.core.errors import run
from corpus.core.wording import count_noun, shorten
from corpus.report import plot_style
from corpus.tables import parquet, provenance

MOST_BARS = 25
"""People with a bar of their own; the curve shows all."""
HALF, MOST = 0.5, 0.9
"""Shares of the time on screen that the curve marks."""
SHOWN = ["person", "name", "seconds", "n_videos", "n_tracks", "best_video_id", "best_time_s"]


def label(person: str, name: object) -> str:
    """Who a bar is about: the name where there is one, else the id."""
    return person if pd.isna(name) else f"{shorten(name, plot_style.NAME_LETTERS)}  {person}"


def colours(people: pd.DataFrame) -> list[str]:
    """By whether somebody is in more than one video."""
    return [plot_style.BLUE if n > 1 else plot_style.YELLOW for n in people["n_videos"]]


def draw_bars(axes: Axes, people: pd.DataFrame) -> None:
    """Seconds on screen of each of a few people, the longest on top."""
    unit, size = plot_style.unit_for(people["seconds"].max())
    rows = np.arange(len(people))
    values = people["seconds"] / size
    axes.barh(rows, values, 0.66, color=colours(people))
    for row, value, number in zip(rows, values, people["n_videos"], strict=True):
        told = count_noun(number, "video")
        axes.annotate(
            told, (value, row), (4, 0), textcoords="offset points", va="center",
            fontsize=8, color=plot_style.SOFT,
        )  # fmt: skip
    labels = map(label, people["person"], people["name"])
    axes.set_yticks(rows, list(labels))
    # Few people: bars of the usual width, not of the whole height.
    axes.set_ylim(max(len(people), 3) - 0.4, -0.6)
    axes.set_xlim(0, values.max() * 1.15)
    axes.set_xlabel(f"{unit} with the face on screen")
    axes.grid(axis="x")
    axes.tick_params(axis="y", pad=4)


def rank_reaching(people: pd.DataFrame, part: float) -> int:
    """How many people, the longest on screen first, make up `part` of the time on screen."""
    sums = people["seconds"].cumsum()
    # A little less: sums are rounded.
    return int(np.searchsorted(sums, part * sums.iloc[-1] * (1 - 1e-12))) + 1


def draw_curve(axes: Axes, people: pd.DataFrame, n_bars: int) -> None:
    """Time on screen of all people over their rank, on logarithmic axes, and what the first of
    them make up."""
    ranks = np.arange(1, len(people) + 1)
    axes.axvspan(0.8, n_bars + 0.5, color=plot_style.RAIL, zorder=0)
    axes.scatter(ranks, people["seconds"], 14, colours(people), linewidths=0)
    axes.set(xscale="log", yscale="log", xlim=(0.8, len(people) * 1.3))
    for part in (HALF, MOST):
        rank = rank_reaching(people, part)
        axes.axvline(rank + 0.5, color=plot_style.SOFT, linewidth=0.8, linestyle=(0, (4, 3)))
        axes.annotate(
            f"{part:.0%} of the time:\n{count_noun(rank, 'person', 'people')}",
            (rank + 0.5, 0.02 + 0.09 * (part == HALF)), (-4, 0), ha="right",
            xycoords=("data", "axes fraction"), textcoords="offset points", fontsize=8,
        )  # fmt: skip
    low, high = axes.get_ylim()
    ticks = plot_style.ticks_between(low, high, plot_style.TIMES_S, most=6)
    axes.set_yticks(ticks, map(plot_style.time_name, ticks))
    ticks = plot_style.ticks_between(1, len(people), (10**power for power in range(8)))
    axes.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
    axes.minorticks_off()
    axes.grid()
    axes.set_xlabel("rank")
    axes.set_title(f"All {len(people):,}")


def draw(people: pd.DataFrame) -> Figure:
    """Bars of those longest on screen; where there are more, a curve of all beside them."""
    if people.empty:
        drawing = plot_style.figure(1)
        plot_style.tell(drawing.subplots(), "Nobody was found in this corpus.")
        return drawing
    top = people.head(MOST_BARS)
    height = 1.2 + 0.24 * max(len(top), 3)
    if len(people) > MOST_BARS:
        drawing = plot_style.figure(height)
        left, right = drawing.subplots(1, 2, width_ratios=(3, 2))
        draw_curve(right, people, len(top))
        left.set_title(f"The {len(top)} longest on screen")
    else:
        drawing = plot_style.figure(height)
        left = drawing.subplots()
    draw_bars(left, top)
    kinds = {"in several videos": plot_style.BLUE, "in one video": plot_style.YELLOW}
    patches = [Patch(color=colour, label=name) for name, colour in kinds.items()]
    drawing.legend(handles=patches, loc="outside upper right", ncols=2)
    return drawing


def main() -> None:
    """Read the options and people, draw them, list them."""
    options = parse_arguments()
    people = parquet.read(options.people)
    logging.info("%s", count_noun(len(people), "person", "people"))
    made_by = provenance.describe("plot_people", {}, ("matplotlib", "pandas"))
    plot_style.save(draw(people), options.plot, made_by)
    plot_style.write_table(options.table, people[SHOWN])


def parse_arguments() -> argparse.Namespace:
    """Options of this script."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", required=True, type=Path, help="table of people")
    parser.add_argument("--plot", required=True, type=Path, help="SVG to write")
    parser.add_argument("--table", required=True, type=Path, help="TSV to write: a row a person")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
