"""Which face tracks are one person, from the embeddings of their best faces.

HDBSCAN (Campello et al. 2013, https://doi.org/10.1007/978-3-642-37456-2_14) clusters the faces of
the whole corpus, then each track is decided by the votes of its faces, so that a few bad faces do
not lose it. Plain numpy in and out; a label is a number from 0, or NOISE.
"""

from collections.abc import Iterable

import numpy as np

from corpus.core.progress import with_progress

NOISE = -1


def cluster_faces(
    embeddings: np.ndarray,
    min_cluster_size: int,
    min_samples: int,
    same_person: float,
    device: str = "cpu",
) -> tuple[np.ndarray, np.ndarray]:
    """Labels (n,) int64 and memberships (n,) 0 to 1 of the faces (n, d).

    Clusters nearer than `same_person`, a Euclidean distance, are joined (HDBSCAN's
    cluster_selection_epsilon; Malzer & Baum 2020, https://doi.org/10.1109/MFI49285.2020.9235263).
    """
    n = len(embeddings)
    if n < max(2, min_cluster_size):  # too few for a cluster; below two HDBSCAN fails
        return np.full(n, NOISE), np.zeros(n)
    from corpus.hdbscan import cluster

    found = cluster(
        embeddings,
        min_cluster_size,
        min_samples,
        cluster_selection_epsilon=same_person,
        device=device,
        repeatable=True,
        progress=with_progress,
    )
    tree, labels = found.condensed, found.labels
    if one_person(tree, n, same_person):
        labels = without_outliers(tree, n, min_cluster_size, same_person)
    return labels, np.where(labels == NOISE, 0.0, memberships(tree, n, same_person))


def one_person(tree: np.ndarray, n: int, same_person: float) -> bool:
    """Whether the n faces of a condensed tree fall apart into clusters only below `same_person`.

    HDBSCAN never takes all faces for one cluster: a corpus of one person would come out as two
    people, or none. This is what its epsilon would do if it could.
    """
    splits = tree["lambda_val"][(tree["parent"] == n) & (tree["child_size"] > 1)]
    return not len(splits) or splits.min() >= 1 / same_person


def without_outliers(
    tree: np.ndarray, n: int, min_cluster_size: int, same_person: float
) -> np.ndarray:
    """Labels where all faces are one person, but for those farther away than `same_person`."""
    # The root is node n; a face leaves it at the inverse of its distance from the rest.
    far = (tree["parent"] == n) & (tree["child_size"] == 1) & (tree["lambda_val"] < 1 / same_person)
    labels = np.zeros(n, dtype=np.int64)
    labels[tree["child"][far]] = NOISE
    return labels if n - far.sum() >= min_cluster_size else np.full(n, NOISE)


def memberships(tree: np.ndarray, n: int, same_person: float) -> np.ndarray:
    """How near each face (n,) is to its cluster: 1 on top of it, 0.5 at `same_person`.

    Not HDBSCAN's own, which are relative to the densest place of the cluster: where a few faces
    are equal, as in a still picture, those of all others are 0.
    """
    faces = tree[tree["child_size"] == 1]
    distance = np.zeros(n)
    distance[faces["child"]] = 1 / faces["lambda_val"]  # equal faces: 1 / infinity
    return 1 / (1 + (distance / same_person) ** 2)


Votes = list[tuple[float, int]]
"""A track's shares and labels, best first; shares are 0 to 1."""


def votes(
    tracks: np.ndarray, labels: np.ndarray, memberships: np.ndarray, n_tracks: int
) -> list[Votes]:
    """What the faces of each track 0 ... n_tracks - 1 vote for; `tracks` (n,) are the faces' own.

    A label's share is the sum of its faces' memberships over the number of the track's faces.
    Labels of fewer faces than are noise are left out; of equal shares the lower label is first.
    """
    n_faces = np.bincount(tracks, minlength=n_tracks)
    n_noise = np.bincount(tracks[labels == NOISE], minlength=n_tracks)
    ballots: list[Votes] = [[] for _ in range(n_tracks)]
    kept = labels != NOISE
    pairs, place = np.unique(
        np.stack([tracks[kept], labels[kept]], axis=1), axis=0, return_inverse=True
    )
    place = place.ravel()
    counts = np.bincount(place, minlength=len(pairs))
    sums = np.bincount(place, weights=memberships[kept], minlength=len(pairs))
    for (track, label), count, total in zip(pairs.tolist(), counts, sums.tolist(), strict=True):
        if count >= n_noise[track]:
            ballots[track].append((total / int(n_faces[track]), label))
    return [sorted(ballot, key=_best_first) for ballot in ballots]


def _best_first(vote: tuple[float, int]) -> tuple[float, int]:
    return -vote[0], vote[1]


def decide(
    ballots: list[Votes], conflicts: Iterable[tuple[int, int]]
) -> tuple[np.ndarray, np.ndarray]:
    """Labels and probabilities (n,) of the tracks, such that no conflicting two have one label.

    `conflicts` are pairs of tracks seen in one frame, who are two people. The surest vote of all
    is granted first, then the next, each unless a conflicting track has the label already; of
    equally sure votes the lower track's is first. A track left without label is NOISE at 0.
    """
    rivals: list[list[int]] = [[] for _ in ballots]
    for a, b in conflicts:
        rivals[a].append(b)
        rivals[b].append(a)
    labels = np.full(len(ballots), NOISE)
    probabilities = np.zeros(len(ballots))
    claims = ((-share, track, label) for track, b in enumerate(ballots) for share, label in b)
    for share, track, label in sorted(claims):
        if labels[track] == NOISE and not any(labels[rival] == label for rival in rivals[track]):
            labels[track], probabilities[track] = label, -share
    return labels, probabilities


def number(labels: np.ndarray, seconds: np.ndarray, starts: list[tuple]) -> np.ndarray:
    """Labels (n,) int64 anew: 0 is longest on screen, and tracks of NOISE are people of their own.

    `seconds` (n,) each track is on screen, `starts` what orders equals: the earliest goes first.
    """
    alone = labels == NOISE
    people = labels.copy()
    people[alone] = labels.max(initial=NOISE) + 1 + np.arange(alone.sum())
    totals = np.bincount(people, weights=seconds)
    first: dict[int, tuple] = {}
    for person, start in zip(people.tolist(), starts, strict=True):
        first[person] = min(first.get(person, start), start)
    # To the microsecond: below it, sums of equal lengths may differ.
    order = sorted(first, key=lambda person: (-round(float(totals[person]), 6), first[person]))
    rank = {person: place for place, person in enumerate(order)}
    return np.array([rank[person] for person in people.tolist()], dtype=np.int64)
