"""Speeds and accelerations of wrists and hands, as the table of kinematics has them."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from corpus.phases import Stretch
from corpus.smoothing import NEIGHBOURS, fit

VALUES = ("x", "y", "world_x", "world_y", "world_z")
RATES = ("speed", "acceleration", "world_speed", "world_acceleration")


def frame_ends(frames: pd.DataFrame, shots: pd.DataFrame) -> np.ndarray:
    """(n,) when each frame gives way to the next of its shot, or its shot ends, seconds."""
    times = frames["time_s"].to_numpy()
    ends = np.append(times[1:], np.nan)
    last = shots["end_frame"].to_numpy() - 1
    ends[np.searchsorted(frames["frame"], last)] = shots["end_s"]
    # Where a clock jumps back, nothing is known of how long a frame was.
    return np.maximum(ends, times)


def stretches(times: np.ndarray, seen: np.ndarray, max_gap_s: float) -> Iterator[np.ndarray]:
    """Places where a point is seen (n,), cut where it is unseen for longer, or the clock stands
    still or jumps back."""
    places = np.flatnonzero(seen)
    steps = np.diff(times)
    broken = np.concatenate([[0], np.cumsum(steps <= 0)])
    gaps = np.diff(times[places]) > max_gap_s + 1e-6
    cuts = np.flatnonzero(gaps | (np.diff(broken[places]) > 0)) + 1
    return (part for part in np.split(places, cuts) if len(part))


def measure(points: np.ndarray, times: np.ndarray, half_s: float, max_gap_s: float) -> dict:
    """Kinematics of one point from its positions (n, 5), NaN where it is not seen.

    Returns arrays: `place` (m,) of the frames in which it is seen or filled in, `value` (m, 5),
    `speed`, `acceleration`, `world_speed`, `world_acceleration` and `interpolated` (m,).
    """
    parts = []
    for own in stretches(times, np.isfinite(points[:, 0]), max_gap_s):
        place = np.arange(own[0], own[-1] + 1)
        value, velocity, force = fit(times[own], points[own], times[place], half_s)
        if len(own) < NEIGHBOURS - 1:
            # Too few to smooth.
            value = np.column_stack([np.interp(place, own, column) for column in points[own].T])
        parts.append(
            {
                "place": place,
                "value": value,
                "speed": np.linalg.norm(velocity[:, :2], axis=1),
                "acceleration": np.linalg.norm(force[:, :2], axis=1),
                "world_speed": np.linalg.norm(velocity[:, 2:], axis=1),
                "world_acceleration": np.linalg.norm(force[:, 2:], axis=1),
                "interpolated": ~np.isin(place, own),
            }
        )
    return {key: np.concatenate([part[key] for part in parts]) for key in parts[0]} if parts else {}


def as_table(found: dict, frames: pd.DataFrame, number: int, point: str) -> pd.DataFrame:
    """What `measure` found of one point of a track, in the columns of the kinematics table."""
    own = frames.iloc[found["place"]]
    return pd.DataFrame(
        {
            "frame": own["frame"].to_numpy(),
            "time_s": own["time_s"].to_numpy(),
            "shot": own["shot"].to_numpy(),
            "track": number,
            "point": point,
            **dict(zip(VALUES, found["value"].T, strict=True)),
            **{name: found[name] for name in RATES},
            "interpolated": found["interpolated"],
        }
    )


def hand_stretches(
    found: dict, frames: np.ndarray, times: np.ndarray, ends: np.ndarray, max_gap_s: float
) -> Iterator[Stretch]:
    """The unbroken parts of what `measure` found, without those too short to have a speed."""
    place = found["place"][np.isfinite(found["speed"])]
    value = found["value"][np.isfinite(found["speed"])]
    speed = found["speed"][np.isfinite(found["speed"])]
    step = np.diff(times[place])
    cuts = np.flatnonzero((np.diff(place) != 1) | (step <= 0) | (step > max_gap_s + 1e-6)) + 1
    for own in np.split(np.arange(len(place)), cuts):
        if len(own):
            at = place[own]
            # A frame that stays long counts for as long as a gap that is filled.
            until = np.minimum(ends[at], times[at] + max_gap_s)
            yield Stretch(frames[at], times[at], until, value[own, :2], value[own, 2:], speed[own])
