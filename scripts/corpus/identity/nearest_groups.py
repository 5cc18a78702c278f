"""Exact search for the nearest group of points, in blocks that fit into memory."""

import numpy as np
import torch

from corpus.core.progress import with_progress
from corpus.hdbscan.points import Points

NO_GROUP = -1
BLOCK_DISTANCES, MIN_BLOCK_ROWS = 1 << 22, 64
"""Distances that are computed together, 16 MB. Up to ten times as much memory is used where all of
these are near. A block has at least this many vectors: fewer would take the same time."""


def nearest_group(
    vectors: np.ndarray, group: np.ndarray, k: int, max_distance: float
) -> tuple[np.ndarray, np.ndarray]:
    """Find the nearest group for each vector that has no group.

    `vectors` is (n, d). `group` (n,) is the group of each vector, NO_GROUP for the vectors to look
    up. The distance of a group is the Euclidean distance of its `k`-th nearest vector, or of its
    farthest if it has fewer than `k`. Of equally near groups the lowest is taken.

    Returns the nearest group (n,) int64 and its distance (n,). They are NO_GROUP and infinity for a
    vector that has a group, and for one without a group within `max_distance`.

    Lower bounds in single precision leave few candidates, and exact distances decide among these.
    The result therefore does not depend on the size of the blocks.
    """
    nearest = np.full(len(vectors), NO_GROUP, dtype=np.int64)
    distances = np.full(len(vectors), np.inf)
    queries = np.flatnonzero(group == NO_GROUP)
    # Sort the members by group, so that the candidates of each group are adjacent.
    members = np.argsort(group, kind="stable")[len(queries) :]
    if not len(queries) or not len(members):
        return nearest, distances
    points = Points(vectors)
    groups, group_of_member = np.unique(group[members], return_inverse=True)
    k_of_group = np.minimum(np.bincount(group_of_member), k)
    member_points = torch.from_numpy(members)
    block_rows = max(MIN_BLOCK_ROWS, BLOCK_DISTANCES // len(members))
    starts = range(0, len(queries), block_rows)
    for start in with_progress(starts, "nearest known faces", len(starts), "blocks"):
        block = queries[start : start + block_rows]
        query_points = torch.from_numpy(block)
        bounds = points.bounds(query_points, member_points) + points.lift(query_points)[:, None]
        bounds = bounds.numpy()
        row, member = np.nonzero(bounds <= (max_distance / points.unit) ** 2)
        row, member = _candidates(
            row, member, bounds[row, member], group_of_member, k_of_group, points.slack
        )
        exact = points.distances(query_points[row], member_points[member]).numpy()
        row, near_group, distance = _kth_nearest(row, group_of_member[member], exact, k_of_group)
        order = np.lexsort((near_group, distance, row))
        order = order[distance[order] <= max_distance]
        row, first = np.unique(row[order], return_index=True)
        nearest[block[row]] = groups[near_group[order][first]]
        distances[block[row]] = distance[order][first]
    return nearest, distances


def _candidates(
    row: np.ndarray,
    member: np.ndarray,
    bound: np.ndarray,
    group_of_member: np.ndarray,
    k_of_group: np.ndarray,
    slack: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the pairs of a row and a member that can decide which group is nearest to the row.

    `bound` are the pairs' squared distances, too low by up to `slack`.
    """
    group_row, near_group, group_bound = _kth_nearest(
        row, group_of_member[member], bound, k_of_group
    )
    lowest_bound = np.full(row.max(initial=NO_GROUP) + 1, np.inf)
    np.minimum.at(lowest_bound, group_row, group_bound)
    is_near = group_bound <= lowest_bound[group_row] + 2 * slack
    # Look up, for each pair, the bound of its row and group. Both are sorted by row and group.
    n_groups = len(k_of_group)
    keys, group_bound = (group_row * n_groups + near_group)[is_near], group_bound[is_near]
    if not len(keys):
        return row[:0], member[:0]
    pair_keys = row * n_groups + group_of_member[member]
    position = np.minimum(np.searchsorted(keys, pair_keys), len(keys) - 1)
    is_candidate = keys[position] == pair_keys
    is_candidate &= bound <= group_bound[position] + 2 * slack
    return row[is_candidate], member[is_candidate]


def _kth_nearest(
    row: np.ndarray, group: np.ndarray, distance: np.ndarray, k_of_group: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return row, group and distance of the k-th nearest member for each pair of row and group.

    Pairs must be sorted by row and group, and so is the result. A group of which fewer than k
    members are given for a row is left out.
    """
    if not len(row):
        return row, group, distance
    ends = np.flatnonzero((np.diff(row) != 0) | (np.diff(group) != 0)) + 1
    starts = np.concatenate([[0], ends])
    counts = np.diff(np.concatenate([starts, [len(row)]]))
    k = k_of_group[group[starts]]
    order = np.lexsort((distance, np.repeat(np.arange(len(starts)), counts)))
    is_complete = counts >= k
    kth = starts[is_complete] + k[is_complete] - 1
    return row[starts[is_complete]], group[starts[is_complete]], distance[order[kth]]
