"""Positions of hands in body coordinates, which do not depend on camera, distance and zoom.

The origin is the midpoint of the shoulders and the unit is the person's shoulder width. The
shoulder width in the image cannot serve as the unit: it shrinks when the torso turns and grows when
the camera zooms in. Instead, the image scale in pixels per metre is estimated by matching the
torso's keypoints in the image with the same keypoints in the pose model's metric coordinates, which
have the camera's axes (weak perspective, as in Hartley and Zisserman 2004, Multiple View Geometry,
section 6.3). The shoulder width in metres is a constant of the face track.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from corpus.movement.local_regression import contiguous_runs, local_line
from corpus.tables.schemas import HAND_KEYPOINTS, HANDS, KINEMATIC_POINTS

TORSO = ["left_shoulder", "right_shoulder", "left_hip", "right_hip"]
SHOULDERS = TORSO[:2]
FINGERS = ("index", "pinky", "thumb")
POSE_POINTS = [
    "nose",
    *TORSO,
    *(f"{side}_{name}" for side in HANDS for name in ("wrist", *FINGERS)),
]
WORLD = ["world_x", "world_y", "world_z"]
SCALE_HALF_WINDOW_S = 1.0
"""Half the window in seconds over which the scale is smoothed. The jitter of a torso keypoint is 1
to 2 % of the shoulder width and a raised arm moves the shoulders somewhat more; zooms are slower
than both."""
OFFSET_FADE_S = 1.0
"""Seconds over which the difference between the two models fades: much longer than a movement, so
that a difference of a fifth of a shoulder width adds little speed."""
WINDOW_TOLERANCE_S = 1e-6
"""Tolerance of the observation windows' ends: timestamps are rounded."""


class PointTrack(NamedTuple):
    """One of `KINEMATIC_POINTS` in n frames.

    `positions` (n, 5) are x, y and three metric coordinates, NaN where the point is not observed.
    `is_hand_model` (n,) says where they are those of the hand model. `visibility` (n,) is that of
    the pose model's wrist, 0 to 1.
    """

    positions: np.ndarray
    is_hand_model: np.ndarray
    visibility: np.ndarray


@dataclass(frozen=True)
class ObservationRules:
    """When a keypoint counts as observed.

    `min_visibility` is the lowest visibility of an observed pose keypoint. A point must be observed
    in at least the share `seen_share` of the frames in the `seen_window_s` seconds before or after.
    `width` and `height` are the size of the image in pixels.
    """

    min_visibility: float
    seen_window_s: float
    seen_share: float
    width: float
    height: float

    def is_in_image(self, points: np.ndarray) -> np.ndarray:
        """Return which of the pixel positions (..., 2) lie inside the image."""
        size = np.array([self.width, self.height])
        return np.all((points[..., :2] >= 0) & (points[..., :2] < size), axis=-1)

    def is_steadily_observed(
        self, times: np.ndarray, observed: np.ndarray, examined: np.ndarray
    ) -> np.ndarray:
        """Return where a point is observed, and not only in scattered frames.

        `times` (n,) are in seconds. The point is `observed` (n,) in some of the frames that were
        `examined` (n,) for it. A frame is kept if, of the examined frames in the `seen_window_s`
        before it or in the `seen_window_s` after it, the share `seen_share` or more are observed.
        Either window suffices, so that a hand counts from the very frame in which it appears. At
        the ends of `times` the window is shifted to stay inside.
        """
        elapsed = np.cumsum(np.diff(times, prepend=times[:1]).clip(min=0))
        n_observed = np.concatenate([[0], np.cumsum(observed & examined)])
        n_examined = np.concatenate([[0], np.cumsum(examined)])
        is_steady = np.zeros(len(times), bool)
        latest_start = max(elapsed[-1] - self.seen_window_s, elapsed[0])
        for start in (elapsed - self.seen_window_s, elapsed):
            start = np.clip(start, elapsed[0], latest_start)
            end = start + self.seen_window_s
            first = np.searchsorted(elapsed, start - WINDOW_TOLERANCE_S)
            last = np.searchsorted(elapsed, end + WINDOW_TOLERANCE_S, side="right")
            required = self.seen_share * (n_examined[last] - n_examined[first])
            is_steady |= n_observed[last] - n_observed[first] >= required
        return observed & is_steady


def shoulder_widths(keypoints: pd.DataFrame) -> pd.Series:
    """Return the distance between the shoulders in metres, indexed by track and frame."""
    left, right = (
        keypoints[keypoints["keypoint"] == name].set_index(["track", "frame"])[WORLD]
        for name in SHOULDERS
    )
    return np.sqrt(((left - right) ** 2).sum(axis=1, skipna=False)).dropna()


