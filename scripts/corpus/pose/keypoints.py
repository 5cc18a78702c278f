"""Keypoints of bodies and hands, and boxes to crop them from a frame."""

from dataclasses import dataclass

import numpy as np

Box = tuple[int, int, int, int]
"""x1, y1, x2, y2: whole pixels of the frame, half-open."""

MIN_CROP_SIDE = 16
"""Smaller crops are not searched, pixels."""


@dataclass(frozen=True)
class Keypoints:
    """One body or one hand in one frame."""

    points: np.ndarray
    """(n, 3) x and y in pixels of the frame, z in pixels at the same scale."""
    world: np.ndarray
    """(n, 3) metres, as estimated by the landmark networks."""
    visibility: np.ndarray | None
    """(n,) 0 to 1; None for hands."""
    score: np.ndarray
    """(n,) 0 to 1. Body: presence of each keypoint. Hand: score of its handedness, repeated."""
    left: bool | None = None
    """Hand: whether the network classifies it as a left hand. None for bodies."""


PeopleKeypoints = dict[int, dict[str, Keypoints]]
"""{track: {part: keypoints}}. Face tracks are numbered 0, 1, ..., bodies without a face -1, -2, ...
Parts are pose, left_hand and right_hand."""


@dataclass(frozen=True)
class FrameKeypoints:
    """The keypoints of all people in one frame."""

    number: int
    """Position of the frame in the video, from 0."""
    time_s: float
    shot: int
    people: PeopleKeypoints


def clip_box(x1: float, y1: float, x2: float, y2: float, image: np.ndarray) -> Box | None:
    """Round a box to whole pixels and clip it to the image; None if it is then too small."""
    height, width = image.shape[:2]
    box = (max(int(x1), 0), max(int(y1), 0), min(int(x2), width), min(int(y2), height))
    large_enough = box[2] - box[0] >= MIN_CROP_SIDE and box[3] - box[1] >= MIN_CROP_SIDE
    return box if large_enough else None
