"""MediaPipe's landmarkers as the reference of the project's own keypoints, and images for both."""

from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

import render_demo
from corpus.pose.pose_networks import Networks, open_networks
from demo_clips.arm_motion import Turn
from demo_clips.gesture_clip import HANDS, HANGING, RAISED
from portraits import model_file

CONFIDENCE, PALM_CONFIDENCE = 0.5, 0.3
RAISED_FROM_THE_START = (Turn(-2.0, -1.0, HANGING, RAISED),)


@cache
def keypoint_networks() -> Networks:
    """The networks of bodies and hands on the CPU."""
    files = (model_file(f"{part}_landmarker_bundled") for part in ("pose", "hand"))
    return open_networks(*files, "cpu")


@cache
def figure_with_raised_hands() -> np.ndarray:
    """A frame (480, 640, 3) of the demo's figure, with both hands beside its chin."""
    clip = replace(HANDS, n_frames=2, arms=dict.fromkeys(("left", "right"), RAISED_FROM_THE_START))
    return next(clip.images(render_demo.portraits()))


def reference_bodies(images: list[np.ndarray], count: int = 1, video: bool = False) -> list[list]:
    """What MediaPipe's pose landmarker finds in each image.

    Each body is a dict: points (33, 3) pixels, world (33, 3), visibility and presence (33,).
    `video` says whether the images are successive frames of a video, in which bodies are tracked.
    """
    from mediapipe_reference import mediapipe as mp

    vision = mp.tasks.vision
    options = vision.PoseLandmarkerOptions(
        base_options=_model(mp, "pose_landmarker_bundled"),
        running_mode=_mode(vision, video),
        num_poses=count,
        min_pose_detection_confidence=CONFIDENCE,
        min_pose_presence_confidence=CONFIDENCE,
    )
    with vision.PoseLandmarker.create_from_options(options) as landmarker:
        return [
            [
                {
                    "points": _pixels(points, image),
                    "world": _coordinates(world),
                    "visibility": np.array([point.visibility for point in points]),
                    "presence": np.array([point.presence for point in points]),
                }
                for points, world in zip(
                    result.pose_landmarks, result.pose_world_landmarks, strict=True
                )
            ]
            for image, result in _results(mp, landmarker, images, video)
        ]


def reference_hands(images: list[np.ndarray], video: bool = False) -> list[list]:
    """What MediaPipe's hand landmarker finds in each image: at most one hand.

    Each hand is a dict: points (21, 3) pixels, world (21, 3), side ("Left" or "Right"), score.
    """
    from mediapipe_reference import mediapipe as mp

    vision = mp.tasks.vision
    options = vision.HandLandmarkerOptions(
        base_options=_model(mp, "hand_landmarker_bundled"),
        running_mode=_mode(vision, video),
        num_hands=1,
        min_hand_detection_confidence=PALM_CONFIDENCE,
        min_hand_presence_confidence=CONFIDENCE,
    )
    with vision.HandLandmarker.create_from_options(options) as landmarker:
        return [
            [
                {
                    "points": _pixels(points, image),
                    "world": _coordinates(world),
                    "side": side[0].category_name,
                    "score": side[0].score,
                }
                for points, world, side in zip(
                    result.hand_landmarks,
                    result.hand_world_landmarks,
                    result.handedness,
                    strict=True,
                )
            ]
            for image, result in _results(mp, landmarker, images, video)
        ]


def _model(mp, name: str):
    return mp.tasks.BaseOptions(model_asset_buffer=_file_for_mediapipe(name))


@cache
def _file_for_mediapipe(name: str) -> bytes:
    """The content of a model file that MediaPipe's library can open."""
    from mediapipe_reference import model_for_mediapipe

    with TemporaryDirectory() as folder:
        return model_for_mediapipe(model_file(name), Path(folder) / name).read_bytes()


def _mode(vision, video: bool):
    return vision.RunningMode.VIDEO if video else vision.RunningMode.IMAGE


def _results(mp, landmarker, images, video):
    """Pairs of an image and MediaPipe's result; frames of a video are 40 ms apart."""
    for number, image in enumerate(images):
        picture = mp.Image(image_format=mp.ImageFormat.SRGB, data=np.ascontiguousarray(image))
        if video:
            yield image, landmarker.detect_for_video(picture, 40 * number)
        else:
            yield image, landmarker.detect(picture)


def _pixels(points, image: np.ndarray) -> np.ndarray:
    height, width = image.shape[:2]
    return _coordinates(points) * [width, height, width]


def _coordinates(points) -> np.ndarray:
    return np.array([(point.x, point.y, point.z) for point in points])
