"""Select the faces of each track whose embeddings are kept."""

import numpy as np
import pandas as pd


def best_embeddings(
    faces: pd.DataFrame, embeddings: np.ndarray, faces_per_track: int
) -> pd.DataFrame:
    """The embeddings table: the embeddings of the faces that `select_faces` selects.

    `faces` are rows of the faces table; their index names rows of `embeddings` (n, dimensions).
    Sorted by track and frame.
    """
    # The qualities in the written table, so that a selection from that table is the same.
    as_written = faces.astype({"quality": np.float32})
    selected = select_faces(as_written, faces_per_track).sort_values(["track", "frame"])
    vectors = list(embeddings[selected.index.to_numpy(dtype=int)])
    return selected[["track", "frame", "time_s"]].assign(embedding=vectors)


def select_faces(faces: pd.DataFrame, faces_per_track: int) -> pd.DataFrame:
    """Select up to `faces_per_track` good faces of each track, spread over its duration.

    The duration of a track is divided into `faces_per_track` equal parts, and the face of highest
    quality is taken from each, so that the faces do not all show the same moment. Where a part
    contains no face, the best of the remaining faces are taken instead.

    `faces` is the faces table. Returns a subset of its rows, sorted by track and frame.
    """
    selected = [
        _select_from_track(track_faces, faces_per_track).sort_values("frame")
        for _, track_faces in faces.groupby("track", sort=True)
    ]
    return pd.concat(selected) if selected else faces


def _select_from_track(faces: pd.DataFrame, n_selected: int) -> pd.DataFrame:
    if len(faces) <= n_selected:
        return faces
    elapsed_s = faces["time_s"] - faces["time_s"].min()
    # In a damaged file all times may be equal: do not divide by zero.
    part = (elapsed_s / max(elapsed_s.max(), 1e-9) * n_selected).astype(int)
    part = part.clip(upper=n_selected - 1)
    ranked = faces.assign(part=part).sort_values(["quality", "frame"], ascending=[False, True])
    is_best_of_part = ~ranked.duplicated("part")
    ranked = pd.concat([ranked[is_best_of_part], ranked[~is_best_of_part]])
    return ranked.head(n_selected).drop(columns="part")
