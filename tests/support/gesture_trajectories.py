"""Gesture units with known frames, for tests of their measures."""

from typing import Any

import numpy as np

from corpus.movement.gesture_units import GestureTrajectory, GestureUnit
from corpus.movement.phases import Hand


def gesture_trajectory(
    times: np.ndarray, positions: np.ndarray | None = None, **columns: Any
) -> GestureTrajectory:
    """Return a gesture unit with frames at `times` (n,) in seconds, each as long as the median.

    `positions` (n, 2) are in shoulder widths; by default the hand is at the origin. `columns` are
    other arrays of the trajectory, and `start_seen` and `end_seen` of the unit. By default, the
    hand is observed throughout, by a network that is not known, with a speed of zero, and its
    speed in the picture is unknown.
    """
    times = np.asarray(times, float)
    n_frames = len(times)
    step_s = float(np.median(np.diff(times)))
    unit = GestureUnit(
        number=columns.pop("number", 0),
        hand=Hand(shot=0, track=0, side="right"),
        first_frame=0,
        last_frame=n_frames - 1,
        start_s=float(times[0]),
        end_s=float(times[-1] + step_s),
        start_seen=columns.pop("start_seen", True),
        end_seen=columns.pop("end_seen", True),
    )
    arrays = {
        "frames": np.arange(n_frames),
        "times": times,
        "ends": np.append(times[1:], unit.end_s),
        "positions": np.zeros((n_frames, 2)) if positions is None else np.asarray(positions),
        "world_positions": np.zeros((n_frames, 3)),
        "speeds": np.zeros(n_frames),
        "world_speeds": np.zeros(n_frames),
        "picture_speeds": np.full(n_frames, np.nan),
        "interpolated": np.zeros(n_frames, bool),
        "extrapolated": np.zeros(n_frames, bool),
        "sources": np.full(n_frames, None, object),
        "jumps": np.zeros(n_frames, bool),
    }
    return GestureTrajectory(unit=unit, **(arrays | columns))
