"""Measures of each gesture unit, in the columns of the table gesture_measures."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from corpus.movement.gesture_quality import quality_measures
from corpus.movement.gesture_space import space_measures
from corpus.movement.gesture_units import GestureTrajectory, GestureUnit, Measures
from corpus.movement.hand_pairs import HandPairs
from corpus.movement.settings import MovementSettings
from corpus.movement.speed_profile import (
    MAX_FREQUENCY_HZ,
    count_submovements,
    spectral_arc_length,
)
from corpus.tables import schemas

MeasureFunction = Callable[[GestureTrajectory], Measures]
"""Returns some columns of the table from the trajectory of one gesture unit."""


def identify(trajectory: GestureTrajectory) -> Measures:
    """Return the number of the gesture unit, its track and its hand."""
    unit = trajectory.unit
    return {"gesture": unit.number, "track": unit.hand.track, "hand": unit.hand.side}


def space(trajectory: GestureTrajectory) -> Measures:
    """Return where the hand gestures (`gesture_space.space_measures`)."""
    return dict(space_measures(trajectory.positions, trajectory.durations))


def speed_profile(trajectory: GestureTrajectory) -> Measures:
    """Return submovements and smoothness (`corpus.movement.speed_profile`).

    The smoothness is None if the start or end of the gesture unit is not seen, because the spectrum
    would be that of the cut. It uses frequencies up to half the frame rate.
    """
    known = np.isfinite(trajectory.speeds)
    times, speeds = trajectory.times[known], trajectory.speeds[known]
    smoothness = None
    if trajectory.unit.start_seen and trajectory.unit.end_seen and len(times) > 1:
        max_frequency_hz = min(MAX_FREQUENCY_HZ, 0.5 / float(np.median(np.diff(times))))
        smoothness = spectral_arc_length(times, speeds, max_frequency_hz)
    return {"n_submovements": count_submovements(times, speeds), "smoothness": smoothness}


MEASURES: tuple[MeasureFunction, ...] = (identify, space, speed_profile)
"""The functions that fill the columns of the table."""


def measure_gestures(
    trajectories: Iterable[GestureTrajectory],
    units: Sequence[GestureUnit],
    settings: MovementSettings,
    speed_cutoffs_hz: Mapping[tuple[int, str], float],
) -> dict[str, list]:
    """Return the columns of the table gesture_measures, sorted by the number of the gesture.

    `units` are all gesture units of the video, and `trajectories` those of the same units in any
    order. `speed_cutoffs_hz` has the effective cutoff of speeds for each track and hand.
    """
    row_of_gesture: dict[int, Measures] = {unit.number: {} for unit in units}
    pairs = HandPairs(units)
    for trajectory in trajectories:
        row = row_of_gesture[trajectory.unit.number]
        row |= quality_measures(trajectory, settings)
        hand = trajectory.unit.hand
        row["speed_cutoff_hz"] = speed_cutoffs_hz[hand.track, hand.side]
        for measure in MEASURES:
            row |= measure(trajectory)
        for number, pair_measures in pairs.add(trajectory):
            row_of_gesture[number] |= pair_measures
    rows = [row_of_gesture[number] for number in sorted(row_of_gesture)]
    return {name: [row[name] for row in rows] for name in schemas.SCHEMAS["gesture_measures"].names}
