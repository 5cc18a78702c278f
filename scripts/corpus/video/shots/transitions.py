"""Detect shots: cuts and gradual transitions of a video, and the first frames of the shots.

One pass over the frames, with the last seconds of the video in memory. Nothing depends on the frame
rate: windows are in seconds.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from corpus.video.shots.cuts import is_cut
from corpus.video.shots.gradual import LENGTHS_S, STEPS, Gradual, find_gradual
from corpus.video.shots.window import Window
from corpus.video.timestamps import ROUNDING_S

MAX_SIDE = 256
"""Longer side of the images in which shots are searched, pixels. Smaller ones would save no time:
decoding and scaling down take most of it."""
APART_S = 0.75
"""Of gradual transitions so close to each other, only the best one is kept, seconds. The same
transition is found in several windows."""

FULL_CONTRAST = 0.9
"""A window begins or ends within a fade if its first or last picture has less than this part of the
contrast that another window has there."""
MIN_RESIDUAL = 0.05
"""Windows that leave less than this unexplained count equally for the middle."""


@dataclass(frozen=True)
class Transition:
    """The start of a shot."""

    frame: int
    """First frame of the shot; for a gradual transition, the frame at its middle."""
    kind: str
    """cut, dissolve, fade or wipe."""


def find_transitions(
    frames: Iterable[tuple[float, np.ndarray]], threshold: float
) -> list[Transition]:
    """Return the transitions between the shots of a video, by frame.

    `frames` are pairs of a time in seconds and an image, (height, width, 3) uint8 RGB. The mean
    change of red, green and blue from one shot to the next is at least `threshold`, 0 to 255.

    A flash, a lamp that is switched on, a pan, a zoom or a shaking camera is no transition.
    """
    window, search = Window(), _Search(threshold)
    next_frame = 0
    for time_s, image in frames:
        window.append(time_s, image)
        search.times.append(time_s)
        while window.is_complete(next_frame):
            search.judge(window, next_frame)
            next_frame = window.trim(next_frame) + 1
    for frame in range(next_frame, len(window.times)):
        search.judge(window, frame)
    return search.transitions()


class _Search:
    """The transitions that have been found so far."""

    def __init__(self, threshold: float) -> None:
        self.threshold = threshold
        self.times: list[float] = []
        self.cuts: list[int] = []
        self.gradual: list[Gradual] = []
        self._next_start_s = dict.fromkeys(LENGTHS_S, -np.inf)

    def judge(self, window: Window, frame: int) -> None:
        """Search a cut at a frame, and gradual transitions in the windows that begin with it."""
        if frame + window.first and is_cut(window, frame, self.threshold):
            self.cuts.append(frame + window.first)
        for length_s in LENGTHS_S:
            start_s = window.times[frame]
            last = int(np.searchsorted(window.times, start_s + length_s - 1e-3))
            if start_s < self._next_start_s[length_s] or last >= len(window.times):
                continue
            self._next_start_s[length_s] = start_s + length_s / STEPS - 1e-3
            if found := find_gradual(window, frame, last, self.threshold):
                self.gradual.append(found)

    def transitions(self) -> list[Transition]:
        """Return all transitions, by frame: cuts, and gradual transitions without a cut inside."""
        cut_times = np.array([self.times[cut] for cut in self.cuts])
        kept: list[Gradual] = []
        middles: list[float] = []
        for found in sorted(self.gradual, key=_preference):
            has_cut = np.any((cut_times > found.start_s) & (cut_times <= found.end_s))
            if not has_cut and not _near(found.middle_s, middles):
                kept.append(found)
                middles.append(_common_middle(found, self.gradual))
        starts = np.searchsorted(self.times, [middle_s - 1e-6 for middle_s in middles])
        transitions = [Transition(cut, "cut") for cut in self.cuts]
        transitions += [
            Transition(int(start), found.kind) for start, found in zip(starts, kept, strict=True)
        ]
        return sorted(transitions, key=lambda transition: transition.frame)


def _near(time_s: float, others: list[float]) -> bool:
    """Return whether a time is near one of the others."""
    return any(abs(time_s - other) < APART_S for other in others)


def _common_middle(chosen: Gradual, candidates: list[Gradual]) -> float:
    """Return the middle of a transition, seconds, from all windows in which it was found.

    It is their median, weighted by how little each window leaves unexplained: a long window may
    hold movement besides the transition. Windows that begin or end within a fade count only if
    there are no others.
    """
    near = [found for found in candidates if abs(found.middle_s - chosen.middle_s) < APART_S]
    full = FULL_CONTRAST * np.max([found.contrasts for found in near], axis=0)
    whole = [found for found in near if np.all(found.contrasts >= full)] or near
    middles = np.sort([found.middle_s for found in whole])
    weights = np.array(
        [
            1 / (found.residual + MIN_RESIDUAL) ** 2
            for found in sorted(whole, key=lambda found: found.middle_s)
        ]
    )
    half = np.searchsorted(np.cumsum(weights), weights.sum() / 2)
    return float(middles[half])


def _preference(found: Gradual) -> tuple[float, float, float]:
    """Return a sort key: longer windows first, since a short one may hold half a fade."""
    return -round(found.end_s - found.start_s, 1), found.residual, found.middle_s


def shot_starts(
    times: np.ndarray, transitions: list[Transition], min_length_s: float
) -> list[Transition]:
    """Return how each shot starts: at frame 0, with the kind `start`, or with a transition.

    Only transitions at least `min_length_s` after the previous start are used. `times` are the
    times of all frames, seconds. Without frames there are no shots.
    """
    starts = [Transition(0, "start")] if len(times) else []
    # A length that is half a millisecond too short is a rounding error.
    min_gap_s = min_length_s - ROUNDING_S / 2
    for transition in transitions:
        if times[transition.frame] - times[starts[-1].frame] >= min_gap_s:
            starts.append(transition)
    return starts
