"""Find the faces of a video in sampled frames, and join them into tracks.

python scripts/detect_faces.py --video v.mp4 --frames frames.parquet --output faces.parquet
"""

import argparse
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import cv2
import numpy as np
import pandas as pd

from corpus.core.batching import batches
from corpus.core.devices import DEVICES, torch_device
from corpus.core.errors import run
from corpus.core.progress import with_progress
from corpus.faces.tracking import Tracker
from corpus.tables import parquet, provenance, schemas
from corpus.video.frame_sampling import sample_frames
from corpus.video.reader import Frame, Reader

SHARP = 100.0
"""Variance of the Laplacian at which a face counts as half sharp."""
RECOGNISABLE = 80.0
"""Width in pixels from which a face's size no longer limits its recognition."""


def quality(image: np.ndarray, box: np.ndarray, landmarks: np.ndarray, score: float) -> float:
    """How well a face can be recognised, 0 to 1: the product of five factors, each 0 to 1.

    Detector score; part of the box inside the picture; width against 80 pixels; frontality, from
    the nose's offset to the middle of the eyes in eye distances (0 frontal, about 0.5 in
    three-quarter view); sharpness, from the variance of the Laplacian of the face at 64 x 64
    pixels (Pech-Pacheco et al. 2000, https://doi.org/10.1109/ICPR.2000.903548).

    `image` (h, w, 3) RGB, `box` (4,) x1, y1, x2, y2 and `landmarks` (5, 2) in pixels.
    """
    height, width = image.shape[:2]
    x1, y1, x2, y2 = box
    low = np.clip([x1, y1], 0, [width, height])
    high = np.clip([x2, y2], 0, [width, height])
    inside = np.prod(high - low) / max((x2 - x1) * (y2 - y1), 1e-6)
    size = min((x2 - x1) / RECOGNISABLE, 1.0)
    eyes = landmarks[:2]
    distance = np.linalg.norm(eyes[1] - eyes[0])
    axis = (eyes[1] - eyes[0]) / max(distance, 1e-6)
    turned = abs((landmarks[2] - eyes.mean(axis=0)) @ axis) / max(distance, 1e-6)
    frontal = np.clip(1 - turned, 0, 1)
    left, top = low.astype(int)
    right, bottom = np.ceil(high).astype(int)
    if right - left < 2 or bottom - top < 2:
        return 0.0
    grey = cv2.cvtColor(image[top:bottom, left:right], cv2.COLOR_RGB2GRAY)
    variance = cv2.Laplacian(cv2.resize(grey, (64, 64), interpolation=cv2.INTER_AREA), 5).var()
    sharp = variance / (variance + SHARP)
    return float(np.clip(score * inside * size * frontal * sharp, 0, 1))