def fit_scale(pixels: np.ndarray, metres: np.ndarray) -> np.ndarray:
    """Return the scale (n,) in pixels per metre that maps metric points onto image points.

    `pixels` (n, k, 2) and `metres` (n, k, 2) hold the same k points. The fit is a least-squares one
    after both sets were centred, so the result does not depend on where the points are.
    """
    pixels = pixels - pixels.mean(axis=1, keepdims=True)
    metres = metres - metres.mean(axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        return (pixels * metres).sum(axis=(1, 2)) / (metres**2).sum(axis=(1, 2))


def smooth_scale(times: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Return the scale (n,) without its jitter.

    A line is fitted to the logarithm of the scale around each time, which leaves a steady zoom
    unchanged. NaN or non-positive scales stay NaN.
    """
    smoothed = np.full(len(scale), np.nan)
    with np.errstate(invalid="ignore"):
        is_valid = scale > 0
    for run in contiguous_runs(times, is_valid, np.inf):
        logs = np.log(scale[run])[:, None]
        line = local_line(times[run], logs, times[run], SCALE_HALF_WINDOW_S)[:, 0]
        smoothed[run] = np.exp(line) if len(run) > 1 else scale[run]
    return smoothed


class TrackKeypoints:
    """The keypoints of one face track in n frames, as arrays.

    `pose[name]` (n, 6) holds a pose keypoint and `hand[side]` (n, 6) the centre of a hand of the
    hand model. The columns are x and y in pixels, visibility, and world x, y and z in metres; they
    are NaN in frames without the keypoint.
    """

    def __init__(self, keypoints: pd.DataFrame, frames: np.ndarray) -> None:
        index_of_frame = pd.Series(np.arange(len(frames)), index=frames)
        columns = ["x", "y", "visibility", *WORLD]
        self.pose = {name: np.full((len(frames), 6), np.nan) for name in POSE_POINTS}
        self.hand = {side: np.full((len(frames), 6), np.nan) for side in HANDS}
        pose = keypoints[keypoints["part"] == "pose"]
        for name, rows in pose.groupby("keypoint", observed=True):
            if name in self.pose:
                self.pose[name][index_of_frame[rows["frame"]]] = rows[columns]
        for side in HANDS:
            rows = keypoints[keypoints["part"] == f"{side}_hand"]
            if len(rows):
                self.hand[side][index_of_frame[np.unique(rows["frame"])]] = _hand_centres(
                    rows, columns
                )

    def has_body(self) -> np.ndarray:
        """Return the frames (n,) in which the pose model found this body."""
        return np.isfinite(self.pose[SHOULDERS[0]][:, 0])

    def upper_body(self) -> np.ndarray:
        """Return nose and shoulders (n, 3, 2) in pixels, observed or not."""
        return np.stack([self.pose[name][:, :2] for name in ("nose", *SHOULDERS)], axis=1)

    def shoulder_midpoint(self, rules: ObservationRules) -> np.ndarray:
        """Return the midpoint of the shoulders (n, 5): x, y in pixels, world x, y, z in metres.

        It is NaN where a shoulder is not observed.
        """
        left, right = (self.pose[name] for name in SHOULDERS)
        midpoint = (left + right) / 2
        is_hidden = ~(np.minimum(left[:, 2], right[:, 2]) >= rules.min_visibility)
        midpoint = np.delete(midpoint, 2, axis=1)
        midpoint[is_hidden] = np.nan
        return midpoint

    def scale(self) -> np.ndarray:
        """Return the image scale (n,) in pixels per metre of the torso in each frame."""
        torso = np.stack([self.pose[name] for name in TORSO], axis=1)
        return fit_scale(torso[..., :2], torso[..., 3:5])

    def point(self, name: str, times: np.ndarray, rules: ObservationRules) -> PointTrack:
        """Return one of `KINEMATIC_POINTS`: x, y in pixels, world x, y, z in metres.

        The world coordinates start at the hips. The point is NaN where it is not observed.

        The hand model is used for a hand where it detects that hand steadily, otherwise the pose
        model. The two estimates are up to a fifth of the shoulder width apart, so switching between
        them would look like a jump. `offset_between_models` avoids it.
        """
        examined = self.has_body()
        side, kind = name.split("_")
        wrist = self.pose[f"{side}_wrist"]
        use_hand_model = np.zeros(len(times), bool)
        if kind == "wrist":
            point = _observed_point(wrist, rules)
        else:
            fingers = sum(self.pose[f"{side}_{finger}"] for finger in FINGERS) / len(FINGERS)
            point = _observed_point(np.asarray(fingers), rules)
            hand = np.delete(self.hand[side], 2, axis=1)
            # The hand model's metric origin is its own wrist: move it to the pose model's wrist.
            hand[:, 2:] += wrist[:, 3:]
            in_image = rules.is_in_image(hand)
            use_hand_model = rules.is_steadily_observed(times, in_image, examined)
            point += offset_between_models(times, hand - point, use_hand_model)
            point[use_hand_model] = hand[use_hand_model]
        is_observed = np.isfinite(point[:, 0])
        point[~rules.is_steadily_observed(times, is_observed, examined)] = np.nan
        return PointTrack(point, use_hand_model, wrist[:, 2])


def offset_between_models(
    times: np.ndarray, difference: np.ndarray, use_hand_model: np.ndarray
) -> np.ndarray:
    """Return what to add to positions of the pose model so that they join those of the hand model.

    `times` (n,) are in seconds, `difference` (n, d) is the position of the hand model minus that of
    the pose model, and `use_hand_model` (n,) says where the former is used. Between two such frames
    the difference is interpolated. Over `OFFSET_FADE_S` from the nearest one, it fades to 0.
    """
    index = np.arange(len(times))
    is_known = use_hand_model & np.isfinite(difference).all(axis=1)
    known = np.flatnonzero(is_known)
    offset = np.zeros_like(difference)
    if not len(known):
        return offset
    following = np.searchsorted(known, index)
    sides = []
    for side, exists in ((following - 1, following > 0), (following, following < len(known))):
        nearest = known[np.clip(side, 0, len(known) - 1)]
        distance_s = np.where(exists, np.abs(times - times[nearest]), np.inf)
        sides.append((nearest, distance_s))
    fade_s = np.minimum(sides[0][1] + sides[1][1], OFFSET_FADE_S)
    for nearest, distance_s in sides:
        weight = np.clip(1 - distance_s / np.maximum(fade_s, WINDOW_TOLERANCE_S), 0, None)
        offset += weight[:, None] * difference[nearest]
    return offset


def _hand_centres(rows: pd.DataFrame, columns: list[str]) -> np.ndarray:
    """(n, 6) mean of each hand's keypoints: pixels, and metres relative to its own wrist."""
    points = rows.sort_values("frame", kind="stable")[columns].to_numpy(np.float64)
    points = points.reshape(-1, len(HAND_KEYPOINTS), len(columns))
    centres = points.mean(axis=1)
    centres[:, 3:] -= points[:, HAND_KEYPOINTS.index("wrist"), 3:]
    return centres


def _observed_point(point: np.ndarray, rules: ObservationRules) -> np.ndarray:
    """(n, 5) the point without its visibility; NaN where that is too low or outside the image."""
    observed = np.delete(point, 2, axis=1)
    is_observed = (point[:, 2] >= rules.min_visibility) & rules.is_in_image(point)
    observed[~is_observed] = np.nan
    return observed


def pixels_per_shoulder_width(
    keypoints: TrackKeypoints, times: np.ndarray, width_m: float, rules: ObservationRules
) -> np.ndarray:
    """Return the unit of body coordinates (n,) in pixels, for a shoulder width in metres.

    It is NaN where a shoulder is not observed.
    """
    has_shoulders = np.isfinite(keypoints.shoulder_midpoint(rules)[:, 0])
    scale = np.where(has_shoulders, keypoints.scale(), np.nan)
    return smooth_scale(times, scale) * width_m


def body_positions(
    keypoints: TrackKeypoints, times: np.ndarray, width_m: float, rules: ObservationRules
) -> dict[str, PointTrack]:
    """Return each of `KINEMATIC_POINTS` in body coordinates.

    The columns are x (to the right in the image) and y (upwards) in shoulder widths, then x (to the
    right), y (upwards) and z (towards the camera) in metres, all relative to the midpoint of the
    shoulders. A position is NaN where the point or a shoulder is not observed.
    """
    origin = keypoints.shoulder_midpoint(rules)
    unit = pixels_per_shoulder_width(keypoints, times, width_m, rules)
    positions = {}
    for name in KINEMATIC_POINTS:
        point = keypoints.point(name, times, rules)
        relative = point.positions - origin
        relative[:, :2] /= unit[:, None]
        positions[name] = point._replace(positions=relative * np.array([1, -1, 1, -1, -1]))
    return positions
