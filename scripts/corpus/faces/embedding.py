"""Embed the selected faces of a video."""

from collections.abc import Iterable
from typing import Protocol

import numpy as np
import pandas as pd

from corpus.core.batching import batches
from corpus.core.progress import with_progress
from corpus.video.reader import Frame


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
    """
    faces_of_frame = dict(tuple(faces.groupby("frame")))
    images_and_boxes = (
        (frame.image, face[["x1", "y1", "x2", "y2"]].to_numpy(dtype=np.float64))
        for frame in frames
        if frame.image is not None
        for _, face in faces_of_frame[frame.number].iterrows()
    )
    with_bar = with_progress(images_and_boxes, "embed_faces", len(faces), unit="faces")
    embeddings = []
    for batch in batches(with_bar, batch_size):
        images, boxes = zip(*batch, strict=True)
        embeddings.append(embedder(list(images), list(boxes)))
    return np.concatenate(embeddings)
