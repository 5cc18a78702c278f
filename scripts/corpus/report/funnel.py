"""The funnel: how many videos are left after each step of the analysis, and why others are not."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow.compute as pc

from corpus.core.progress import with_progress
from corpus.core.wording import shorten
from corpus.report.corpus_table import videos_with_frames
from corpus.tables import parquet

MAX_REASONS = 3
"""Number of reasons that are listed at a stage. The other reasons are counted."""
MAX_REASON_LENGTH = 90
"""Number of characters after which a reason is shortened."""
_SITE_PREFIX = re.compile(r"^(ERROR: )?\[[\w:.+-]+\] (?:[\w-]+: )?")
"""Prefix that yt-dlp puts before a reason: "[youtube] dQw4w9WgXcQ: "."""


@dataclass(frozen=True)
class Stage:
    """One stage of the funnel: the videos that reached it, and notes on those that did not."""

    label: str
    n_videos: int
    seconds: float | None = None
    """Total duration of the videos in seconds. None if it is not known."""
    notes: tuple[str, ...] = ()
    is_part: bool = False
    """Whether this stage is one of several subsets of the videos with faces. Otherwise it is a
    subset of the stage before it."""


def funnel_stages(
    corpus: pd.DataFrame, tracks: pd.DataFrame, videos_with_gestures: set[str] | None
) -> list[Stage]:
    """The stages, starting with all videos of the manifest.

    `corpus` and `tracks` are the tables of these names. `videos_with_gestures` is None if gestures
    were not segmented; the funnel then has no stage for them.
    """
    unavailable = corpus[corpus["status"] == "unavailable"]
    pending = corpus[corpus["status"] == "pending"]
    no_video = corpus[corpus["status"] == "no_video"]
    framed = videos_with_frames(corpus)
    with_faces = framed[framed["n_face_tracks"] > 0]
    notes_on_frames = [*list_reasons("without frames", no_video["reason"])]
    if n_truncated := (framed["status"] == "truncated").sum():
        notes_on_frames.append(f"{n_truncated} truncated, analysed up to the last readable frame")
    n_faceless = len(framed) - len(with_faces)
    notes_on_faces = [f"{n_faceless} without a face"] if n_faceless else []
    return [
        Stage("in the manifest", n_videos=len(corpus)),
        Stage(
            "available",
            n_videos=len(corpus) - len(unavailable) - len(pending),
            notes=(
                *list_reasons("unavailable", unavailable["reason"]),
                *list_reasons("not downloaded yet", pending["reason"]),
            ),
        ),
        Stage(
            "with frames",
            n_videos=len(framed),
            seconds=framed["duration_s"].sum(),
            notes=tuple(notes_on_frames),
        ),
        Stage(
            "with faces",
            n_videos=len(with_faces),
            seconds=with_faces["duration_s"].sum(),
            notes=tuple(notes_on_faces),
        ),
        *_subsets_with_faces(with_faces, tracks, videos_with_gestures),
    ]


def _subsets_with_faces(
    with_faces: pd.DataFrame, tracks: pd.DataFrame, videos_with_gestures: set[str] | None
) -> list[Stage]:
    """The stages that are subsets of the videos with faces."""
    subsets = {"with people who appear\nin other videos": videos_with_recurring_people(tracks)}
    if videos_with_gestures is not None:
        subsets = {"with gestures": videos_with_gestures} | subsets
    stages = []
    for label, videos in subsets.items():
        rows = with_faces[with_faces["video_id"].isin(videos)]
        seconds = rows["duration_s"].sum()
        stages.append(Stage(label, n_videos=len(rows), seconds=seconds, is_part=True))
    return stages


def find_videos_with_gestures(results: Path, videos: list[str]) -> set[str] | None:
    """Videos with a gesture of an identified person. None if gestures were not segmented."""
    paths = {video: results / "gestures" / f"{video}.parquet" for video in videos}
    if not all(path.exists() for path in paths.values()):
        return None
    with_gestures = set()
    for video, path in with_progress(paths.items(), "gestures", len(paths), "videos"):
        people = parquet.read_arrow(path, columns=["person"])["person"]
        if pc.count(people).as_py():
            with_gestures.add(video)
    return with_gestures


def videos_with_recurring_people(tracks: pd.DataFrame) -> set[str]:
    """Videos with a person who also appears in another video."""
    n_videos = tracks.groupby("person")["video_id"].transform("nunique")
    return set(tracks.loc[n_videos > 1, "video_id"])


def list_reasons(problem: str, reasons: Iterable[str | None]) -> list[str]:
    """One line for each of the most frequent reasons of a problem, with the number of videos."""
    counts = Counter(map(shorten_reason, reasons))
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    lines = [f"{n_videos} {problem}: {reason}" for reason, n_videos in ranked[:MAX_REASONS]]
    if n_others := sum(n_videos for _, n_videos in ranked[MAX_REASONS:]):
        lines.append(f"{n_others} {problem} for other reasons")
    return lines


def shorten_reason(text: str | None) -> str:
    """The first line of a reason without the video's id, so that equal reasons can be counted."""
    first_line = (text or "no reason given").strip().splitlines()[0]
    return shorten(_SITE_PREFIX.sub("", first_line).rstrip("."), MAX_REASON_LENGTH)
