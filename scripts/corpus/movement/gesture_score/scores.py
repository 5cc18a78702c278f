"""Score each gesture unit of a video: how much it looks like a gesture.

The classifier answers for any window, also for hands that the pose model only guesses: in still
portraits, up to 94 % of windows then look like gestures. Only windows in which the hand of a
gesture unit is observed are therefore scored, by the rules that find the phases.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

import numpy as np
import pandas as pd

from corpus.core.intervals import union_of_spans
from corpus.movement.gesture_score.classifier import GestureClassifier
from corpus.movement.gesture_score.features import LANDMARKS, RATE, WINDOW
from corpus.movement.gesture_score.landmark_samples import (
    CLOCK_TOLERANCE_S,
    Frame,
    LandmarkSampler,
    Windows,
)
from corpus.pose.keypoint_stream import VISIBILITY, WORLD, FramePeople

FRAMES_PER_STEP = 500
"""Frames that are scored together: 20 seconds at 25 frames per second."""
WINDOW_S = (WINDOW - 1) / RATE
"""Time from the first to the last sample of a window, seconds."""
THRESHOLD = 0.5
"""Probability from which EnvisionHGdetector's README counts a window as a gesture."""


class Body(NamedTuple):
    """A body of a face track in one shot."""

    shot: int
    track: int


@dataclass
class GestureUnit:
    """A gesture unit of one hand, and the sums over its windows. Times are in seconds."""

    gesture: int
    track: int
    hand: str
    start_s: float
    end_s: float
    observed_from_s: float
    """Start of the interval in which the hand is observed, which contains the gesture unit."""
    observed_to_s: float
    n_windows: int = 0
    sum_of_scores: float = 0.0
    n_above_threshold: int = 0

    def has_windows(self, start_s: np.ndarray) -> np.ndarray:
        """Whether each window has its middle in the unit, and the hand is observed in all of it."""
        middle_s = start_s + WINDOW_S / 2
        is_inside = (self.start_s <= middle_s) & (middle_s < self.end_s)
        is_inside &= start_s >= self.observed_from_s - CLOCK_TOLERANCE_S
        return is_inside & (start_s + WINDOW_S <= self.observed_to_s + CLOCK_TOLERANCE_S)

    def add(self, scores: np.ndarray) -> None:
        """Add the scores of some of its windows."""
        self.n_windows += len(scores)
        self.sum_of_scores += float(scores.sum())
        self.n_above_threshold += int((scores >= THRESHOLD).sum())

    def row(self) -> dict[str, object]:
        """The unit's row of the table gesture_scores."""
        n_windows = self.n_windows or None
        return {
            "gesture": self.gesture,
            "track": self.track,
            "hand": self.hand,
            "start_s": self.start_s,
            "end_s": self.end_s,
            "gesture_score": self.sum_of_scores / n_windows if n_windows else None,
            "gesture_share": self.n_above_threshold / n_windows if n_windows else None,
            "n_windows": self.n_windows,
        }


def gesture_units(phases: pd.DataFrame) -> dict[Body, list[GestureUnit]]:
    """The gesture units of each body, from the table phases of a video.

    The phases of a hand, rest included, cover exactly the time in which it is observed.
    """
    units: dict[Body, list[GestureUnit]] = {}
    for (shot, track, hand), rows in phases.groupby(["shot", "track", "hand"], observed=True):
        observed = union_of_spans(zip(rows["start_s"], rows["end_s"], strict=True))
        for gesture, parts in rows[rows["gesture"].notna()].groupby("gesture"):
            start_s, end_s = float(parts["start_s"].min()), float(parts["end_s"].max())
            span = next(span for span in reversed(observed) if span[0] <= start_s)
            unit = GestureUnit(int(gesture), int(track), str(hand), start_s, end_s, *span)
            units.setdefault(Body(int(shot), int(track)), []).append(unit)
    return units


def score_gestures(
    people: Iterable[tuple[int, FramePeople]],
    frames: pd.DataFrame,
    phases: pd.DataFrame,
    classifier: GestureClassifier,
    max_gap_s: float,
) -> list[dict[str, object]]:
    """Return the rows of the table gesture_scores, one per gesture unit, in order of their number.

    Parameters
    ----------
    people
        The keypoints of each frame with people, from `corpus.pose.keypoint_stream`.
    frames, phases
        Tables of the video.
    classifier
        The classifier.
    max_gap_s
        Longest time without keypoints of a body that is interpolated, seconds.
    """
    units = gesture_units(phases)
    shot_of = dict(zip(frames["frame"], frames["shot"], strict=True))
    time_of = dict(zip(frames["frame"], frames["time_s"], strict=True))
    samplers: dict[int, LandmarkSampler] = {}
    remaining = iter(people)
    while step := list(islice(remaining, FRAMES_PER_STEP)):
        body_frames: dict[int, list[Frame]] = {}
        for frame, frame_people in step:
            for track, parts in frame_people.items():
                if Body(shot_of[frame], track) in units and "pose" in parts:
                    landmarks = _landmarks(parts["pose"])
                    new = Frame(shot_of[frame], time_of[frame], landmarks)
                    body_frames.setdefault(track, []).append(new)
        for track, new_frames in body_frames.items():
            sampler = samplers.setdefault(track, LandmarkSampler(max_gap_s))
            for windows in sampler.add(new_frames):
                _score_windows(windows, units[Body(windows.shot, track)], classifier)
    all_units = [unit for body_units in units.values() for unit in body_units]
    return [unit.row() for unit in sorted(all_units, key=lambda unit: unit.gesture)]


def _landmarks(points: np.ndarray) -> np.ndarray:
    """World coordinates and visibility of the classifier's landmarks, (23, 4) float32."""
    points = points[: len(LANDMARKS)]
    return np.concatenate([points[:, WORLD], points[:, VISIBILITY, np.newaxis]], axis=1)


def _score_windows(
    windows: Windows, units: list[GestureUnit], classifier: GestureClassifier
) -> None:
    """Score the windows of a body that lie in its gesture units, and add them to these."""
    is_known = np.isfinite(windows.landmarks).all(axis=(1, 2, 3))
    is_in_unit = np.array([unit.has_windows(windows.start_s) & is_known for unit in units])
    is_scored = np.any(is_in_unit, axis=0)
    scores = np.full(len(windows.start_s), np.nan)
    scores[is_scored] = classifier.score(windows.landmarks[is_scored])
    for unit, in_unit in zip(units, is_in_unit, strict=True):
        unit.add(scores[in_unit])
