"""Speeds and accelerations of wrists and hands, in the columns of the kinematics table."""

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np
import pandas as pd

from corpus.movement.body_coordinates import SCALE_HALF_WINDOW_S, PointTrack
from corpus.movement.jitter import JITTER_HALF_WINDOW_S, MIN_SAMPLES, reject_jitter
from corpus.movement.local_regression import (
    GAP_TOLERANCE_S,
    contiguous_runs,
)
from corpus.movement.movement_runs import HandTrajectory
from corpus.movement.settings import MovementSettings
from corpus.movement.smoothing_spline import (
    is_extrapolated,
    reach_s,
    smooth_path,
)
from corpus.tables.schemas import KINEMATIC_SOURCES

COORDINATES = ("x", "y", "world_x", "world_y", "world_z")
RATES = ("speed", "acceleration", "world_speed", "world_acceleration")
DIMENSIONS = (slice(0, 2), slice(2, 5))
"""Columns of a position in the image plane and in space."""


@dataclass
class PointKinematics:
    """Kinematics of one point in m frames.

    `frame_index` (m,) are positions in the table of frames, `position` (m, 5) the smoothed body
    coordinates (see `body_coordinates.body_positions`). Speeds and accelerations (m,) are lengths
    of vectors: in shoulder widths per second (squared) in the image plane, and in metres per second
    (squared) in space. `phase_speed` (m,) is the speed in the image plane with the cutoff for
    phases. `is_sample` (m,) marks frames with a position of their own, `interpolated` (m,) frames
    in which the point was not observed, `extrapolated` (m,) those so close to an end of the
    observed interval that the smoothing is cut off, and `is_hand_model` (m,) those in which the
    position is that of the hand model.
    """

    frame_index: np.ndarray
    position: np.ndarray
    speed: np.ndarray
    acceleration: np.ndarray
    world_speed: np.ndarray
    world_acceleration: np.ndarray
    phase_speed: np.ndarray
    is_sample: np.ndarray
    interpolated: np.ndarray
    extrapolated: np.ndarray
    is_hand_model: np.ndarray

    def select(self, mask: np.ndarray) -> "PointKinematics":
        """Return only the frames in which `mask` (m,) is true."""
        columns = (getattr(self, field.name) for field in fields(self))
        return PointKinematics(*(column[mask] for column in columns))


def frame_ends(frames: pd.DataFrame, shots: pd.DataFrame) -> np.ndarray:
    """Return the end time (n,) of each frame in seconds.

    A frame ends where the next frame of its shot starts, or where its shot ends.
    """
    times = frames["time_s"].to_numpy()
    ends = np.append(times[1:], np.nan)
    last_frames = shots["end_frame"].to_numpy() - 1
    ends[np.searchsorted(frames["frame"], last_frames)] = shots["end_s"]
    # Where the clock jumps back, use the median duration of all frames.
    durations = ends - times
    positive = durations[durations > 0]
    median_s = np.median(positive) if len(positive) else 0.0
    return np.where(durations > 0, ends, times + median_s)


def context_s(settings: MovementSettings) -> float:
    """Return the seconds before and after a frame on which its kinematics depend."""
    observation_s = settings.seen_window_s + 2 * JITTER_HALF_WINDOW_S
    lowest_cutoff_hz = min(settings.cutoff_hz, settings.phase_cutoff_hz)
    return max(observation_s, SCALE_HALF_WINDOW_S) + reach_s(lowest_cutoff_hz)


