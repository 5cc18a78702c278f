"""The selected faces of a video are embedded in batches, in the order of their rows."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from corpus.core.errors import VideoError
from corpus.faces.embedding import embed_faces


def test_faces_are_embedded_in_batches_in_the_order_of_their_rows():
    rows = [(0, 1), (0, 2), (3, 3), (5, 4), (5, 5)]
    faces = pd.DataFrame(
        [(frame, x, 0, x + 10, 10) for frame, x in rows], columns=["frame", "x1", "y1", "x2", "y2"]
    )
    images = {frame: np.full((20, 20, 3), frame, np.uint8) for frame in (0, 3, 5)}
    frames = [SimpleNamespace(number=n, image=images.get(n)) for n in range(6)]
    batch_sizes = []

    def fake_embedder(images, boxes):
        batch_sizes.append(len(images))
        return np.array(
            [[image[0, 0, 0], box[0]] for image, box in zip(images, boxes, strict=True)]
        )

    embeddings = embed_faces(frames, faces, fake_embedder, batch_size=2)
    assert embeddings.tolist() == [list(row) for row in rows]
    assert batch_sizes == [2, 2, 1]


@pytest.mark.fault(
    "media",
    "a video is replaced by a shorter or smaller one after its faces were detected",
    "one line says so",
)
def test_a_replaced_video_is_reported():
    faces = pd.DataFrame(
        [(0, 0, 0, 10, 10), (3, 5, 5, 15, 15)], columns=["frame", "x1", "y1", "x2", "y2"]
    )

    def frames(n: int, side: int) -> list:
        image = np.zeros((side, side, 3), np.uint8)
        return [SimpleNamespace(number=k, image=image if k in (0, 3) else None) for k in range(n)]

    def fake_embedder(images, boxes):
        return np.zeros((len(images), 2))

    assert embed_faces(frames(4, 20), faces, fake_embedder, batch_size=2).shape == (2, 2)
    with pytest.raises(VideoError, match="1 of 2 faces are missing; the video was replaced"):
        embed_faces(frames(2, 20), faces, fake_embedder, batch_size=2)
    with pytest.raises(VideoError, match="outside the picture of 4 x 4 pixels"):
        embed_faces(frames(4, 4), faces, fake_embedder, batch_size=2)
    with pytest.raises(VideoError, match="2 of 2 faces are missing"):
        embed_faces([], faces, fake_embedder, batch_size=2)
