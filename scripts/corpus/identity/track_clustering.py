"""Clustering of all face tracks of the corpus into people."""

import logging
from dataclasses import dataclass

import numpy as np
import pandas as pd

from corpus.identity import known_people
from corpus.identity.corpus_embeddings import CorpusEmbeddings
from corpus.identity.corpus_tracks import CorpusTracks
from corpus.identity.dense_groups import dense_groups, first_seen, without_conflicts
from corpus.identity.evidence import Evidence
from corpus.identity.groups import Groups, groups_of_tracks
from corpus.identity.joining import NOT_KNOWN, join_groups
from corpus.identity.known_people import KnownPeople
from corpus.identity.numbering import number_people
from corpus.identity.probabilities import TrackProbabilities, track_probabilities


@dataclass(frozen=True)
class ClusteringOptions:
    """Options of the clustering.

    `min_cluster_size` and `min_samples` are those of HDBSCAN, in tracks, see
    `corpus.identity.dense_groups`. `evidence` is the calibration of the embedder. `device` is cpu
    or cuda and does not change the result.
    """

    min_cluster_size: int
    min_samples: int
    evidence: Evidence
    device: str = "cpu"


@dataclass(frozen=True)
class EmbeddedTracks:
    """The m of the n tracks of a corpus that have embeddings."""

    rows: np.ndarray
    """(m,) row of each in the table of all tracks."""
    groups: Groups
    """Mean and scatter of each."""
    conflicts: np.ndarray
    """(c, 2) pairs of them that are two people."""
    copies: np.ndarray
    """(k, 2) pairs of a copy and the track that it copies."""
    known: np.ndarray
    """(m,) number of the known person whose track each is, or NOT_KNOWN."""

    @classmethod
    def of(
        cls, tracks: CorpusTracks, embeddings: CorpusEmbeddings, known: np.ndarray
    ) -> "EmbeddedTracks":
        """Select them. `known` (n,) are the known people of all tracks."""
        track_of_face = embeddings.track_rows(tracks.rows)
        rows = np.unique(track_of_face)
        position = np.full(len(tracks.rows), -1)
        position[rows] = np.arange(len(rows))
        groups = groups_of_tracks(
            embeddings.vectors, position[track_of_face], embeddings.weights, len(rows)
        )
        conflicts, copies = (
            position[np.array(pairs, dtype=np.int64).reshape(-1, 2)]
            for pairs in (tracks.conflicts, tracks.copies)
        )
        conflicts, copies = (pairs[(pairs >= 0).all(1)] for pairs in (conflicts, copies))
        return cls(rows, groups, conflicts, copies, known[rows])


def cluster_tracks(
    tracks: CorpusTracks,
    embeddings: CorpusEmbeddings,
    options: ClusteringOptions,
    known: KnownPeople | None = None,
    add: str = "cluster",
) -> pd.DataFrame:
    """Return the rows of `tracks` with cluster, probability, other_cluster and other_probability.

    A track without embeddings becomes a person of its own with the probability 0, because nothing
    is known about its identity; a copy of another track gets its person. With `known` people, these
    keep their numbers; `add` is one of `known_people.ADD_MODES`.
    """
    matches = known_people.match_tracks(tracks.rows, known) if known and add == "assign" else None
    known_person = known_people.known_persons(tracks, matches)
    embedded = EmbeddedTracks.of(tracks, embeddings, known_person)
    people = people_of_tracks(embedded, options)
    probabilities = track_probabilities(
        embedded.groups, people, embedded.conflicts, options.evidence, options.device
    )
    labels = _labels_of_all(tracks, embedded, people)
    if known and matches is not None:
        clusters = known_people.number_new_people(labels, known_person, tracks, known)
    else:
        clusters = number_people(labels, tracks.seconds(labels), tracks.sort_keys)
        if known:
            clusters = known_people.keep_known_numbers(tracks.rows, clusters, known)
    logging.info(
        "%d faces in %d tracks: %d people",
        len(embeddings.vectors),
        len(tracks.rows),
        len(set(clusters.tolist())),
    )
    columns = _probability_columns(embedded.rows, labels, clusters, probabilities)
    return tracks.rows.assign(cluster=clusters, **columns)


