"""Tracks that are certainly one person: dense groups of HDBSCAN's hierarchy.

Most tracks of a corpus resemble another track closely, for example in the next shot of the same
scene. Grouping these first leaves few groups for `corpus.identity.joining`, which looks at the
evidence more closely.
"""

import numpy as np

from corpus.core.progress import with_progress
from corpus.identity.evidence import Evidence

CHANCE = 10_000
"""Two tracks are nearly equal if their distance is so many times more likely for one person than
for two, times the number of tracks."""
NEARLY_EQUAL = 0.3
"""Share of the distance `same_person` up to which tracks are nearly equal in any corpus. Different
people were never as near in the measurements of docs/clustering.md."""


def dense_groups(
    means: np.ndarray,
    evidence: Evidence,
    min_cluster_size: int,
    min_samples: int,
    device: str = "cpu",
) -> np.ndarray:
    """Return the group of each track, as labels (n,) from 0 without gaps.

    The hierarchy of HDBSCAN (Campello et al. 2013,
    https://doi.org/10.1007/978-3-642-37456-2_14) is cut at the distance at which two tracks are
    certainly one person; the groups are those of DBSCAN* at this distance. The more tracks, the
    smaller it is, because more pairs could be near each other by chance.

    Parameters
    ----------
    means
        Mean embeddings (n, d) of the tracks.
    min_cluster_size
        Smallest number of tracks of a group. The tracks of smaller groups stay alone.
    min_samples
        Number of tracks within the distance that a track needs to belong to a group.
    device
        cpu or cuda; it does not change the result.
    """
    n = len(means)
    if n < max(2, min_cluster_size):
        return np.arange(n)
    distance = evidence.distance_at(np.log(CHANCE * n))
    distance = max(distance, NEARLY_EQUAL * evidence.same_person)
    from scipy.cluster.hierarchy import fcluster

    from corpus.hdbscan import cluster

    clustering = cluster(
        means.astype(np.float32),
        min_cluster_size,
        min_samples,
        device=device,
        repeatable=True,
        progress=with_progress,
    )
    labels = fcluster(clustering.single_linkage, distance, criterion="distance")
    is_small = np.bincount(labels)[labels] < min_cluster_size
    labels[is_small] = labels.max() + 1 + np.arange(is_small.sum())
    return first_seen(labels)


def first_seen(labels: np.ndarray) -> np.ndarray:
    """Number labels (n,) from 0 in the order in which they first occur."""
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[inverse]


def without_conflicts(
    labels: np.ndarray, conflicts: np.ndarray, is_fixed: np.ndarray | None = None
) -> np.ndarray:
    """Return the labels (n,) with each group that contains a conflict split into its tracks.

    `conflicts` are (m, 2) pairs of tracks that are two people. Joining puts the tracks together
    again as far as the conflicts allow. Tracks of the mask `is_fixed` (n,) stay in their groups.
    """
    a, b = conflicts.T
    broken = np.unique(labels[a[labels[a] == labels[b]]])
    is_broken = np.isin(labels, broken)
    if is_fixed is not None:
        is_broken &= ~is_fixed
    split = labels.copy()
    split[is_broken] = labels.max(initial=-1) + 1 + np.arange(is_broken.sum())
    return first_seen(split)
