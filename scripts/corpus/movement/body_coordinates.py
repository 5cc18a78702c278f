"""Where a person's hands are, relative to the body: without camera, distance and zoom.

The origin is the shoulders' middle, the unit the person's shoulder width. In the picture that width
shrinks when the torso turns, and grows in a zoom. So it is not measured there: the picture's scale
in pixels a metre comes from matching the torso's keypoints in the picture with the same in the
pose model's metric coordinates, whose axes are the camera's (weak perspective, as in Hartley and
Zisserman 2004, Multiple View Geometry, section 6.3), and the width in metres is the track's.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from corpus.movement.local_regression import contiguous_runs, local_fit
from corpus.tables.schemas import HAND_KEYPOINTS, HANDS, KINEMATIC_POINTS

TORSO = ["left_shoulder", "right_shoulder", "left_hip", "right_hip"]
SHOULDERS = TORSO[:2]
FINGERS = ("index", "pinky", "thumb")
POSE_POINTS = [*TORSO, *(f"{side}_{name}" for side in HANDS for name in ("wrist", *FINGERS))]
WORLD = ["world_x", "world_y", "world_z"]
SCALE_HALF_S = 1.0
"""Half the window in which the scale is smoothed: a torso keypoint's jitter is 1 to 2 % of the
shoulder width, a raised arm moves the shoulders by some more, and zooms are slower than both."""


@dataclass(frozen=True)
class Seen:
    """When a point counts as seen."""

    min_visibility: float
    window_s: float
    share: float
    width: float
    height: float

    def inside(self, points: np.ndarray) -> np.ndarray:
        """Which of (..., 2) pixel positions are in the picture."""
        size = np.array([self.width, self.height])
        return ((points[..., :2] >= 0) & (points[..., :2] < size)).all(axis=-1)

    def often(self, times: np.ndarray, seen: np.ndarray, looked: np.ndarray) -> np.ndarray:
        """(n,) where a point is `seen` (n,), and not just now and then.

        That is, of the frames that were `looked` at (n,) in the `window_s` before or after, it is
        seen in the `share` or more. Before or after: so that a hand counts from the frame in which
        it comes into view. At the ends of `times` the window stays inside.
        """
        clock = np.cumsum(np.diff(times, prepend=times[:1]).clip(min=0))
        count = np.concatenate([[0], np.cumsum(seen & looked)])
        out_of = np.concatenate([[0], np.cumsum(looked)])
        good = np.zeros(len(times), bool)
        for start in (clock - self.window_s, clock):
            start = np.clip(start, clock[0], max(clock[-1] - self.window_s, clock[0]))
            first = np.searchsorted(clock, start - 1e-6)
            last = np.searchsorted(clock, start + self.window_s + 1e-6, side="right")
            good |= count[last] - count[first] >= self.share * (out_of[last] - out_of[first])
        return seen & good


def shoulder_widths(rows: pd.DataFrame) -> pd.Series:
    """Metres between the shoulders in space, indexed by track and frame."""
    ends = [
        rows[rows["keypoint"] == name].set_index(["track", "frame"])[WORLD] for name in SHOULDERS
    ]
    return np.sqrt(((ends[0] - ends[1]) ** 2).sum(axis=1, skipna=False)).dropna()


def scale(pixels: np.ndarray, metres: np.ndarray) -> np.ndarray:
    """(n,) pixels a metre that map the metric points (n, k, 2) best onto those in the picture
    (n, k, 2), by least squares, wherever they lie."""
    pixels = pixels - pixels.mean(axis=1, keepdims=True)
    metres = metres - metres.mean(axis=1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        return (pixels * metres).sum(axis=(1, 2)) / (metres**2).sum(axis=(1, 2))


def smooth_scale(times: np.ndarray, raw: np.ndarray) -> np.ndarray:
    """(n,) the scale without its jitter: a line in its logarithm, so that a steady zoom stays."""
    found = np.full(len(raw), np.nan)
    with np.errstate(invalid="ignore"):
        good = raw > 0
    for own in contiguous_runs(times, good, np.inf):
        logs = np.log(raw[own])[:, None]
        line = local_fit(times[own], logs, times[own], SCALE_HALF_S, degree=1)[0, :, 0]
        found[own] = np.exp(line) if len(own) > 1 else raw[own]
    return found


class Body:
    """One track's keypoints in some frames (n), as arrays: `pose[name]` and `hand[side]`, each
    (n, 6) of x, y, visibility and world x, y, z, with NaN where there is none."""

    def __init__(self, rows: pd.DataFrame, frames: np.ndarray) -> None:
        place = pd.Series(np.arange(len(frames)), index=frames)
        columns = ["x", "y", "visibility", *WORLD]
        self.pose = {name: np.full((len(frames), 6), np.nan) for name in POSE_POINTS}
        self.hand = {side: np.full((len(frames), 6), np.nan) for side in HANDS}
        pose = rows[rows["part"] == "pose"]
        for name, own in pose.groupby("keypoint", observed=True):
            if name in self.pose:
                self.pose[name][place[own["frame"]]] = own[columns]
        for side in HANDS:
            own = rows[rows["part"] == f"{side}_hand"]
            if len(own):
                self.hand[side][place[np.unique(own["frame"])]] = _hand(own, columns)

    def origin(self, seen: Seen) -> np.ndarray:
        """(n, 5) the shoulders' middle, pixels and metres; NaN where a shoulder is not seen."""
        ends = [self.pose[name] for name in SHOULDERS]
        middle = (ends[0] + ends[1]) / 2
        hidden = ~(np.minimum(ends[0][:, 2], ends[1][:, 2]) >= seen.min_visibility)
        middle = np.delete(middle, 2, axis=1)
        middle[hidden] = np.nan
        return middle

    def scale(self) -> np.ndarray:
        """(n,) pixels a metre, as seen in each frame."""
        torso = np.stack([self.pose[name] for name in TORSO], axis=1)
        return scale(torso[..., :2], torso[..., 3:5])

    def point(self, name: str, times: np.ndarray, seen: Seen) -> np.ndarray:
        """(n, 5) a point of `KINEMATIC_POINTS`, pixels and metres from the hips; NaN where it is
        not seen.

        The hand model counts where it finds the hand often: its hand is up to a fifth of the
        shoulder width away from the pose's, so that going from one to the other is a jump.
        """
        looked = np.isfinite(self.pose[SHOULDERS[0]][:, 0])
        side, what = name.split("_")
        wrist = self.pose[f"{side}_wrist"]
        if what == "wrist":
            found = _visible(wrist, seen)
            found[~seen.often(times, np.isfinite(found[:, 0]), looked)] = np.nan
            return found
        fingers = sum(self.pose[f"{side}_{finger}"] for finger in FINGERS) / len(FINGERS)
        found = _visible(fingers, seen)
        hand = np.delete(self.hand[side], 2, axis=1)
        # The hand model's metres start at the hand; those of its wrist are the pose's.
        hand[:, 2:] += wrist[:, 3:]
        better = seen.often(times, seen.inside(hand), looked)
        found[better] = hand[better]
        found[~seen.often(times, np.isfinite(found[:, 0]), looked)] = np.nan
        return found


