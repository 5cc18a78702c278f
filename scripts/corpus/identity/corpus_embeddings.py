"""All face embeddings of the corpus, in one array."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from corpus.core.errors import CorpusError
from corpus.core.progress import with_progress
from corpus.faces.embedders import EMBEDDERS
from corpus.identity.corpus_tracks import TRACK_KEY
from corpus.tables import parquet

FACE_KEY = ["track", "frame"]
"""Columns that identify a face within a video."""
MAX_LISTED_FILES = 5
"""Files that one error message names; the others are counted."""


@dataclass(frozen=True)
class CorpusEmbeddings:
    """The embeddings of m faces."""

    tracks: pd.DataFrame
    """Video and track (`TRACK_KEY`) of each face."""
    vectors: np.ndarray
    """(m, d) float32."""
    weights: np.ndarray
    """(m,) quality of each face, 0 to 1."""

    def track_rows(self, tracks: pd.DataFrame) -> np.ndarray:
        """Return the row (m,) in `tracks`, the tracks of the corpus, to which each face belongs.

        Raises CorpusError if there are faces of a track that is not in `tracks`.
        """
        row_of_track = pd.Series(
            np.arange(len(tracks)), pd.MultiIndex.from_frame(tracks[TRACK_KEY])
        )
        face_keys = pd.MultiIndex.from_frame(self.tracks)
        rows = row_of_track.reindex(face_keys, fill_value=-1).to_numpy()
        if (rows < 0).any():
            video = self.tracks["video_id"][rows < 0].iloc[0]
            raise CorpusError(
                f"{video}: its embeddings contain tracks that its table of faces lacks; "
                "delete both tables and run again"
            )
        return rows


def read_embeddings(results: Path, videos: list[str], embedder: str) -> CorpusEmbeddings:
    """Read the embeddings of all videos, and the quality of their faces.

    Raises CorpusError for files of another embedder, and for embeddings that are not finite.
    """
    paths = [results / "embeddings" / f"{video}.parquet" for video in videos]
    # Fill one array: concatenating a list of parts would take twice the memory.
    shape = count_faces(paths, embedder), EMBEDDERS[embedder].dimensions
    vectors = np.empty(shape, dtype=np.float32)
    tracks, weights, n_rows, not_finite = [], [], 0, []
    for video, path in zip(
        videos, with_progress(paths, "embeddings", len(paths), "videos"), strict=True
    ):
        table = parquet.read_arrow(path, columns=["track", "frame", "embedding"])
        table = table.combine_chunks()
        video_vectors = vectors[n_rows : n_rows + len(table)]
        if len(table):
            values = table["embedding"].chunk(0).flatten().to_numpy(zero_copy_only=False)
            video_vectors[:] = values.reshape(video_vectors.shape)
        if not np.isfinite(video_vectors).all():
            not_finite.append(path)
        tracks.append(pd.DataFrame({"video_id": video, "track": table["track"].to_numpy()}))
        weights.append(_quality_of(table.select(FACE_KEY).to_pandas(), results, video))
        n_rows += len(table)
    if not_finite:
        raise CorpusError(
            f"{_join_paths(not_finite)}: contains embeddings that are not finite; delete these "
            "files and run again. If the error returns, set device: cpu"
        )
    return CorpusEmbeddings(pd.concat(tracks, ignore_index=True), vectors, np.concatenate(weights))


def _quality_of(embedded: pd.DataFrame, results: Path, video: str) -> np.ndarray:
    """Quality (m,) of the embedded faces of a video; 0 for those that the table faces lacks."""
    faces = parquet.read(results / "faces" / f"{video}.parquet", [*FACE_KEY, "quality"])
    quality = faces.drop_duplicates(FACE_KEY).set_index(FACE_KEY)["quality"]
    return quality.reindex(pd.MultiIndex.from_frame(embedded)).fillna(0).to_numpy(np.float64)


def count_faces(paths: list[Path], embedder: str) -> int:
    """Return the number of faces in all files, from the files' metadata.

    Raises CorpusError for files of another embedder, because distances between embeddings of
    different embedders are meaningless.
    """
    dimensions = EMBEDDERS[embedder].dimensions
    other_embedder, n_faces = [], 0
    for path in paths:
        with parquet.open_file(path, ["embedding"]) as file:
            vector_type = file.schema_arrow.field("embedding").type
            n_faces += file.num_rows
        file_embedder = parquet.read_provenance(path)["parameters"].get("embedder", embedder)
        file_dimensions = getattr(vector_type, "list_size", dimensions)
        if (file_embedder, file_dimensions) != (embedder, dimensions):
            other_embedder.append(path)
    if other_embedder:
        raise CorpusError(
            f"{_join_paths(other_embedder)}: not made by the embedder {embedder} with {dimensions} "
            "dimensions; delete these files and run again, or set faces.embedder to the one that "
            "made them"
        )
    return n_faces


def _join_paths(paths: list[Path]) -> str:
    """The first paths, and the number of the others."""
    n_others = len(paths) - MAX_LISTED_FILES
    others = f" and {n_others} more" if n_others > 0 else ""
    return ", ".join(map(str, paths[:MAX_LISTED_FILES])) + others
