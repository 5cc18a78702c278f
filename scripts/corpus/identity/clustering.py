"""Clustering of faces into people, and votes of the faces on the person of their track.

HDBSCAN (Campello et al. 2013, https://doi.org/10.1007/978-3-642-37456-2_14) clusters the faces of
the whole corpus. Then the faces of each track vote on the label of the track, so that a few bad
faces do not lose it. All functions take and return plain numpy arrays. A label is an integer from
0, or NOISE for no cluster.
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
    """Cluster the embeddings (n, d) of faces.

    Clusters that are closer than `same_person`, a Euclidean distance, are merged (HDBSCAN's
    cluster_selection_epsilon; Malzer & Baum 2020, https://doi.org/10.1109/MFI49285.2020.9235263).

    Returns the label (n,) int64 and the membership (n,), 0 to 1, of each face.
    """
    n = len(embeddings)
    if n < max(2, min_cluster_size):  # too few for a cluster; HDBSCAN fails below two
        return np.full(n, NOISE), np.zeros(n)
    from corpus.hdbscan import cluster

    clustering = cluster(
        embeddings,
        min_cluster_size,
        min_samples,
        cluster_selection_epsilon=same_person,
        device=device,
        repeatable=True,
        progress=with_progress,
    )
    tree, labels = clustering.condensed, clustering.labels
    if is_one_person(tree, n, same_person):
        labels = label_one_person(tree, n, min_cluster_size, same_person)
    face_memberships = membership(merge_distances(tree, n), same_person)
    return labels, np.where(labels == NOISE, 0.0, face_memberships)


def is_one_person(tree: np.ndarray, n: int, same_person: float) -> bool:
    """Return whether the n faces of a condensed tree split into clusters only below `same_person`.

    HDBSCAN never returns all points as one cluster: a corpus of one person would give two people or
    none. This test does what its epsilon would do if it applied to the root of the tree.
    """
    is_split_of_root = (tree["parent"] == n) & (tree["child_size"] > 1)
    splits = tree["lambda_val"][is_split_of_root]
    return not len(splits) or splits.min() >= 1 / same_person


def label_one_person(
    tree: np.ndarray, n: int, min_cluster_size: int, same_person: float
) -> np.ndarray:
    """Return the labels (n,) of faces that are all one person.

    All are 0, except for faces farther from the rest than `same_person`, which are NOISE. All are
    NOISE if fewer than `min_cluster_size` faces remain.
    """
    # The root is node n. A face leaves it at the inverse of its distance from the other faces.
    leaves_root = (tree["parent"] == n) & (tree["child_size"] == 1)
    is_far = leaves_root & (tree["lambda_val"] < 1 / same_person)
    labels = np.zeros(n, dtype=np.int64)
    labels[tree["child"][is_far]] = NOISE
    return labels if n - is_far.sum() >= min_cluster_size else np.full(n, NOISE)


def merge_distances(tree: np.ndarray, n: int) -> np.ndarray:
    """Return the distance (n,) at which each face joins its cluster in a condensed tree."""
    faces = tree[tree["child_size"] == 1]
    distances = np.zeros(n)
    distances[faces["child"]] = 1 / faces["lambda_val"]  # equal faces: 1 / infinity
    return distances


def membership(distances: np.ndarray, same_person: float) -> np.ndarray:
    """Return the membership (n,) of faces at these distances (n,) from their person.

    It is 1 at distance 0 and 0.5 at the distance `same_person`. HDBSCAN's own memberships are not
    used because they are relative to the densest part of the cluster: where some faces are equal,
    as in a still image, those of all other faces are 0.
    """
    return 1 / (1 + (distances / same_person) ** 2)


Votes = list[tuple[float, int]]
"""The shares (0 to 1) and labels that a track's faces vote for, largest share first."""


def count_votes(
    track_of_face: np.ndarray, labels: np.ndarray, memberships: np.ndarray, n_tracks: int
) -> list[Votes]:
    """Count the votes of the faces of each track 0 ... n_tracks - 1.

    `track_of_face`, `labels` and `memberships` (n,) describe the faces. The share of a label is the
    sum of its faces' memberships divided by the number of all faces of the track. A label with
    fewer faces than the track has NOISE is dropped. Equal shares are ordered by label.
    """
    n_faces = np.bincount(track_of_face, minlength=n_tracks)
    n_noise = np.bincount(track_of_face[labels == NOISE], minlength=n_tracks)
    votes: list[Votes] = [[] for _ in range(n_tracks)]
    has_label = labels != NOISE
    pairs, pair_of_face = np.unique(
        np.stack([track_of_face[has_label], labels[has_label]], axis=1),
        axis=0,
        return_inverse=True,
    )
    pair_of_face = pair_of_face.ravel()
    counts = np.bincount(pair_of_face, minlength=len(pairs))
    sums = np.bincount(pair_of_face, weights=memberships[has_label], minlength=len(pairs))
    for (track, label), count, total in zip(pairs.tolist(), counts, sums.tolist(), strict=True):
        if count >= n_noise[track]:
            votes[track].append((total / int(n_faces[track]), label))
    return [sorted(track_votes, key=_largest_share_first) for track_votes in votes]


def _largest_share_first(vote: tuple[float, int]) -> tuple[float, int]:
    share, label = vote
    return -share, label


def assign_labels(
    votes: list[Votes],
    conflicts: Iterable[tuple[int, int]],
    fixed_labels: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Assign a label to each of n tracks so that no two conflicting tracks share a label.

    `conflicts` are pairs of tracks that are visible in the same frame, so they are two people.
    Votes are granted in order of their share, each unless a conflicting track has the label
    already; of equal shares, that of the lower track comes first. `fixed_labels` (n,) are labels
    that must not change, NOISE for the other tracks; they are assigned before any vote.

    Returns labels (n,) and probabilities (n,), the shares of the granted votes. A track without a
    granted vote has the label NOISE. Without a granted vote the probability is 0.
    """
    rivals: list[list[int]] = [[] for _ in votes]
    for a, b in conflicts:
        rivals[a].append(b)
        rivals[b].append(a)
    labels = np.full(len(votes), NOISE) if fixed_labels is None else fixed_labels.copy()
    probabilities = np.zeros(len(votes))
    claims = [
        (-share, track, label)
        for track, track_votes in enumerate(votes)
        for share, label in track_votes
    ]
    for negative_share, track, label in sorted(claims):
        is_taken = any(labels[rival] == label for rival in rivals[track])
        if labels[track] == NOISE and not is_taken:
            labels[track], probabilities[track] = label, -negative_share
    return labels, probabilities


def number_people(labels: np.ndarray, seconds: np.ndarray, starts: list[tuple]) -> np.ndarray:
    """Return the number (n,) int64 of each track's person; 0 is on screen for the longest time.

    `labels` (n,) are those of the tracks; each track with the label NOISE is a person of its own.
    `seconds` (n,) is the time that each track is on screen. `starts` are sort keys of the tracks:
    of people with equal time, the one with the lowest key comes first.
    """
    is_single = labels == NOISE
    people = labels.copy()
    people[is_single] = labels.max(initial=NOISE) + 1 + np.arange(is_single.sum())
    totals = np.bincount(people, weights=seconds)
    first_start: dict[int, tuple] = {}
    for person, start in zip(people.tolist(), starts, strict=True):
        first_start[person] = min(first_start.get(person, start), start)
    # Round to microseconds: sums of equal durations can differ below that.
    order = sorted(
        first_start,
        key=lambda person: (-round(float(totals[person]), 6), first_start[person]),
    )
    number = {person: rank for rank, person in enumerate(order)}
    return np.array([number[person] for person in people.tolist()], dtype=np.int64)
