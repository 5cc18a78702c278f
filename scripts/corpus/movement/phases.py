"""Segmentation of one hand's movement into the phases movement, hold and rest, from its speed.

These are the phases that people code by hand (Kendon 2004, Gesture: Visible Action as Utterance;
Kita, van Gijn and van der Hulst 1998, Movement phases in signs and co-speech gestures), as far as
they follow from movement alone: preparation, stroke and retraction are all "movement" here.
docs/gestures.md defines each phase and says where the thresholds come from.
"""

from dataclasses import dataclass, field, fields, replace
from typing import NamedTuple

import numpy as np

from corpus.movement.local_regression import GAP_TOLERANCE_S
from corpus.movement.rest_places import rest_balance
from corpus.movement.settings import MovementSettings


class Hand(NamedTuple):
    """A hand of a face track in one shot; `side` is left or right."""

    shot: int
    track: int
    side: str


@dataclass
class HandTrajectory:
    """Smoothed positions of a hand in n successive frames of one shot.

    `frames` (n,) are frame numbers, `times` and `ends` (n,) their start and end times in seconds,
    `positions` (n, 2) body coordinates in shoulder widths, `world_positions` (n, 3) body
    coordinates in metres, and `speeds` (n,) shoulder widths per second. `phase_speeds` (n,) are the
    speeds with the lower cutoff that decides about phases. `interpolated` (n,) marks frames in
    which the hand was not observed, `extrapolated` (n,) those at an end of the observed interval,
    where speeds are less certain, and `is_hand_model` (n,) those with a position of the hand model.
    """

    frames: np.ndarray
    times: np.ndarray
    ends: np.ndarray
    positions: np.ndarray
    world_positions: np.ndarray
    speeds: np.ndarray
    phase_speeds: np.ndarray
    interpolated: np.ndarray
    extrapolated: np.ndarray
    is_hand_model: np.ndarray

    def last_frame(self) -> "HandTrajectory":
        """Return a copy of the last frame, which does not keep the other frames in memory."""
        return HandTrajectory(*(getattr(self, column.name)[-1:].copy() for column in fields(self)))


@dataclass
class Run:
    """Successive frames of a trajectory in which the hand moves, or in which it is still.

    A run keeps sums and extremes instead of frames, so that runs can be merged without their
    frames and memory does not grow with the length of the video. `peak_speed` is in shoulder widths
    per second, and `peak_phase_speed` the peak of the speed that decides about phases.
    `peak_extrapolated` says that the speed is highest where it is extrapolated, so that the true
    peak is not known: the highest speed elsewhere would be that of another moment, and too low.
    `path_length` is in shoulder widths, `world_path_length` in metres (NaN if unknown).
    `first_frame` and `last_frame` are frame numbers; the last frame is included. `low` and `high`
    (2,) are corners of the box around the positions, in shoulder widths, and
    `position_integral` (2,) is the integral of the position over time.
    """

    is_moving: bool
    first_frame: int
    last_frame: int
    start_s: float
    end_s: float
    peak_speed: float
    peak_phase_speed: float
    peak_extrapolated: bool
    path_length: float
    world_path_length: float
    low: np.ndarray
    high: np.ndarray
    position_integral: np.ndarray

    @property
    def duration_s(self) -> float:
        """Duration in seconds."""
        return self.end_s - self.start_s

    @property
    def extent(self) -> float:
        """Diagonal of the box around the run's positions, in shoulder widths."""
        return float(np.linalg.norm(self.high - self.low))

    @property
    def mean_position(self) -> np.ndarray:
        """Mean position (2,) over time, in shoulder widths."""
        return self.position_integral / self.duration_s

    def merge(self, following: "Run") -> "Run":
        """Return one run of this run and the one that directly follows it."""
        return Run(
            is_moving=self.is_moving,
            first_frame=self.first_frame,
            last_frame=following.last_frame,
            start_s=self.start_s,
            end_s=following.end_s,
            peak_speed=max(self.peak_speed, following.peak_speed),
            peak_phase_speed=max(self.peak_phase_speed, following.peak_phase_speed),
            peak_extrapolated=(
                self.peak_extrapolated
                if self.peak_speed >= following.peak_speed
                else following.peak_extrapolated
            ),
            path_length=self.path_length + following.path_length,
            world_path_length=_sum_ignoring_nan(
                self.world_path_length, following.world_path_length
            ),
            low=np.minimum(self.low, following.low),
            high=np.maximum(self.high, following.high),
            position_integral=self.position_integral + following.position_integral,
        )


