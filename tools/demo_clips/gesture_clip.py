"""The clip of a figure that gestures: first with its right hand, then its left, then both."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from demo_clips.arm_motion import SHOULDER_WIDTH, Posture, Turn, arm_joints, fast_intervals
from demo_clips.figure import Figure
from demo_clips.frames import FPS, HEIGHT, WIDTH, Motion, affine_matrix, sway

HANGING = Posture(-10, -4)
ACROSS = Posture(-16, 112)
"""The forearm lies in front of the chest."""
OPEN = Posture(-34, 212)
"""The forearm points up and outwards."""
OPEN_TO_HANGING = Posture(-10, 356)
"""`HANGING`, reached by turning outwards."""
RAISED = Posture(-24, 150)
"""The forearm points up and inwards; two raised hands do not touch."""
FRONT = Posture(-8, 98)
BEAT = Posture(-8, 128)
"""The forearm is in front of the belly, and slightly higher."""

BOTH_ARMS = (
    Turn(5.7, 6.3, HANGING, RAISED),
    Turn(6.7, 7.2, RAISED, OPEN),
    Turn(7.6, 8.3, OPEN, OPEN_TO_HANGING),
)
RIGHT_ARM = (
    Turn(0.4, 1.1, HANGING, ACROSS),
    Turn(1.5, 2.1, ACROSS, OPEN),
    Turn(2.7, 3.4, OPEN, OPEN_TO_HANGING),
    *BOTH_ARMS,
)
LEFT_ARM = (
    Turn(3.2, 3.8, HANGING, FRONT),
    Turn(4.2, 4.5, FRONT, BEAT),
    Turn(4.9, 5.5, BEAT, HANGING),
    *BOTH_ARMS,
)


@dataclass(frozen=True)
class GestureClip:
    """A clip of one shot, in which a figure moves its arms.

    `arms` holds the turns of the left and the right arm, `motion` moves the whole figure.
    `threshold` is the speed, in shoulder widths per second, above which the truth says that a hand
    moves.
    """

    person: str
    n_frames: int
    arms: dict[str, tuple[Turn, ...]]
    motion: Motion
    backdrop: tuple[float, float, float] = (120, 150, 170)
    threshold: float = 0.4

    def images(self, pictures: dict[str, np.ndarray]) -> Iterator[np.ndarray]:
        """Draw all frames, each (HEIGHT, WIDTH, 3) uint8 RGB, from the portraits by person."""
        figure = Figure(pictures[self.person], self._placement(0)[0], self.backdrop)
        times = np.arange(self.n_frames) / FPS
        arms = [arm_joints(side, turns, times) for side, turns in self.arms.items()]
        for number in range(self.n_frames):
            yield figure.draw(self._placement(number)[1:], arms, number)

    def truth(self) -> dict:
        """Return the ground truth of the clip, as in truth.json.

        `hands` says for each hand where its wrist and the mean of its 21 keypoints are in each
        frame, in pixels, and when its mean is faster than `threshold`.
        """
        placements = [self._placement(number) for number in range(self.n_frames)]
        return {
            "fps": FPS,
            "width": WIDTH,
            "height": HEIGHT,
            "n_frames": self.n_frames,
            "cuts": [],
            "frames": [
                {self.person: affine_matrix(placement).round(6).tolist()}
                for placement in placements
            ],
            "shoulder_width": round(SHOULDER_WIDTH * placements[0][0], 3),
            "threshold": self.threshold,
            "hands": {side: self._hand_truth(side) for side in self.arms},
        }

    def _hand_truth(self, side: str) -> dict:
        joints = arm_joints(side, self.arms[side], np.arange(self.n_frames) / FPS)
        scale, *_ = self._placement(0)
        corners = [self._placement(number)[1:] for number in range(self.n_frames)]
        duration_s = self.n_frames / FPS
        return {
            "wrist": (joints.wrist * scale + corners).round(3).tolist(),
            "centre": (joints.hand_centre() * scale + corners).round(3).tolist(),
            "movements": fast_intervals(side, self.arms[side], duration_s, self.threshold),
        }

    def _placement(self, number: int) -> tuple[float, float, float]:
        return self.motion(number / (self.n_frames - 1))


HANDS = GestureClip(
    person="hopper",
    n_frames=215,
    arms={"left": LEFT_ARM, "right": RIGHT_ARM},
    motion=sway((0.40, 217, 4), dx=5, dy=1.5, n_cycles=2.5, phase=0.0),
)
