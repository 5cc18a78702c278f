"""People of an earlier run keep their numbers when videos are added.

The clusters table of an earlier run says which tracks belong to whom. There are two modes
(`ADD_MODES`). `cluster` clusters everything again and gives each cluster the number of the known
person with whom it shares most seconds (`keep_known_numbers`). `assign` leaves known tracks
unchanged and assigns only the other faces (`assign_to_known`).

Keeping a clustering and asking where new points belong is the idea of hdbscan's prediction
(https://hdbscan.readthedocs.io/en/latest/prediction_tutorial.html). Here, the nearest known faces
decide instead, as in k-nearest-neighbour classification with rejection: distances between faces
mean the same for every person, so the distance from the assigned person can be interpreted.

The number of a person is the cluster number in the clusters table, from 0. NOISE means no known
person.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from corpus.core.checksums import sha256
from corpus.core.errors import InputError
from corpus.identity import clustering
from corpus.identity.clustering import NOISE
from corpus.identity.corpus_tracks import TRACK_KEY, CorpusTracks
from corpus.identity.nearest_groups import nearest_group
from corpus.inputs import known_file
from corpus.tables import parquet

SAME_START_S = 0.01
"""A track with the video and number of a known track is that track only if the two starts differ by
less than this. It is less than the time between two frames, so a different track that received the
same number is recognised as different."""
ADD_MODES = ("cluster", "assign")
"""How to treat added videos: cluster everything again, or assign only the new faces."""


@dataclass(frozen=True)
class KnownPeople:
    """The people of an earlier run."""

    tracks: pd.DataFrame
    """Columns video_id, track, start_s, end_s, cluster and probability of the clusters table."""
    first_new: int
    """Number of the first new person. All lower numbers were given at some time, even if no track
    has them any more."""
    sha256: str
    """Checksum of the file."""
    located: pd.DataFrame | None = None
    """Tracks of the corpus that are recognised by their place, see `corpus.identity.kept_ids`:
    columns as `match_tracks` returns them, which takes these rows where it finds no track."""


def read(path: Path, embedder: str) -> KnownPeople:
    """Read the people of an earlier run from its clusters.parquet.

    Raises InputError if the file is missing or has faults (`known_file.known_faults`).
    """
    source = f"{path} (config key clustering.known)"
    if not path.is_file():
        raise InputError(
            f"{source}: no such file; copy the clusters.parquet of an earlier run there"
        )
    if faults := known_file.known_faults(path, embedder):
        raise InputError("\n".join(f"{source}: {fault}" for fault in faults))
    tracks = parquet.read(path, list(known_file.COLUMNS))
    parameters = parquet.read_provenance(path)["parameters"]
    next_number = int(tracks["cluster"].max()) + 1 if len(tracks) else 0
    return KnownPeople(tracks, max(next_number, parameters.get("numbers", 0)), sha256(path))


def provenance_parameters(known: KnownPeople, add: str, clusters: np.ndarray) -> dict:
    """Return what the provenance of new clusters says about the known people.

    `numbers` is how many numbers of people were given so far. A person who left the corpus is in no
    later table, but the number must not be given to somebody else, because names may refer to it.
    """
    numbers = max(known.first_new, int(clusters.max(initial=NOISE)) + 1)
    return {"known": known.sha256, "add": add, "numbers": numbers}


def match_tracks(tracks: pd.DataFrame, known: KnownPeople) -> pd.DataFrame:
    """Look up the tracks among the known ones.

    Returns the columns cluster, probability and shared_s for the rows of `tracks`, NaN where a
    track is new. `shared_s` is how many seconds both the track and the known track last.
    """
    both = tracks[[*TRACK_KEY, "start_s", "end_s"]].merge(
        known.tracks, "left", TRACK_KEY, suffixes=("", "_known")
    )
    is_same = (both["start_s"] - both["start_s_known"]).abs() < SAME_START_S
    latest_start = both[["start_s", "start_s_known"]].max(axis=1)
    earliest_end = both[["end_s", "end_s_known"]].min(axis=1)
    both["shared_s"] = (earliest_end - latest_start).clip(lower=0)
    matches = both[["cluster", "probability", "shared_s"]].where(is_same)
    return matches if known.located is None else matches.fillna(known.located)


def keep_known_numbers(
    tracks: pd.DataFrame, clusters: np.ndarray, known: KnownPeople
) -> np.ndarray:
    """Return the numbers (n,) of the people to whom the n tracks belong, keeping known numbers.

    `clusters` (n,) are the tracks' clusters, numbered from 0 without gaps. Clusters and known
    people are paired one to one in order of the seconds of the tracks that they share. For equal
    seconds, the lower known number and then the lower cluster comes first. Clusters without a known
    person get new numbers, in the order of the clusters.
    """
    matches = match_tracks(tracks, known).rename(columns={"cluster": "person"})
    matches = matches.assign(cluster=clusters).dropna()
    shared_seconds = matches.groupby(["person", "cluster"])["shared_s"].sum()
    # Round to microseconds: sums of equal durations can differ below that.
    pairs = sorted(
        (-round(float(seconds), 6), int(person), int(cluster))
        for (person, cluster), seconds in shared_seconds.items()
    )
    person_of_cluster: dict[int, int] = {}
    paired_people = set()
    for _, person, cluster in pairs:
        if cluster not in person_of_cluster and person not in paired_people:
            person_of_cluster[cluster] = person
            paired_people.add(person)
    n_clusters = int(clusters.max(initial=NOISE)) + 1
    new_clusters = [cluster for cluster in range(n_clusters) if cluster not in person_of_cluster]
    person_of_cluster |= {
        cluster: known.first_new + rank for rank, cluster in enumerate(new_clusters)
    }
    logging.info(
        "%d known people, %d of them found again; %d new people",
        known.tracks["cluster"].nunique(),
        len(paired_people),
        len(new_clusters),
    )
    return np.array([person_of_cluster[cluster] for cluster in clusters.tolist()], dtype=np.int64)


@dataclass(frozen=True)
class Candidates:
    """Labels under which faces vote for known people and for new clusters at the same time.

    Label i stands for the known person `people[i]`. The labels from len(people) on stand for the
    new clusters 0, 1, 2 and so on. NOISE stays NOISE.
    """

    people: np.ndarray
    """Numbers of known people, ascending and without duplicates."""

    def label_people(self, people: np.ndarray) -> np.ndarray:
        """Return the labels of known people, who must all be candidates."""
        return np.where(people == NOISE, NOISE, np.searchsorted(self.people, people))

    def label_clusters(self, clusters: np.ndarray) -> np.ndarray:
        """Return the labels of new clusters."""
        return np.where(clusters == NOISE, NOISE, len(self.people) + clusters)

    def people_of(self, labels: np.ndarray) -> np.ndarray:
        """Return the known people of the labels, NOISE where a label is not a known person's."""
        people = np.full(len(labels), NOISE)
        is_person = (labels != NOISE) & (labels < len(self.people))
        people[is_person] = self.people[labels[is_person]]
        return people

    def clusters_of(self, labels: np.ndarray) -> np.ndarray:
        """Return the new clusters of the labels, NOISE where a label is not a cluster's."""
        return np.where(labels < len(self.people), NOISE, labels - len(self.people))


