"""Synthetic corpora of face tracks with known people, and runs of cluster_faces.py on them."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import cluster_faces
from corpus.identity.evidence import Evidence
from corpus.tables import parquet, schemas
from script_runs import default_flags, run_script

EVIDENCE = Evidence.of_embedder("dlib")
"""The calibration of dlib."""
SPREAD = 0.15
"""Typical distance between dlib's embeddings of one person's faces."""
SAMPLES_PER_SECOND = 5


def embeddings_of(person: int, count: int, seed: int = 0, spread: float = SPREAD) -> np.ndarray:
    """Return embeddings (count, 128) of one person's faces.

    Different people are about 0.7 apart, as with dlib.
    """
    centre = np.random.default_rng(1000 + person).normal(size=128) * 0.7 / np.sqrt(256)
    noise = np.random.default_rng([person, seed]).normal(size=(count, 128)) / np.sqrt(256)
    return centre + noise * spread


@dataclass
class SyntheticTrack:
    """A face track: `n_faces` faces in successive frames from `start` on.

    Embeddings of the first `n_embedded` faces are stored: `vectors` if given, else those of
    `embeddings_of`.
    """

    person: int
    start: int = 0
    n_faces: int = 10
    n_embedded: int = 6
    vectors: np.ndarray | None = None
    quality: float = 0.5


class FaceCorpus:
    """Tables of synthetic videos with one shot each, at 5 frames per second."""

    def __init__(self, results: Path) -> None:
        self.results = results
        self.videos: dict[str, list[SyntheticTrack]] = {}

    def add(self, video: str, person: int, start: int = 0, **options: object) -> int:
        """Add a track (see `SyntheticTrack`) to a video and return its number."""
        tracks = self.videos.setdefault(video, [])
        tracks.append(SyntheticTrack(person, start, **options))
        return len(tracks) - 1

    def write(self, embedder: str = "dlib") -> "FaceCorpus":
        """Write the tables of faces, embeddings and shots."""
        for video_number, (video, tracks) in enumerate(self.videos.items()):
            faces, embeddings = [], []
            for track_number, track in enumerate(tracks):
                faces += _face_rows(track_number, track)
                embeddings += _embedding_rows(
                    track_number, track, seed=100 * video_number + track_number
                )
            faces.sort(key=lambda row: (row["frame"], row["track"]))
            self._write_rows("faces", video, faces)
            self._write_rows("embeddings", video, embeddings, embedder)
            shots = {
                "shot": [0],
                "start_frame": [0],
                "end_frame": [9999],
                "start_s": [0.0],
                "end_s": [1000.0],
            }
            parquet.write(self.results / f"shots/{video}.parquet", "shots", shots, {})
            status = {"video_id": [video], "width": [1000], "height": [1000]}
            status |= {"stored_sizes": ["1000x1000"], "status": ["ok"]}
            parquet.write(self.results / f"status/{video}.parquet", "status", status, {})
        return self

    def _write_rows(
        self, table: str, video: str, rows: list[dict], embedder: str | None = None
    ) -> None:
        parameters, dimensions = {}, None
        if embedder:
            parameters = {"embedder": embedder}
            dimensions = 128 if embedder == "dlib" else 512
        columns = schemas.SCHEMAS[table].names
        parquet.write(
            self.results / table / f"{video}.parquet",
            table,
            {column: [row[column] for row in rows] for column in columns},
            {"parameters": parameters},
            vector=dimensions,
        )

    @property
    def clusters_file(self) -> Path:
        """The table that `cluster` writes."""
        return self.results / "clusters.parquet"

    def cluster(
        self,
        monkeypatch: pytest.MonkeyPatch,
        *options: object,
        order: Sequence[str] | None = None,
    ) -> tuple[pd.DataFrame, bytes]:
        """Run cluster_faces.py on the corpus, with the videos in the given order.

        Returns the rows of clusters.parquet by video and track, and the bytes of the file.
        """
        manifest = self.results / "videos.tsv"
        rows = [f"{video}\thttps://example.org/{video}" for video in order or self.videos]
        manifest.write_text("\n".join(["video_id\tsource", *rows]) + "\n")
        command = default_flags("cluster_faces", embedder="dlib", videos=manifest)
        command += ["--results", self.results, "--threads", 1]
        command += ["--output", self.clusters_file]
        run_script(monkeypatch, cluster_faces, *command, *options)
        clusters = parquet.read(self.clusters_file).set_index(["video_id", "track"])
        return clusters, self.clusters_file.read_bytes()


class KnownCorpus(FaceCorpus):
    """A corpus with a saved clusters table, from which people keep their numbers."""

    @property
    def known_file(self) -> Path:
        """The saved clusters table."""
        return self.results.parent / "known.parquet"

    def save(self, monkeypatch: pytest.MonkeyPatch) -> pd.DataFrame:
        """Cluster without known people, and save and return the clusters."""
        clusters, _ = self.cluster(monkeypatch)
        shutil.copy(self.clusters_file, self.known_file)
        return clusters

    def cluster_with_known(
        self,
        monkeypatch: pytest.MonkeyPatch,
        add: str,
        *options: object,
        order: Sequence[str] | None = None,
    ) -> tuple[pd.DataFrame, bytes]:
        """Cluster with the saved people; returns what `cluster` returns."""
        known_options = ("--known", self.known_file, "--add", add)
        return self.cluster(monkeypatch, *known_options, *options, order=order)

    def edit_known(self, edit: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
        """Replace the rows of the saved table by what `edit` returns for them."""
        provenance = parquet.read_provenance(self.known_file)
        parquet.write(self.known_file, "clusters", edit(parquet.read(self.known_file)), provenance)


def _face_rows(track_number: int, track: SyntheticTrack) -> list[dict]:
    left = 100.0 * track_number
    return [
        {
            "frame": frame,
            "time_s": frame / SAMPLES_PER_SECOND,
            "shot": 0,
            "track": track_number,
            "x1": left,
            "y1": 10.0,
            "x2": left + 50,
            "y2": 60.0,
            "score": 1.0,
            "quality": track.quality,
            "landmarks": np.zeros((5, 2)),
            "kind": "person",
            "copy_of": None,
            "shown_until_s": None,
        }
        for frame in range(track.start, track.start + track.n_faces)
    ]


def _embedding_rows(track_number: int, track: SyntheticTrack, seed: int) -> list[dict]:
    vectors = track.vectors
    if vectors is None:
        vectors = embeddings_of(track.person, track.n_embedded, seed)
    frames = range(track.start, track.start + track.n_faces)
    return [
        {
            "track": track_number,
            "frame": frame,
            "time_s": frame / SAMPLES_PER_SECOND,
            "embedding": vector,
        }
        for frame, vector in zip(frames, vectors, strict=False)
    ]
