"""The plot of run time and memory: one row per rule, one point per job."""

from math import log2
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from corpus.core.wording import count_noun
from corpus.report import plot_style
from corpus.tables import parquet

PANELS = {
    "minutes": "Time",
    "mem_mb": "Memory",
    "real_time": "Seconds per second of video",
}
"""Title of each panel. MB are 1024 x 1024 bytes, as in the benchmark files."""
MAX_POINTS = 300
"""Number of points per rule and panel. More points would add nothing and make the file large."""
SPREAD = 0.3
"""Largest vertical offset of a point from the middle of its row. Rows are 1 apart."""
GOLDEN_RATIO = 0.6180339887


def render(jobs: pd.DataFrame, durations: dict[str, float]) -> Figure:
    """Draw run time, memory and real-time factor of all jobs.

    `jobs` has the columns of `benchmarks.JOB_COLUMNS`, `durations` are seconds by video id. Rules
    are sorted by the total run time of their jobs, longest first.
    """
    if jobs.empty:
        figure = plot_style.figure(1)
        plot_style.show_message(figure.subplots(), "There are no benchmark files.")
        return figure
    jobs = add_real_time(jobs, durations)
    total_s = jobs.groupby("rule")["seconds"].sum()
    rules = sorted(total_s.index, key=lambda rule: (-total_s[rule], rule))
    figure = plot_style.figure(1.1 + 0.34 * max(len(rules), 2))
    figure.set_layout_engine("constrained", wspace=0.08)
    panels = figure.subplots(1, len(PANELS), sharey=True)
    for axes, panel in zip(panels, PANELS, strict=True):
        draw_panel(axes, jobs, rules, panel)
    # Left of 1, a job is faster than the video plays.
    panels[-1].axvline(1, color=plot_style.SOFT, linewidth=0.8, linestyle=(0, (4, 3)))
    add_legend(figure)
    title = count_noun(len(jobs), "job")
    figure.suptitle(title, x=0.01, ha="left", fontsize=9, color=plot_style.SOFT)
    return figure


def read_durations(corpus_table: Path | None) -> dict[str, float]:
    """Seconds of each video with frames, from the table `corpus`. Empty without a table."""
    if corpus_table is None:
        return {}
    corpus = parquet.read(corpus_table, ["video_id", "duration_s"]).dropna()
    return dict(zip(corpus["video_id"], corpus["duration_s"], strict=True))


def add_real_time(jobs: pd.DataFrame, durations: dict[str, float]) -> pd.DataFrame:
    """`jobs` with the column `real_time`: run time in seconds per second of video.

    `durations` are seconds by video id. The column is NaN for jobs that do not process a single
    video with frames.
    """
    known = {video: seconds for video, seconds in durations.items() if seconds > 0}
    videos = [video_of_job(job, set(known)) for job in jobs["job"]]
    lengths_s = np.array([np.nan if video is None else known[video] for video in videos])
    return jobs.assign(real_time=jobs["seconds"] / lengths_s)


def video_of_job(job: str, videos: set[str]) -> str | None:
    """The video of a job whose name is a video id, or a video id with a file suffix."""
    stem = job.rpartition(".")[0]
    return job if job in videos else stem if stem in videos else None


def draw_panel(axes: Axes, jobs: pd.DataFrame, rules: list[str], panel: str) -> None:
    """Draw one panel: one row per rule, with a point per job, the median and the request."""
    used = panel if panel == "real_time" else f"{panel}_used"
    requested = f"{panel}_asked"
    groups = dict(tuple(jobs.groupby("rule")))
    for row, rule in enumerate(rules):
        group = groups[rule]
        draw_points(axes, group[used].dropna(), row)
        if requested in group and group[requested].notna().any():
            axes.scatter(
                group[requested].max(),
                row,
                34,
                marker="D",
                facecolors="none",
                edgecolors=plot_style.RED,
                zorder=4,
            )
    axes.set_xscale("log")
    possible_ticks, label = TICKS[panel]
    ticks = plot_style.ticks_between(*axes.get_xlim(), possible_ticks)
    axes.set_xticks(ticks, map(label, ticks))
    axes.minorticks_off()
    axes.set_yticks(range(len(rules)), rules)
    axes.set_ylim(len(rules) - 0.4, -0.6)
    axes.set_title(PANELS[panel])
    axes.grid(axis="x")


def draw_points(axes: Axes, values: pd.Series, row: int) -> None:
    """Draw a point for each value in a row, and their median."""
    points = thin_out(values)
    # Many points are paler, so that the darkest place shows where most of them are.
    alpha = 1 / max(1, log2(len(points) / 4)) if len(points) else 1
    heights = row + spread_offsets(len(points))
    axes.scatter(points, heights, 16, plot_style.BLUE, alpha=alpha, linewidths=0, zorder=3)
    if len(points):
        axes.vlines(values.median(), row - 0.4, row + 0.4, color=plot_style.INK, zorder=4)


def thin_out(values: pd.Series) -> np.ndarray:
    """The positive values, sorted. At most `MAX_POINTS`, evenly spaced by rank, with both ends."""
    ordered = values[values > 0].sort_values().to_numpy()
    n = min(len(ordered), MAX_POINTS)
    return ordered[np.linspace(0, len(ordered) - 1, n).round().astype(int)]


def spread_offsets(n: int) -> np.ndarray:
    """Vertical offsets (n,) that separate the points of one row, evenly above and below its middle.

    They are multiples of the golden ratio modulo 1. Unlike random offsets, they are the same on
    each run.
    """
    return (np.arange(n) * GOLDEN_RATIO % 1 - 0.5) * 2 * SPREAD if n > 1 else np.zeros(n)


def memory_label(mb: float) -> str:
    """Label of a tick on the memory axis."""
    return f"{mb:g} MB" if mb < 1024 else f"{mb / 1024:g} GB"


def minutes_label(minutes: float) -> str:
    """Label of a tick on the time axis."""
    return plot_style.time_label(round(60 * minutes, 6))


TICKS = {
    "minutes": ([seconds / 60 for seconds in plot_style.TIMES_S], minutes_label),
    "mem_mb": ([4**power for power in range(12)], memory_label),
    "real_time": ([10.0**power for power in range(-4, 6)], "{:g}".format),
}
"""Possible ticks of each panel, and the function that labels them."""


def add_legend(figure: Figure) -> None:
    """Add the legend of the three marks above the panels."""
    median = {"color": plot_style.INK, "markersize": 11, "markeredgewidth": 1.5}
    marks = {
        "one job": {"marker": "o", "color": plot_style.BLUE},
        "median": {"marker": "|"} | median,
        "largest request": {"marker": "D", "color": plot_style.RED, "fillstyle": "none"},
    }
    axes = figure.axes[0]
    handles = [
        axes.plot([], [], linestyle="", label=label, **style)[0] for label, style in marks.items()
    ]
    figure.legend(handles=handles, loc="outside upper right", ncols=3)
