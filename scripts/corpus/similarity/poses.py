"""A few poses of the body during each gesture, for thumbnails that are drawn from keypoints.

A pose is in body coordinates: the origin is the midpoint of the shoulders, x is to the right in the
picture and y upwards, and the unit is the person's shoulder width, as in the table kinematics. All
poses of a gesture have one scale. It is estimated from the wrists, which are in both tables.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from corpus.similarity.video_gestures import during
from corpus.tables import parquet
from corpus.tables.schemas import HANDS

BODY = ("nose", "left_shoulder", "right_shoulder", "left_elbow", "right_elbow")
BODY += ("left_wrist", "right_wrist", "left_hip", "right_hip")
FINGERS = ("thumb_ip", "thumb_tip") + tuple(
    f"{finger}_{joint}"
    for finger in ("index_finger", "middle_finger", "ring_finger", "pinky")
    for joint in ("pip", "tip")
)
"""Keypoints of a hand: a joint in the middle and the tip of each finger."""
POINTS = (
    *(("pose", name) for name in BODY),
    *((f"{side}_hand", name) for side in HANDS for name in FINGERS),
)
"""Part and name of the points of a pose. The page draws them in this order."""
SHOULDERS, WRISTS = slice(1, 3), slice(5, 7)
"""Indices of these points."""
POSES_PER_SECOND = 12
"""The page interpolates between poses: at this rate, the fastest gestures still look natural."""
MIN_POSES, MAX_POSES = 6, 40
MIN_WRISTS = 3
"""Fewest positions of wrists from which the scale is estimated."""
KEYPOINT_COLUMNS = ["frame", "track", "part", "keypoint", "x", "y"]


def choose_frames(path: pd.DataFrame, start_s: float, end_s: float) -> np.ndarray:
    """Return the frames of a gesture that get a pose, at about equal intervals.

    `path` has the columns frame and time_s of the gesture's hand. A pose may use a frame again
    where frames are missing.
    """
    n_poses = int(np.clip(round((end_s - start_s) * POSES_PER_SECOND) + 1, MIN_POSES, MAX_POSES))
    times, frames = path["time_s"].to_numpy(), path["frame"].to_numpy()
    targets = np.linspace(times[0], times[-1], n_poses)
    index = np.searchsorted(times, targets).clip(1, max(len(times) - 1, 1))
    if len(times) == 1:
        return frames.repeat(n_poses)
    is_before = targets - times[index - 1] < times[index] - targets
    return frames[index - is_before]


def read_keypoints(path: Path, frames: np.ndarray) -> dict[tuple[int, int], np.ndarray]:
    """Return the points (len(POINTS), 2) of each track in some frames, in pixels.

    The keys are track and frame. Points that were not found are NaN. The table keypoints at `path`
    is read in batches, so that memory depends on the number of frames that are kept.
    """
    index_of = {point: index for index, point in enumerate(POINTS)}
    wanted = pa.array(np.unique(frames))
    found: dict[tuple[int, int], np.ndarray] = {}
    with parquet.open_file(path, KEYPOINT_COLUMNS) as file:
        for batch in file.iter_batches(columns=KEYPOINT_COLUMNS):
            kept = batch.filter(pc.is_in(batch.column("frame"), value_set=wanted))
            for row in kept.to_pandas().itertuples(index=False):
                index = index_of.get((row.part, row.keypoint))
                if index is not None:
                    key = (row.track, row.frame)
                    if key not in found:
                        found[key] = np.full((len(POINTS), 2), np.nan)
                    found[key][index] = row.x, row.y
    return found


def body_poses(pixels: np.ndarray, wrists: np.ndarray) -> np.ndarray | None:
    """Return poses (n, len(POINTS), 2) in body coordinates.

    `pixels` (n, len(POINTS), 2) are positions in the picture, y downwards; `wrists` (n, 2, 2) are
    those of the left and right wrist in the table kinematics. Both are NaN where unknown. Returns
    None if the shoulders are in no frame, or the scale cannot be estimated.
    """
    origin = pixels[:, SHOULDERS].mean(axis=1, keepdims=True)
    relative = (pixels - origin) * np.array([1.0, -1.0])
    measured = relative[:, WRISTS]
    both = np.isfinite(measured).all(axis=2) & np.isfinite(wrists).all(axis=2)
    if both.sum() >= MIN_WRISTS:
        # Least squares: the scale that maps body coordinates onto the picture.
        known = wrists[both]
        scale = (measured[both] * known).sum() / (known**2).sum()
    else:
        widths = np.linalg.norm(np.diff(relative[:, SHOULDERS], axis=1), axis=2)
        widths = widths[np.isfinite(widths)]
        scale = np.median(widths) if len(widths) else np.nan
    return relative / scale if scale > 0 else None


def poses_of_gestures(
    results: Path,
    video: str,
    gestures: pd.DataFrame,
    positions: dict[tuple[int, str], pd.DataFrame],
) -> dict[int, np.ndarray]:
    """Return the poses of the gestures of a video, by number of the gesture.

    `gestures` and `positions` are those of `video_gestures`. A gesture without a body in the table
    keypoints has none.
    """
    frames_of = {}
    for row in gestures.itertuples():
        path = positions.get((row.track, f"{row.hand}_hand"))
        path = None if path is None else during(path, row.start_s, row.end_s)
        if path is not None and len(path):
            frames_of[row.Index] = choose_frames(path, row.start_s, row.end_s)
    if not frames_of:
        return {}
    keypoints = read_keypoints(
        results / "keypoints" / f"{video}.parquet", np.concatenate(list(frames_of.values()))
    )
    no_points = np.full((len(POINTS), 2), np.nan)
    wrists_of = {key: rows.set_index("frame")[["x", "y"]] for key, rows in positions.items()}
    poses = {}
    for index, frames in frames_of.items():
        track, number = gestures.loc[index, ["track", "gesture"]]
        pixels = np.stack([keypoints.get((track, frame), no_points) for frame in frames])
        wrists = np.full((len(frames), len(HANDS), 2), np.nan)
        for side, hand in enumerate(HANDS):
            if (track, f"{hand}_wrist") in wrists_of:
                wrists[:, side] = wrists_of[track, f"{hand}_wrist"].reindex(frames)
        in_body = body_poses(pixels, wrists)
        if in_body is not None:
            poses[int(number)] = in_body
    return poses
