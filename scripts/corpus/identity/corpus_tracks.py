"""All face tracks of the corpus, and which of them are visible at the same time."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from corpus.core.progress import with_progress
from corpus.faces.track_extents import track_extents
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
    """Pairs of rows that are visible in the same frame, so they are two people."""

    @property
    def seconds(self) -> np.ndarray:
        """Time (n,) that each track is on screen."""
        return (self.rows["end_s"] - self.rows["start_s"]).to_numpy()

    @property
    def sort_keys(self) -> list[tuple]:
        """Video, start time and number of each track."""
        columns = self.rows[["video_id", "start_s", "track"]]
        return list(columns.itertuples(index=False, name=None))


def read_tracks(results: Path, videos: list[str], samples_per_second: float) -> CorpusTracks:
    """Read the tracks of all videos from their tables of faces and shots."""
    tables, conflicts, n_rows = [], [], 0
    for video in with_progress(videos, "tracks", len(videos), "videos"):
        columns = ["frame", "time_s", "shot", "track", *BOX, "quality"]
        faces = parquet.read(results / "faces" / f"{video}.parquet", columns)
        shots = parquet.read(results / "shots" / f"{video}.parquet")
        extents = track_extents(faces, shots, samples_per_second)
        tracks = best_faces(faces).join(extents).reset_index()
        row_of_track = pd.Series(n_rows + np.arange(len(tracks)), tracks["track"])
        conflicts += [
            (int(row_of_track[a]), int(row_of_track[b])) for a, b in tracks_in_same_frame(faces)
        ]
        tables.append(tracks.assign(video_id=video))
        n_rows += len(tracks)
    return CorpusTracks(pd.concat(tables, ignore_index=True), conflicts)


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
