"""Arms that move between postures, and the true speed of their hands.

An arm has two bones that turn in the image plane. Its joints turn with minimum jerk, as people move
(Flash and Hogan 1985): a movement starts and ends at rest, and its speed has one peak. Positions
are pixels of the portrait that the figure's head comes from; speeds and lengths in the truth are
shoulder widths.
"""

from dataclasses import dataclass

import numpy as np

SHOULDERS = {"left": (424.0, 430.0), "right": (98.0, 430.0)}
"""Left and right are the person's own: the right shoulder is on the left of the image."""
SHOULDER_WIDTH = 326.0
UPPER_ARM, FOREARM = 0.80 * SHOULDER_WIDTH, 0.70 * SHOULDER_WIDTH
FINGER_BASES = ((78.0, 26.0), (80.0, 9.0), (78.0, -9.0), (74.0, -26.0))
"""Knuckles from the index to the little finger: distance from the wrist along the hand, and
distance from the middle of the hand towards the thumb."""
FINGER_LENGTHS = (92.0, 102.0, 96.0, 78.0)
FINGER_SPREAD = 0.16
"""Angle between neighbouring fingers, radians."""
THUMB = ((22.0, 24.0), (58.0, 58.0), (76.0, 66.0), (94.0, 74.0))
"""Joints of the thumb, like `FINGER_BASES`."""
TRUTH_STEP_S = 0.001
"""Distance of the times at which the true speed is sampled."""


@dataclass(frozen=True)
class Posture:
    """Directions of the upper arm and of the forearm, in degrees.

    0 is down, 90 inwards (towards the other arm), 180 up. Adding 360 gives the same posture; it
    says on which way a joint turns there.
    """

    upper_arm: float
    forearm: float


@dataclass(frozen=True)
class Turn:
    """A movement of an arm from one posture to another, from `start_s` to `end_s` seconds."""

    start_s: float
    end_s: float
    start: Posture
    end: Posture


@dataclass(frozen=True)
class ArmJoints:
    """Positions (n, 2) of one arm's joints, and the directions (n, 2) along the hand and towards
    its thumb, of length 1."""

    shoulder: np.ndarray
    elbow: np.ndarray
    wrist: np.ndarray
    along: np.ndarray
    thumbwards: np.ndarray

    def hand_point(self, along: float, thumbwards: float) -> np.ndarray:
        """Return the positions (n, 2) of a point that is fixed in the hand."""
        return self.wrist + along * self.along + thumbwards * self.thumbwards

    def fingers(self) -> list[list[np.ndarray]]:
        """Return the positions (n, 2) of the joints of each finger, the thumb first."""
        fingers = [[self.hand_point(*joint) for joint in THUMB]]
        for number, (base, length) in enumerate(zip(FINGER_BASES, FINGER_LENGTHS, strict=True)):
            angle = (1.5 - number) * FINGER_SPREAD
            joints = [
                (base[0] + share * length * np.cos(angle), base[1] + share * length * np.sin(angle))
                for share in (0.0, 0.45, 0.75, 1.0)
            ]
            fingers.append([self.hand_point(*joint) for joint in joints])
        return fingers

    def hand_centre(self) -> np.ndarray:
        """Return the mean (n, 2) of the 21 keypoints of the hand: the wrist and all joints."""
        joints = [joint for finger in self.fingers() for joint in finger]
        return np.mean([self.wrist, *joints], axis=0)


def minimum_jerk(progress: np.ndarray) -> np.ndarray:
    """Return the share of a movement that is done after a share of its time."""
    progress = np.clip(progress, 0, 1)
    return progress**3 * (10 - 15 * progress + 6 * progress**2)


def posture_at(turns: tuple[Turn, ...], times: np.ndarray) -> np.ndarray:
    """Return the angles (n, 2) of the upper arm and the forearm at the times (n,), radians.

    The arm keeps its posture before the first of the turns, between them and after the last.
    """
    number = np.searchsorted([turn.start_s for turn in turns], times, side="right") - 1
    number = np.clip(number, 0, None)
    spans = np.array([(turn.start_s, turn.end_s) for turn in turns])[number]
    ends = np.array(
        [
            [(posture.upper_arm, posture.forearm) for posture in (turn.start, turn.end)]
            for turn in turns
        ]
    )[number]
    progress = minimum_jerk((times - spans[:, 0]) / (spans[:, 1] - spans[:, 0]))[:, None]
    return np.radians(ends[:, 0] + progress * (ends[:, 1] - ends[:, 0]))


def arm_joints(side: str, turns: tuple[Turn, ...], times: np.ndarray) -> ArmJoints:
    """Return the joints of the arm of one side, "left" or "right", at the times (n,)."""
    inwards = 1.0 if side == "right" else -1.0
    upper_arm, forearm = (
        np.column_stack([inwards * np.sin(angle), np.cos(angle)])
        for angle in posture_at(turns, times).T
    )
    shoulder = np.tile(SHOULDERS[side], (len(times), 1))
    elbow = shoulder + UPPER_ARM * upper_arm
    # The back of the hand faces the camera: a hand that hangs has its thumb on the inner side.
    thumbwards = inwards * np.column_stack([forearm[:, 1], -forearm[:, 0]])
    return ArmJoints(shoulder, elbow, elbow + FOREARM * forearm, forearm, thumbwards)


def fast_intervals(
    side: str, turns: tuple[Turn, ...], duration_s: float, threshold: float
) -> list[dict[str, float]]:
    """Return the intervals in which the centre of a hand is faster than a threshold.

    The threshold is in shoulder widths per second. Each interval has `start_s`, `end_s`, its
    `peak_speed` in shoulder widths per second, and its `path_length` in shoulder widths.
    """
    times = np.arange(0, duration_s, TRUTH_STEP_S)
    path = arm_joints(side, turns, times).hand_centre() / SHOULDER_WIDTH
    steps = np.linalg.norm(np.diff(path, axis=0), axis=1)
    is_fast = steps / TRUTH_STEP_S > threshold
    edges = np.flatnonzero(np.diff(is_fast, prepend=False, append=False))
    return [
        {
            "start_s": round(float(times[start]), 3),
            "end_s": round(float(times[stop]), 3),
            "peak_speed": round(float(steps[start:stop].max() / TRUTH_STEP_S), 3),
            "path_length": round(float(steps[start:stop].sum()), 3),
        }
        for start, stop in edges.reshape(-1, 2)
    ]