@dataclass(frozen=True)
class Phase:
    """A run with its phase, one of schemas.PHASES, and the number of its gesture (None at rest).

    Gestures are numbered from 0 for each hand of a track. `after_rest` and `before_rest` say
    whether a rest directly precedes and directly follows it in the same unbroken trajectory.
    """

    name: str
    run: Run
    gesture: int | None
    after_rest: bool = False
    before_rest: bool = False


def _sum_ignoring_nan(a: float, b: float) -> float:
    """Sum of the values that are not NaN; NaN if both are."""
    return b if np.isnan(a) else a if np.isnan(b) else a + b


def split_at_threshold(trajectory: HandTrajectory, speed_threshold: float) -> list[Run]:
    """Split a trajectory into runs above and below a speed.

    The path from one frame to the next belongs to the run of the earlier frame.
    """
    is_fast = trajectory.phase_speeds > speed_threshold
    starts = np.flatnonzero(np.diff(is_fast, prepend=not is_fast[0]))
    stops = [*starts[1:], len(is_fast)]
    positions, world_positions = trajectory.positions, trajectory.world_positions
    steps = np.append(np.linalg.norm(np.diff(positions, axis=0), axis=1), 0.0)
    world_steps = np.append(np.linalg.norm(np.diff(world_positions, axis=0), axis=1), np.nan)
    position_integrals = positions * (trajectory.ends - trajectory.times)[:, None]
    runs = []
    for start, stop in zip(starts, stops, strict=True):
        finite_world_steps = world_steps[start:stop][np.isfinite(world_steps[start:stop])]
        peak = start + int(trajectory.speeds[start:stop].argmax())
        runs.append(
            Run(
                is_moving=bool(is_fast[start]),
                first_frame=int(trajectory.frames[start]),
                last_frame=int(trajectory.frames[stop - 1]),
                start_s=float(trajectory.times[start]),
                end_s=float(trajectory.ends[stop - 1]),
                peak_speed=float(trajectory.speeds[peak]),
                peak_phase_speed=float(trajectory.phase_speeds[start:stop].max()),
                peak_extrapolated=bool(trajectory.extrapolated[peak]),
                path_length=float(steps[start:stop].sum()),
                world_path_length=(
                    float(finite_world_steps.sum()) if len(finite_world_steps) else np.nan
                ),
                low=positions[start:stop].min(axis=0),
                high=positions[start:stop].max(axis=0),
                position_integral=position_integrals[start:stop].sum(axis=0),
            )
        )
    return runs


def merge_equal_runs(runs: list[Run]) -> list[Run]:
    """Merge successive runs that are both moving or both still."""
    merged: list[Run] = []
    for run in runs:
        if merged and merged[-1].is_moving == run.is_moving:
            merged[-1] = merged[-1].merge(run)
        else:
            merged.append(run)
    return merged


def find_movements(runs: list[Run], settings: MovementSettings) -> list[Run]:
    """Return alternating runs of movement and stillness of one unbroken trajectory.

    `runs` are the trajectory's runs above and below `offset_speed`.

    1. A movement is above `offset_speed` throughout and reaches `onset_speed`.
    2. A stop shorter than `min_still_s` belongs to the movement around it.
    3. Movements that are shorter than `min_movement_s` or smaller than `min_extent` are discarded.
    """
    runs = merge_equal_runs(
        [
            replace(run, is_moving=run.is_moving and run.peak_phase_speed >= settings.onset_speed)
            for run in runs
        ]
    )
    short_stops = {
        index
        for index in range(1, len(runs) - 1)
        if not runs[index].is_moving and runs[index].duration_s < settings.min_still_s
    }
    runs = merge_equal_runs(
        [
            replace(run, is_moving=run.is_moving or index in short_stops)
            for index, run in enumerate(runs)
        ]
    )
    return merge_equal_runs(
        [replace(run, is_moving=run.is_moving and _is_movement(run, settings)) for run in runs]
    )


