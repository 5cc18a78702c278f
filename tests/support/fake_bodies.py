"""Made-up bodies and hands.

A fake body faces the camera with hanging arms. Lengths are in face sizes, measured from the nose.
The left side of the body is on the right of the image.
"""

import numpy as np

from corpus.pose.keypoints import Keypoints
from corpus.tables.schemas import HAND_KEYPOINTS, POSE_KEYPOINTS
from corpus.video.reader import Frame

JOINTS = {
    "shoulder": (1.0, 1.2),
    "elbow": (1.2, 2.4),
    "wrist": (1.2, 3.6),
    "pinky": (1.2, 4.0),
    "index": (1.2, 4.0),
    "thumb": (1.1, 3.9),
    "hip": (0.6, 4.0),
    "knee": (0.6, 5.6),
    "ankle": (0.6, 7.2),
    "heel": (0.6, 7.4),
    "foot": (0.7, 7.4),
}
"""Position of each left joint to the right of and below the nose, in face sizes."""


def fake_body(x: float, y: float, size: float = 20.0, **moved: tuple[float, float]) -> Keypoints:
    """A body with its nose at (x, y) pixels; `moved` joints are elsewhere: left_wrist=(x, y)."""
    points = np.zeros((len(POSE_KEYPOINTS), 3))
    for row, name in enumerate(POSE_KEYPOINTS):
        side, _, joint = name.partition("_")
        across, down = JOINTS.get(joint.split("_")[0], (0.0, 0.0))
        points[row, :2] = across * (1 if side == "left" else -1) * size + x, down * size + y
        points[row, :2] = moved.get(name, points[row, :2])
    count = len(points)
    return Keypoints(points, points / 100, np.full(count, 1.0), np.full(count, 0.8))


def face_box(body: Keypoints, size: float = 20.0) -> np.ndarray:
    """The box around the face of a fake body."""
    x, y = body.points[0, :2]
    return np.array([x - 0.4 * size, y - 0.5 * size, x + 0.4 * size, y + 0.5 * size])


def fake_hand(x: float, y: float, left: bool, size: float = 20.0, score: float = 0.9) -> Keypoints:
    """A hand with its wrist at (x, y) pixels, one face size long."""
    points = np.zeros((len(HAND_KEYPOINTS), 3))
    points[:, 0] = x + np.linspace(-0.3, 0.3, len(points)) * size
    points[:, 1] = y + np.linspace(0, 1, len(points)) * size
    points[0, :2] = x, y
    return Keypoints(points, points / 1000, None, np.full(len(points), score), left)


def shift_keypoints(keypoints: Keypoints, dx: float, dy: float = 0.0) -> Keypoints:
    """The same body or hand, shifted by (dx, dy) pixels."""
    return Keypoints(
        keypoints.points + [dx, dy, 0],
        keypoints.world,
        keypoints.visibility,
        keypoints.score,
        keypoints.left,
    )


def white_image(width: int = 400, height: int = 300) -> np.ndarray:
    """A white image."""
    return np.full((height, width, 3), 255, np.uint8)


def white_frame(width: int = 400, height: int = 300) -> Frame:
    """The first frame of a video, with a white image."""
    return Frame(0, 0.0, white_image(width, height))
