"""Measure how accurate the keypoints, times and tables of the workflow are."""

import re
import subprocess
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from corpus.tables import parquet, schemas

CORPUS_TABLES = {"corpus", "clusters", "tracks", "people"}
"""Tables of the whole corpus; of the other tables there is one per video."""
VIDEO_TABLES = frozenset(schemas.SCHEMAS.keys() - CORPUS_TABLES)
FACE_TABLES = frozenset({"frames", "shots", "status", "faces", "embeddings"})
"""Tables of a video that the workflow needs to identify people."""
PEOPLE_TABLES = ("faces", "embeddings", "keypoints", "gestures")
"""Tables that are empty for a video without people."""

WRISTS = {"left_wrist", "right_wrist"}
HANDS = WRISTS | {
    f"{side}_{tip}" for side in ("left", "right") for tip in ("index", "pinky", "thumb")
}
"""All keypoints of the hands in the pose model."""
COUNTS = (
    *("frames", "skeletons"),
    *("wrists_frames", "wrists", "wrists_hand", "wrists_hands"),
    *("points_frames", "points", "points_hand", "points_hands"),
)
"""Names of the counts of a clip."""

ClipResult = dict[str, object]
"""The measures of one clip, by name: one row of the report."""


def measure_clip(results: Path, video: str, summary: pd.Series, clip: Path) -> ClipResult:
    """Measure the results of one clip, except for its keypoints.

    `summary` is the row of the video in the corpus table.
    """
    times = parquet.read(results / f"frames/{video}.parquet", ["time_s"])["time_s"].to_numpy()
    reference_times = ffmpeg_times(clip)
    return {
        "video_id": video,
        "status": summary["status"],
        "shots": summary["n_shots"],
        "tracks": summary["n_face_tracks"],
        "people": summary["n_people"],
        "is_vfr": summary["is_vfr"],
        "start_s": summary["start_s"],
        "frames": len(times),
        "frames_ffmpeg": len(reference_times),
        "pts_off_us": max_time_difference_us(times, reference_times),
    }


def measure_keypoints(
    results: Path, video: str, summary: pd.Series, n_frames: int
) -> dict[str, float]:
    """Measure the keypoints of one clip of `n_frames` frames; `summary` as in `measure_clip`."""
    columns = ["frame", "track", "part", "keypoint", "x", "y"]
    keypoints = parquet.read(results / f"keypoints/{video}.parquet", columns)
    skeletons = hands_of_skeletons(keypoints, summary["width"], summary["height"])
    n_shared_hands, n_hands = count_shared_hands(keypoints)
    counts = count(skeletons, n_frames)
    return {"hands_shared": n_shared_hands, "hands_found": n_hands, **counts, **shares(counts)}


# Keypoints ---------------------------------------------------------------------------------------


def hands_of_skeletons(keypoints: pd.DataFrame, width: float, height: float) -> pd.DataFrame:
    """One row per person and frame: which parts of the hands are in the image, and were found.

    In the result, `wrists` and `points` are True where both wrists, or all keypoints of `HANDS`,
    lie in the image; `found` is the number of hands with keypoints from the hand model.
    """
    person = ["frame", "track"]
    pose = keypoints[(keypoints["part"] == "pose") & keypoints["keypoint"].isin(HANDS)]
    is_inside = pose["x"].between(0, width, "left") & pose["y"].between(0, height, "left")
    pose = pose[[*person, "keypoint"]].assign(inside=is_inside)
    hands = keypoints.loc[keypoints["part"] != "pose", [*person, "part"]].drop_duplicates()
    columns = {
        "wrists": pose[pose["keypoint"].isin(WRISTS)].groupby(person)["inside"].all(),
        "points": pose.groupby(person)["inside"].all(),
    }
    n_hands = hands.groupby(person).size()
    skeletons = pd.DataFrame(columns)
    return skeletons.assign(found=n_hands.reindex(skeletons.index, fill_value=0)).reset_index()


def count(skeletons: pd.DataFrame, n_frames: int) -> dict[str, int]:
    """Counts from which the shares of a clip are computed; counts of several clips can be added.

    `skeletons` is the result of `hands_of_skeletons`.
    """
    counts = {"frames": n_frames, "skeletons": len(skeletons)}
    for where in ("wrists", "points"):
        visible = skeletons[skeletons[where].astype(bool)]
        counts[f"{where}_frames"] = visible["frame"].nunique()
        counts[where] = len(visible)
        counts[f"{where}_hand"] = int((visible["found"] >= 1).sum())
        counts[f"{where}_hands"] = int((visible["found"] == 2).sum())
    return counts


