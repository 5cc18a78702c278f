"""Detect faces in sampled frames with MTCNN, and join the detections into tracks."""

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple, Protocol

import cv2
import numpy as np
import pandas as pd

from corpus.core.batching import batches
from corpus.faces.quality import face_quality
from corpus.faces.tracking import Tracker
from corpus.tables import schemas
from corpus.video.reader import Frame

NETWORK_INPUT = 48
"""Side of the input of MTCNN's last network, pixels."""
SMALLEST_FACE = 12
"""Side of the input of MTCNN's first network, pixels: it cannot detect smaller faces."""


class FaceDetections(NamedTuple):
    """The faces of one image, sorted by the left edge of their boxes."""

    boxes: np.ndarray
    """(n, 4) x1, y1, x2, y2 in pixels of the image."""
    scores: np.ndarray
    """(n,) 0 to 1."""
    landmarks: np.ndarray
    """(n, 5, 2) pixels: the two eyes, the nose, the two corners of the mouth."""


class Detector(Protocol):
    """Detects the faces in a batch of equally large RGB images."""

    def __call__(self, images: list[np.ndarray]) -> list[FaceDetections]: ...


class FaceDetector:
    """MTCNN (Zhang et al. 2016, https://arxiv.org/abs/1604.02878) as in facenet-pytorch.

    Parameters
    ----------
    device
        The torch.device that the networks run on.
    min_size
        Side of the smallest face to detect, as a fraction of the shorter side of the image.
    min_score
        Detections with a lower score are discarded.
    """

    def __init__(self, device, min_size: float, min_score: float) -> None:
        from facenet_pytorch import MTCNN

        self.min_size, self.min_score = min_size, min_score
        self.model = MTCNN(keep_all=True, device=device).eval()

    def __call__(self, images: list[np.ndarray]) -> list[FaceDetections]:
        """Detect the faces in a batch of equally large RGB images."""
        shorter_side = min(images[0].shape[:2])
        # MTCNN's last network sees each face at 48 x 48 pixels. An image in which the smallest
        # face is larger than that only costs time and memory, so it is scaled down first.
        scale = min(1.0, NETWORK_INPUT / (self.min_size * shorter_side))
        smallest_face = max(round(self.min_size * shorter_side * scale), SMALLEST_FACE)
        if shorter_side * scale < smallest_face:
            nothing = FaceDetections(np.zeros((0, 4)), np.zeros(0), np.zeros((0, 5, 2)))
            return [nothing] * len(images)
        if scale < 1:
            images = [
                cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
                for image in images
            ]
        boxes_of_images, landmarks_of_images = self._run_networks(images, smallest_face)
        return [
            self._select(boxes, landmarks, scale)
            for boxes, landmarks in zip(boxes_of_images, landmarks_of_images, strict=True)
        ]

    def _run_networks(self, images: list[np.ndarray], smallest_face: int) -> tuple:
        """Boxes with scores, and landmarks, of each image, as facenet-pytorch returns them."""
        # This function is called instead of `MTCNN.detect`, which calls it: `MTCNN.detect` fails on
        # batches of images with different numbers of faces, and returns None for images without
        # faces.
        import torch
        from facenet_pytorch.models.utils.detect_face import detect_face

        model = self.model
        with torch.no_grad():
            return detect_face(
                np.stack(images),
                smallest_face,
                model.pnet,
                model.rnet,
                model.onet,
                model.thresholds,
                model.factor,
                model.device,
            )

    def _select(self, boxes: np.ndarray, landmarks: np.ndarray, scale: float) -> FaceDetections:
        """The faces of one image with at least the minimum score, in pixels of the full image.

        `boxes` are (n, 5): x1, y1, x2, y2 in pixels of the scaled image, and the score.
        """
        boxes = np.asarray(boxes, dtype=np.float64).reshape(-1, 5)
        landmarks = np.asarray(landmarks, dtype=np.float64).reshape(-1, 5, 2)
        has_min_score = boxes[:, 4] >= self.min_score
        boxes, landmarks = boxes[has_min_score], landmarks[has_min_score]
        order = np.lexsort((boxes[:, 1], boxes[:, 0]))
        return FaceDetections(boxes[order, :4] / scale, boxes[order, 4], landmarks[order] / scale)


def detect_face_tracks(
    frames: Iterator[Frame],
    samples: pd.DataFrame,
    detector: Detector,
    batch_size: int,
    max_gap_s: float,
) -> pd.DataFrame:
    """Detect all faces of the sampled frames and number their tracks.

    Parameters
    ----------
    frames
        Decoded frames in order; those without an image are skipped.
    samples
        The rows of the frames table that were sampled.
    batch_size
        Number of images that the detector sees at once. It does not change which faces are found.
    max_gap_s
        Longest gap in seconds before a track ends.

    Returns a data frame with the columns of the faces table.
    """
    shot_of_frame = dict(zip(samples["frame"], samples["shot"], strict=True))
    tracker = Tracker(max_gap_s)
    rows = []
    for batch in batches((frame for frame in frames if frame.image is not None), batch_size):
        for frame, faces in zip(batch, _detect_batch(batch, detector), strict=True):
            shot = shot_of_frame[frame.number]
            tracks = tracker.update(shot, frame.time_s, faces.boxes)
            for track, box, score, landmarks in zip(tracks, *faces, strict=True):
                quality = face_quality(frame.pixels, box, landmarks, score)
                rows.append(
                    (frame.number, frame.time_s, shot, track, *box, score, landmarks, quality)
                )
    return pd.DataFrame(rows, columns=schemas.SCHEMAS["faces"].names)


def _detect_batch(frames: list[Frame], detector: Detector) -> list[FaceDetections]:
    # The size of the images may change within a file; the detector takes images of one size.
    same_size = groupby((frame.pixels for frame in frames), lambda image: image.shape)
    return [faces for _, images in same_size for faces in detector(list(images))]