def _is_movement(run: Run, settings: MovementSettings) -> bool:
    """Whether a moving run is long and large enough to be a movement."""
    return run.duration_s >= settings.min_movement_s and run.extent >= settings.min_extent


def classify_runs(trajectories: list[list[Run]], settings: MovementSettings) -> list[Phase]:
    """Return the phases of one hand in one shot.

    `trajectories` holds, for each unbroken trajectory of the hand in the shot, the runs that
    `find_movements` returned. A still hand is at rest

    - if it is still for longer than `max_hold_s`,
    - if it is below `rest_height`,
    - if there is no movement in its trajectory,
    - if its other stays near this place are mostly rests (see `rest_places.rest_balance`).

    Otherwise it is a hold. Successive movements and holds form one gesture.
    """
    still_runs = [run for runs in trajectories for run in runs if not run.is_moving]
    balance = rest_balance(
        np.array([run.duration_s for run in still_runs]),
        np.array([run.mean_position for run in still_runs]).reshape(-1, 2),
        settings,
    )
    in_rest_place = iter(balance > 0)

    def is_rest(run: Run) -> bool:
        """Whether a run is at rest. Call it for each run once, in the order of `trajectories`."""
        return not run.is_moving and bool(
            next(in_rest_place)
            or run.duration_s > settings.max_hold_s
            or run.mean_position[1] < settings.rest_height
        )

    phases, gesture = [], -1
    for runs in trajectories:
        is_alone = len(runs) == 1 and not runs[0].is_moving
        rests = [is_rest(run) or is_alone for run in runs]
        for index, (run, rests_now) in enumerate(zip(runs, rests, strict=True)):
            after_rest = index > 0 and rests[index - 1]
            before_rest = index + 1 < len(runs) and rests[index + 1]
            gesture += not rests_now and (index == 0 or after_rest)
            name = "rest" if rests_now else "movement" if run.is_moving else "hold"
            number = None if rests_now else gesture
            phases.append(Phase(name, run, number, after_rest, before_rest))
    return phases


@dataclass
class PhaseSegmenter:
    """Segments the movement of one hand of a face track in one shot, in order of time.

    A trajectory may be added in several parts: a part that continues the last one is joined to it.
    After a gap a new trajectory begins.
    """

    settings: MovementSettings
    _finished: list[list[Run]] = field(default_factory=list)
    """Runs of movement and stillness of each finished trajectory."""
    _runs: list[Run] = field(default_factory=list)
    """Runs above and below `offset_speed` of the current trajectory."""
    _last_frame: HandTrajectory | None = None

    def add(self, part: HandTrajectory) -> None:
        """Add the next trajectory, or the next part of the current one."""
        if self._last_frame is not None and self._continues(part, self._last_frame):
            self._add_path_to(part, self._last_frame)
        else:
            self._finish_trajectory()
        new_runs = split_at_threshold(part, self.settings.offset_speed)
        self._runs[-1:] = merge_equal_runs([*self._runs[-1:], *new_runs])
        self._last_frame = part.last_frame()

    def phases(self) -> list[Phase]:
        """Return all phases, after all parts were added."""
        self._finish_trajectory()
        return classify_runs(self._finished, self.settings)

    def _finish_trajectory(self) -> None:
        if self._runs:
            self._finished.append(find_movements(self._runs, self.settings))
        self._runs, self._last_frame = [], None

    def _continues(self, part: HandTrajectory, previous: HandTrajectory) -> bool:
        """Whether the part's first frame follows the last frame that was added."""
        step_s = part.times[0] - previous.times[-1]
        is_next_frame = part.frames[0] == previous.frames[-1] + 1
        return is_next_frame and 0 < step_s <= self.settings.max_gap_s + GAP_TOLERANCE_S

    def _add_path_to(self, part: HandTrajectory, previous: HandTrajectory) -> None:
        """Add the path from the last frame of the previous part to the first of this one."""
        run = self._runs[-1]
        step = np.linalg.norm(part.positions[0] - previous.positions[-1])
        world_step = np.linalg.norm(part.world_positions[0] - previous.world_positions[-1])
        run.path_length += float(step)
        run.world_path_length = _sum_ignoring_nan(run.world_path_length, float(world_step))
