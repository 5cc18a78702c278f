"""The plot of people: how long each person is on screen, and in how many videos."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from corpus.core.person_colours import LIGHT, colour_number
from corpus.core.wording import count_noun, shorten
from corpus.report import plot_style

MAX_BARS = 25
"""Number of people who have a bar. With more people, a curve shows all of them."""
MARKED_SHARES = (0.5, 0.9)
"""Shares of the total time on screen that the curve marks."""
CURVE_COLOURS = {"in several videos": plot_style.BLUE, "in one video": plot_style.YELLOW}
"""Colours of the curve's points, by label of the legend."""


def draw(people: pd.DataFrame) -> Figure:
    """Draw bars of the people who are longest on screen. With more people, add a curve of all.

    `people` has the columns of the table `people`, sorted by time on screen, longest first.
    """
    if people.empty:
        figure = plot_style.figure(1)
        plot_style.show_message(figure.subplots(), "No person was found in this corpus.")
        return figure
    top = people.head(MAX_BARS)
    figure = plot_style.figure(1.2 + 0.24 * max(len(top), 3))
    if len(people) > MAX_BARS:
        left, right = figure.subplots(1, 2, width_ratios=(3, 2))
        draw_curve(right, people, len(top))
        left.set_title(f"The {len(top)} people longest on screen")
        patches = [Patch(color=colour, label=label) for label, colour in CURVE_COLOURS.items()]
        figure.legend(handles=patches, loc="outside upper right", ncols=2)
    else:
        left = figure.subplots()
    draw_bars(left, top)
    return figure


def draw_bars(axes: Axes, people: pd.DataFrame) -> None:
    """Draw one bar per person: time on screen, the longest at the top.

    A bar has the colour that the person has on the page and in overlays.
    """
    unit, unit_s = plot_style.time_unit(people["seconds"].max())
    rows = np.arange(len(people))
    times = people["seconds"] / unit_s
    axes.barh(rows, times, 0.66, color=[LIGHT[colour_number(p)] for p in people["person"]])
    for row, time, n_videos in zip(rows, times, people["n_videos"], strict=True):
        axes.annotate(
            count_noun(n_videos, "video"),
            (time, row),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
            color=plot_style.SOFT,
        )
    axes.set_yticks(rows, list(map(person_label, people["person"], people["name"])))
    # With few people, keep the usual height of a bar instead of filling the axes.
    axes.set_ylim(max(len(people), 3) - 0.4, -0.6)
    axes.set_xlim(0, times.max() * 1.15)
    axes.set_xlabel(f"{unit} with the face on screen")
    axes.grid(axis="x")
    axes.tick_params(axis="y", pad=4)


def person_label(person: str, name: object) -> str:
    """Label of a bar: the name, if there is one, and the id."""
    if not isinstance(name, str):
        return person
    return f"{shorten(name, plot_style.MAX_NAME_LENGTH)}  {person}"


def point_colours(people: pd.DataFrame) -> list[str]:
    """Colour of each person's point, by whether the person appears in more than one video."""
    several, one = CURVE_COLOURS.values()
    return [several if n > 1 else one for n in people["n_videos"]]


def draw_curve(axes: Axes, people: pd.DataFrame, n_bars: int) -> None:
    """Draw time on screen over rank for all people, on logarithmic axes.

    Dashed lines mark how many people make up `MARKED_SHARES` of the total time. The shaded part
    shows the people who have one of the `n_bars` bars.
    """
    ranks = np.arange(1, len(people) + 1)
    axes.axvspan(0.8, n_bars + 0.5, color=plot_style.RAIL, zorder=0)
    axes.scatter(ranks, people["seconds"], 14, point_colours(people), linewidths=0)
    axes.set(xscale="log", yscale="log", xlim=(0.8, len(people) * 1.3))
    for height, share in zip((0.11, 0.02), MARKED_SHARES, strict=True):
        mark_share(axes, share, rank_reaching(people, share), height)
    low, high = axes.get_ylim()
    ticks = plot_style.ticks_between(low, high, plot_style.TIMES_S, max_ticks=6)
    axes.set_yticks(ticks, map(plot_style.time_label, ticks))
    ticks = plot_style.ticks_between(1, len(people), (10**power for power in range(8)))
    axes.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
    axes.minorticks_off()
    axes.grid()
    axes.set_xlabel("rank")
    axes.set_title(f"All {len(people):,} people")


def mark_share(axes: Axes, share: float, rank: int, height: float) -> None:
    """Mark the rank up to which people make up `share` of the time, with a label at `height`.

    `height` is a fraction of the axes.
    """
    axes.axvline(rank + 0.5, color=plot_style.SOFT, linewidth=0.8, linestyle=(0, (4, 3)))
    axes.annotate(
        f"{share:.0%} of the time:\n{count_noun(rank, 'person', 'people')}",
        (rank + 0.5, height),
        xycoords=("data", "axes fraction"),
        xytext=(-4, 0),
        textcoords="offset points",
        ha="right",
        fontsize=8,
    )


def rank_reaching(people: pd.DataFrame, share: float) -> int:
    """Number of people, the longest on screen first, who make up `share` of the total time."""
    cumulative_s = people["seconds"].cumsum()
    # Search for slightly less than the share, because sums are rounded.
    target_s = share * cumulative_s.iloc[-1] * (1 - 1e-12)
    return int(np.searchsorted(cumulative_s, target_s)) + 1
