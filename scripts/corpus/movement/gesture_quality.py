"""Quality of each gesture unit: what was seen of it, by which network, and how certain its peak is.

Each function returns some columns of the table gesture_measures.
"""

import numpy as np

from corpus.movement.gesture_units import GestureTrajectory, Measures
from corpus.movement.settings import MovementSettings


def quality_measures(trajectory: GestureTrajectory, settings: MovementSettings) -> Measures:
    """Return the columns of all functions of this module."""
    measures: Measures = {}
    for function in (censoring, observation, peak_time, body_jump):
        measures |= function(trajectory)
    return measures | trunk_movement(trajectory, settings)


def censoring(trajectory: GestureTrajectory) -> Measures:
    """Return whether the hand is seen at rest before and after the gesture unit.

    A unit whose start or end is not seen is censored: it lasted at least as long as was measured.
    """
    return {"start_seen": trajectory.unit.start_seen, "end_seen": trajectory.unit.end_seen}


def observation(trajectory: GestureTrajectory) -> Measures:
    """Return which shares of the time the hand is observed, and by which network.

    `visible_share` and `interpolated_share` are shares of the whole unit. `hand_model_share` is the
    share of the hand model in the time with a known source, and `source` the network with the
    larger share: `hand` from one half on. Both are None if no source is known.
    """
    durations, sources = trajectory.durations, trajectory.sources
    interpolated_share = durations[trajectory.interpolated].sum() / durations.sum()
    seconds = {name: durations[sources == name].sum() for name in ("pose", "hand")}
    measures: Measures = {
        "visible_share": 1 - interpolated_share,
        "interpolated_share": interpolated_share,
        "source": None,
        "hand_model_share": None,
    }
    if total := sum(seconds.values()):
        hand_model_share = seconds["hand"] / total
        measures["hand_model_share"] = hand_model_share
        measures["source"] = "hand" if hand_model_share >= 0.5 else "pose"
    return measures


def peak_time(trajectory: GestureTrajectory) -> Measures:
    """Return the time of the highest speed in seconds.

    It is None if the speed is highest where the smoothing window is cut off at an end of the
    observed interval. The true peak is then not known: the highest speed elsewhere would be that of
    another moment, and too low.
    """
    if not np.isfinite(trajectory.speeds).any():
        return {"peak_time_s": None}
    peak = int(np.nanargmax(trajectory.speeds))
    is_known = not trajectory.extrapolated[peak]
    return {"peak_time_s": float(trajectory.times[peak]) if is_known else None}


def body_jump(trajectory: GestureTrajectory) -> Measures:
    """Return whether the skeleton jumps to another body or place during the gesture unit.

    `body_jumps.find_jumps` finds the frames.
    """
    return {"jump": bool(trajectory.jumps.any())}


def trunk_movement(trajectory: GestureTrajectory, settings: MovementSettings) -> Measures:
    """Return the highest speed in the stabilised picture, and whether only the trunk moves.

    Body coordinates start at the shoulders, so a trunk that moves over still hands looks like a
    movement of the hands. In the picture, stabilised for the camera, these hands are still. The
    unit is a movement of the trunk if the rules for movements find none in the stabilised picture:
    at no time is the speed above `offset_speed` for `min_movement_s`, reaching `onset_speed`.

    Where the speed in the picture is unknown for so long that a movement could be missed, the
    highest speed is None, and so is the answer unless a movement is found elsewhere. As for
    `peak_time`, the highest speed is also None where it is extrapolated.
    """
    speeds, durations = trajectory.picture_speeds, trajectory.durations
    is_known = np.isfinite(speeds)
    if not is_known.any():
        return {"picture_peak_speed": None, "trunk_movement": None}
    moves, unknown = False, False
    is_fast = is_known & (speeds > settings.offset_speed)
    for run in _runs_of(is_fast):
        is_long = durations[run].sum() >= settings.min_movement_s
        moves |= bool(is_long and speeds[run].max() >= settings.onset_speed)
    for run in _runs_of(~is_known):
        unknown |= bool(durations[run].sum() >= settings.min_movement_s)
    peak = int(np.nanargmax(speeds))
    is_uncertain = unknown or trajectory.extrapolated[peak]
    return {
        "picture_peak_speed": None if is_uncertain else float(speeds[peak]),
        "trunk_movement": None if unknown and not moves else not moves,
    }


def _runs_of(mask: np.ndarray) -> list[slice]:
    """The runs of successive true values of a mask (n,)."""
    edges = np.flatnonzero(np.diff(mask.astype(int), prepend=0, append=0))
    return [slice(int(start), int(stop)) for start, stop in edges.reshape(-1, 2)]