def people_of_tracks(tracks: EmbeddedTracks, options: ClusteringOptions) -> np.ndarray:
    """Return the person of each track with embeddings, as labels (m,) from 0 without gaps."""
    start = _starting_labels(tracks, options)
    groups = tracks.groups.joined(start)
    known = np.full(len(groups), NOT_KNOWN)
    np.maximum.at(known, start, tracks.known)
    evidence = options.evidence.cautious()
    joined = join_groups(groups, evidence, start[tracks.conflicts], known, options.device)
    return joined[start]


def _starting_labels(tracks: EmbeddedTracks, options: ClusteringOptions) -> np.ndarray:
    """Groups (m,) of tracks that are certainly one person, before groups are joined.

    Tracks are grouped by density. The tracks of a known person are one group. A copy belongs to the
    group of the track that it copies.
    """
    labels = dense_groups(
        tracks.groups.means,
        options.evidence.cautious(),
        options.min_cluster_size,
        options.min_samples,
        options.device,
    )
    labels = _with_known_people(labels, tracks.known)
    is_known = tracks.known != NOT_KNOWN
    labels = without_conflicts(labels, tracks.conflicts, is_known)
    copy, original = tracks.copies[~is_known[tracks.copies[:, 0]]].T
    labels[copy] = labels[original]
    return first_seen(labels)


def _with_known_people(labels: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Labels (m,) in which each known person is one group.

    A group with tracks of one known person belongs to that person. If it has tracks of several, its
    other tracks are a group of their own.
    """
    lowest = np.full(labels.max(initial=-1) + 1, np.iinfo(np.int64).max)
    highest = np.full(len(lowest), NOT_KNOWN)
    is_known = known != NOT_KNOWN
    np.minimum.at(lowest, labels[is_known], known[is_known])
    np.maximum.at(highest, labels, known)
    person_of_group = np.where(lowest == highest, highest, NOT_KNOWN)
    person = np.where(is_known, known, person_of_group[labels])
    new_labels = np.unique(person, return_inverse=True)[1]
    others = person == NOT_KNOWN
    new_labels[others] = new_labels.max(initial=-1) + 1 + labels[others]
    return first_seen(new_labels)


def _labels_of_all(
    tracks: CorpusTracks, embedded: EmbeddedTracks, people: np.ndarray
) -> np.ndarray:
    """Labels (n,) of all tracks: `people` (m,) for those with embeddings, then the others.

    A track without embeddings is alone, unless it is a copy of another track.
    """
    is_embedded = np.zeros(len(tracks.rows), dtype=bool)
    is_embedded[embedded.rows] = True
    labels = people.max(initial=-1) + np.cumsum(~is_embedded)
    labels[is_embedded] = people
    for copy, original in tracks.copies:
        if not is_embedded[copy]:
            labels[copy] = labels[original]
    return labels


def _probability_columns(
    rows: np.ndarray, labels: np.ndarray, clusters: np.ndarray, probabilities: TrackProbabilities
) -> dict[str, pd.Series]:
    """Columns of the clusters table, from the probabilities of the tracks `rows`.

    `labels` and `clusters` (n,) are those of all tracks.
    """
    cluster_of_label = np.zeros(labels.max(initial=-1) + 1, dtype=np.int64)
    cluster_of_label[labels] = clusters
    other = pd.Series(probabilities.other, index=rows, dtype="Int32")
    other[probabilities.other != NOT_KNOWN] = cluster_of_label[
        probabilities.other[probabilities.other != NOT_KNOWN]
    ]
    other[probabilities.other == NOT_KNOWN] = pd.NA
    every_row = range(len(labels))
    own = pd.Series(probabilities.own, index=rows).reindex(every_row, fill_value=0.0)
    other_probability = pd.Series(probabilities.other_probability, index=rows)
    return {
        "probability": own,
        "other_cluster": other.reindex(every_row),
        "other_probability": other_probability.reindex(every_row),
    }