def measure_kinematics(
    track: PointTrack, times: np.ndarray, repeated: np.ndarray, settings: MovementSettings
) -> PointKinematics | None:
    """Measure the kinematics of one point from its positions in n frames.

    `times` (n,) are the frames' times in seconds; `repeated` (n,) are the frames of
    `short_repetitions`. Returns None if there are no four successive positions. The `frame_index`
    of the result counts from the first of the n frames. The accelerations are NaN where the
    smoothing is cut off.
    """
    points = track.positions
    observed = np.isfinite(points[:, 0])
    is_sample = reject_jitter(track, observed & ~repeated, times, settings)
    is_repetition = observed & repeated
    parts = []
    for run in contiguous_runs(times, is_sample, settings.max_gap_s):
        if len(run) < MIN_SAMPLES:
            continue
        # All frames of the run, including those of short gaps, which are interpolated, and the
        # repetitions of its last picture, which show the same position.
        last = run[-1] + int(np.argmin(np.append(is_repetition[run[-1] + 1 :], False)))
        frames = np.arange(run[0], last + 1)
        sampled, evaluated = times[run], np.minimum(times[frames], times[run[-1]])
        position, velocity, acceleration = smooth_path(
            sampled, points[run], evaluated, settings.cutoff_hz
        )
        extrapolated = is_extrapolated(sampled, evaluated, settings.cutoff_hz)
        acceleration[extrapolated] = np.nan
        lengths = [
            np.linalg.norm(derivative[:, dimensions], axis=1)
            for dimensions in DIMENSIONS
            for derivative in (velocity, acceleration)
        ]
        slow_velocity = smooth_path(sampled, points[run, :2], evaluated, settings.phase_cutoff_hz)
        phase_speed = np.linalg.norm(slow_velocity[1], axis=1)
        in_run = np.isin(frames, run)
        interpolated = ~(in_run | is_repetition[frames])
        flags = (in_run, interpolated, extrapolated, track.is_hand_model[frames])
        parts.append((frames, position, *lengths, phase_speed, *flags))
    if not parts:
        return None
    return PointKinematics(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def kinematics_rows(
    kinematics: PointKinematics, frames: pd.DataFrame, track: int, point: str
) -> pd.DataFrame:
    """Return the kinematics of one point of a face track in the columns of the kinematics table."""
    rows = frames.iloc[kinematics.frame_index]
    return pd.DataFrame(
        {
            "frame": rows["frame"].to_numpy(),
            "time_s": rows["time_s"].to_numpy(),
            "shot": rows["shot"].to_numpy(),
            "track": track,
            "point": point,
            **dict(zip(COORDINATES, kinematics.position.T, strict=True)),
            **{name: getattr(kinematics, name) for name in RATES},
            "interpolated": kinematics.interpolated,
            "source": _sources(kinematics),
            "extrapolated": kinematics.extrapolated,
        }
    )


def _sources(kinematics: PointKinematics) -> pd.Categorical:
    """The network that gave each frame's sample; null in interpolated frames."""
    codes = np.where(kinematics.interpolated, -1, kinematics.is_hand_model)
    return pd.Categorical.from_codes(codes, list(KINEMATIC_SOURCES))


def hand_trajectories(
    kinematics: PointKinematics,
    frames: np.ndarray,
    times: np.ndarray,
    ends: np.ndarray,
    max_gap_s: float,
) -> Iterator[HandTrajectory]:
    """Yield the unbroken trajectories of a hand.

    `frames`, `times` and `ends` (n,) are the numbers, start and end times of all frames of the
    video. A trajectory breaks where frames are missing, where the clock stands still or jumps back,
    and where two frames are more than `max_gap_s` apart.
    """
    index = kinematics.frame_index
    step_s = np.diff(times[index])
    is_break = (np.diff(index) != 1) | (step_s <= 0) | (step_s > max_gap_s + GAP_TOLERANCE_S)
    breaks = np.flatnonzero(is_break) + 1
    for part in np.split(np.arange(len(index)), breaks):
        if len(part):
            part_index = index[part]
            # The last frame may stay on screen for long: count at most the longest filled gap.
            last_index = part_index[-1]
            last_end = min(ends[last_index], times[last_index] + max_gap_s + GAP_TOLERANCE_S)
            yield HandTrajectory(
                frames=frames[part_index],
                times=times[part_index],
                ends=np.append(times[part_index[1:]], last_end),
                positions=kinematics.position[part, :2],
                world_positions=kinematics.position[part, 2:],
                speeds=kinematics.speed[part],
                phase_speeds=kinematics.phase_speed[part],
                interpolated=kinematics.interpolated[part],
                extrapolated=kinematics.extrapolated[part],
                is_hand_model=kinematics.is_hand_model[part],
            )
