"""Reads what the methods text reports: counts from the tables, and how the tables were made."""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from corpus.report import coverage, lineage
from corpus.report.corpus_table import STATUSES_WITHOUT_FILE, videos_with_frames
from corpus.report.lineage import StepProvenance
from corpus.tables import parquet


@dataclass(frozen=True)
class CorpusSummary:
    """Tables of a corpus, their provenance, and counts of data that is too large to hold."""

    corpus: pd.DataFrame
    people: pd.DataFrame
    tracks: pd.DataFrame
    n_clusters: int
    """Number of people before people with the same name were merged."""
    steps: dict[str, StepProvenance]
    downloader_counts: Counter
    """Number of videos that each version of yt-dlp downloaded."""
    coverage: pd.DataFrame
    """Coverage of the videos with frames, by video id: share of frames with a body, a hand ..."""
    gestures: pd.DataFrame | None
    """Person, seconds and `is_cut` of each gesture, without those of copies. None if gestures
    were not segmented."""
    cutoffs: pd.DataFrame
    """Lowest and highest cutoff in Hz (rows min, max) that the frames of a hand allowed, by the
    columns of movement_quality. Without rows if no hand was measured."""

    @property
    def videos(self) -> pd.DataFrame:
        """Rows of the table `corpus` whose video has frames."""
        return videos_with_frames(self.corpus)

    @property
    def workflow_version(self) -> tuple[str, str]:
        """Version and commit of the workflow that wrote most of the tables."""
        return lineage.most_frequent(lineage.workflow_counts(self.steps.values()))

    def parameter(self, step: str, name: str) -> object:
        """The most frequent value of a step's parameter. None if it is unknown."""
        return self.steps[step].parameters.get(name) if step in self.steps else None

    def tool(self, step: str, package: str) -> str | None:
        """The version of a package that a step used. None if it is unknown."""
        return self.steps[step].tools.get(package) if step in self.steps else None


def read_summary(
    results: Path, coverage_table: Path, *, with_scores: bool = False
) -> CorpusSummary:
    """Read the tables in the results folder, and coverage.tsv.

    `with_scores` says whether gestures have scores (config key movement.gesture_score). Without it,
    tables of scores are ignored, because they are left from a run with another setting.

    Raises FileNotFoundError if a table of the whole corpus is missing.
    """
    corpus = parquet.read(results / "corpus.parquet")
    videos = videos_with_frames(corpus)["video_id"].tolist()
    available = corpus.loc[~corpus["status"].isin(STATUSES_WITHOUT_FILE), "video_id"].tolist()
    shares = coverage.read(coverage_table)
    tracks = parquet.read(results / "tracks.parquet")
    return CorpusSummary(
        corpus=corpus,
        people=parquet.read(results / "people.parquet"),
        tracks=tracks,
        n_clusters=parquet.read(results / "clusters.parquet", ["cluster"])["cluster"].nunique(),
        steps=lineage.read_steps(results, videos, ["score_gestures"] if with_scores else []),
        downloader_counts=count_downloaders(results, available),
        coverage=shares[shares.index.isin(videos)],
        gestures=read_gestures(results, videos, tracks[tracks["kind"].eq("copy")]),
        cutoffs=read_cutoffs(results, videos),
    )


def count_downloaders(results: Path, videos: list[str]) -> Counter:
    """Number of videos by version of yt-dlp, from the records beside the downloaded files."""
    included = set(videos)
    counts: Counter = Counter()
    # The record of a video is <id><suffix>.json, and an id has no dot. Subtitles have other
    # suffixes. The description that yt-dlp writes, <id>.info.json, has no list of tools.
    for path in sorted((results / "videos").glob("*.json")):
        if path.name.partition(".")[0] in included and not path.name.endswith(".info.json"):
            tools = json.loads(path.read_text(encoding="utf-8"))["tools"]
            counts.update(version for tool, version in tools.items() if tool == "yt-dlp")
    return counts


def read_cutoffs(results: Path, videos: list[str]) -> pd.DataFrame:
    """Lowest and highest cutoff in Hz of position, speed and acceleration of all hands."""
    columns = [f"{name}_cutoff_hz" for name in ("position", "speed", "acceleration")]
    paths = [results / "movement_quality" / f"{video}.parquet" for video in videos]
    ranges = [
        parquet.read(path, columns).dropna().agg(["min", "max"]) for path in paths if path.exists()
    ]
    rows = pd.concat(ranges).dropna() if ranges else pd.DataFrame(columns=columns)
    return rows.agg(["min", "max"]) if len(rows) else rows


def read_gestures(results: Path, videos: list[str], copies: pd.DataFrame) -> pd.DataFrame | None:
    """Person, seconds and `is_cut` of each gesture. None if a video has no table of gestures.

    `is_cut` says that the start or the end of the gesture was not seen. Gestures of
    `copies`, rows of the table tracks, are left out: they are those of another track.
    """
    paths = [results / "gestures" / f"{video}.parquet" for video in videos]
    if not paths or not all(path.exists() for path in paths):
        return None
    columns = ["track", "person", "start_s", "end_s", "start_seen", "end_seen"]
    tables = []
    for path in paths:
        rows = parquet.read(path, columns)
        copied = copies.loc[copies["video_id"] == path.stem, "track"]
        tables.append(rows[~rows["track"].isin(copied)])
    rows = pd.concat(tables)
    seconds = rows["end_s"] - rows["start_s"]
    is_cut = rows[["start_seen", "end_seen"]].eq(False).any(axis=1)
    return pd.DataFrame({"person": rows["person"], "seconds": seconds, "is_cut": is_cut})
