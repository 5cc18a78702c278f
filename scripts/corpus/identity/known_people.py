"""People who were found before keep their numbers when videos are added.

The clusters of an earlier run say which tracks were whose. Either everything is clustered anew and
each cluster takes the number of the known person with whom it shares most (`renumber`), or tracks
that are known stay as they are and only other faces are looked at (`assign`). The idea of keeping a
clustering and asking where new points lie is that of hdbscan's approximate_predict
(https://hdbscan.readthedocs.io/en/latest/prediction_tutorial.html); the nearest known faces decide
here instead, as in k-nearest-neighbour classification with rejection, since distances between faces
mean the same for everybody and a label then says how far away the person is.

Numbers of people are those of the table clusters, from 0; NOISE stands for nobody known.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from corpus.core.checksums import sha256
from corpus.core.errors import InputError
from corpus.identity import clustering, nearest_groups
from corpus.identity.clustering import NOISE
from corpus.tables import parquet

KEY = ["video_id", "track"]
SAME_START_S = 0.01
"""Tracks of one video and number are one where they start within so many seconds: less than the
time between two frames, so that another track that came to have the number is told apart."""
ADD = ("cluster", "assign")
"""What to do with videos that were added: cluster everything anew, or assign the new faces."""
MISSING = "no such file; copy the clusters.parquet of an earlier run there"
_SURE = 2.0
"""Above every share of votes, which are 1 at most."""


@dataclass(frozen=True)
class Known:
    """People who were found before."""

    tracks: pd.DataFrame
    """Columns video_id, track, start_s, end_s, cluster, probability of the table clusters."""
    first_new: int
    """The number of the first new person: all below were given, even where nobody has them now."""
    sha256: str
    """Checksum of the file."""


def read(path: Path, embedder: str) -> Known:
    """The people of an earlier run's clusters.parquet.

    Raises InputError where the file is missing, is no such table or is of another embedder.
    """
    key = f"{path} (config key clustering.known)"
    columns = [*KEY, "start_s", "end_s", "cluster", "probability"]
    try:
        tracks = parquet.read(path, columns)
        used = parquet.read_provenance(path)["parameters"]
        made_with = used["embedder"]
    except FileNotFoundError as error:
        raise InputError(f"{key}: {MISSING}") from error
    except (OSError, pa.ArrowException, KeyError, TypeError, ValueError) as error:
        raise InputError(f"{key}: not the clusters.parquet of an earlier run ({error})") from error
    if made_with != embedder:
        raise InputError(
            f"{key}: its people were told apart by the embedder {made_with}, but faces.embedder is "
            f"{embedder}; set that back to {made_with}, or clustering.known to null"
        )
    if tracks.duplicated(KEY).any():
        video, track = tracks.loc[tracks.duplicated(KEY), KEY].iloc[0]
        raise InputError(f"{key}: track {track} of {video} is there twice")
    first_new = max(int(tracks["cluster"].max()) + 1 if len(tracks) else 0, used.get("numbers", 0))
    return Known(tracks, first_new, sha256(path))


def parameters(known: Known, add: str, clusters: np.ndarray) -> dict:
    """What the provenance of new clusters says of the known ones.

    `numbers` is how many numbers of people were given so far. Who left the corpus for good is in
    no later table, but the number must not become somebody else's: names may hang on it.
    """
    numbers = max(known.first_new, int(clusters.max(initial=NOISE)) + 1)
    return {"known": known.sha256, "add": add, "numbers": numbers}


def same_tracks(tracks: pd.DataFrame, known: Known) -> pd.DataFrame:
    """Columns cluster, probability and shared_s of the rows of `tracks`; NaN where one is new.

    `shared_s` is how many seconds a track is on screen both in `tracks` and as it was known.
    """
    both = tracks[[*KEY, "start_s", "end_s"]].merge(
        known.tracks, "left", KEY, suffixes=("", "_before")
    )
    same = (both["start_s"] - both["start_s_before"]).abs() < SAME_START_S
    starts = both[["start_s", "start_s_before"]].max(axis=1)
    both["shared_s"] = (both[["end_s", "end_s_before"]].min(axis=1) - starts).clip(lower=0)
    return both[["cluster", "probability", "shared_s"]].where(same)


def renumber(tracks: pd.DataFrame, clusters: np.ndarray, known: Known) -> np.ndarray:
    """`clusters` (n,) of the n tracks, numbered from 0 without gaps, with the known numbers.

    Clusters and known people are paired by the seconds of the tracks that they share, the most
    first; each has one of the other at most. Of equal seconds, the lower known number and then the
    lower cluster goes first. Clusters without a known person get new numbers in their own order.
    """
    same = same_tracks(tracks, known).assign(found=clusters).dropna()
    shared = same.groupby(["cluster", "found"])["shared_s"].sum()
    # To the microsecond: below it, sums of equal lengths may differ.
    pairs = sorted(
        (-round(float(seconds), 6), int(person), int(cluster))
        for (person, cluster), seconds in shared.items()
    )
    numbers: dict[int, int] = {}
    given = set()
    for _, person, cluster in pairs:
        if cluster not in numbers and person not in given:
            numbers[cluster] = person
            given.add(person)
    strangers = [c for c in range(int(clusters.max(initial=NOISE)) + 1) if c not in numbers]
    numbers |= {cluster: known.first_new + rank for rank, cluster in enumerate(strangers)}
    logging.info(
        "%d people were known: %d of them found again; %d people are new",
        known.tracks["cluster"].nunique(), len(given), len(strangers),
    )  # fmt: skip
    return np.array([numbers[cluster] for cluster in clusters.tolist()], dtype=np.int64)


def assign(
    tracks: pd.DataFrame,
    conflicts: Iterable[tuple[int, int]],
    of_face: np.ndarray,
    vectors: np.ndarray,
    known: Known,
    min_samples: int,
    same_person: float,
    cluster: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]],
) -> tuple[np.ndarray, np.ndarray]:
    """Clusters and probabilities (n,) of the n tracks; known tracks keep what they have.

    `of_face` (m,) is the row in `tracks` of each of the m faces in `vectors` (m, d), `conflicts`
    are pairs of rows seen in one frame. `cluster` gives labels and memberships of faces, as
    clustering.cluster_faces does: it gets those of nobody known, whose people get new numbers,
    longest on screen first. Raises InputError where two known tracks of one person are in one
    frame.
    """
    same = same_tracks(tracks, known)
    before = same["cluster"].fillna(NOISE).to_numpy().astype(np.int64)
    conflicts = list(conflicts)
    _check_apart(tracks, before, conflicts)
    labels, memberships = label_faces(vectors, before[of_face], min_samples, same_person)
    strange = (before[of_face] == NOISE) & (labels == NOISE)
    found, sure = cluster(vectors[strange])
    labels[strange] = np.where(found == NOISE, NOISE, known.first_new + found)
    memberships[strange] = sure
    ballots = clustering.votes(of_face, labels, memberships, len(tracks))
    for row in np.flatnonzero(before != NOISE).tolist():
        ballots[row] = [(_SURE, int(before[row]))]
    chosen, probabilities = clustering.decide(ballots, conflicts)
    probabilities = np.where(before != NOISE, same["probability"].to_numpy(), probabilities)
    new = (chosen == NOISE) | (chosen >= known.first_new)
    rows = tracks[new]
    people = clustering.number(
        np.where(chosen[new] == NOISE, NOISE, chosen[new] - known.first_new),
        (rows["end_s"] - rows["start_s"]).to_numpy(),
        list(rows[["video_id", "start_s", "track"]].itertuples(index=False, name=None)),
    )
    chosen[new] = known.first_new + people
    logging.info(
        "%d tracks were known; of %d others, %d are of a known person and %d of %d new people",
        (before != NOISE).sum(), (before == NOISE).sum(), ((before == NOISE) & ~new).sum(),
        new.sum(), len(set(people.tolist())),
    )  # fmt: skip
    return chosen, probabilities


def _check_apart(
    tracks: pd.DataFrame, before: np.ndarray, conflicts: list[tuple[int, int]]
) -> None:
    """Raise InputError where two known tracks of one person are in one frame: they are two people,
    but neither may change."""
    for a, b in conflicts:
        if before[a] == before[b] != NOISE:
            video, first, second = tracks["video_id"].iloc[a], *tracks["track"].iloc[[a, b]]
            raise InputError(
                f"config key clustering.known: tracks {first} and {second} of {video} are one "
                "person there, but are seen in one frame; set clustering.add to cluster"
            )


def label_faces(
    vectors: np.ndarray, known: np.ndarray, min_samples: int, same_person: float
) -> tuple[np.ndarray, np.ndarray]:
    """Labels (n,) int64 and memberships (n,) of the faces (n, d) that are not known yet.

    `known` (n,) is the person of each known face, NOISE for the others. A face is the person of
    whom the `min_samples`-th nearest known face is nearest (the farthest where the person has
    fewer), within `same_person`, a Euclidean distance; of equally near ones the lower number. Its
    membership is that of clustering.memberships at this distance. Faces of nobody known, and those
    that are known already, are NOISE at 0.
    """
    people, distances = nearest_groups.groups(vectors, known, min_samples, same_person)
    sure = np.zeros(len(vectors))
    near = people != NOISE
    sure[near] = 1 / (1 + (distances[near] / same_person) ** 2)
    return people, sure
