"""Coverage: the share of a video's frames in which a face, a body, a wrist or a hand was found.

Videos are read one after another. Of the keypoints, only the columns that are needed are read, one
record batch at a time, so that memory does not depend on the length of a video.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from corpus.core.errors import DamagedFileError, MissingFileError
from corpus.core.progress import with_progress
from corpus.faces.track_extents import track_extents
from corpus.tables import parquet
from corpus.video.frame_sampling import sample_frames

MIN_VISIBILITY = 0.5
"""A keypoint with a visibility above this value counts as in view, as in the examples of the
documentation."""
WRISTS = ["left_wrist", "right_wrist"]
HANDS = ["left_hand", "right_hand"]
KINDS = ("face", "body", "wrist", "hand")
COLUMNS = [
    "video_id", "status", "duration_s", "is_vfr", "n_frames", "n_frames_analysed",
    *KINDS, "body_without_face", "face_score", "face_quality",
]  # fmt: skip
"""Columns of coverage.tsv. The columns in `KINDS` and `body_without_face` are shares from 0 to 1:
`face` is a share of all frames, the others are shares of the frames that were analysed for
keypoints. A wrist counts where it is in view, the others where they were found. `face_score` and
`face_quality` are medians over the detected faces. A value is empty if there is nothing to count.
"""


def read(path: Path) -> pd.DataFrame:
    """Read the table coverage.tsv, indexed by video id."""
    # Do not convert values such as NA or null: they may be video ids.
    try:
        table = pd.read_csv(
            path, sep="\t", dtype={"video_id": str}, keep_default_na=False, na_values=[""]
        )
        missing = [column for column in COLUMNS if column not in table]
        if missing:
            raise ValueError(f"no column {missing[0]}")
    except FileNotFoundError as error:
        raise MissingFileError(f"{path}: no such file; run snakemake again") from error
    except ValueError as error:
        raise DamagedFileError(
            f"{path}: not the table of coverage ({error}); {parquet.RUN_AGAIN}"
        ) from error
    return table.set_index("video_id")


def measure_corpus(results: Path, videos: list[str]) -> pd.DataFrame:
    """Coverage of each video, one row per video, in `COLUMNS`."""
    rows = [
        measure_video(results, video)
        for video in with_progress(videos, "coverage", len(videos), "videos")
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def measure_video(results: Path, video: str) -> dict[str, float]:
    """Coverage of one video: a row in `COLUMNS`. Raises FileNotFoundError if a table is missing."""
    paths = {
        name: results / name / f"{video}.parquet"
        for name in ("status", "frames", "faces", "shots", "keypoints")
    }
    frames = parquet.read(paths["frames"])
    columns = ["frame", "time_s", "shot", "track", "score", "quality", "shown_until_s"]
    faces = parquet.read(paths["faces"], columns)
    detection_rate = parquet.read_provenance(paths["faces"])["parameters"]["samples_per_second"]
    tracks = track_extents(faces, parquet.read(paths["shots"]), detection_rate)
    keypoint_rate = parquet.read_provenance(paths["keypoints"])["parameters"]["frames_per_second"]
    analysed = (sample_frames(frames, keypoint_rate) if keypoint_rate else frames)["frame"]
    detected = frames_with_detections(paths["keypoints"], len(frames))
    columns = ["video_id", "status", "duration_s", "is_vfr", "n_frames"]
    status = parquet.read_row(paths["status"], columns)
    return status | {
        "n_frames_analysed": len(analysed),
        "face": share(frames_with_face(frames["time_s"].to_numpy(), tracks)),
        **{kind: share(in_frames[analysed.to_numpy()]) for kind, in_frames in detected.items()},
        "face_score": faces["score"].median(),
        "face_quality": faces["quality"].median(),
    }


def share(flags: np.ndarray) -> float:
    """The share of frames whose flag is true. NaN if there are no frames."""
    return float(flags.mean()) if len(flags) else float("nan")


def frames_with_face(times: np.ndarray, tracks: pd.DataFrame) -> np.ndarray:
    """Whether each frame lies within a face track.

    `times` (n,) are the times of the frames in seconds, `tracks` has the columns start_s and end_s.
    Returns booleans (n,). Faces are detected in some frames only. A track covers the frames between
    two of its detections, too.
    """
    has_face = np.zeros(len(times), dtype=bool)
    for start_s, end_s in zip(tracks["start_s"], tracks["end_s"], strict=True):
        has_face |= (start_s <= times) & (times < end_s)
    return has_face


def frames_with_detections(path: Path, n_frames: int) -> dict[str, np.ndarray]:
    """Whether each frame has a body, a wrist in view, a hand, and a body without a detected face.

    `path` is a table of keypoints. Returns booleans (n_frames,) by kind.
    """
    detected = {kind: np.zeros(n_frames, dtype=bool) for kind in (*KINDS[1:], "body_without_face")}
    columns = ["frame", "track", "part", "keypoint", "visibility"]
    with parquet.open_file(path, columns) as file:
        for batch in file.iter_batches(columns=columns):
            frame = batch["frame"].to_numpy()
            is_pose = _is_one_of(batch["part"], ["pose"])
            has_no_face = batch["track"].to_numpy() < 0
            # Hands have no visibility. NaN compares as not visible.
            is_visible = batch["visibility"].to_numpy(zero_copy_only=False) > MIN_VISIBILITY
            is_wrist = _is_one_of(batch["keypoint"], WRISTS)
            detected["body"][frame[is_pose]] = True
            detected["body_without_face"][frame[is_pose & has_no_face]] = True
            detected["wrist"][frame[is_pose & is_visible & is_wrist]] = True
            detected["hand"][frame[_is_one_of(batch["part"], HANDS)]] = True
    return detected


def _is_one_of(column: pa.DictionaryArray, values: list[str]) -> np.ndarray:
    """Whether each row of a dictionary-encoded text column is one of `values`."""
    codes = [code for code, text in enumerate(column.dictionary.to_pylist()) if text in values]
    return np.isin(column.indices.to_numpy(zero_copy_only=False), codes)
