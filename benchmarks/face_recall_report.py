"""Counts, tables and plot of benchmarks/face_recall.py.

python benchmarks/face_recall_report.py docs/face_recall.tsv --page docs/face_detection.md

updates the tables of the page, and the plot beside it, from a table of counts.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

from clustering import replace_section
from corpus.core.atomic_files import atomic_path
from corpus.core.errors import run
from face_detectors import WORKFLOW
from reproducible_plots import reproducible_pyplot

TURNED_STEP = 15
"""Width of a group of angles by which heads are turned, degrees."""
SIDEWAYS = 90
"""Angle of a full profile; heads that are turned further form one group."""
SIDE_EDGES = (0, 16, 24, 32, 48, 64, 96, 128, 256)
"""Lower limits of the groups of face heights in unaltered pictures, pixels."""
KEYS = ["experiment", "frame", "value", "detector"]
"""Columns that a row of the counts is about; `frame` is 0 where it is not varied."""
PERCENT = 100
STYLES = ("-", "--", ":", "-.")
"""Styles of lines, where a detector has several."""
BEGIN, END = "<!-- face recall: begin -->", "<!-- face recall: end -->"
"""Lines around the tables of the page."""
TITLES = {
    "size": "Height of the face, share of the shorter side of the frame",
    "rolled": "Picture rolled by, degrees",
    "covered": "Covered part of the face",
    "turned": "Head turned from the camera by, degrees",
    "unaltered": "Height of the face in the unaltered picture, pixels",
}
"""Title of each experiment, which is also the label of its axis."""


def summarise(trials: pd.DataFrame, pictures: str, min_track_score: float) -> pd.DataFrame:
    """Number of trials `n`, of found faces, of faces that can keep a track, of boxes elsewhere.

    `pictures` is the name of the pictures, the first column. Counts of several sets of pictures can
    be written one below the other.
    A track of the workflow is kept only if one of its faces has `min_track_score`: `kept` counts
    those faces. Other detectors have scores of other kinds.
    """
    trials = trials.assign(
        value=[
            _group(experiment, value, side)
            for experiment, value, side in zip(
                trials["experiment"], trials["value"], trials["side"], strict=True
            )
        ],
        frame=trials["frame"].where(trials["experiment"] == "size", 0),
        kept=(trials["score"] >= min_track_score) & trials["detector"].str.startswith(WORKFLOW),
    )
    groups = trials.groupby(KEYS, sort=False)
    counts = groups.agg(
        n=("found", "size"), found=("found", "sum"), kept=("kept", "sum"),
        elsewhere=("elsewhere", "sum"),
    )  # fmt: skip
    counts = counts.reset_index()
    counts.insert(0, "pictures", pictures)
    return counts


def _group(experiment: str, value: str | float, side: float) -> str:
    """The group of a trial; groups of angles and of heights are named by their two limits."""
    if experiment == "turned":
        low = float(value) // TURNED_STEP * TURNED_STEP
        return f"{low:.0f} to {low + TURNED_STEP:.0f}" if low < SIDEWAYS else "90 to 180"
    if experiment == "unaltered":
        index = int(np.searchsorted(SIDE_EDGES, side, side="right"))
        low = SIDE_EDGES[index - 1]
        return f"{low} to {SIDE_EDGES[index]}" if index < len(SIDE_EDGES) else f"{low} or more"
    return f"{value:g}" if isinstance(value, float | int) else value


def _order(value: str) -> tuple[float, str]:
    """Sort key of a group: its first number, or else its name, with `nothing` first."""
    first = value.partition(" ")[0]
    if first.replace(".", "", 1).isdigit():
        return float(first), ""
    return (-1.0 if value == "nothing" else 0.0), value


def tables(counts: pd.DataFrame) -> str:
    """One Markdown table for each experiment: the share of found faces, in percent.

    `counts` are those of one set of pictures.
    """
    return "\n\n".join(
        f"**{title}**\n\n" + _table(counts[counts["experiment"] == experiment], experiment)
        for experiment, title in TITLES.items()
        if (counts["experiment"] == experiment).any()
    )


def tables_of_all(counts: pd.DataFrame) -> str:
    """The tables of each set of pictures, each under a heading with its name."""
    return "\n\n".join(
        f"### {str(name)[:1].upper()}{str(name)[1:]}\n\n{tables(rows)}"
        for name, rows in counts.groupby("pictures", sort=False)
    )


def read_counts(path: Path) -> pd.DataFrame:
    """Counts that benchmarks/face_recall.py wrote, of one or several sets of pictures."""
    return pd.read_csv(path, sep="\t", dtype={"value": str})


def _table(counts: pd.DataFrame, experiment: str) -> str:
    columns = list(dict.fromkeys(zip(counts["frame"], counts["detector"], strict=True)))
    columns.sort(key=lambda column: column[0])
    names = [f"{detector}, {frame} lines" if frame else detector for frame, detector in columns]
    lines = ["| | faces | " + " | ".join(names) + " |", "|---|---:|" + "---:|" * len(names)]
    for value in sorted(counts["value"].unique(), key=_order):
        rows = counts[counts["value"] == value].set_index(["frame", "detector"])
        cells = [_percent(rows.loc[[column]]) if column in rows.index else "" for column in columns]
        lines.append(f"| {value} | {rows['n'].max()} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _percent(rows: pd.DataFrame) -> str:
    return f"{PERCENT * rows['found'].sum() / rows['n'].sum():.0f} %"


def draw(counts: pd.DataFrame, path: Path) -> None:
    """Plot recall by size, roll and turn as SVG. Equal counts give an equal file."""
    pyplot = reproducible_pyplot("face_recall")
    shown = [name for name in ("size", "turned", "rolled") if name in set(counts["experiment"])]
    figure, axes = pyplot.subplots(
        1, max(1, len(shown)), figsize=(4.2 * max(1, len(shown)), 3.4), squeeze=False,
        sharey=True, layout="constrained",
    )  # fmt: skip
    colours = {name: f"C{index}" for index, name in enumerate(counts["detector"].unique())}
    for axis, experiment in zip(axes[0], shown, strict=False):
        n_drawn: Counter[str] = Counter()
        for name, detector, x, y in _lines(counts[counts["experiment"] == experiment]):
            style = STYLES[n_drawn[detector] % len(STYLES)]
            width = 1.8 if detector.startswith(WORKFLOW) else 1.0
            axis.plot(x, y, style, label=name, color=colours[detector], lw=width, marker="o", ms=3)
            n_drawn[detector] += 1
        axis.set(xlabel=TITLES[experiment], ylim=(-3, 103))
        axis.grid(alpha=0.3)
        axis.legend(fontsize=7)
    if "size" in shown:
        axes[0, 0].set_xscale("log")
        ticks = (0.02, 0.03, 0.05, 0.1, 0.2)
        axes[0, 0].set_xticks(ticks, [f"{PERCENT * share:.0f} %" for share in ticks])
        axes[0, 0].minorticks_off()
    axes[0, 0].set_ylabel("found, %")
    with atomic_path(path) as partial:
        figure.savefig(partial, metadata={"Date": None})
    pyplot.close(figure)


def _lines(counts: pd.DataFrame) -> Iterator[tuple[str, str, list[float], list[float]]]:
    """Name, detector, positions and percentages of each curve.

    A group is drawn at its middle, the last group of angles at its lower limit. The name of the
    pictures is part of the name where there are several sets.
    """
    several = counts["pictures"].nunique() > 1
    keys = ["pictures", "frame", "detector"]
    for (pictures, frame, detector), rows in counts.groupby(keys, sort=False):
        points = sorted(
            (_position(value), PERCENT * found / n)
            for value, found, n in zip(rows["value"], rows["found"], rows["n"], strict=True)
        )
        name = f"{detector}, {frame} lines" if frame else str(detector)
        name += f", {pictures}" if several else ""
        yield name, str(detector), [x for x, _ in points], [y for _, y in points]


def _position(value: str) -> float:
    low, *high = (float(limit) for limit in value.split(" to "))
    return low if not high or low >= SIDEWAYS else (low + high[0]) / 2


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("counts", type=Path, help="table face_recall.tsv")
    parser.add_argument("--page", type=Path, required=True, help="page to write the tables into")
    options = parser.parse_args(arguments)
    counts = read_counts(options.counts)
    replace_section(options.page, BEGIN, END, tables_of_all(counts) + "\n")
    draw(counts, options.page.with_name("face_recall.svg"))


if __name__ == "__main__":
    run(main)
