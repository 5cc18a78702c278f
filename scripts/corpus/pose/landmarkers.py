"""Run MediaPipe's pose and hand landmarkers on crops; results are in pixels of the whole frame.

Pose: BlazePose GHUM, 33 keypoints (https://arxiv.org/abs/2006.10204,
https://ai.google.dev/edge/mediapipe/solutions/vision/pose_landmarker). Hands: 21 keypoints
(https://arxiv.org/abs/2006.10214). World coordinates are metres as estimated by MediaPipe.

MediaPipe's landmarkers have two modes. In IMAGE mode each image is searched independently
(`Landmarkers`). In VIDEO mode a landmarker continues from its previous frame, so each person has
landmarkers of their own (`PersonLandmarkers`).
"""

import locale
import logging
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from corpus.core.devices import has_nvidia_gpu
from corpus.core.errors import ModelError
from corpus.core.mediapipe_setup import mediapipe as mp
from corpus.pose.keypoints import Box, Keypoints

BaseOptions, vision = mp.tasks.BaseOptions, mp.tasks.vision

PALM_CONFIDENCE = 0.3
"""Highest confidence that is required of a palm. It is below the configured confidence, since hands
in motion are blurred. The landmark network, which sees the hand itself, still has to reach the
configured confidence."""

MAX_IMAGE_BODIES = 4
"""Number of bodies that are searched in a single image."""
MAX_VIDEO_BODIES = 2
"""Number of bodies that a video landmarker follows. Two, although there is one person per
landmarker: for a single body MediaPipe smooths the keypoints, which then lag behind quick movement
(measured on the demo: without smoothing the median error of a swaying body is half as large)."""
MAX_VIDEO_HANDS = 2
"""Number of hands that a video landmarker follows. Two, since the other hand is often near; hands
are assigned to wrists later."""

ROTATED_SIDE = 256
"""Side of the rotated square that is searched for a hand, pixels; the network uses 192."""

NEUTRAL_CHARACTERS = ("C.UTF-8", "C.utf8", "C")
"""Locales whose lower-case letters are those of English, the best first; not every system has all
of them."""

UNUSABLE = (RuntimeError, ValueError, OSError)
"""Errors that MediaPipe raises if a file is not a model, is the wrong model, or does not run on the
delegate."""


