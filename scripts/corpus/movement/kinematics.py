"""Speeds and accelerations of wrists and hands, as the table of kinematics has them."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from corpus.movement.local_regression import NEIGHBOURS, contiguous_runs, local_fit, running_median
from corpus.movement.phases import Stretch

VALUES = ("x", "y", "world_x", "world_y", "world_z")
RATES = ("speed", "acceleration", "world_speed", "world_acceleration")
PARTS = (slice(0, 2), slice(2, 5))
"""In the picture's plane, and in space."""
JITTER_HALF_S = 0.5
"""Half the time over which jitter is judged: far longer than a movement's fastest part, in which
smoothing takes something off, too."""


def frame_ends(frames: pd.DataFrame, shots: pd.DataFrame) -> np.ndarray:
    """(n,) when each frame gives way to the next of its shot, or its shot ends, seconds."""
    times = frames["time_s"].to_numpy()
    ends = np.append(times[1:], np.nan)
    last = shots["end_frame"].to_numpy() - 1
    ends[np.searchsorted(frames["frame"], last)] = shots["end_s"]
    # Where a clock jumps back, a frame is taken to last as long as most do.
    steps = ends - times
    known = steps[steps > 0]
    usual = np.median(known) if len(known) else 0.0
    return np.where(steps > 0, ends, times + usual)


def reject_jitter(
    points: np.ndarray, times: np.ndarray, half_s: float, max_gap_s: float, max_jitter: float
) -> np.ndarray:
    """(n,) where positions (n, d) in the picture, NaN where unseen, are those of a hand.

    The pose model also gives hands that it cannot see, and is now and then sure of them. Such
    guesses jump about, while a hand moves smoothly: so positions do not count where they are off
    their own smoothed course by more than `max_jitter`, as the median of a second.
    """
    good = np.zeros(len(points), bool)
    for own in contiguous_runs(times, np.isfinite(points[:, 0]), max_gap_s):
        if len(own) < NEIGHBOURS - 1:
            continue
        course = local_fit(times[own], points[own], times[own], half_s)[0]
        off = np.linalg.norm(points[own] - course, axis=1)
        good[own] = running_median(times[own], off, JITTER_HALF_S) <= max_jitter
    return good


def measure_kinematics(
    points: np.ndarray, times: np.ndarray, half_s: float, max_gap_s: float, max_jitter: float
) -> dict[str, np.ndarray]:
    """Kinematics of one point from its positions (n, 5), NaN where it is not seen.

    Returns `place` (m,) of the frames in which it is seen or filled in, `value` (m, 5), `speed`,
    `acceleration`, `world_speed`, `world_acceleration` and `interpolated` (m,). Nothing is known of
    fewer than four successive positions.
    """
    seen = reject_jitter(points[:, :2], times, half_s, max_gap_s, max_jitter)
    found = {name: [] for name in ("place", "value", *RATES, "interpolated")}
    for own in contiguous_runs(times, seen, max_gap_s):
        if len(own) < NEIGHBOURS - 1:
            continue
        place = np.arange(own[0], own[-1] + 1)
        value, *rates = local_fit(times[own], points[own], times[place], half_s)
        lengths = [np.linalg.norm(rate[:, part], axis=1) for part in PARTS for rate in rates]
        columns = (place, value, *lengths, ~np.isin(place, own))
        for name, column in zip(found, columns, strict=True):
            found[name].append(column)
    return {name: np.concatenate(parts) for name, parts in found.items() if parts}


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
    """The unbroken parts of what `measure` found."""
    place, value, speed = found["place"], found["value"], found["speed"]
    step = np.diff(times[place])
    cuts = np.flatnonzero((np.diff(place) != 1) | (step <= 0) | (step > max_gap_s + 1e-6)) + 1
    for own in np.split(np.arange(len(place)), cuts):
        if len(own):
            at = place[own]
            # A last frame that stays long counts for as long as a gap that is filled.
            last = min(ends[at[-1]], times[at[-1]] + max_gap_s + 1e-6)
            until = np.append(times[at[1:]], last)
            yield Stretch(frames[at], times[at], until, value[own, :2], value[own, 2:], speed[own])
