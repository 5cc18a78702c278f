"""Faces whose embeddings are stored: some of the best faces of each track, spread over its time."""

from pathlib import Path

import pandas as pd

from corpus.tables import parquet

BOX = ["x1", "y1", "x2", "y2"]


def read_embedded_faces(results: Path, tracks: pd.DataFrame) -> pd.DataFrame:
    """Read time, box and quality of the embedded faces of tracks, from the folder of results.

    `tracks` are rows with person, video_id and track. The result has these columns, and best_time_s
    in seconds, best_box (4,) in pixels and best_quality, in the order of the tables.
    """
    videos = [_of_video(results, str(video), rows) for video, rows in tracks.groupby("video_id")]
    columns = ["person", "video_id", "track", "best_time_s", "best_box", "best_quality"]
    return (
        pd.concat(videos, ignore_index=True)[columns] if videos else pd.DataFrame(columns=columns)
    )


def _of_video(results: Path, video: str, tracks: pd.DataFrame) -> pd.DataFrame:
    key = ["track", "frame"]
    embedded = parquet.read(results / f"embeddings/{video}.parquet", [*key, "time_s"])
    faces = parquet.read(results / f"faces/{video}.parquet", [*key, *BOX, "quality"])
    rows = embedded.merge(faces, on=key).merge(tracks[["person", "video_id", "track"]], on="track")
    rows["best_box"] = list(rows[BOX].to_numpy())
    return rows.rename(columns={"time_s": "best_time_s", "quality": "best_quality"})