class Detector:
    """MTCNN (Zhang et al. 2016, https://arxiv.org/abs/1604.02878) as in facenet-pytorch."""

    def __init__(self, device, min_size: float, min_score: float) -> None:
        """`min_size` is the smallest face as a part of the picture's shorter side."""
        from facenet_pytorch import MTCNN

        self.min_size, self.min_score = min_size, min_score
        self.model = MTCNN(keep_all=True, device=device).eval()

    def __call__(self, images: list[np.ndarray]) -> list[tuple[np.ndarray, ...]]:
        """(boxes (n, 4), scores (n,), landmarks (n, 5, 2)) for each of equally large pictures."""
        # The method below `detect` is called since that one fails on batches where the numbers
        # of faces differ, and returns None for pictures without any.
        import torch
        from facenet_pytorch.models.utils.detect_face import detect_face

        model = self.model
        shorter = min(images[0].shape[:2])
        # The last network looks at 48 x 48 pixels: a picture in which the smallest face is larger
        # than that only costs time and memory. 12 pixels is the least the first network can see.
        scale = min(1.0, 48 / (self.min_size * shorter))
        smallest = max(round(self.min_size * shorter * scale), 12)
        if shorter * scale < smallest:
            return [(np.zeros((0, 4)), np.zeros(0), np.zeros((0, 5, 2)))] * len(images)
        if scale < 1:
            images = [
                cv2.resize(i, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
                for i in images
            ]
        with torch.no_grad():
            boxes, points = detect_face(
                np.stack(images),
                smallest,
                model.pnet,
                model.rnet,
                model.onet,
                model.thresholds,
                model.factor,
                model.device,
            )
        found = []
        for box, point in zip(boxes, points, strict=True):
            box = np.asarray(box, dtype=np.float64).reshape(-1, 5)
            point = np.asarray(point, dtype=np.float64).reshape(-1, 5, 2)
            good = box[:, 4] >= self.min_score
            box, point = box[good], point[good]
            order = np.lexsort((box[:, 1], box[:, 0]))
            found.append((box[order, :4] / scale, box[order, 4], point[order] / scale))
        return found


def detect(
    frames: Iterator[Frame], samples: pd.DataFrame, detector: Detector, batch: int, gap_s: float
) -> pd.DataFrame:
    """All faces of the sampled frames, in the columns of the faces table."""
    shots = dict(zip(samples["frame"], samples["shot"], strict=True))
    tracker = Tracker(gap_s)
    rows = []
    for group in batches((f for f in frames if f.image is not None), batch):
        # A file may change its size on the way; the detector takes equally large pictures.
        alike = [list(same) for _, same in groupby(group, lambda f: f.image.shape)]
        found = [faces for same in alike for faces in detector([f.image for f in same])]
        for frame, faces in zip(group, found, strict=True):
            shot = shots[frame.number]
            numbers = tracker.update(shot, frame.time_s, faces[0])
            for number, box, score, points in zip(numbers, *faces, strict=True):
                good = quality(frame.image, box, points, score)
                rows.append((frame.number, frame.time_s, shot, number, *box, score, points, good))
    return pd.DataFrame(rows, columns=schemas.SCHEMAS["faces"].names)


def shortest_track(frames: pd.DataFrame, per_second: float, shortest_s: float) -> int:
    """Detections that a track of `shortest_s` seconds has: no more than there are frames for."""
    gap = np.fmax(frames["time_s"].diff().median(), 1 / per_second)
    return int(np.ceil(shortest_s / gap - 1e-3))


def drop_chance(
    faces: pd.DataFrame, samples: pd.DataFrame, shortest: int, surest: float
) -> pd.DataFrame:
    """Without the tracks that are chance: fewer than `shortest` detections (or than the shot has
    samples), or none as sure as `surest`. Tracks are numbered anew, in order of appearance."""
    possible = samples["shot"].value_counts()
    tracks = faces.groupby("track")
    long = tracks["frame"].transform("size") >= np.minimum(shortest, faces["shot"].map(possible))
    kept = faces[long & (tracks["score"].transform("max") >= surest)]
    numbers = {old: new for new, old in enumerate(kept["track"].drop_duplicates())}
    return kept.assign(track=kept["track"].map(numbers)).sort_values(["frame", "track"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--video", required=True, type=Path)
    parser.add_argument("--frames", required=True, type=Path, help="table of index_frames")
    parser.add_argument("--output", required=True, type=Path, help="table of faces")
    parser.add_argument("--samples-per-second", type=float, default=5)
    parser.add_argument("--min-size", type=float, default=0.06, help="of the shorter side")
    parser.add_argument("--min-score", type=float, default=0.9)
    parser.add_argument("--max-gap-s", type=float, default=1.0)
    parser.add_argument("--min-track-s", type=float, default=0.4)
    parser.add_argument("--min-track-score", type=float, default=0.97)
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--device", choices=DEVICES, default="auto")
    arguments = parser.parse_args()

    frames = parquet.read(arguments.frames)
    used = provenance.parameters(arguments, leave_out=("device",)) | {"device": None}
    faces = pd.DataFrame(columns=schemas.SCHEMAS["faces"].names)
    # Loading PyTorch takes long; a video without frames needs none.
    if len(frames):
        device = torch_device(arguments.device)
        used["device"] = device.type
        samples = sample_frames(frames, arguments.samples_per_second)
        wanted = set(samples["frame"].tolist())
        pictures = with_progress(Reader(arguments.video, wanted), "detect_faces", max(wanted) + 1)
        detector = Detector(device, arguments.min_size, arguments.min_score)
        found = detect(pictures, samples, detector, arguments.batch_size, arguments.max_gap_s)
        shortest = shortest_track(frames, arguments.samples_per_second, arguments.min_track_s)
        faces = drop_chance(found, samples, shortest, arguments.min_track_score)
    made_by = provenance.describe("detect_faces", used, ("facenet-pytorch", "torch", "av"))
    parquet.write(arguments.output, "faces", faces, made_by)


if __name__ == "__main__":
    run(main)
