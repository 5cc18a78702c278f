"""The plot of the jobs' time and memory, rule by rule, a point a job."""

from math import log2

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from corpus.core.wording import count_noun
from corpus.report import plot_style

PANELS = {
    "minutes": "Time",
    "mem_mb": "Memory",
    "real_time": "Seconds for a second of video",
}
"""What each panel shows of a job. MB are 1024 x 1024 bytes, as in the benchmark files."""
MOST_POINTS = 300
"""Of a rule: more would not tell more, and make the file large."""
SPREAD = 0.3
"""Half the height that the points of one rule take, of the distance between two rules."""


def video_of(job: str, videos: set[str]) -> str | None:
    """The video that a job is about: its name is the video's id, or that of the video's file."""
    stem = job.rpartition(".")[0]
    return job if job in videos else stem if stem in videos else None


def with_real_time(jobs: pd.DataFrame, durations: dict[str, float]) -> pd.DataFrame:
    """`jobs` with the column `real_time`: seconds that a job took for one of its video.

    `durations` are the seconds of each video. NaN of jobs that are not about one video with frames.
    """
    known = {video: seconds for video, seconds in durations.items() if seconds > 0}
    videos = [video_of(job, set(known)) for job in jobs["job"]]
    lengths = np.array([known.get(video, np.nan) for video in videos])
    return jobs.assign(real_time=jobs["seconds"] / lengths)


def spread(n: int) -> np.ndarray:
    """Offsets (n,) that lay points of one row apart evenly, as likely up as down.

    Multiples of the golden ratio: alike for like jobs each time, where chance would not be.
    """
    return (np.arange(n) * 0.6180339887 % 1 - 0.5) * 2 * SPREAD if n > 1 else np.zeros(n)


def thinned(values: pd.Series) -> np.ndarray:
    """All values in order, or of many MOST_POINTS of them, evenly by rank and with both ends."""
    ordered = values[values > 0].sort_values().to_numpy()
    n = min(len(ordered), MOST_POINTS)
    return ordered[np.linspace(0, len(ordered) - 1, n).round().astype(int)]


def memory(mb: float) -> str:
    """A tick of the axis of memory."""
    return f"{mb:g} MB" if mb < 1024 else f"{mb / 1024:g} GB"


def minutes(number: float) -> str:
    """A tick of the axis of time."""
    return plot_style.time_name(round(60 * number, 6))


TICKS = {
    "minutes": ([seconds / 60 for seconds in plot_style.TIMES_S], minutes),
    "mem_mb": ([4**power for power in range(12)], memory),
    "real_time": ([10.0**power for power in range(-4, 6)], "{:g}".format),
}
"""Where each panel may have ticks, and what they are called."""


def draw_panel(axes: Axes, jobs: pd.DataFrame, rules: list[str], panel: str) -> None:
    """A row a rule: a point a job, the median, and as a hollow mark what was asked for."""
    used = panel if panel == "real_time" else f"{panel}_used"
    asked = f"{panel}_asked"
    groups = dict(tuple(jobs.groupby("rule")))
    for row, rule in enumerate(rules):
        own = groups[rule]
        values = thinned(own[used].dropna())
        # Many points: small and pale, so that where most are is darkest.
        alpha = 1 / max(1, log2(len(values) / 4)) if len(values) else 1
        axes.scatter(
            values,
            row + spread(len(values)),
            16,
            plot_style.BLUE,
            alpha=alpha,
            linewidths=0,
            zorder=3,
        )
        if len(values):
            axes.vlines(own[used].median(), row - 0.4, row + 0.4, color=plot_style.INK, zorder=4)
        if asked in own and own[asked].notna().any():
            axes.scatter(
                own[asked].max(), row, 34, marker="D", facecolors="none",
                edgecolors=plot_style.RED, zorder=4,
            )  # fmt: skip
    axes.set_xscale("log")
    ticks, name = TICKS[panel]
    shown = plot_style.ticks_between(*axes.get_xlim(), ticks)
    axes.set_xticks(shown, map(name, shown))
    axes.minorticks_off()
    axes.set_yticks(range(len(rules)), rules)
    axes.set_ylim(len(rules) - 0.4, -0.6)
    axes.set_title(PANELS[panel])
    axes.grid(axis="x")


def render(jobs: pd.DataFrame, durations: dict[str, float]) -> Figure:
    """Time, memory and real-time factor of all jobs. `jobs` are in the columns of efficiency.JOB.

    Rules are in the order of their jobs' whole time, longest first.
    """
    if jobs.empty:
        drawing = plot_style.figure(1)
        plot_style.tell(drawing.subplots(), "There are no benchmark files.")
        return drawing
    jobs = with_real_time(jobs, durations)
    sums = jobs.groupby("rule")["seconds"].sum()
    rules = sorted(sums.index, key=lambda rule: (-sums[rule], rule))
    drawing = plot_style.figure(1.1 + 0.34 * max(len(rules), 2))
    drawing.get_layout_engine().set(wspace=0.08)
    every = drawing.subplots(1, len(PANELS), sharey=True)
    for axes, panel in zip(every, PANELS, strict=True):
        draw_panel(axes, jobs, rules, panel)
    # On one real-time axis left of 1 is faster than the video plays.
    every[-1].axvline(1, color=plot_style.SOFT, linewidth=0.8, linestyle=(0, (4, 3)))
    marks = {
        "a job": {"marker": "o", "color": plot_style.BLUE},
        "median": {
            "marker": "|",
            "color": plot_style.INK,
            "markersize": 11,
            "markeredgewidth": 1.5,
        },
        "the most asked for": {"marker": "D", "color": plot_style.RED, "fillstyle": "none"},
    }
    handles = [every[0].plot([], [], linestyle="", label=n, **kind)[0] for n, kind in marks.items()]
    drawing.legend(handles=handles, loc="outside upper right", ncols=3)
    drawing.suptitle(
        count_noun(len(jobs), "job"), x=0.01, ha="left", fontsize=9, color=plot_style.SOFT
    )
    return drawing