class Landmarkers:
    """Searches single images, and creates the video landmarkers of each person.

    The GPU is tried only on machines with an NVIDIA or Apple GPU: elsewhere MediaPipe would use a
    software renderer, which is slower than its CPU implementation.

    Parameters
    ----------
    pose, hand
        Model files.
    device
        auto, cpu or cuda. Unless it is cpu, the GPU is used if it works.
    confidence
        Lowest confidence of detections, keypoints and tracking, 0 to 1.

    Attributes
    ----------
    delegate
        What the landmarkers run on: "gpu" or "cpu".

    Raises
    ------
    ModelError
        A model file cannot be used.
    """

    def __init__(self, pose: Path, hand: Path, device: str, confidence: float) -> None:
        use_neutral_characters()
        self.pose_file, self.hand_file, self.confidence = pose, hand, confidence
        use_gpu = device != "cpu" and (has_nvidia_gpu() or sys.platform == "darwin")
        self.delegate = "gpu" if use_gpu else "cpu"
        try:
            self._image_pose, self._image_hand = self._open()
        except ModelError as error:
            if self.delegate == "cpu":
                raise
            logging.warning("MediaPipe cannot use the GPU, so it runs on the CPU: %s", error)
            self.delegate = "cpu"
            self._image_pose, self._image_hand = self._open()

    def _open(self) -> tuple:
        """Create the landmarkers of poses and of hands for single images."""
        try:
            hand = self._create_hand(vision.RunningMode.IMAGE, max_hands=1)
            try:
                return self._create_pose(vision.RunningMode.IMAGE, MAX_IMAGE_BODIES), hand
            except UNUSABLE:
                # Close it explicitly: MediaPipe can deadlock when the garbage collector destroys a
                # landmarker.
                hand.close()
                raise
        except UNUSABLE as error:
            files = f"{self.pose_file} or {self.hand_file}"
            raise ModelError(f"{files} cannot be used: {error}") from error

    def _base_options(self, file: Path) -> "mp.tasks.BaseOptions":
        use_gpu = self.delegate == "gpu"
        delegate = BaseOptions.Delegate.GPU if use_gpu else BaseOptions.Delegate.CPU
        return BaseOptions(model_asset_path=str(file), delegate=delegate)

    def _create_pose(
        self, mode: "mp.tasks.vision.RunningMode", max_bodies: int
    ) -> "mp.tasks.vision.PoseLandmarker":
        options = vision.PoseLandmarkerOptions(
            base_options=self._base_options(self.pose_file),
            running_mode=mode,
            num_poses=max_bodies,
            min_pose_detection_confidence=self.confidence,
            min_pose_presence_confidence=self.confidence,
            min_tracking_confidence=self.confidence,
        )
        return vision.PoseLandmarker.create_from_options(options)

    def _create_hand(
        self, mode: "mp.tasks.vision.RunningMode", max_hands: int
    ) -> "mp.tasks.vision.HandLandmarker":
        options = vision.HandLandmarkerOptions(
            base_options=self._base_options(self.hand_file),
            running_mode=mode,
            num_hands=max_hands,
            min_hand_detection_confidence=min(self.confidence, PALM_CONFIDENCE),
            min_hand_presence_confidence=self.confidence,
            min_tracking_confidence=self.confidence,
        )
        return vision.HandLandmarker.create_from_options(options)

    def detect_bodies(self, image: np.ndarray, box: Box) -> list[Keypoints]:
        """Search a part of an RGB image for bodies, independently of other images."""
        return _bodies(self._image_pose.detect(crop_image(image, box)), box)

    def detect_hands(
        self, image: np.ndarray, centre: np.ndarray, forearm: np.ndarray, half_side: float
    ) -> list[Keypoints]:
        """Search a square for a hand, independently of other images.

        The square is rotated so that the forearm points up, since the network finds upright hands
        most easily.

        Parameters
        ----------
        image
            (height, width, 3) RGB.
        centre
            (2,) centre of the square, pixels.
        forearm
            (2,) vector from the elbow to the wrist, pixels.
        half_side
            Half the side of the square, pixels.
        """
        angle = np.degrees(np.arctan2(forearm[1], forearm[0])) + 90
        scale = ROTATED_SIDE / 2 / half_side
        to_square = cv2.getRotationMatrix2D((float(centre[0]), float(centre[1])), angle, scale)
        to_square[:, 2] += ROTATED_SIDE / 2 - centre
        size = (ROTATED_SIDE, ROTATED_SIDE)
        square = cv2.warpAffine(image, to_square, size, flags=cv2.INTER_CUBIC)
        box = (0, 0, ROTATED_SIDE, ROTATED_SIDE)
        to_frame = cv2.invertAffineTransform(to_square)
        hands = _hands(self._image_hand.detect(crop_image(square, box)), box)
        return [_rotate_back(hand, to_frame) for hand in hands]

    def for_person(self) -> "PersonLandmarkers":
        """Create the video landmarkers of one person."""
        video = vision.RunningMode.VIDEO
        hands = {
            part: VideoLandmarker(self._create_hand(video, MAX_VIDEO_HANDS), _hands)
            for part in ("left_hand", "right_hand")
        }
        pose = VideoLandmarker(self._create_pose(video, MAX_VIDEO_BODIES), _bodies)
        return PersonLandmarkers({"pose": pose, **hands})

    def close(self) -> None:
        """Close the landmarkers for single images."""
        self._image_pose.close()
        self._image_hand.close()


