"""The plot of coverage.tsv: in which share of each video's frames something was found."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from corpus.core.wording import shorten
from corpus.report import plot_style

MAX_ROWS = 40
"""Up to this number of videos, the plot has one row per video."""
N_LOWEST = 20
"""With more videos, the plot names this number of videos: those with wrists in view least often."""
LOW_SCORE = 0.98
"""Below this value, the median face score of a video is shown as low. The best detection of a track
must reach 0.97 by itself, and nearly all faces in clear images reach 0.99."""
KINDS = {
    "face": ("a face", plot_style.BLUE),
    "body": ("a body", plot_style.GREEN),
    "wrist": ("a wrist in view", plot_style.YELLOW),
    "hand": ("a hand", plot_style.RED),
}
"""Label and colour by column of coverage.tsv."""
TITLE_STYLE = {"fontsize": 10, "fontweight": "bold"}


def draw(coverage: pd.DataFrame) -> Figure:
    """Draw one row per video with frames. With many videos, draw distributions and the lowest ones.

    `coverage` has the columns of `corpus.report.coverage.COLUMNS`.
    """
    videos = coverage[coverage["n_frames_analysed"] > 0]
    if videos.empty:
        figure = plot_style.figure(1)
        plot_style.show_message(figure.subplots(), "No video in this corpus has frames.")
        return figure
    return _draw_few(videos) if len(videos) <= MAX_ROWS else _draw_many(videos)


def _draw_few(videos: pd.DataFrame) -> Figure:
    """One row per video."""
    figure = plot_style.figure(0.9 + 0.24 * max(len(videos), 2))
    figure.set_layout_engine("constrained", wspace=0.08)
    draw_rows(figure.subplots(1, 4, sharey=True), videos, n_ticks=3)
    figure.suptitle("Share of frames with ...", x=0, ha="left", **TITLE_STYLE)
    return figure


def _draw_many(videos: pd.DataFrame) -> Figure:
    """Distributions over all videos, and one row for each of the lowest videos."""
    figure = plot_style.figure(7.2)
    [[left, right]] = figure.subfigures(1, 2, squeeze=False, width_ratios=(5, 6))
    draw_distributions(left.subplots(4, 1), videos)
    left.suptitle("All videos: share of frames with ...", x=0.02, ha="left", **TITLE_STYLE)
    # Among videos without a wrist in view, the longer ones matter more.
    order = ["wrist", "hand", "duration_s", "video_id"]
    lowest = videos.sort_values(order, ascending=[True, True, False, True]).head(N_LOWEST)
    draw_rows(right.subplots(1, 4, sharey=True), lowest, n_ticks=2)
    title = f"The {N_LOWEST} videos with wrists in view least often"
    right.suptitle(title, x=0.02, ha="left", **TITLE_STYLE)
    return figure


def draw_rows(panels: np.ndarray, videos: pd.DataFrame, n_ticks: int) -> None:
    """Draw one bar per video in each panel, and notes on the video at the end of its row.

    `panels` (4,) are axes, one for each of `KINDS`.
    """
    rows = np.arange(len(videos))
    for axes, (kind, (label, colour)) in zip(panels, KINDS.items(), strict=True):
        axes.barh(rows, 1, 0.62, color=plot_style.RAIL)
        axes.barh(rows, videos[kind], 0.62, color=colour)
        axes.set_title(label.replace(" in view", "\nin view"), fontsize=9, fontweight="normal")
        axes.set(xlim=(0, 1), ylim=(max(len(rows), 2) - 0.5, -0.5))
        names = [shorten(video, plot_style.MAX_NAME_LENGTH) for video in videos["video_id"]]
        axes.set_yticks(rows, names)
        axes.tick_params(axis="y", labelleft=axes is panels[0])
        axes.spines["left"].set_visible(False)
        set_percent_axis(axes, n_ticks)
        axes.set_xlabel("")
    for row, notes in zip(rows, videos.apply(video_notes, axis=1), strict=True):
        panels[-1].text(1.06, row, notes, va="center", fontsize=8, color=plot_style.SOFT)


def video_notes(video: pd.Series) -> str:
    """Short notes on a video: a status other than ok, a variable frame rate, a low face score."""
    notes = []
    if video["status"] != "ok":
        notes.append(video["status"])
    if video["is_vfr"]:
        notes.append("VFR")
    if video["face_score"] < LOW_SCORE:
        notes.append(f"score {video['face_score']:.2f}")
    return ", ".join(notes)


def draw_distributions(panels: np.ndarray, videos: pd.DataFrame) -> None:
    """Draw in each panel how many videos have which share. `panels` (4,) are axes, as above."""
    for axes, (kind, (label, colour)) in zip(panels, KINDS.items(), strict=True):
        shares = videos[kind].dropna()
        axes.hist(shares, np.linspace(0, 1, 21), color=colour, rwidth=0.9)
        axes.axvline(shares.median(), color=plot_style.INK, linewidth=1)
        axes.set_title(f"{label}: median {shares.median():.0%}", fontsize=9, fontweight="normal")
        axes.set(xlim=(0, 1), ylabel="videos")
        axes.yaxis.get_major_locator().set_params(integer=True, nbins=4)
        set_percent_axis(axes)
        axes.grid(axis="y")
    for axes in panels[:-1]:
        axes.set_xlabel("")


def set_percent_axis(axes: Axes, n_ticks: int = 5) -> None:
    """Show the horizontal axis, a share from 0 to 1, in percent."""
    ticks = np.linspace(0, 1, n_ticks)
    axes.set_xticks(ticks, [f"{tick:.0%}" for tick in ticks])
    axes.set_xlabel("of the frames")
    axes.grid(axis="x")
