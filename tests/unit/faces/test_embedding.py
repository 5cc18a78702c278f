"""The selected faces of a video are embedded in batches, in the order of their rows."""

from types import SimpleNamespace

import numpy as np
import pandas as pd

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