def assign_to_known(
    tracks: CorpusTracks,
    track_of_face: np.ndarray,
    vectors: np.ndarray,
    known: KnownPeople,
    *,
    min_samples: int,
    same_person: float,
    cluster: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]],
) -> tuple[np.ndarray, np.ndarray]:
    """Assign tracks that are not known yet to known or new people; known tracks stay unchanged.

    `track_of_face` (m,) is the row in `tracks` of each of the m faces with the embeddings `vectors`
    (m, d). `cluster` returns labels and memberships of embeddings, as `clustering.cluster_faces`
    does. It is called for faces that resemble no known person. Their people get new numbers, the
    longest on screen first.

    Returns the number of the person (n,) and the probability (n,) of each of the n tracks. Raises
    InputError if two known tracks of one person are visible in the same frame.
    """
    matches = match_tracks(tracks.rows, known)
    known_person = matches["cluster"].fillna(NOISE).to_numpy().astype(np.int64)
    is_known = known_person != NOISE
    _check_known_tracks(tracks, known_person)

    person_of_known_face = known_person[track_of_face]
    nearest_person, memberships = nearest_known_person(
        vectors, person_of_known_face, min_samples, same_person
    )
    is_unmatched = (person_of_known_face == NOISE) & (nearest_person == NOISE)
    new_clusters, new_memberships = cluster(vectors[is_unmatched])
    memberships[is_unmatched] = new_memberships

    candidates = Candidates(np.unique(known_person[is_known]))
    face_labels = candidates.label_people(nearest_person)
    face_labels[is_unmatched] = candidates.label_clusters(new_clusters)
    votes = clustering.count_votes(track_of_face, face_labels, memberships, len(tracks.rows))
    labels, probabilities = clustering.assign_labels(
        votes, tracks.conflicts, fixed_labels=candidates.label_people(known_person)
    )
    probabilities = np.where(is_known, matches["probability"].to_numpy(), probabilities)

    people = candidates.people_of(labels)
    is_new = people == NOISE
    new_people = clustering.number_people(
        candidates.clusters_of(labels[is_new]),
        tracks.seconds[is_new],
        [key for key, new in zip(tracks.sort_keys, is_new, strict=True) if new],
    )
    people[is_new] = known.first_new + new_people
    logging.info(
        "%d known tracks; of %d other tracks, %d belong to known people and %d to %d new people",
        is_known.sum(),
        (~is_known).sum(),
        (~is_known & ~is_new).sum(),
        is_new.sum(),
        len(set(new_people.tolist())),
    )
    return people, probabilities


def _check_known_tracks(tracks: CorpusTracks, known_person: np.ndarray) -> None:
    """Raise InputError if two known tracks of one person are visible in the same frame.

    They are two people, but the numbers of known tracks must not change.
    """
    for a, b in tracks.conflicts:
        if known_person[a] == known_person[b] != NOISE:
            video = tracks.rows["video_id"].iloc[a]
            first, second = tracks.rows["track"].iloc[[a, b]]
            raise InputError(
                f"config key clustering.known: tracks {first} and {second} of {video} are one "
                "person there, but are visible in the same frame; set clustering.add to cluster"
            )


def nearest_known_person(
    vectors: np.ndarray, known_person: np.ndarray, min_samples: int, same_person: float
) -> tuple[np.ndarray, np.ndarray]:
    """Find the known person whose faces are nearest to each face that is not known yet.

    `vectors` (n, d) are embeddings and `known_person` (n,) the person of each known face, NOISE for
    the other faces. The distance of a person is the Euclidean distance of the `min_samples`-th
    nearest known face of this person, or of the farthest if there are fewer. The nearest person
    within `same_person` is chosen; of equally near ones, the lower number.

    Returns the number of the person (n,) and the membership (n,), which is that of
    `clustering.membership` at this distance. They are NOISE and 0 for faces that resemble no known
    person, and for known faces.
    """
    people, distances = nearest_group(vectors, known_person, min_samples, same_person)
    memberships = np.zeros(len(vectors))
    is_near = people != NOISE
    memberships[is_near] = clustering.membership(distances[is_near], same_person)
    return people, memberships
