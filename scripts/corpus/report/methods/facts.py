"""What the methods text tells: counts out of the tables, and how these were made."""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from corpus.report import coverage as covered
from corpus.report import lineage
from corpus.report.lineage import Lineage
from corpus.tables import parquet

PICTURED = ("ok", "truncated")
"""Statuses of videos with frames."""


@dataclass(frozen=True)
class CorpusSummary:
    """A corpus: its tables, what made them, and counts of what is too large to hold."""

    corpus: pd.DataFrame
    people: pd.DataFrame
    tracks: pd.DataFrame
    n_clusters: int
    """People before those of one name were joined."""
    made: dict[str, Lineage]
    downloaders: Counter
    """How many videos each version of yt-dlp downloaded."""
    coverage: pd.DataFrame
    """A row a video with frames: the shares of frames with a body, a hand ..."""
    gestures: pd.DataFrame | None
    """A row a gesture: person, and seconds; None where gestures were not looked for."""

    @property
    def pictured(self) -> pd.DataFrame:
        """Rows of the corpus table that have frames."""
        return self.corpus[self.corpus["status"].isin(PICTURED)]

    def parameter(self, step: str, name: str) -> object:
        """The usual value of a step's parameter; None where it is not known."""
        return self.made[step].parameters.get(name) if step in self.made else None

    def tool(self, step: str, name: str, shown: str) -> str:
        """A tool as people call it, and the version that a step used, as far as known."""
        version = self.made[step].tools.get(name) if step in self.made else None
        return f"{shown} {version}" if version else shown


def downloaders(results: Path, videos: list[str]) -> Counter:
    """Versions of yt-dlp that downloaded these videos, by the records beside the files."""
    wanted = set(videos)
    found: Counter = Counter()
    # A video's suffix follows from its source; its id has no dot. Subtitles and yt-dlp's own
    # description end otherwise, or have no such key.
    for path in sorted((results / "videos").glob("*.json")):
        if path.name.partition(".")[0] in wanted and not path.name.endswith(".info.json"):
            record = json.loads(path.read_text(encoding="utf-8"))
            found.update(v for tool, v in record["tools"].items() if tool == "yt-dlp")
    return found


def gestures(results: Path, videos: list[str]) -> pd.DataFrame | None:
    """Who makes each gesture and how long it is, in seconds; None where there are no tables."""
    paths = [results / "gestures" / f"{video}.parquet" for video in videos]
    if not paths or not all(path.exists() for path in paths):
        return None
    columns = ["person", "start_s", "end_s"]
    found = pd.concat([pq.read_table(path, columns=columns).to_pandas() for path in paths])
    return pd.DataFrame({"person": found["person"], "seconds": found["end_s"] - found["start_s"]})


def gather(results: Path, coverage: Path) -> CorpusSummary:
    """All facts. Raises FileNotFoundError where a table of the corpus is missing."""
    corpus = parquet.read(results / "corpus.parquet")
    pictured = corpus.loc[corpus["status"].isin(PICTURED), "video_id"].tolist()
    fetched = corpus.loc[corpus["status"] != "unavailable", "video_id"].tolist()
    shares = covered.read(coverage)
    return CorpusSummary(
        corpus=corpus,
        people=parquet.read(results / "people.parquet"),
        tracks=parquet.read(results / "tracks.parquet", ["video_id", "track", "person"]),
        n_clusters=parquet.read(results / "clusters.parquet", ["cluster"])["cluster"].nunique(),
        made=lineage.read(results, pictured),
        downloaders=downloaders(results, fetched),
        coverage=shares[shares.index.isin(pictured)],
        gestures=gestures(results, pictured),
    )
