"""Bodies and labelled people at exactly known places, and their rows of the keypoints table."""

import numpy as np
import pandas as pd

from corpus.tables.schemas import PARTS, POSE_KEYPOINTS
from labelled_bodies import LabelledPerson

SKELETON = {
    "left_shoulder": (60, 40), "right_shoulder": (40, 40), "left_elbow": (66, 60),
    "right_elbow": (34, 60), "left_wrist": (66, 80), "right_wrist": (34, 80),
    "left_hip": (56, 90), "right_hip": (44, 90),
}  # fmt: skip
TORSO = float(np.hypot(16, 50))


def body(dx: float = 0, dy: float = 0) -> np.ndarray:
    """The skeleton, moved by some pixels: (33, 2); other keypoints are in its middle."""
    points = np.full((len(POSE_KEYPOINTS), 2), 50.0)
    for name, point in SKELETON.items():
        points[POSE_KEYPOINTS.index(name)] = point
    return points + (dx, dy)


def person(dx: float = 0) -> LabelledPerson:
    """The person with this skeleton as labelled."""
    joints = {name: np.array(point, float) + (dx, 0) for name, point in SKELETON.items()}
    return LabelledPerson(joints, np.array([30.0 + dx, 10, 70 + dx, 130]))


def rows(frame: int, track: int, points: np.ndarray, part: str = "pose") -> pd.DataFrame:
    """Rows of one body or hand in one frame."""
    visibility = 1.0 if part == "pose" else None
    return pd.DataFrame(
        {
            "frame": frame,
            "track": track,
            "part": part,
            "keypoint": PARTS[part],
            "x": points[:, 0],
            "y": points[:, 1],
            "visibility": visibility,
        }
    )
