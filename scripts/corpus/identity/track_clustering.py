"""Clustering of all face tracks of the corpus into people."""

import logging
from dataclasses import dataclass

import numpy as np
import pandas as pd

from corpus.identity import clustering, known_people
from corpus.identity.clustering import NOISE
from corpus.identity.corpus_embeddings import CorpusEmbeddings
from corpus.identity.corpus_tracks import CorpusTracks
from corpus.identity.known_people import KnownPeople


@dataclass(frozen=True)
class ClusteringOptions:
    """Options of the clustering.

    `min_cluster_size` and `min_samples` are those of HDBSCAN, in faces. `same_person` is the
    Euclidean distance between embeddings up to which faces are taken for one person. `device` is
    cpu or cuda and does not change the result.
    """

    min_cluster_size: int
    min_samples: int
    same_person: float
    device: str = "cpu"

    def cluster(self, vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return labels and memberships of faces, see `clustering.cluster_faces`."""
        return clustering.cluster_faces(
            vectors,
            min_cluster_size=self.min_cluster_size,
            min_samples=self.min_samples,
            same_person=self.same_person,
            device=self.device,
        )


def cluster_tracks(
    tracks: CorpusTracks,
    embeddings: CorpusEmbeddings,
    options: ClusteringOptions,
    known: KnownPeople | None = None,
    add: str = "cluster",
) -> pd.DataFrame:
    """Return the rows of `tracks` with the columns cluster and probability.

    A track without a cluster or without embeddings becomes a person of its own with the probability
    0, because nothing is known about its identity. With `known` people, these keep their numbers;
    `add` is one of `known_people.ADD_MODES`.
    """
    track_of_face = embeddings.track_rows(tracks.rows)
    if known and add == "assign":
        clusters, probabilities = known_people.assign_to_known(
            tracks,
            track_of_face,
            embeddings.vectors,
            known,
            min_samples=options.min_samples,
            same_person=options.same_person,
            cluster=options.cluster,
        )
        return _table(tracks, clusters, probabilities)
    face_labels, memberships = options.cluster(embeddings.vectors)
    votes = clustering.count_votes(track_of_face, face_labels, memberships, len(tracks.rows))
    labels, probabilities = clustering.assign_labels(votes, tracks.conflicts)
    clusters = clustering.number_people(labels, tracks.seconds, tracks.sort_keys)
    logging.info(
        "%d faces in %d tracks: %d people, %d of them with a single track that resembles no other",
        len(embeddings.vectors),
        len(tracks.rows),
        len(set(clusters.tolist())),
        (labels == NOISE).sum(),
    )
    if known:
        clusters = known_people.keep_known_numbers(tracks.rows, clusters, known)
    return _table(tracks, clusters, probabilities)


def _table(tracks: CorpusTracks, clusters: np.ndarray, probabilities: np.ndarray) -> pd.DataFrame:
    nobody = pd.array([None] * len(clusters), dtype="Int32")
    return tracks.rows.assign(
        cluster=clusters,
        probability=probabilities,
        other_cluster=nobody,
        other_probability=np.full(len(clusters), np.nan, dtype=np.float32),
    )
