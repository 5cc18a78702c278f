"""Measures of each gesture unit, in the columns of the table gesture_measures."""

from collections.abc import Callable, Iterable

from corpus.movement.gesture_units import GestureTrajectory
from corpus.tables import schemas

Measures = dict[str, object]
"""Values of one gesture unit by the names of their columns. None stands for an unknown value."""
MeasureFunction = Callable[[GestureTrajectory], Measures]
"""Returns some columns of the table from the trajectory of one gesture unit."""


def identify(trajectory: GestureTrajectory) -> Measures:
    """Return the number of the gesture unit, its track and its hand."""
    unit = trajectory.unit
    return {"gesture": unit.number, "track": unit.hand.track, "hand": unit.hand.side}


def censoring(trajectory: GestureTrajectory) -> Measures:
    """Return whether the hand is seen at rest before and after the gesture unit.

    An interval whose start or end is not seen is censored: it is shorter than the movement was
    (Kaplan and Meier 1958, Nonparametric estimation from incomplete observations).
    """
    return {"start_seen": trajectory.unit.start_seen, "end_seen": trajectory.unit.end_seen}


MEASURES: tuple[MeasureFunction, ...] = (identify, censoring)
"""The functions that fill the columns of the table."""


def measure_gestures(trajectories: Iterable[GestureTrajectory]) -> dict[str, list]:
    """Return the columns of the table gesture_measures, sorted by the number of the gesture."""
    row_of_gesture = {
        trajectory.unit.number: {
            name: value for measure in MEASURES for name, value in measure(trajectory).items()
        }
        for trajectory in trajectories
    }
    rows = [row_of_gesture[number] for number in sorted(row_of_gesture)]
    return {name: [row[name] for row in rows] for name in schemas.SCHEMAS["gesture_measures"].names}
