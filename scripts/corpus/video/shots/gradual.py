"""Gradual transitions: frames that are a mixture of the pictures before and after.

A window of the video is tested as one transition from its first picture A to its last picture B.
In a dissolve or a fade, each frame between is a A + b B + c, with a falling and b rising. In a
wipe, each part of each frame is a mixture of the same parts of A and B, with a share of B that
rises from 0 to 1. Frames of a pan, a zoom, or a moving person are neither.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from corpus.video.shots.camera import move, rms, unfollowed_share, velocity
from corpus.video.shots.comparison import changed_extent, mean_change, unexplained_share
from corpus.video.shots.cuts import MIN_EXTENT, returns
from corpus.video.shots.mixtures import fit_dissolve, fit_wipe
from corpus.video.shots.window import Window

LENGTHS_S = (0.4, 0.7, 1.1, 1.5)
"""Lengths of the windows that are tested, seconds: a transition and REST_S on either side."""
STEPS = 8
"""Number of windows of each length that begin within its length."""
REST_S = 0.1
"""How long A and B are shown unmixed at the ends of the window, seconds."""
BASELINE_S = 0.15
"""The movement of the camera is measured in the rests and so far outside the window, seconds."""
MAX_INNER = 12
"""Number of frames between that are compared, at most."""
STEADY = 0.3
"""A place is steady if it changes while at rest by less than this part of its change from A to B.
Where hands move, the frames between are not a mixture of A and B."""
STEADY_SIDE = 3
"""Side of the places that are steady or not, pixels of the halved pictures."""
STEADY_NOISE = 3.0
"""Change of a steady place that noise and compression cause, grey levels."""
MIN_STEADY = 0.5
"""Places are left out only if the others have this part of the squared change from A to B."""
MAX_UNREST = 0.3
"""How much the ends of the window may change while at rest, as a part of the change from A to B.
Movement of the camera is compensated first."""
INNER = 0.15
"""A frame is between A and B if it differs from both by more than this part of their change."""
MAX_RESIDUAL = 0.48
"""How much of the difference to the nearer of A and B the mixture may leave unexplained."""
MAX_RESIDUAL_OF_ONE = 0.25
"""The same if there is only one frame between."""
MAX_REVERSAL = 0.15
"""How much the share of B may fall again."""
MIN_UNEXPLAINED = 0.17
"""Share of the change that neither movement nor light explains, at least. It is larger than for
cuts, because people move while a transition lasts."""
PAIR_S = 0.03
"""The movement within a transition is estimated between frames so far apart, seconds."""
MIN_UNFOLLOWED = 0.65
"""Share of the changes from frame to frame that a moving camera leaves, at least. A picture that
scrolls replaces its parts one by one, as a wipe does, but its frames follow from each other."""
DARK = 0.5
"""In a fade, A and B together make up less than this part of the frame in the middle."""
PATCHY = 0.5
"""In a wipe, the shares of B spread over the frame at least by this part of the largest spread."""


@dataclass(frozen=True)
class Gradual:
    """A window of the video that is one transition."""

    middle_s: float
    """Time in the middle of the frames that are a mixture, seconds."""
    start_s: float
    """Start of the window, seconds."""
    end_s: float
    """End of the window, seconds."""
    kind: str
    """dissolve, fade or wipe."""
    residual: float
    """Part of the frames that the mixture leaves unexplained."""
    contrasts: tuple[float, float] = (1.0, 1.0)
    """Standard deviations of the first and the last picture. Within a fade they are lower."""


def find_gradual(window: Window, first: int, last: int, threshold: float) -> Gradual | None:
    """Return the transition that fills the window from one frame to another, if it is one.

    `first` and `last` are indices into the window. The cheap tests come first.
    """
    before, after = window.halves[first], window.halves[last]
    if mean_change(before, after) < threshold:
        return None
    rest = _inner_frames(window.times, first, last)
    if rest is None:
        return None
    test = _Test(window, first, last, *rest)
    if test.unrest() > MAX_UNREST:
        return None
    found = test.best_fit()
    pictures = window.pictures[first], window.pictures[last]
    if (
        found is None
        or unfollowed_share(test.pairs()) < MIN_UNFOLLOWED
        or returns(window, first, last, threshold)
        or changed_extent(*pictures) < MIN_EXTENT
        or unexplained_share(*pictures) < MIN_UNEXPLAINED
    ):
        return None
    kind, residual, middle_s = found
    contrasts = float(before.std()), float(after.std())
    return Gradual(middle_s, window.times[first], window.times[last], kind, residual, contrasts)


def _inner_frames(times: list[float], first: int, last: int) -> tuple[int, int, list[int]] | None:
    """Return the ends of the rests after A and before B, and the frames between that are compared.

    Each rest has a frame, however far apart the frames are. None without any frame between.
    """
    rest_end, rest_start = first + 1, last - 1
    while rest_end < last and times[rest_end] - times[first] < REST_S - 1e-3:
        rest_end += 1
    while rest_start > first and times[last] - times[rest_start] < REST_S - 1e-3:
        rest_start -= 1
    if rest_start - rest_end < 2:
        return None
    n_inner = min(MAX_INNER, rest_start - rest_end - 1)
    inner = np.linspace(rest_end + 1, rest_start - 1, n_inner).round().astype(int)
    return rest_end, rest_start, inner.tolist()


class _Test:
    """The frames of a window, and its ends A and B as the moving camera would show them."""

    def __init__(
        self,
        window: Window,
        first: int,
        last: int,
        rest_end: int,
        rest_start: int,
        inner: list[int],
    ) -> None:
        self.times, self.halves = window.times, window.halves
        self.first, self.last = first, last
        self.rest_end, self.rest_start, self.inner = rest_end, rest_start, inner
        self.velocities = (
            self._velocity(self._outer_frame(first, -1), rest_end),
            self._velocity(rest_start, self._outer_frame(last, 1)),
        )
        self.rests = [
            self.halves[rest] - self._end(end, rest)
            for end, rest in ((0, rest_end), (1, rest_start))
        ]
        change = self.halves[last] - self.halves[first]
        self.steady = steady_places(change, self.rests)
        self.change = rms(self.steady * change)

    def _outer_frame(self, end: int, direction: int) -> int:
        """Return the last frame within BASELINE_S before or after an end of the window."""
        frame = end
        while (
            0 <= frame + direction < len(self.times)
            and abs(self.times[frame + direction] - self.times[end]) <= BASELINE_S + 1e-3
        ):
            frame += direction
        return frame

    def _velocity(self, start: int, end: int) -> np.ndarray | None:
        """Return how the camera moves between two frames, per second, or None."""
        seconds = self.times[end] - self.times[start]
        return velocity(self.halves[start], self.halves[end], seconds) if seconds > 0 else None

    def _end(self, which: int, frame: int) -> np.ndarray:
        """Return A (0) or B (1) as it would be in a frame if the camera moved on steadily."""
        end, speed = (self.first, self.last)[which], self.velocities[which]
        if speed is None:
            return self.halves[end]
        return move(self.halves[end], speed * np.float32(self.times[frame] - self.times[end]))

    def unrest(self) -> float:
        """Return how much A and B change while at rest, as a part of the change between them."""
        return max(rms(self.steady * rest) for rest in self.rests) / max(self.change, 1e-6)

    def pairs(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """Return each frame between with the next one that is at least PAIR_S later."""
        pairs = []
        for frame in self.inner:
            later = frame + 1
            while later < self.last and self.times[later] - self.times[frame] < PAIR_S:
                later += 1
            pairs.append((self.halves[frame], self.halves[later]))
        return pairs

    def best_fit(self) -> tuple[str, float, float] | None:
        """Return kind, residual and middle of the transition, or None if nothing fits."""
        frames = [self.halves[frame] for frame in self.inner]
        ends = [(self._end(0, frame), self._end(1, frame)) for frame in self.inner]
        distances = np.array(
            [
                [rms(self.steady * (frame - before)), rms(self.steady * (frame - after))]
                for frame, (before, after) in zip(frames, ends, strict=True)
            ]
        )
        nearer = distances.min(1)
        between = nearer > INNER * self.change
        if not between.any():
            return None
        limit = MAX_RESIDUAL if between.sum() > 1 else MAX_RESIDUAL_OF_ONE
        fits = {}
        for fit_mixture in (fit_dissolve, fit_wipe):
            fit = fit_mixture(frames, ends, self.steady)
            residual = float(fit.residuals[between].sum() / nearer[between].sum())
            if residual <= limit and max(fit.reversal, _largest_fall(fit.shares)) <= MAX_REVERSAL:
                fits[fit_mixture] = residual, fit
        if not fits:
            return None
        residual = min(residual for residual, _ in fits.values())
        kind = _kind(fits, between)
        middle_s = self._middle_of_fade(distances) if kind == "fade" else self._middle(distances)
        return kind, residual, middle_s

    def _middle(self, distances: np.ndarray) -> float:
        """Return the time at which the frames are as far from A as from B."""
        shares = distances[:, 0] / np.maximum(distances.sum(1), 1e-6)
        times = [self.times[frame] for frame in self.inner]
        rising = np.maximum.accumulate(shares) + 1e-6 * np.arange(len(shares))
        return float(np.interp(0.5, rising, times))

    def _middle_of_fade(self, distances: np.ndarray) -> float:
        """Return the time halfway between the last frame that is A and the first that is B.

        In the plain picture between, the distances to A and B say nothing about time.
        """
        limit = INNER * self.change
        is_before, is_after = distances[:, 0] <= limit, distances[:, 1] <= limit
        times = [self.times[frame] for frame in self.inner]
        n_before = len(times) - int(np.argmax(is_before[::-1])) if is_before.any() else 0
        start = times[n_before - 1] if n_before else self.times[self.rest_end]
        later = np.flatnonzero(is_after[n_before:])
        end = times[n_before + int(later[0])] if len(later) else self.times[self.rest_start]
        return (start + end) / 2


def steady_places(change: np.ndarray, rests: list[np.ndarray]) -> np.ndarray:
    """Return where a picture is at rest before and after a transition.

    Parameters
    ----------
    change
        (height, width, 3) change from A to B, grey levels.
    rests
        Changes of the same shape while A and B are at rest.

    Returns (height, width, 1) float32: 1 where it is, 0 elsewhere; 1 everywhere if too little of
    the change is in steady places.
    """
    size = (STEADY_SIDE, STEADY_SIDE)
    total = cv2.blur(np.abs(change).mean(2), size)
    unrest = np.maximum(*(cv2.blur(np.abs(rest).mean(2), size) for rest in rests))
    steady = (unrest <= STEADY * total + STEADY_NOISE).astype(np.float32)[..., None]
    part = float((steady * change * change).sum()) / max(float((change * change).sum()), 1e-6)
    return steady if part >= MIN_STEADY else np.ones_like(steady)


def _kind(fits: dict, between: np.ndarray) -> str:
    """Return the kind of a transition from the fits that explain it."""
    dissolve, wipe = fits.get(fit_dissolve), fits.get(fit_wipe)
    if wipe and wipe[1].strengths[between].mean() >= PATCHY:
        return "wipe"
    if dissolve:
        return "fade" if dissolve[1].strengths.min() < DARK else "dissolve"
    return "wipe"


def _largest_fall(shares: np.ndarray) -> float:
    """Return how much a series falls below its earlier maximum, at most."""
    return float(np.max(np.maximum.accumulate(shares) - shares))
