"""Landmarks of one body at a constant rate, from frames at any times.

The classifier was trained on windows of consecutive frames at 25 frames per second. Its features
contain distances from frame to frame, so that a window at another rate would look like a faster or
slower movement. Landmarks are therefore interpolated linearly at this rate.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from corpus.movement.gesture_score.features import RATE, WINDOW

CLOCK_TOLERANCE_S = 1e-6
"""Times of frames are sums of rounded steps. A frame this much before a sample's time counts."""


class Frame(NamedTuple):
    """The landmarks of a body in a frame: (23, 4) float32, as in `features`."""

    shot: int
    time_s: float
    landmarks: np.ndarray


class Windows(NamedTuple):
    """Windows of one shot: start times in seconds (n,), and landmarks (n, 5, 23, 4) float32."""

    shot: int
    start_s: np.ndarray
    landmarks: np.ndarray


@dataclass
class LandmarkSampler:
    """Samples the landmarks of one body, and returns each window once all its samples are known.

    A new run of samples begins at a new shot, after a gap of more than `max_gap_s`, and where the
    clock jumps back. No window reaches from one run into the next. The windows do not depend on how
    the frames are divided between the calls of `add`.
    """

    max_gap_s: float
    _last: Frame | None = None
    _run_start_s: float = 0.0
    _n_samples: int = 0
    """Samples that the current run has had."""
    _tail: list[np.ndarray] = field(default_factory=list)
    """The last samples of the run, at most four: they belong to the next windows too."""

    def add(self, frames: list[Frame]) -> Iterator[Windows]:
        """Take the next frames of the body; yield the windows that end in them, run by run."""
        run: list[Frame] = [self._last] if self._last else []
        for frame in frames:
            if run and not self._continues(run[-1], frame):
                yield from self._windows(run)
                run = []
            if not run:
                self._run_start_s, self._n_samples, self._tail = frame.time_s, 0, []
            run.append(frame)
        yield from self._windows(run)
        self._last = run[-1] if run else None

    def _continues(self, frame: Frame, following: Frame) -> bool:
        gap_s = following.time_s - frame.time_s
        return following.shot == frame.shot and 0 < gap_s <= self.max_gap_s + CLOCK_TOLERANCE_S

    def _windows(self, run: list[Frame]) -> Iterator[Windows]:
        if not run:
            return
        samples = [*self._tail, *self._sample(run)]
        first = self._n_samples - len(self._tail)
        self._n_samples = first + len(samples)
        self._tail = samples[-(WINDOW - 1) :]
        if len(samples) >= WINDOW:
            windows = np.lib.stride_tricks.sliding_window_view(np.stack(samples), WINDOW, axis=0)
            numbers = first + np.arange(len(windows))
            yield Windows(
                run[0].shot,
                self._run_start_s + numbers / RATE,
                np.ascontiguousarray(np.moveaxis(windows, -1, 1)),
            )

    def _sample(self, run: list[Frame]) -> np.ndarray:
        """The next samples, as far as frames reach: (n, 23, 4) float32."""
        times = np.array([frame.time_s for frame in run])
        landmarks = np.stack([frame.landmarks for frame in run])
        reached_s = times[-1] + CLOCK_TOLERANCE_S - self._run_start_s
        numbers = np.arange(self._n_samples, int(np.floor(reached_s * RATE)) + 1)
        sample_times = self._run_start_s + numbers / RATE
        after = np.searchsorted(times + CLOCK_TOLERANCE_S, sample_times)
        before = np.maximum(after - 1, 0)
        distance_s = np.where(after > before, times[after] - times[before], 1.0)
        weight = ((sample_times - times[before]) / distance_s)[:, None, None]
        is_frame = times[after] - sample_times <= CLOCK_TOLERANCE_S
        samples = landmarks[before] * (1 - weight) + landmarks[after] * weight
        # Without rounding, and also if the frame before has unknown landmarks.
        samples[is_frame] = landmarks[after[is_frame]]
        return samples.astype(np.float32)
