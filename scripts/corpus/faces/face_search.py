"""Search the sampled frames of a video for faces: detect, describe and track them in one pass.

Batches of frames are searched in one or several threads. Tracks are made in the main thread, in
order of time, so the tables have the same bytes for any number of threads.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import groupby
from typing import NamedTuple, Protocol

import numpy as np
import pandas as pd

from corpus.core.batching import batches
from corpus.core.worker_threads import mapped_in_order
from corpus.faces.appearance import FaceLooks, views
from corpus.faces.detector import Detector, FaceDetections
from corpus.faces.embedding import FaceEmbedder
from corpus.faces.quality import face_quality
from corpus.faces.track_splitting import split_mixed_tracks
from corpus.faces.tracking import Tracker
from corpus.tables import schemas
from corpus.video.reader import Frame


class FaceNetworks(NamedTuple):
    """What one thread needs to search frames. Two threads must not use it at the same time."""

    detector: Detector
    embedder: FaceEmbedder


class SampledFaces(NamedTuple):
    """The n faces of one sampled frame."""

    frame: Frame
    detections: FaceDetections
    qualities: np.ndarray
    """(n,) from 0 to 1 (`corpus.faces.quality`)."""
    embeddings: np.ndarray
    """(n, dimensions) float32."""


class FoundFaces(NamedTuple):
    """All faces that were found in a video."""

    table: pd.DataFrame
    """The columns of the faces table, one row per face, index 0 to n - 1."""
    embeddings: np.ndarray
    """(n, dimensions) float32, one row per row of the table."""


class PixelMeasure(Protocol):
    """Measures the pixels around the faces of successive sampled frames.

    `detect_face_tracks` calls it once per sampled frame, in order of time, also for frames without
    faces. Tracks may be split and dropped after the last frame. A measure therefore keeps one
    record per face, in the order of the calls and of the faces in them: this is the order of the
    rows of `FoundFaces.table`. The records of a track are summarised when the tracks are final.
    """

    def __call__(self, sample: SampledFaces, shot: int, tracks: list[int]) -> None: ...


def detect_face_tracks(
    frames: Iterator[Frame],
    samples: pd.DataFrame,
    networks: Sequence[FaceNetworks],
    tracker: Tracker,
    batch_size: int,
    measures: Sequence[PixelMeasure] = (),
) -> FoundFaces:
    """Detect and embed all faces of the sampled frames, and join them into tracks.

    Parameters
    ----------
    frames
        Decoded frames in order; those without an image are skipped.
    samples
        The rows of the frames table that were sampled, with the column shown_until_s
        (`corpus.video.frame_sampling.shown_until`).
    networks
        The same networks for each thread that searches frames. With n of them, at most n + 1
        batches of images are in memory.
    batch_size
        Number of images that the detector sees at once, and of faces that the embedder sees at
        once. It does not change which faces are found.
    measures
        What else is computed from the pixels of the frames.
    """
    columns = samples.set_index("frame")[["shot", "shown_until_s"]].itertuples(name=None)
    sampled = {number: (int(shot), until_s) for number, shot, until_s in columns}
    rows, embeddings = [], []
    for sample in _search(frames, networks, batch_size):
        number, time_s = sample.frame.number, sample.frame.time_s
        shot, until_s = sampled[number]
        boxes, _, landmarks_of_faces = sample.detections
        looks = FaceLooks(views(landmarks_of_faces), sample.embeddings)
        tracks = tracker.update(shot, time_s, boxes, looks, until_s)
        for measure in measures:
            measure(sample, shot, tracks)
        embeddings.extend(sample.embeddings)
        faces = zip(tracks, *sample.detections, sample.qualities, strict=True)
        for track, box, score, landmarks, quality in faces:
            values = (number, time_s, shot, track, *box, score, landmarks, quality)
            rows.append((*values, "person", None, until_s))
        del sample  # The image is not needed while the next frames are decoded.
    table = pd.DataFrame(rows, columns=schemas.SCHEMAS["faces"].names)
    vectors = np.array(embeddings, np.float32)
    table["track"] = split_mixed_tracks(table, vectors, tracker.boundary)
    return FoundFaces(table, vectors)


def _search(
    frames: Iterator[Frame], networks: Sequence[FaceNetworks], batch_size: int
) -> Iterator[SampledFaces]:
    """Detect and describe the faces of each frame that has an image."""
    with_image = (frame for frame in frames if frame.image is not None)
    searches = [
        partial(_search_batch, networks=of_thread, batch_size=batch_size) for of_thread in networks
    ]
    for samples in mapped_in_order(searches, batches(with_image, batch_size)):
        while samples:
            yield samples.popleft()


def _search_batch(
    batch: list[Frame], networks: FaceNetworks, batch_size: int
) -> deque[SampledFaces]:
    """Detect and describe the faces of the frames of one batch."""
    detections = _detect_batch(batch, networks.detector)
    embeddings = _embed_batch(batch, detections, networks.embedder, batch_size)
    samples = deque()
    for frame, faces in zip(batch, detections, strict=True):
        qualities = [
            face_quality(frame.pixels, box, landmarks, score)
            for box, score, landmarks in zip(*faces, strict=True)
        ]
        of_frame = [next(embeddings) for _ in faces.boxes]
        samples.append(SampledFaces(frame, faces, np.array(qualities), np.array(of_frame)))
    return samples


def _detect_batch(frames: list[Frame], detector: Detector) -> list[FaceDetections]:
    # The size of the images may change within a file; the detector takes images of one size.
    same_size = groupby((frame.pixels for frame in frames), lambda image: image.shape)
    return [faces for _, images in same_size for faces in detector(list(images))]


def _embed_batch(
    frames: list[Frame], detections: list[FaceDetections], embedder: FaceEmbedder, batch_size: int
) -> Iterator[np.ndarray]:
    """Yield the embedding of each face of the frames, in order."""
    images_and_boxes = (
        (frame.pixels, box)
        for frame, faces in zip(frames, detections, strict=True)
        for box in faces.boxes
    )
    # A crowd has many faces in each frame: they are embedded in batches of their own.
    for batch in batches(images_and_boxes, batch_size):
        images, boxes = zip(*batch, strict=True)
        yield from embedder(list(images), list(boxes))
