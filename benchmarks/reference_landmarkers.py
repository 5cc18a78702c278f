"""MediaPipe's landmarkers on pictures or videos, as the reference of the workflow's keypoints."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from mediapipe_reference import mediapipe as mp
from mediapipe_reference import model_for_mediapipe

CONFIDENCE, PALM_CONFIDENCE = 0.5, 0.3
"""Lowest confidence of bodies and hands, and of palms, as in the workflow."""
FRAME_MS = 40

vision = mp.tasks.vision


@dataclass(frozen=True)
class Reference:
    """A body or a hand as MediaPipe finds it."""

    points: np.ndarray
    """(n, 3) pixels of the image; z at the scale of x."""
    world: np.ndarray
    """(n, 3) metres."""
    visibility: np.ndarray
    """(n,) 0 to 1; zeros for hands."""
    presence: np.ndarray
    """(n,) 0 to 1; zeros for hands."""
    side: str = ""
    """Hands: Left or Right."""
    score: float = 0.0
    """Hands: of the side."""


def reference_bodies(
    images: Iterable[np.ndarray], model: Path, count: int = 1, video: bool = False
) -> list[list[Reference]]:
    """The bodies in each image, at most `count`.

    `video` says whether the images are successive frames of a video, in which bodies are tracked.
    """
    options = vision.PoseLandmarkerOptions(
        base_options=_base_options(model),
        running_mode=_mode(video),
        num_poses=count,
        min_pose_detection_confidence=CONFIDENCE,
        min_pose_presence_confidence=CONFIDENCE,
    )
    with vision.PoseLandmarker.create_from_options(options) as landmarker:
        return [
            [
                _reference(points, world, image)
                for points, world in zip(
                    result.pose_landmarks, result.pose_world_landmarks, strict=True
                )
            ]
            for image, result in _results(landmarker, images, video)
        ]


def reference_hands(
    images: Iterable[np.ndarray], model: Path, video: bool = False
) -> list[list[Reference]]:
    """The hand in each image, if there is one; `video` as in `reference_bodies`."""
    options = vision.HandLandmarkerOptions(
        base_options=_base_options(model),
        running_mode=_mode(video),
        num_hands=1,
        min_hand_detection_confidence=PALM_CONFIDENCE,
        min_hand_presence_confidence=CONFIDENCE,
    )
    with vision.HandLandmarker.create_from_options(options) as landmarker:
        return [
            [
                _reference(points, world, image, side[0].category_name, side[0].score)
                for points, world, side in zip(
                    result.hand_landmarks,
                    result.hand_world_landmarks,
                    result.handedness,
                    strict=True,
                )
            ]
            for image, result in _results(landmarker, images, video)
        ]


def _base_options(model: Path):
    return mp.tasks.BaseOptions(model_asset_buffer=_file_for_mediapipe(model))


@cache
def _file_for_mediapipe(model: Path) -> bytes:
    with TemporaryDirectory() as folder:
        return model_for_mediapipe(model, Path(folder) / model.name).read_bytes()


def _mode(video: bool):
    return vision.RunningMode.VIDEO if video else vision.RunningMode.IMAGE


def _results(landmarker, images: Iterable[np.ndarray], video: bool) -> Iterator[tuple]:
    """Pairs of an image and MediaPipe's result."""
    for number, image in enumerate(images):
        picture = mp.Image(image_format=mp.ImageFormat.SRGB, data=np.ascontiguousarray(image))
        if video:
            yield image, landmarker.detect_for_video(picture, FRAME_MS * number)
        else:
            yield image, landmarker.detect(picture)


def _reference(
    landmarks: list, world: list, image: np.ndarray, side: str = "", score: float = 0.0
) -> Reference:
    height, width = image.shape[:2]
    return Reference(
        points=_coordinates(landmarks) * [width, height, width],
        world=_coordinates(world),
        visibility=np.array([point.visibility or 0 for point in landmarks]),
        presence=np.array([point.presence or 0 for point in landmarks]),
        side=side,
        score=score,
    )


def _coordinates(points: list) -> np.ndarray:
    return np.array([(point.x, point.y, point.z) for point in points])
