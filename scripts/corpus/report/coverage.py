"""In what part of a video's frames faces, bodies, wrists and hands were found.

One video at a time, and of its keypoints only the columns that say what was found, piece by piece.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from corpus.faces.track_extents import track_extents
from corpus.tables import parquet
from corpus.video.frame_sampling import sample_frames

IN_VIEW = 0.5
"""Visibility from which a keypoint counts as in view, as README.md filters it."""
WRISTS = ["left_wrist", "right_wrist"]
HANDS = ["left_hand", "right_hand"]
KINDS = ("face", "body", "wrist", "hand")
COLUMNS = [
    "video_id", "status", "duration_s", "is_vfr", "n_frames", "n_frames_analysed",
    *KINDS, "body_without_face", "face_score", "face_quality",
]  # fmt: skip
"""Of a row of coverage.tsv. The kinds are shares, 0 to 1: `face` of all frames, the others of the
frames that were analysed for keypoints; a wrist counts where it is in view, all others where they
were found. The last two are medians over the detected faces. Empty where there is nothing to
count."""


def read(path: Path) -> pd.DataFrame:
    """The table coverage.tsv that was made of these rows, by video."""
    # An id may read NA or null.
    shares = pd.read_csv(
        path, sep="\t", dtype={"video_id": str}, keep_default_na=False, na_values=[""]
    )
    return shares.set_index("video_id")


def with_face(times: np.ndarray, tracks: pd.DataFrame) -> np.ndarray:
    """Whether each frame (n,) lies within a face track, of the columns start_s and end_s.

    Faces are searched in some frames only; between two finds a track goes on.
    """
    found = np.zeros(len(times), dtype=bool)
    for start_s, end_s in zip(tracks["start_s"], tracks["end_s"], strict=True):
        found |= (start_s <= times) & (times < end_s)
    return found


def found_in(path: Path, n_frames: int) -> dict[str, np.ndarray]:
    """Whether each frame (n_frames,) has a body, a wrist in view, a hand, and a body whose face
    was not found, by the table of keypoints."""
    seen = {kind: np.zeros(n_frames, dtype=bool) for kind in (*KINDS[1:], "body_without_face")}
    columns = ["frame", "track", "part", "keypoint", "visibility"]
    with pq.ParquetFile(path) as file:
        for rows in file.iter_batches(columns=columns):
            frame = rows["frame"].to_numpy()
            is_pose = _equal(rows["part"], ["pose"])
            faceless = rows["track"].to_numpy() < 0
            # NaN, which hands have, is in view of nothing.
            visible = rows["visibility"].to_numpy(zero_copy_only=False) > IN_VIEW
            seen["body"][frame[is_pose]] = True
            seen["body_without_face"][frame[is_pose & faceless]] = True
            seen["wrist"][frame[is_pose & visible & _equal(rows["keypoint"], WRISTS)]] = True
            seen["hand"][frame[_equal(rows["part"], HANDS)]] = True
    return seen


def _equal(column, values: list[str]) -> np.ndarray:
    """Whether each row of a dictionary of texts is one of `values`."""
    known = column.dictionary.to_pylist()
    codes = [code for code, text in enumerate(known) if text in values]
    return np.isin(column.indices.to_numpy(zero_copy_only=False), codes)


def share(found: np.ndarray) -> float:
    """The part of frames in which something was found; NaN of no frames."""
    return float(found.mean()) if len(found) else float("nan")


def of_video(results: Path, video: str) -> dict[str, float]:
    """A video's row in `COLUMNS`. Raises FileNotFoundError where a table is missing."""
    paths = {
        name: results / name / f"{video}.parquet"
        for name in ("status", "frames", "faces", "shots", "keypoints")
    }
    frames = parquet.read(paths["frames"])
    faces = parquet.read(paths["faces"], ["frame", "time_s", "shot", "track", "score", "quality"])
    per_second = parquet.read_provenance(paths["faces"])["parameters"]["samples_per_second"]
    tracks = track_extents(faces, parquet.read(paths["shots"]), per_second)
    wanted = parquet.read_provenance(paths["keypoints"])["parameters"]["frames_per_second"]
    analysed = (sample_frames(frames, wanted) if wanted else frames)["frame"].to_numpy()
    seen = found_in(paths["keypoints"], len(frames))
    columns = ["video_id", "status", "duration_s", "is_vfr", "n_frames"]
    [status] = pq.read_table(paths["status"], columns=columns).to_pylist()
    return status | {
        "n_frames_analysed": len(analysed),
        "face": share(with_face(frames["time_s"].to_numpy(), tracks)),
        **{kind: share(found[analysed]) for kind, found in seen.items()},
        "face_score": faces["score"].median(),
        "face_quality": faces["quality"].median(),
    }
