"""Other tools that detect gestures, on the same clips: EnvisionHGDetector and SPUDNIG's rule."""

from pathlib import Path

import numpy as np
import pandas as pd

from corpus.tables import parquet
from movement_marks import Interval

POINTS = {
    "right": (
        ("pose", "right_wrist"),
        ("pose", "right_elbow"),
        ("right_hand", "index_finger_tip"),
        ("right_hand", "thumb_tip"),
    ),
    "left": (
        ("pose", "left_wrist"),
        ("pose", "left_elbow"),
        ("left_hand", "index_finger_tip"),
        ("left_hand", "thumb_tip"),
    ),
}
"""Keypoints that SPUDNIG follows, of each side."""
RELIABILITY = 0.3
"""SPUDNIG's default threshold of OpenPose's confidence."""
REST_FRAMES, REST_PX, REST_SHARE = 14, 10, 0.7
MOVED_PX, MOVED_FRAMES, MOVED_SHARE = 5, 5, 0.5
STILL_FRAMES, STILL_PX, STILL_SHARE = 20, 8, 0.7
SEARCH_FRAMES = 300
"""Number of frames in which SPUDNIG looks for the return to rest."""
MERGED_FRAMES = 4
"""Longest gap that is merged, and then longest movement that is dropped, in frames."""


def envision_segments(folder: Path, video: str, model: str | None = None) -> list[Interval]:
    """Return the segments that EnvisionHGDetector found, of any label.

    `model` is the name of one of its models, CNN or LightGBM; by default, both count.
    """
    [file] = folder.glob(f"{video}[._]*segments.csv")
    segments = pd.read_csv(file)
    if model is not None:
        segments = segments[segments["model"] == model]
    return list(segments[["start_time", "end_time"]].itertuples(index=False, name=None))


def spudnig_movements(results: Path, video: str) -> list[Interval]:
    """Return the movements that SPUDNIG's rule finds in a video of one person.

    This implements the rule of Ripperda, Drijvers and Holler (2020, "Speeding up the detection of
    non-iconic and iconic gestures (SPUDNIG)", Behavior Research Methods 52, 1783-1794) with the
    thresholds of its program. Instead of OpenPose's keypoints it has those of the workflow, in
    pixels, with the visibility of the pose and the score of the hand as confidence. The track with
    most rows is the person.
    """
    keypoints = parquet.read(results / "keypoints" / f"{video}.parquet")
    times = parquet.read(results / "frames" / f"{video}.parquet", ["time_s"])
    times = times["time_s"].to_numpy()
    if keypoints.empty:
        return []
    person = keypoints[keypoints["track"] == keypoints["track"].mode()[0]]
    moving = np.zeros(len(times), bool)
    for points in POINTS.values():
        for part, name in points:
            rows = person[(person["part"] == part) & (person["keypoint"] == name)]
            moving |= moving_frames(*_positions(rows, len(times), part))
    return _intervals(_merged(moving), times)


def _positions(rows: pd.DataFrame, n_frames: int, part: str) -> tuple[np.ndarray, np.ndarray]:
    """Pixels (n, 2), 0 where there are none as in OpenPose's output, and confidence (n,)."""
    pixels, confidence = np.zeros((n_frames, 2)), np.zeros(n_frames)
    pixels[rows["frame"]] = rows[["x", "y"]]
    confidence[rows["frame"]] = rows["visibility" if part == "pose" else "score"].fillna(0)
    return pixels, confidence


def moving_frames(pixels: np.ndarray, confidence: np.ndarray) -> np.ndarray:
    """Return the frames (n,) in which a keypoint at `pixels` (n, 2) moves."""
    n_frames = len(pixels)
    moving = np.zeros(n_frames, bool)
    rest = np.zeros(2)
    frame = 0
    while frame < n_frames - 1:
        frame += 1
        if confidence[frame] < RELIABILITY:
            continue
        if _rests(pixels, frame):
            rest = pixels[frame]
        elif _away(pixels[frame], rest) and _keeps_away(pixels, frame, rest):
            end = _return_to_rest(pixels, frame)
            if end is not None:
                moving[frame : end + 1] = True
                frame, rest = end, pixels[end]
    return moving


def _away(positions: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """Whether positions (..., 2) are away from the rest position along an axis."""
    return (np.abs(positions - rest) > MOVED_PX).any(axis=-1)


def _keeps_away(pixels: np.ndarray, frame: int, rest: np.ndarray) -> bool:
    following = pixels[frame + 1 : frame + 1 + MOVED_FRAMES]
    return _away(following, rest).sum() / MOVED_FRAMES >= MOVED_SHARE


def _rests(pixels: np.ndarray, frame: int) -> bool:
    """Whether the keypoint stays near in the frames around, those before and after alike."""
    window = pixels[max(frame - REST_FRAMES // 2, 0) : frame + REST_FRAMES // 2]
    near = (np.abs(window - pixels[frame]) < REST_PX).all(axis=1)
    return near.sum() / REST_FRAMES >= REST_SHARE


def _return_to_rest(pixels: np.ndarray, frame: int) -> int | None:
    """First later frame from which the keypoint is still, or else around which it rests."""
    later = range(frame + 1, min(frame + SEARCH_FRAMES, len(pixels)))
    for other in later:
        following = pixels[other + 1 : other + 1 + STILL_FRAMES]
        near = (np.abs(following - pixels[other]) < STILL_PX).all(axis=1)
        if near.sum() / STILL_FRAMES > STILL_SHARE:
            return other
    return next((other for other in later if _rests(pixels, other)), None)


def _runs(flags: np.ndarray) -> list[tuple[int, int]]:
    """First frame and frame after the last of each run of True."""
    edges = np.flatnonzero(np.diff(np.r_[False, flags, False]))
    return list(zip(edges[::2], edges[1::2], strict=True))


def _merged(moving: np.ndarray) -> np.ndarray:
    """Close short gaps between movements, then drop short movements."""
    result = moving.copy()
    for start, end in _runs(~moving):
        if start > 0 and end < len(moving) and end - start <= MERGED_FRAMES:
            result[start:end] = True
    for start, end in _runs(result):
        if end - start <= MERGED_FRAMES:
            result[start:end] = False
    return result


def _intervals(moving: np.ndarray, times: np.ndarray) -> list[Interval]:
    """Times of the first and the last frame of each movement."""
    return [(float(times[start]), float(times[end - 1])) for start, end in _runs(moving)]
