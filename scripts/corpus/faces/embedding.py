"""Embed the selected faces of a video."""

from collections.abc import Iterable
from typing import Protocol

import numpy as np
import pandas as pd

from corpus.core.batching import batches
from corpus.core.errors import VideoError
from corpus.core.progress import with_progress
from corpus.video.reader import Frame

REPLACED = "the video was replaced after its faces were detected. Run snakemake again"


class FaceEmbedder(Protocol):
    """Embeds one face in each of n RGB images, given as a box x1, y1, x2, y2 in pixels."""

    def __call__(self, images: list[np.ndarray], boxes: list[np.ndarray]) -> np.ndarray: ...


def embed_faces(
    frames: Iterable[Frame], faces: pd.DataFrame, embedder: FaceEmbedder, batch_size: int
) -> np.ndarray:
    """Embeddings (n, dimensions) of n faces, in the order of the rows of `faces`.

    Parameters
    ----------
    frames
        Decoded frames in order, with an image for each frame that `faces` names.
    faces
        At least one row of the faces table, sorted by frame.
    batch_size
        Number of faces that the embedder sees at once.

    Raises VideoError if the frames are not those in which the faces were detected.
    """
    faces_of_frame = dict(tuple(faces.groupby("frame")))
    images_and_boxes = (
        (frame.image, _box_within(frame.image, face))
        for frame in frames
        if frame.image is not None
        for _, face in faces_of_frame[frame.number].iterrows()
    )
    with_bar = with_progress(images_and_boxes, "embed_faces", len(faces), unit="faces")
    embeddings = []
    for batch in batches(with_bar, batch_size):
        images, boxes = zip(*batch, strict=True)
        embeddings.append(embedder(list(images), list(boxes)))
    n_embedded = sum(len(batch) for batch in embeddings)
    if n_embedded != len(faces):
        raise VideoError(f"{len(faces) - n_embedded} of {len(faces)} faces are missing; {REPLACED}")
    return np.concatenate(embeddings)


def _box_within(image: np.ndarray, face: pd.Series) -> np.ndarray:
    """The box of a face. Raises VideoError if none of it is inside the image."""
    box = face[["x1", "y1", "x2", "y2"]].to_numpy(dtype=np.float64)
    height, width = image.shape[:2]
    if (box[:2] >= (width, height)).any() or (box[2:] <= 0).any():
        raise VideoError(f"a face is outside the picture of {width} x {height} pixels; {REPLACED}")
    return box
