"""All face tracks of the corpus, and which of them are visible at the same time."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from corpus.core.progress import with_progress
from corpus.faces.track_extents import track_extents
from corpus.identity.screen_time import counted_seconds
from corpus.tables import parquet

TRACK_KEY = ["video_id", "track"]
"""Columns that identify a face track in the corpus."""
BOX = ["x1", "y1", "x2", "y2"]


@dataclass(frozen=True)
class CorpusTracks:
    """The n face tracks of the corpus."""

    rows: pd.DataFrame
    """One row per track in the columns of the clusters table, without cluster and probability.
    Sorted by video, in the given order, and track; the index is 0 ... n - 1."""
    conflicts: list[tuple[int, int]]
    """Pairs of rows that are visible in the same frame, so they are two people. Pictures and copies
    have none: a person can be on screen together with them."""
    copies: list[tuple[int, int]] = field(default_factory=list)
    """Pairs of rows that are one person: a copy, and the track that it copies."""

    def seconds(self, people: np.ndarray) -> np.ndarray:
        """Time (n,) in seconds that each track adds to that of its person, of `people` (n,)."""
        return counted_seconds(self.rows.assign(person=people)).to_numpy()

    @property
    def sort_keys(self) -> list[tuple]:
        """Video, start time and number of each track."""
        columns = self.rows[["video_id", "start_s", "track"]]
        return list(columns.itertuples(index=False, name=None))


def read_tracks(results: Path, videos: list[str], samples_per_second: float) -> CorpusTracks:
    """Read the tracks of all videos from their tables of faces and shots."""
    tables, conflicts, copies, n_rows = [], [], [], 0
    for video in with_progress(videos, "tracks", len(videos), "videos"):
        columns = ["frame", "time_s", "shot", "track", *BOX, "quality", "kind", "copy_of"]
        columns += ["shown_until_s"]
        faces = parquet.read(results / "faces" / f"{video}.parquet", columns)
        shots = parquet.read(results / "shots" / f"{video}.parquet")
        extents = track_extents(faces, shots, samples_per_second)
        kinds = faces.drop_duplicates("track").set_index("track")[["kind", "copy_of"]]
        tracks = best_faces(faces).join(extents).join(kinds["kind"]).reset_index()
        row_of_track = pd.Series(n_rows + np.arange(len(tracks)), tracks["track"])
        living = faces[~faces["kind"].isin(["picture", "copy"])]
        copied = kinds["copy_of"].dropna().astype(int).items()
        conflicts += [_rows(row_of_track, pair) for pair in tracks_in_same_frame(living)]
        copies += [_rows(row_of_track, pair) for pair in copied]
        tables.append(tracks.assign(video_id=video))
        n_rows += len(tracks)
    return CorpusTracks(pd.concat(tables, ignore_index=True), conflicts, copies)


def _rows(row_of_track: pd.Series, pair: tuple[int, int]) -> tuple[int, int]:
    """The rows of a pair of tracks."""
    return int(row_of_track[pair[0]]), int(row_of_track[pair[1]])


def best_faces(faces: pd.DataFrame) -> pd.DataFrame:
    """Return the face of highest quality of each track of one video, indexed by track.

    The columns are best_time_s, best_box and best_quality. Of equal faces the earliest is chosen.
    """
    best = (
        faces.sort_values(["track", "quality", "frame"], ascending=[True, False, True])
        .drop_duplicates("track")
        .set_index("track")
    )
    return pd.DataFrame(
        {
            "best_time_s": best["time_s"],
            "best_box": pd.Series(list(best[BOX].to_numpy()), best.index, dtype=object),
            "best_quality": best["quality"],
        }
    )


def tracks_in_same_frame(faces: pd.DataFrame) -> list[tuple[int, int]]:
    """Return the pairs of tracks of one video with faces in the same frame, the lower first."""
    detections = faces[["frame", "track"]]
    shared = detections[detections.duplicated("frame", keep=False)]
    pairs = shared.merge(shared, on="frame", suffixes=("_a", "_b"))
    pairs = pairs.loc[pairs["track_a"] < pairs["track_b"], ["track_a", "track_b"]]
    return sorted(pairs.drop_duplicates().itertuples(index=False, name=None))
