"""MediaPipe's pose and hand landmarkers on crops, with pixels of the whole frame coming out.

Pose: BlazePose GHUM, 33 keypoints (https://arxiv.org/abs/2006.10204,
https://ai.google.dev/edge/mediapipe/solutions/vision/pose_landmarker). Hands: 21 keypoints
(https://arxiv.org/abs/2006.10214). World coordinates are metres as MediaPipe estimates them.
"""

import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import mediapipe as mp
import numpy as np
from mediapipe.tasks.python import BaseOptions, vision

from corpus.core.devices import has_nvidia_gpu
from corpus.core.errors import ModelError

Box = tuple[int, int, int, int]
"""x1, y1, x2, y2: whole pixels of the frame, half-open."""

PALM_CONFIDENCE = 0.3
"""Palms are looked for at less than the configured confidence, since hands in motion are blurred;
the landmark network, which sees the hand itself, still has to be as sure as configured."""

TURNED = 256
"""Side of the square that a turned hand is looked for in, pixels; the network's own is 192."""

UNUSABLE = (RuntimeError, ValueError, OSError)
"""What MediaPipe raises for a file that is no model, the wrong one, or not for its delegate."""


@dataclass(frozen=True)
class Keypoints:
    """One body or one hand in one frame."""

    points: np.ndarray
    """(n, 3) x, y in pixels of the frame, z in pixels at the same scale."""
    world: np.ndarray
    """(n, 3) metres."""
    visibility: np.ndarray | None
    """(n,) 0 to 1; None for hands."""
    score: np.ndarray
    """(n,) 0 to 1: presence of each pose keypoint; a hand's handedness score, repeated."""
    left: bool | None = None
    """For hands: whether the network takes it for the person's left hand."""


def crop_image(image: np.ndarray, box: Box) -> "mp.Image":
    """A part of an RGB picture as MediaPipe takes it."""
    x1, y1, x2, y2 = box
    part = np.ascontiguousarray(image[y1:y2, x1:x2])
    return mp.Image(image_format=mp.ImageFormat.SRGB, data=part)


def clip_box(x1: float, y1: float, x2: float, y2: float, image: np.ndarray) -> Box | None:
    """The box in whole pixels within the picture; None where too little of it is left."""
    height, width = image.shape[:2]
    box = (max(int(x1), 0), max(int(y1), 0), min(int(x2), width), min(int(y2), height))
    return box if box[2] - box[0] >= 16 and box[3] - box[1] >= 16 else None


def _coordinates(landmarks: list, box: Box) -> np.ndarray:
    """Normalised crop coordinates to pixels of the frame; z has the scale of x."""
    x1, y1, x2, y2 = box
    size = np.array([x2 - x1, y2 - y1, x2 - x1])
    return np.array([(m.x, m.y, m.z) for m in landmarks]) * size + np.array([x1, y1, 0])


def _metres(landmarks: list) -> np.ndarray:
    return np.array([(m.x, m.y, m.z) for m in landmarks])