def _hand(own: pd.DataFrame, columns: list[str]) -> np.ndarray:
    """(n, 6) the middle of each hand: x and y in the picture, metres from its wrist."""
    points = own.sort_values("frame", kind="stable")[columns].to_numpy(np.float64)
    points = points.reshape(-1, len(HAND_KEYPOINTS), len(columns))
    middle = points.mean(axis=1)
    middle[:, 3:] -= points[:, HAND_KEYPOINTS.index("wrist"), 3:]
    return middle


def _visible(point: np.ndarray, seen: Seen) -> np.ndarray:
    """(n, 5) without visibility, NaN where it is too low or outside the picture."""
    found = np.delete(point, 2, axis=1)
    found[~((point[:, 2] >= seen.min_visibility) & seen.inside(point))] = np.nan
    return found


def unit(body: Body, times: np.ndarray, width_m: float, seen: Seen) -> np.ndarray:
    """(n,) pixels a shoulder width of `width_m` metres, NaN where a shoulder is not seen."""
    raw = np.where(np.isfinite(body.origin(seen)[:, 0]), body.scale(), np.nan)
    return smooth_scale(times, raw) * width_m


def positions(body: Body, times: np.ndarray, width_m: float, seen: Seen) -> dict[str, np.ndarray]:
    """Each of `KINEMATIC_POINTS` as (n, 5): x to the right and y upwards in shoulder widths, then
    x, y and z to the right, upwards and towards the camera in metres, all from the shoulders'
    middle; NaN where it, or the shoulders, are not seen."""
    origin = body.origin(seen)
    pixels = unit(body, times, width_m, seen)
    found = {}
    for name in KINEMATIC_POINTS:
        apart = body.point(name, times, seen) - origin
        apart[:, :2] /= pixels[:, None]
        found[name] = apart * np.array([1, -1, 1, -1, -1])
    return found
