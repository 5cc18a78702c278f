"""Bodies and hands as MediaPipe's landmarkers find them in whole frames, without the workflow.

Each frame is searched on its own (mode IMAGE), with MediaPipe's default confidence of 0.5.
"""

import sys
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

from corpus.tables.schemas import PARTS
from keypoint_measures import COLUMNS
from mediapipe_reference import mediapipe as mp
from mediapipe_reference import model_for_mediapipe

MAX_BODIES = 4
MAX_HANDS = 2

vision = mp.tasks.vision


def open_landmarkers(
    models: Path, max_bodies: int = MAX_BODIES, mode: object = vision.RunningMode.IMAGE
) -> tuple:
    """MediaPipe's landmarkers of poses and of hands, on the CPU, with the bundled models."""

    with TemporaryDirectory() as folder:
        names = [f"{part}_landmarker_bundled.task" for part in ("pose", "hand")]
        files = [model_for_mediapipe(models / name, Path(folder, name)) for name in names]
        pose, hand = (mp.tasks.BaseOptions(str(file)) for file in files)
        poses = vision.PoseLandmarkerOptions(pose, mode, num_poses=max_bodies)
        hands = vision.HandLandmarkerOptions(hand, mode, num_hands=MAX_HANDS)
        return (
            vision.PoseLandmarker.create_from_options(poses),
            vision.HandLandmarker.create_from_options(hands),
        )


def find_keypoints(images: Iterable[np.ndarray], models: Path) -> pd.DataFrame:
    """Rows like those of the table keypoints, of RGB images in order.

    `track` is the position of the body among the bodies of the frame, or of the hand among the
    hands: MediaPipe does not assign hands to bodies, and may call both the left one.
    """
    pose_landmarker, hand_landmarker = open_landmarkers(models)
    rows: list[tuple] = []
    with pose_landmarker, hand_landmarker:
        for frame, image in enumerate(images):
            size = image.shape[1], image.shape[0]
            picture = mp.Image(image_format=mp.ImageFormat.SRGB, data=np.ascontiguousarray(image))
            for track, points in enumerate(pose_landmarker.detect(picture).pose_landmarks):
                rows += _rows(frame, track, "pose", points, size)
            found = hand_landmarker.detect(picture)
            hands = zip(found.hand_landmarks, found.handedness, strict=True)
            for track, (points, [side, *_]) in enumerate(hands):
                rows += _rows(frame, track, f"{side.category_name.lower()}_hand", points, size)
    return pd.DataFrame(rows, columns=COLUMNS)


def _rows(frame: int, track: int, part: str, points: list, size: tuple[int, int]) -> list[tuple]:
    width, height = size
    return [
        (frame, track, part, name, point.x * width, point.y * height, point.visibility)
        for name, point in zip(PARTS[part], points, strict=True)
    ]
