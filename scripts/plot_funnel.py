"""Draw how many videos, and hours, are left at each step, and why others are not.

python scripts/plot_funnel.py --results results --plot results/report/funnel.svg \
    --table results/report/corpus.tsv
"""

import argparse
import logging
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow.compute as pc
import pyarrow.parquet as pq
from matplotlib.figure import Figure

from corpus.core.errors import run
from corpus.core.progress import with_progress
from corpus.core.wording import count_noun, format_duration, shorten
from corpus.inputs import manifest
from corpus.report import plot_style
from corpus.tables import parquet, provenance

PICTURED = ("ok", "truncated")
"""Statuses of videos with frames."""
REASONS = 3
"""Reasons that the plot names at a step; the rest are counted."""
REASON_LETTERS = 90
"""Of a reason that the plot has room for."""
_SITE = re.compile(r"^(ERROR: )?\[[\w:.+-]+\] (?:[\w-]+: )?")
"""yt-dlp's own prefix of a reason, "[youtube] dQw4w9WgXcQ: "."""


@dataclass(frozen=True)
class Stage:
    """A step: what its videos have, how many and how long they are, and lines about the others."""

    label: str
    videos: int
    seconds: float | None = None
    notes: tuple[str, ...] = ()
    is_part: bool = False
    """Whether it is one of several parts of those with faces, not a step on from the one above."""


def reason(text: str | None) -> str:
    """A reason as it can be counted: without the video's own id, one line, not too long."""
    first = (text or "no reason given").strip().splitlines()[0]
    return shorten(_SITE.sub("", first).rstrip("."), REASON_LETTERS)


def listed(what: str, reasons: Iterable[str | None]) -> list[str]:
    """A line for each of the most frequent reasons, with its number of videos."""
    counts = Counter(map(reason, reasons))
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    lines = [f"{number} {what}: {text}" for text, number in ranked[:REASONS]]
    rest = sum(number for _, number in ranked[REASONS:])
    return lines + [f"{rest} {what} for other reasons"] * (rest > 0)


def gestured(results: Path, videos: list[str]) -> set[str] | None:
    """Videos with a gesture of a person; None where gestures were not looked for."""
    paths = {video: results / "gestures" / f"{video}.parquet" for video in videos}
    if not all(path.exists() for path in paths.values()):
        return None
    found = set()
    for video, path in with_progress(paths.items(), "gestures", len(paths), "videos"):
        people = pq.read_table(path, columns=["person"])["person"]
        if pc.count(people).as_py():
            found.add(video)
    return found


def recurring(tracks: pd.DataFrame) -> set[str]:
    """Videos with a person who is in another video, too."""
    n_videos = tracks.groupby("person")["video_id"].transform("nunique")
    return set(tracks.loc[n_videos > 1, "video_id"])


def stages(corpus: pd.DataFrame, tracks: pd.DataFrame, moving: set[str] | None) -> list[Stage]:
    """The steps, from all videos of the manifest on; the last are parts of those with faces."""
    gone, blind = (corpus[corpus["status"] == name] for name in ("unavailable", "no_video"))
    seen = corpus[corpus["status"].isin(PICTURED)]
    faces = seen[seen["n_face_tracks"] > 0]
    n_broken, n_faceless = (seen["status"] == "truncated").sum(), len(seen) - len(faces)
    broken = [f"{n_broken} broken off, and analysed up to there"] * bool(n_broken)
    faceless = [f"{n_faceless} without a face"] * bool(n_faceless)
    fetched = len(corpus) - len(gone)
    steps = [
        Stage("in the manifest", len(corpus)),
        Stage("fetched", fetched, None, (*listed("unavailable", gone["reason"]),)),
        Stage(
            *("with a picture", len(seen), seen["duration_s"].sum()),
            (*listed("without a picture", blind["reason"]), *broken),
        ),
        Stage("with faces", len(faces), faces["duration_s"].sum(), (*faceless,)),
    ]
    parts = {
        "with gestures": moving,
        "with people who are\nin other videos, too": recurring(tracks),
    }
    for label, videos in parts.items():
        if videos is not None:
            part = faces[faces["video_id"].isin(videos)]
            steps.append(Stage(label, len(part), part["duration_s"].sum(), is_part=True))
    return steps


BAR, NOTE, GAP = 0.34, 0.17, 0.2
"""Heights in inches: of a bar, of a line below it, and between one step and the next."""


def draw(steps: list[Stage]) -> Figure:
    """A bar a step, with its videos and hours, and below it what is to be said of the others."""
    tops, y = [], 0.0
    for step in steps:
        tops.append(y)
        y += BAR + NOTE * len(step.notes) + GAP
    drawing = plot_style.figure(y + 0.2)
    axes = drawing.subplots()
    most = max(steps[0].videos, 1)
    for step, top in zip(steps, tops, strict=True):
        middle = top + BAR / 2
        axes.barh(middle, most, BAR, color=plot_style.RAIL)
        colour = plot_style.CYAN if step.is_part else plot_style.BLUE
        axes.barh(middle, step.videos, BAR, color=colour)
        told = count_noun(step.videos, "video")
        if step.seconds is not None:
            told += f" · {format_duration(step.seconds)}"
        axes.text(most * 1.015, middle, told, va="center")
        for line, note in enumerate(step.notes):
            axes.text(
                most * 0.005, top + BAR + 0.04 + NOTE * line, note,
                va="top", fontsize=8, color=plot_style.SOFT, in_layout=False,
            )  # fmt: skip
    axes.set_yticks([top + BAR / 2 for top in tops], [step.label for step in steps])
    axes.set(xlim=(0, most * 1.3), ylim=(y, -0.05), xticks=[])
    axes.spines[:].set_visible(False)
    return drawing


def main() -> None:
    """Read the options and tables, draw the funnel, list the videos."""
    options = parse_arguments()
    corpus = parquet.read(options.results / "corpus.parquet")
    tracks = parquet.read(options.results / "tracks.parquet", ["video_id", "person"])
    steps = stages(corpus, tracks, gestured(options.results, corpus["video_id"].tolist()))
    for step in steps:
        logging.info("%s: %d videos", " ".join(step.label.split()), step.videos)
    made_by = provenance.describe("plot_funnel", {}, ("matplotlib", "pandas"))
    plot_style.save(draw(steps), options.plot, made_by)
    # Snakemake's report takes the table in, and is passed on.
    shown = corpus.assign(source=corpus["source"].map(manifest.shown_source))
    plot_style.write_table(options.table, shown.drop(columns="sha256"))


def parse_arguments() -> argparse.Namespace:
    """Options of this script."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--results", required=True, type=Path, help="folder of the tables corpus, tracks, gestures"
    )
    parser.add_argument("--plot", required=True, type=Path, help="SVG to write")
    parser.add_argument("--table", required=True, type=Path, help="TSV to write: a row a video")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
