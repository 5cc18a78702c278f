"""Speeds of points in the picture, without the movement of the camera.

Body coordinates follow the shoulders, so a hand that lies still seems to move while the trunk
rocks, and a hand that a walking person holds still does not. Here, positions are relative to the
background of the picture instead. Each frame is mapped onto the picture of an earlier frame by the
movement of the camera in between, which makes pans and zooms disappear.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from corpus.movement.body_coordinates import (
    ObservationRules,
    TrackKeypoints,
    pixels_per_shoulder_width,
)
from corpus.movement.kinematics import MIN_SAMPLES
from corpus.movement.local_regression import GAP_TOLERANCE_S, contiguous_runs
from corpus.movement.settings import MovementSettings
from corpus.movement.smoothing_spline import smooth_path

CAMERA = ["camera_x", "camera_y", "camera_scale", "camera_roll"]
"""Columns of the table of frames with the movement of the camera since the previous frame."""
NO_MOVEMENT = (0.0, 0.0, 1.0, 0.0)
"""Values of these columns for a camera that stands still."""


@dataclass(frozen=True)
class CameraPath:
    """Where the background is in n frames of one shot.

    A point of the background at the complex position p = x + iy, relative to the centre of the
    picture in pixels, is at `turns` p + `shifts` in each frame (n,) complex. The path starts again
    at no movement wherever the movement of the camera is unknown; `parts` (n,) counts these starts.
    """

    turns: np.ndarray
    shifts: np.ndarray
    parts: np.ndarray

    @classmethod
    def from_steps(cls, steps: np.ndarray, times: np.ndarray, max_gap_s: float) -> "CameraPath":
        """Add up the movement from frame to frame.

        `steps` (n, 4) are the columns `CAMERA`, NaN where unknown, and `times` (n,) seconds.
        Unknown movement of at most `max_gap_s` is interpolated.
        """
        rates = _interpolate(_to_rates(steps, times), times, max_gap_s)
        moved = _from_rates(rates, times)
        is_known = np.isfinite(moved).all(axis=1)
        turns, shifts = np.ones(len(times), complex), np.zeros(len(times), complex)
        for n in np.flatnonzero(is_known):
            x, y, scale, roll = moved[n]
            turn = scale * np.exp(1j * roll)
            if n:
                turns[n] = turn * turns[n - 1]
                shifts[n] = turn * shifts[n - 1] + complex(x, y)
        return cls(turns, shifts, np.cumsum(~is_known))

    def stabilise(self, positions: np.ndarray) -> np.ndarray:
        """Return where positions (n,) of the frames are in the first frame of their part."""
        return (positions - self.shifts) / self.turns


def _to_rates(steps: np.ndarray, times: np.ndarray) -> np.ndarray:
    """(n, 4) movement per second; of the scale, its logarithm."""
    rates = np.array(steps, np.float64)
    rates[:, 2] = np.log(rates[:, 2])
    durations = np.diff(times, prepend=np.nan)
    durations[~(durations > 0)] = np.nan
    return rates / durations[:, None]


def _from_rates(rates: np.ndarray, times: np.ndarray) -> np.ndarray:
    """(n, 4) movement since the previous frame, from the movement per second."""
    steps = rates * np.diff(times, prepend=np.nan)[:, None]
    steps[:, 2] = np.exp(steps[:, 2])
    return steps


def _interpolate(rates: np.ndarray, times: np.ndarray, max_gap_s: float) -> np.ndarray:
    """Fill short gaps between known movements of the camera linearly in time."""
    known = np.flatnonzero(np.isfinite(rates).all(axis=1))
    filled = rates.copy()
    for before, after in zip(known, known[1:], strict=False):
        gap = np.arange(before + 1, after)
        if len(gap) and times[after - 1] - times[before] <= max_gap_s + GAP_TOLERANCE_S:
            for column in range(rates.shape[1]):
                ends = rates[[before, after], column]
                filled[gap, column] = np.interp(times[gap], times[[before, after]], ends)
    return filled


@dataclass(frozen=True)
class StabilisedPicture:
    """The picture of one person in n frames of one shot, stabilised for the camera.

    `origin` (n, 2) is the midpoint of the shoulders relative to the centre of the picture, pixels,
    and `unit` (n,) the shoulder width in pixels, as in body coordinates.
    """

    times: np.ndarray
    camera: CameraPath
    origin: np.ndarray
    unit: np.ndarray
    settings: MovementSettings

    @classmethod
    def of_track(
        cls,
        keypoints: TrackKeypoints,
        frames: pd.DataFrame,
        width_m: float,
        rules: ObservationRules,
        settings: MovementSettings,
    ) -> "StabilisedPicture":
        """Take the person of a track, with the shoulder width in metres, in rows of `frames`."""
        times = frames["time_s"].to_numpy()
        steps = frames[CAMERA].to_numpy(np.float64)
        if settings.still_camera:
            steps = np.where(np.isfinite(steps), steps, NO_MOVEMENT)
        centre = (np.array([rules.width, rules.height]) - 1) / 2
        return cls(
            times,
            CameraPath.from_steps(steps, times, settings.max_gap_s),
            keypoints.shoulder_midpoint(rules)[:, :2] - centre,
            pixels_per_shoulder_width(keypoints, times, width_m, rules),
            settings,
        )

    def speeds(self, positions: np.ndarray, observed: np.ndarray) -> np.ndarray:
        """Return the speed (n,) of a point in shoulder widths per second, NaN where unknown.

        `positions` (n, 2 or more) are its body coordinates, x and y first, and `observed` (n,) says
        in which frames they are used. They are smoothed as the speed in body coordinates is. The
        unit is the shoulder width in pixels of each frame.
        """
        pixels = self.origin + positions[:, :2] * [1, -1] * self.unit[:, None]
        stable = self.camera.stabilise(pixels @ np.array([1, 1j]))
        samples = np.column_stack([np.real(stable), np.imag(stable)])
        speeds = np.full(len(self.times), np.nan)
        for run in contiguous_runs(self.times, observed, self.settings.max_gap_s):
            for part in np.split(run, np.flatnonzero(np.diff(self.camera.parts[run])) + 1):
                if len(part) < MIN_SAMPLES:
                    continue
                frames = np.arange(part[0], part[-1] + 1)
                velocity = smooth_path(
                    self.times[part],
                    samples[part],
                    self.times[frames],
                    self.settings.cutoff_hz,
                )[1]
                magnification = np.abs(self.camera.turns[frames])
                speeds[frames] = np.linalg.norm(velocity, axis=1) * magnification
        return speeds / self._unit_everywhere()

    def _unit_everywhere(self) -> np.ndarray:
        """(n,) shoulder width in pixels, interpolated where a shoulder is not observed."""
        known = np.isfinite(self.unit)
        if not known.any():
            return self.unit
        index = np.arange(len(self.unit))
        return np.interp(index, index[known], self.unit[known])
