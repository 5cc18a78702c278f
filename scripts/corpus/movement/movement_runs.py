"""Runs of movement and of stillness of one hand: where its speed is above and below thresholds."""

from dataclasses import dataclass, fields, replace

import numpy as np

from corpus.movement.settings import MovementSettings


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
            world_path_length=sum_ignoring_nan(self.world_path_length, following.world_path_length),
            low=np.minimum(self.low, following.low),
            high=np.maximum(self.high, following.high),
            position_integral=self.position_integral + following.position_integral,
        )


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


def sum_ignoring_nan(a: float, b: float) -> float:
    """Return the sum of the values that are not NaN; NaN if both are."""
    return b if np.isnan(a) else a if np.isnan(b) else a + b
