"""Draw in what part of each video's frames faces, bodies, wrists and hands were found.

python scripts/plot_coverage.py --results results --videos config/videos.tsv \
    --plot results/report/coverage.svg --table results/report/coverage.tsv
"""

import argparse
import logging
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from corpus.core.errors import run
from corpus.core.progress import with_progress
from corpus.core.wording import count_noun, shorten
from corpus.inputs import manifest
from corpus.report import coverage, plot_style
from corpus.tables import provenance

MOST_ROWS = 40
"""Videos up to which each has a row of its own."""
LOWEST = 20
"""Of more videos, those that are named: the ones whose wrists are in view least."""
LOW_SCORE = 0.98
"""Median score of a video's faces below which they are called doubtful: the surest detection of a
track must reach 0.97 by itself, and nearly all faces of clear pictures reach 0.99."""
KINDS = {
    "face": ("a face", plot_style.BLUE),
    "body": ("a body", plot_style.GREEN),
    "wrist": ("a wrist in view", plot_style.YELLOW),
    "hand": ("a hand", plot_style.RED),
}
"""Label and colour of each kind."""
TITLE = {"fontsize": 10, "fontweight": "bold"}


def measure(results: Path, videos: list[str]) -> pd.DataFrame:
    """A row a video, in the columns of coverage."""
    rows = [
        coverage.of_video(results, v)
        for v in with_progress(videos, "coverage", len(videos), "videos")
    ]
    return pd.DataFrame(rows, columns=coverage.COLUMNS)


def flags(row: pd.Series) -> str:
    """What to know of a video, in a few words: its status, varying frame rate, a low score."""
    told = [row["status"]] * (row["status"] != "ok")
    told += ["VFR"] * bool(row["is_vfr"])
    told += [f"score {row['face_score']:.2f}"] * bool(row["face_score"] < LOW_SCORE)
    return ", ".join(told)


def draw_rows(every: np.ndarray, videos: pd.DataFrame, n_ticks: int) -> None:
    """On one of `every` axes (4,) for each kind: a bar a video, and at the end what to know."""
    rows = np.arange(len(videos))
    for axes, (kind, (name, colour)) in zip(every, KINDS.items(), strict=True):
        axes.barh(rows, 1, 0.62, color=plot_style.RAIL)
        axes.barh(rows, videos[kind], 0.62, color=colour)
        axes.set_title(name.replace(" in view", "\nin view"), fontsize=9, fontweight="normal")
        axes.set(xlim=(0, 1), ylim=(max(len(rows), 2) - 0.5, -0.5))
        axes.set_yticks(rows, [shorten(v, plot_style.NAME_LETTERS) for v in videos["video_id"]])
        axes.tick_params(axis="y", labelleft=axes is every[0])
        axes.spines["left"].set_visible(False)
        percents(axes, n_ticks)
        axes.set_xlabel("")
    for row, told in zip(rows, videos.apply(flags, axis=1), strict=True):
        every[-1].text(1.06, row, told, va="center", fontsize=8, color=plot_style.SOFT)


def percents(axes: Axes, n_ticks: int = 5) -> None:
    """A horizontal axis of shares."""
    ticks = np.linspace(0, 1, n_ticks)
    axes.set_xticks(ticks, [f"{tick:.0%}" for tick in ticks])
    axes.set_xlabel("of the frames")
    axes.grid(axis="x")


def draw_distributions(every: np.ndarray, videos: pd.DataFrame) -> None:
    """On one of `every` axes (4,) for each kind: how many videos have which share."""
    for axes, (kind, (name, colour)) in zip(every, KINDS.items(), strict=True):
        values = videos[kind].dropna()
        axes.hist(values, np.linspace(0, 1, 21), color=colour, rwidth=0.9)
        axes.axvline(values.median(), color=plot_style.INK, linewidth=1)
        axes.set_title(f"{name}: median {values.median():.0%}", fontsize=9, fontweight="normal")
        axes.set(xlim=(0, 1), ylabel="videos")
        axes.yaxis.get_major_locator().set_params(integer=True, nbins=4)
        percents(axes)
        axes.grid(axis="y")
    for axes in every[:-1]:
        axes.set_xlabel("")


def draw(measured: pd.DataFrame) -> Figure:
    """A row a video with frames; where there are many, distributions, and the lowest by name."""
    videos = measured[measured["n_frames_analysed"] > 0]
    if videos.empty:
        drawing = plot_style.figure(1)
        plot_style.tell(drawing.subplots(), "No video of this corpus has a picture.")
        return drawing
    if len(videos) <= MOST_ROWS:
        drawing = plot_style.figure(0.9 + 0.24 * max(len(videos), 2))
        drawing.get_layout_engine().set(wspace=0.08)
        draw_rows(drawing.subplots(1, 4, sharey=True), videos, n_ticks=3)
        drawing.suptitle("Part of the frames with ...", x=0, ha="left", **TITLE)
        return drawing
    drawing = plot_style.figure(7.2)
    left, right = drawing.subfigures(1, 2, width_ratios=(5, 6))
    draw_distributions(left.subplots(4, 1), videos)
    left.suptitle("All videos: part of the frames with ...", x=0.02, ha="left", **TITLE)
    # Where none has a wrist in view the longer ones matter more.
    order = ["wrist", "hand", "duration_s", "video_id"]
    lowest = videos.sort_values(order, ascending=[True, True, False, True]).head(LOWEST)
    draw_rows(right.subplots(1, 4, sharey=True), lowest, n_ticks=2)
    right.suptitle(f"The {LOWEST} with wrists in view least", x=0.02, ha="left", **TITLE)
    return drawing


def main() -> None:
    """Read the options, measure all videos, draw and list them."""
    options = parse_arguments()
    measured = measure(options.results, list(manifest.read(options.videos, look=False)))
    for kind, (name, _) in KINDS.items():
        logging.info("frames with %s: median %.0f%%", name, 100 * measured[kind].median())
    logging.info("%s", count_noun(len(measured), "video"))
    made_by = provenance.describe("plot_coverage", {}, ("matplotlib", "pandas"))
    plot_style.save(draw(measured), options.plot, made_by)
    plot_style.write_table(options.table, measured)


def parse_arguments() -> argparse.Namespace:
    """Options of this script."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--results",
        required=True,
        type=Path,
        help="folder of the tables status, frames, shots, faces, keypoints",
    )
    parser.add_argument("--videos", required=True, type=Path, help="manifest, whose videos count")
    parser.add_argument("--plot", required=True, type=Path, help="SVG to write")
    parser.add_argument("--table", required=True, type=Path, help="TSV to write: a row a video")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