def shares(counts: dict[str, int]) -> dict[str, float]:
    """Skeletons per frame, and shares of frames and skeletons with hands; NaN for 0 / 0."""

    def ratio(part: str, total: str) -> float:
        return counts[part] / counts[total] if counts[total] else float("nan")

    result = {"skeletons_per_frame": ratio("skeletons", "frames")}
    for where, name in (("wrists", "wrists_in"), ("points", "hands_in")):
        result[name] = ratio(f"{where}_frames", "frames")
        result[f"{name}_one_found"] = ratio(f"{where}_hand", where)
        result[f"{name}_both_found"] = ratio(f"{where}_hands", where)
    return result


def count_shared_hands(keypoints: pd.DataFrame) -> tuple[int, int]:
    """Number of hands that were assigned to two people, and number of all hands.

    Two hands are the same if the mean distance of their keypoints is less than a quarter of the
    extent of the hand.
    """
    columns = ["frame", "track", "part", "x", "y"]
    rows = keypoints.loc[keypoints["part"] != "pose", columns].astype({"part": str})
    n_hands = n_shared = 0
    for _, frame in rows.groupby("frame"):
        hands = [
            (track, hand[["x", "y"]].to_numpy())
            for (track, _), hand in frame.groupby(["track", "part"])
        ]
        n_hands += len(hands)
        n_shared += sum(
            any(
                track != other_track and _coincide(hand, other_hand)
                for other_track, other_hand in hands
            )
            for track, hand in hands
        )
    return n_shared, n_hands


def _coincide(hand: np.ndarray, other: np.ndarray) -> bool:
    distance = np.linalg.norm(hand - other, axis=1).mean()
    return bool(distance < 0.25 * max(np.ptp(hand, axis=0).max(), 1.0))


# Times -------------------------------------------------------------------------------------------


def ffmpeg_times(path: Path) -> list[float]:
    """Times of the frames of a video according to the ffmpeg program, seconds."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostats", "-nostdin", "-copyts"]
    command += ["-threads", "1", "-i", path, "-map", "0:V:0", "-vf", "showinfo"]
    command += ["-fps_mode", "passthrough", "-f", "null", "-"]
    process = subprocess.run(
        command, capture_output=True, text=True, errors="replace", encoding="utf-8"
    )
    return parse_showinfo(process.stderr)


def parse_showinfo(text: str) -> list[float]:
    """Times in seconds from the output of ffmpeg's filter showinfo; NaN for frames without a time.

    They are computed from the timestamps in ticks of the time base, which are not rounded.
    """
    time_base = re.search(r"config in time_base: (\d+/\d+)", text)
    timestamps = re.findall(r"\] n: *\d+ pts: *(\S+)", text)
    return [
        float(int(timestamp) * Fraction(time_base[1])) if timestamp != "NOPTS" else float("nan")
        for timestamp in timestamps
    ]


def max_time_difference_us(times: np.ndarray, reference_times: list[float]) -> float:
    """Largest difference in whole microseconds over the frames that both lists have.

    NaN if there is no such frame, or if a time is NaN.
    """
    n_common = min(len(times), len(reference_times))
    if not n_common:
        return float("nan")
    differences = np.abs(times[:n_common] - reference_times[:n_common])
    return float(np.round(differences.max() * 1e6))


# Tables ------------------------------------------------------------------------------------------


def table_faults(results: Path, video: str, tables: Iterable[str] = VIDEO_TABLES) -> list[str]:
    """Tables of one video that are missing, unreadable or have other columns than documented."""
    faults = []
    for table in tables:
        try:
            schema = pq.read_table(results / f"{table}/{video}.parquet").schema
        except (OSError, pa.ArrowException) as error:
            faults.append(f"{table}: {str(error).splitlines()[0]}")
            continue
        vector = schema.field("embedding").type.list_size if "embedding" in schema.names else None
        if not schema.equals(schemas.schema(table, vector=vector)):
            faults.append(f"{table}: the columns differ from the documented ones")
    return sorted(faults)


def count_people_rows(results: Path, video: str) -> dict[str, int]:
    """Number of rows of the tables about people, from their metadata."""
    files = {table: results / f"{table}/{video}.parquet" for table in PEOPLE_TABLES}
    return {
        table: pq.read_metadata(file).num_rows for table, file in files.items() if file.exists()
    }
