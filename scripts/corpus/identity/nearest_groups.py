"""The group of points that is nearest, exactly, in blocks that fit into memory."""

import numpy as np
import torch

from corpus.core.progress import with_progress
from corpus.hdbscan.points import Points

NONE = -1
_BLOCK, _ROWS = 1 << 22, 64
"""Distances looked at together: 16 MB, and some ten times that where all of them are near. Never
less than so many vectors, which would take as long as these."""


def groups(
    vectors: np.ndarray, group: np.ndarray, k: int, limit: float
) -> tuple[np.ndarray, np.ndarray]:
    """The nearest group (n,) int64 of each vector (n, d) without one, and its distance (n,).

    `group` (n,) is NONE for the vectors in question. A group's distance is the Euclidean one of its
    `k`-th nearest vector, of its farthest where it has fewer; the lowest of equally near groups is
    taken. NONE at infinity for a vector that has a group, or no group within `limit`.

    Bounds in single precision leave few candidates, whose exact distances decide. So the answer
    does not depend on how many vectors were looked at together.
    """
    nearest = np.full(len(vectors), NONE, dtype=np.int64)
    distances = np.full(len(vectors), np.inf)
    asked = np.flatnonzero(group == NONE)
    # By group, so that the candidates of each come together.
    given = np.argsort(group, kind="stable")[len(asked) :]
    if not len(asked) or not len(given):
        return nearest, distances
    points = Points(vectors)
    numbers, of_member = np.unique(group[given], return_inverse=True)
    needed = np.minimum(np.bincount(of_member), k)
    members = torch.from_numpy(given)
    rows = max(_ROWS, _BLOCK // len(given))
    starts = range(0, len(asked), rows)
    for start in with_progress(starts, "nearest known faces", len(starts), "blocks"):
        block = asked[start : start + rows]
        faces = torch.from_numpy(block)
        near = (points.bounds(faces, members) + points.lift(faces)[:, None]).numpy()
        row, member = np.nonzero(near <= (limit / points.unit) ** 2)
        bounds = near[row, member]
        row, member = _contenders(row, member, bounds, of_member, needed, points.slack)
        exact = points.distances(faces[row], members[member]).numpy()
        row, found, distance = _kth(row, of_member[member], exact, needed)
        order = np.lexsort((found, distance, row))
        order = order[distance[order] <= limit]
        row, first = np.unique(row[order], return_index=True)
        nearest[block[row]] = numbers[found[order][first]]
        distances[block[row]] = distance[order][first]
    return nearest, distances


def _contenders(
    row: np.ndarray,
    member: np.ndarray,
    near: np.ndarray,
    of_member: np.ndarray,
    needed: np.ndarray,
    slack: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Of pairs of a row and a member, `near` squared distances too low by up to `slack`, those that
    may decide which group is nearest to the row."""
    rows, found, bound = _kth(row, of_member[member], near, needed)
    best = np.full(row.max(initial=NONE) + 1, np.inf)
    np.minimum.at(best, rows, bound)
    kept = bound <= best[rows] + 2 * slack
    # For each pair, the bound of its row and group; pairs and bounds are sorted by both.
    n_groups = len(needed)
    keys, bound = (rows * n_groups + found)[kept], bound[kept]
    if not len(keys):
        return row[:0], member[:0]
    pairs = row * n_groups + of_member[member]
    place = np.minimum(np.searchsorted(keys, pairs), len(keys) - 1)
    wanted = (keys[place] == pairs) & (near <= bound[place] + 2 * slack)
    return row[wanted], member[wanted]


def _kth(
    row: np.ndarray, group: np.ndarray, distance: np.ndarray, needed: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Row, group and distance of the needed-th nearest of each row and group, sorted by both; those
    of which fewer are there are left out. Pairs must be sorted by row and group."""
    if not len(row):
        return row, group, distance
    ends = np.flatnonzero((np.diff(row) != 0) | (np.diff(group) != 0)) + 1
    starts = np.concatenate([[0], ends])
    counts = np.diff(np.concatenate([starts, [len(row)]]))
    wanted = needed[group[starts]]
    order = np.lexsort((distance, np.repeat(np.arange(len(starts)), counts)))
    enough = counts >= wanted
    place = starts[enough] + wanted[enough] - 1
    return row[starts[enough]], group[starts[enough]], distance[order[place]]
