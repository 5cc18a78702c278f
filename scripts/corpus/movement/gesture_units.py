"""Gesture units of a video, and the frames of each, read again from the kinematics table.

What the tables call a gesture is a gesture unit (Kendon 1980, Gesticulation and speech: two aspects
of the process of utterance; Kendon 2004, Gesture: Visible Action as Utterance, chapter 7): from the
moment a hand leaves its rest until it is at rest again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from corpus.movement.phases import Hand, Phase
from corpus.tables import parquet

Measures = dict[str, object]
"""Values of one gesture unit by the names of their columns. None stands for an unknown value."""
POSITIONS = ["x", "y"]
WORLD_POSITIONS = ["world_x", "world_y", "world_z"]
COLUMNS = [
    "frame",
    "time_s",
    "track",
    "point",
    *POSITIONS,
    *WORLD_POSITIONS,
    "speed",
    "world_speed",
    "interpolated",
    "extrapolated",
    "source",
    "picture_speed",
]
"""Columns of the kinematics table that a trajectory contains."""
BATCH_ROWS = 1 << 15
"""Rows that are read together."""


@dataclass(frozen=True)
class GestureUnit:
    """A gesture unit of one hand: its number within the video, and its extent in time.

    `first_frame` and `last_frame` are frame numbers; the last frame is included. `start_seen` and
    `end_seen` say whether the hand is seen at rest directly before and after the unit. Otherwise
    the hand comes into view or leaves it, or the shot begins or ends.
    """

    number: int
    hand: Hand
    first_frame: int
    last_frame: int
    start_s: float
    end_s: float
    start_seen: bool
    end_seen: bool


@dataclass(frozen=True)
class GestureTrajectory:
    """The n frames of a gesture unit, in order of time.

    `times` and `ends` (n,) are the start and end of each frame in seconds; the sum of their
    differences is the duration of the unit. `positions` (n, 2) are body coordinates in shoulder
    widths to the right and upwards, `world_positions` (n, 3) body coordinates in metres, both from
    the midpoint of the shoulders. `speeds` (n,) are in shoulder widths per second, `world_speeds`
    (n,) in metres per second, `picture_speeds` (n,) in shoulder widths per second in the picture
    stabilised for the camera. Unknown values are NaN.

    `interpolated` (n,) marks frames in which the hand was not observed, `extrapolated` (n,) those
    in which the smoothing window is cut off at an end of the observed interval, and `jumps` (n,)
    those in which the skeleton jumps to another body. `sources` (n,) name the network that saw the
    hand: pose, hand, or None if it is not known.
    """

    unit: GestureUnit
    frames: np.ndarray
    times: np.ndarray
    ends: np.ndarray
    positions: np.ndarray
    world_positions: np.ndarray
    speeds: np.ndarray
    world_speeds: np.ndarray
    picture_speeds: np.ndarray
    interpolated: np.ndarray
    extrapolated: np.ndarray
    sources: np.ndarray
    jumps: np.ndarray

    @property
    def durations(self) -> np.ndarray:
        """Duration (n,) of each frame in seconds."""
        return self.ends - self.times


def gesture_numbers(phases: Sequence[tuple[Hand, Phase]]) -> list[int | None]:
    """Return the number of each phase's gesture within the video, or None at rest.

    Gestures are numbered from 0 in the order in which `phases` names them.
    """
    numbers: dict[tuple[Hand, int], int] = {}
    return [
        None if phase.gesture is None else numbers.setdefault((hand, phase.gesture), len(numbers))
        for hand, phase in phases
    ]


def gesture_units(phases: Sequence[tuple[Hand, Phase]]) -> list[GestureUnit]:
    """Return the gesture units of the phases of all hands, in the order of their numbers."""
    phases_of_units: dict[int, list[tuple[Hand, Phase]]] = {}
    for number, pair in zip(gesture_numbers(phases), phases, strict=True):
        if number is not None:
            phases_of_units.setdefault(number, []).append(pair)
    units = []
    for number, pairs in phases_of_units.items():
        hand, first = pairs[0]
        _, last = pairs[-1]
        unit = GestureUnit(
            number=number,
            hand=hand,
            first_frame=first.run.first_frame,
            last_frame=last.run.last_frame,
            start_s=first.run.start_s,
            end_s=last.run.end_s,
            start_seen=first.after_rest,
            end_seen=last.before_rest,
        )
        units.append(unit)
    return units


def read_trajectories(
    kinematics: Path, units: Sequence[GestureUnit], jumps: Mapping[int, Sequence[int]]
) -> Iterator[GestureTrajectory]:
    """Yield the trajectory of each gesture unit, from the kinematics table of the video.

    `jumps` has the frames in which the skeleton of a track jumps to another body, by track.
    Only the frames of units that are not complete yet are in memory. The order is that in which the
    units end.
    """
    waiting = sorted(units, key=lambda unit: unit.first_frame, reverse=True)
    rows_of_open_units: dict[GestureUnit, list[pd.DataFrame]] = {}
    with parquet.open_file(kinematics, COLUMNS) as file:
        for batch in file.iter_batches(BATCH_ROWS, columns=COLUMNS):
            rows = batch.to_pandas()
            # The last frame of a batch may continue in the next one.
            last_frame = int(rows["frame"].iloc[-1])
            while waiting and waiting[-1].first_frame <= last_frame:
                rows_of_open_units[waiting.pop()] = []
            for unit, parts in list(rows_of_open_units.items()):
                parts.append(_rows_of_unit(rows, unit))
                if unit.last_frame < last_frame:
                    yield _trajectory(unit, rows_of_open_units.pop(unit), jumps)
    for unit, parts in rows_of_open_units.items():
        yield _trajectory(unit, parts, jumps)


def _rows_of_unit(rows: pd.DataFrame, unit: GestureUnit) -> pd.DataFrame:
    """The rows of the kinematics table that belong to a gesture unit."""
    is_hand = (rows["track"] == unit.hand.track) & (rows["point"] == f"{unit.hand.side}_hand")
    return rows[is_hand & rows["frame"].between(unit.first_frame, unit.last_frame)]


def _trajectory(
    unit: GestureUnit, parts: list[pd.DataFrame], jumps: Mapping[int, Sequence[int]]
) -> GestureTrajectory:
    """The trajectory of a unit, from its rows of the kinematics table."""
    rows = pd.concat(parts)
    times = rows["time_s"].to_numpy()
    return GestureTrajectory(
        unit=unit,
        frames=rows["frame"].to_numpy(),
        times=times,
        ends=np.append(times[1:], unit.end_s),
        positions=rows[POSITIONS].to_numpy(np.float64),
        world_positions=rows[WORLD_POSITIONS].to_numpy(np.float64),
        speeds=rows["speed"].to_numpy(np.float64),
        world_speeds=rows["world_speed"].to_numpy(np.float64),
        picture_speeds=rows["picture_speed"].to_numpy(np.float64),
        interpolated=rows["interpolated"].to_numpy(bool),
        extrapolated=rows["extrapolated"].to_numpy(bool),
        sources=rows["source"].to_numpy(object),
        jumps=rows["frame"].isin(jumps.get(unit.hand.track, ())).to_numpy(),
    )