class Landmarkers:
    """Makes landmarkers from the model files, on the GPU where that is wanted and works.

    `delegate` says after construction what they run on: "gpu" or "cpu". The GPU is tried only where
    an NVIDIA or Apple GPU is: a software renderer would be slower than the CPU path.
    """

    def __init__(self, pose: Path, hand: Path, device: str, confidence: float) -> None:
        self.pose_file, self.hand_file, self.confidence = pose, hand, confidence
        wanted = device != "cpu" and (has_nvidia_gpu() or sys.platform == "darwin")
        self.delegate = "gpu" if wanted else "cpu"
        try:
            self._images, self._hand_image = self._open()
        except ModelError as error:
            if self.delegate == "cpu":
                raise
            logging.warning("MediaPipe's GPU delegate does not work here, so on the CPU: %s", error)
            self.delegate = "cpu"
            self._images, self._hand_image = self._open()

    def _open(self) -> tuple["vision.PoseLandmarker", "vision.HandLandmarker"]:
        """The landmarkers for single pictures."""
        single = vision.RunningMode.IMAGE
        try:
            hand = self._hand(single, 1)
            try:
                return self._pose(single, 4), hand
            except UNUSABLE:
                # One that only the garbage collector frees may wait forever.
                hand.close()
                raise
        except UNUSABLE as error:
            files = f"{self.pose_file} or {self.hand_file}"
            raise ModelError(f"{files} cannot be used: {error}") from error

    def _options(self, file: Path) -> BaseOptions:
        kind = BaseOptions.Delegate.GPU if self.delegate == "gpu" else BaseOptions.Delegate.CPU
        return BaseOptions(model_asset_path=str(file), delegate=kind)

    def _pose(self, mode: "vision.RunningMode", most: int) -> "vision.PoseLandmarker":
        options = vision.PoseLandmarkerOptions(
            base_options=self._options(self.pose_file),
            running_mode=mode,
            num_poses=most,
            min_pose_detection_confidence=self.confidence,
            min_pose_presence_confidence=self.confidence,
            min_tracking_confidence=self.confidence,
        )
        return vision.PoseLandmarker.create_from_options(options)

    def _hand(self, mode: "vision.RunningMode", most: int) -> "vision.HandLandmarker":
        options = vision.HandLandmarkerOptions(
            base_options=self._options(self.hand_file),
            running_mode=mode,
            num_hands=most,
            min_hand_detection_confidence=min(self.confidence, PALM_CONFIDENCE),
            min_hand_presence_confidence=self.confidence,
            min_tracking_confidence=self.confidence,
        )
        return vision.HandLandmarker.create_from_options(options)

    def poses(self, image: np.ndarray, box: Box) -> list[Keypoints]:
        """All bodies in a part of a picture, each looked for anew."""
        return _bodies(self._images.detect(crop_image(image, box)), box)

    def hands(
        self, image: np.ndarray, middle: np.ndarray, forearm: np.ndarray, half: float
    ) -> list[Keypoints]:
        """A hand looked for anew, in a square of half side `half` around `middle` (pixels), turned
        so that the forearm (from the elbow, pixels) points up, as hands are easiest to find."""
        angle = np.degrees(np.arctan2(forearm[1], forearm[0])) + 90
        centre = (float(middle[0]), float(middle[1]))
        turn = cv2.getRotationMatrix2D(centre, angle, TURNED / 2 / half)
        turn[:, 2] += TURNED / 2 - middle
        patch = cv2.warpAffine(image, turn, (TURNED, TURNED), flags=cv2.INTER_CUBIC)
        whole = (0, 0, TURNED, TURNED)
        back = cv2.invertAffineTransform(turn)
        return [
            _turned(hand, back)
            for hand in _hands(self._hand_image.detect(crop_image(patch, whole)), whole)
        ]

    def follow(self) -> "PersonLandmarkers":
        """Landmarkers that follow one person from frame to frame."""
        video = vision.RunningMode.VIDEO
        # Two: the other hand often comes near; which is whose is settled later.
        hands = {
            side: VideoLandmarker(self._hand(video, 2), _hands)
            for side in ("left_hand", "right_hand")
        }
        # Two of them as well: for one alone MediaPipe smooths the keypoints, which then lag behind
        # quick movement (measured on the demo: the median error of a swaying body is halved).
        return PersonLandmarkers({"pose": VideoLandmarker(self._pose(video, 2), _bodies), **hands})

    def close(self) -> None:
        self._images.close()
        self._hand_image.close()


class VideoLandmarker:
    """A body or hands, followed from frame to frame: with less jitter than by looking anew each
    time, and through moments of blur in which they would not be found. Not smoothed."""

    def __init__(self, landmarker, read: Callable) -> None:
        self._landmarker, self._read = landmarker, read
        self._clock = 0

    def __call__(self, image: np.ndarray, box: Box, time_s: float) -> list[Keypoints]:
        """What is found in a part of the picture of that time."""
        # MediaPipe needs a clock that rises; a video's may stand still or run back.
        self._clock = max(self._clock + 1, round(time_s * 1000))
        return self._read(
            self._landmarker.detect_for_video(crop_image(image, box), self._clock), box
        )


class PersonLandmarkers(dict[str, VideoLandmarker]):
    """One person's followers by part: pose, left_hand, right_hand."""

    def close(self) -> None:
        for follower in self.values():
            follower._landmarker.close()


def _turned(hand: Keypoints, back: np.ndarray) -> Keypoints:
    """A hand's keypoints out of a turned square, by the 2 x 3 affine map back into the frame."""
    scale = float(np.hypot(back[0, 0], back[1, 0]))
    points, world = hand.points.copy(), hand.world.copy()
    points[:, :2] = points[:, :2] @ back[:, :2].T + back[:, 2]
    points[:, 2] *= scale
    world[:, :2] = world[:, :2] @ (back[:, :2] / scale).T
    return replace(hand, points=points, world=world)


def _bodies(result: "vision.PoseLandmarkerResult", box: Box) -> list[Keypoints]:
    return [
        Keypoints(
            _coordinates(landmarks, box),
            _metres(world),
            np.array([m.visibility for m in landmarks]),
            np.array([m.presence for m in landmarks]),
        )
        for landmarks, world in zip(result.pose_landmarks, result.pose_world_landmarks, strict=True)
    ]


def _hands(result: "vision.HandLandmarkerResult", box: Box) -> list[Keypoints]:
    return [
        Keypoints(
            _coordinates(landmarks, box),
            _metres(world),
            None,
            np.full(len(landmarks), side.score),
            side.category_name == "Left",
        )
        for landmarks, world, (side, *_) in zip(
            result.hand_landmarks, result.hand_world_landmarks, result.handedness, strict=True
        )
    ]