def use_neutral_characters() -> None:
    """Use a locale whose upper and lower case are those of English, for this process.

    MediaPipe converts the names of its calculators to lower case as the locale says. In Turkish and
    Azeri, the lower case of I is another letter, so that it would not find them.
    """
    for name in NEUTRAL_CHARACTERS:
        try:
            locale.setlocale(locale.LC_CTYPE, name)
            return
        except locale.Error:
            continue


class VideoLandmarker:
    """Follows a body or hands from frame to frame.

    This gives less jitter than searching each image independently, and continues through moments of
    blur in which an independent search would fail. Keypoints are not smoothed.

    Parameters
    ----------
    landmarker
        A pose or hand landmarker of MediaPipe in VIDEO mode.
    convert
        Function of MediaPipe's result and the box of the crop that returns a list of Keypoints.
    """

    def __init__(self, landmarker, convert: Callable) -> None:
        self._landmarker, self._convert = landmarker, convert
        self._timestamp_ms = 0

    def __call__(self, image: np.ndarray, box: Box, time_s: float) -> list[Keypoints]:
        """Search a part of the next RGB frame, which is shown at `time_s` seconds."""
        # MediaPipe requires increasing timestamps; those of a video may repeat or jump back.
        self._timestamp_ms = max(self._timestamp_ms + 1, round(time_s * 1000))
        crop = crop_image(image, box)
        return self._convert(self._landmarker.detect_for_video(crop, self._timestamp_ms), box)

    def close(self) -> None:
        self._landmarker.close()


class PersonLandmarkers(dict[str, VideoLandmarker]):
    """The video landmarkers of one person by part: pose, left_hand, right_hand."""

    def close(self) -> None:
        for landmarker in self.values():
            landmarker.close()


def crop_image(image: np.ndarray, box: Box) -> "mp.Image":
    """A part of an RGB image as an image of MediaPipe."""
    x1, y1, x2, y2 = box
    crop = np.ascontiguousarray(image[y1:y2, x1:x2])
    return mp.Image(image_format=mp.ImageFormat.SRGB, data=crop)


def _rotate_back(hand: Keypoints, to_frame: np.ndarray) -> Keypoints:
    """Map the keypoints of a hand from a rotated square to the frame.

    `to_frame` is the (2, 3) affine map from the square to the frame.
    """
    scale = float(np.hypot(to_frame[0, 0], to_frame[1, 0]))
    points, world = hand.points.copy(), hand.world.copy()
    points[:, :2] = points[:, :2] @ to_frame[:, :2].T + to_frame[:, 2]
    points[:, 2] *= scale
    world[:, :2] = world[:, :2] @ (to_frame[:, :2] / scale).T
    return replace(hand, points=points, world=world)


def _bodies(result: "mp.tasks.vision.PoseLandmarkerResult", box: Box) -> list[Keypoints]:
    return [
        Keypoints(
            points=_pixels(landmarks, box),
            world=_coordinates(world),
            visibility=np.array([landmark.visibility for landmark in landmarks]),
            score=np.array([landmark.presence for landmark in landmarks]),
        )
        for landmarks, world in zip(result.pose_landmarks, result.pose_world_landmarks, strict=True)
    ]


def _hands(result: "mp.tasks.vision.HandLandmarkerResult", box: Box) -> list[Keypoints]:
    return [
        Keypoints(
            points=_pixels(landmarks, box),
            world=_coordinates(world),
            visibility=None,
            score=np.full(len(landmarks), side.score),
            left=side.category_name == "Left",
        )
        for landmarks, world, (side, *_) in zip(
            result.hand_landmarks, result.hand_world_landmarks, result.handedness, strict=True
        )
    ]


def _pixels(landmarks: list, box: Box) -> np.ndarray:
    """Convert normalised coordinates of a crop to pixels of the frame; z has the scale of x."""
    x1, y1, x2, y2 = box
    size = np.array([x2 - x1, y2 - y1, x2 - x1])
    return _coordinates(landmarks) * size + np.array([x1, y1, 0])


def _coordinates(landmarks: list) -> np.ndarray:
    return np.array([(landmark.x, landmark.y, landmark.z) for landmark in landmarks])
