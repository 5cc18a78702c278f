"""The most similar gestures of each gesture, among all gestures and their mirror images.

The search is exact: `corpus.hdbscan` computes bounds of all distances by matrix products, and then
the distances of the candidates. For n gestures, it searches n paths and n mirrored paths.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import torch
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from corpus.hdbscan.neighbours import Lists, nearest
from corpus.hdbscan.points import Points
from corpus.similarity.hand_paths import mirror_paths

SPARE = 8
"""Neighbours searched in addition, so that rounding rarely leaves the last one in doubt."""
Progress = Callable[..., Iterable]


@dataclass(frozen=True)
class Similar:
    """The most similar gestures of n gestures, the most similar first.

    A gesture with fewer than k others has -1 and infinity in the last columns.
    """

    others: np.ndarray
    """(n, k) indices of the other gestures."""
    distances: np.ndarray
    """(n, k) float64: 0 to 2, see `hand_paths`."""
    mirrored: np.ndarray
    """(n, k) true if the mirror image of the other gesture is more similar than the gesture."""


def two_handed_groups(partners: np.ndarray) -> np.ndarray:
    """Return the group (n,) of each gesture: gestures that are parts of one two-handed movement.

    `partners` (n,) are the indices of the gestures of the other hand, -1 without one. Gestures with
    the same partner belong to one group, too.
    """
    has_partner = np.flatnonzero(partners >= 0)
    ones = np.ones(len(has_partner))
    n = len(partners)
    pairs = coo_array((ones, (has_partner, partners[has_partner])), shape=(n, n))
    return connected_components(pairs, directed=False)[1]


def find_similar(
    vectors: np.ndarray, groups: np.ndarray, k: int, progress: Progress = lambda items, *_: items
) -> Similar:
    """Return the `k` most similar gestures of each gesture, without those of its own group.

    `vectors` (n, d) are those of `hand_paths.describe_path`, `groups` (n,) those of
    `two_handed_groups`. Of a gesture and its mirror image, the more similar one counts. The result
    depends neither on the number of threads nor on the processor.
    """
    n = len(vectors)
    if n < 2:
        return Similar(np.full((n, k), -1), np.full((n, k), np.inf), np.zeros((n, k), bool))
    both = np.concatenate([vectors, mirror_paths(vectors)]).astype(np.float32)
    points = Points(both)
    group = torch.from_numpy(np.concatenate([groups, groups]).astype(np.int64))
    # Each gesture can be in a list twice: as it is, and as its mirror image.
    n_exact = min(2 * k, 2 * n - 1)
    lists = nearest(points, min(n_exact + SPARE, 2 * n - 1), progress, n_exact, group)
    last = lists.distances[:n, n_exact - 1]
    uncertain = torch.nonzero(torch.isfinite(last) & (last > lists.radius[:n])).squeeze(1)
    _search_exhaustively(points, lists, uncertain, group)
    return _distinct(lists.others[:n].numpy(), lists.distances[:n].numpy(), n, k)


def _search_exhaustively(
    points: Points, lists: Lists, rows: torch.Tensor, group: torch.Tensor
) -> None:
    """Replace the lists of a few points by those from exact distances to all others."""
    everything = torch.arange(points.n)
    for row in rows:
        distances = points.distances(row.expand(points.n), everything)
        distances[group == group[row]] = torch.inf
        distances, order = distances.sort(stable=True)
        k = lists.others.shape[1]
        lists.others[row], lists.distances[row] = order[:k], distances[:k]


def _distinct(others: np.ndarray, distances: np.ndarray, n: int, k: int) -> Similar:
    """The first `k` different gestures of each list (n, m), in which a mirror image is n more."""
    gesture = np.where(np.isfinite(distances), others % n, -1)
    by_gesture = np.argsort(gesture, axis=1, kind="stable")
    ordered = np.take_along_axis(gesture, by_gesture, axis=1)
    repeated = np.zeros_like(gesture, bool)
    same = np.diff(ordered, axis=1, prepend=-2) == 0
    np.put_along_axis(repeated, by_gesture, same, axis=1)
    is_used = ~repeated & (gesture >= 0)
    first = np.argsort(~is_used, axis=1, kind="stable")[:, :k]
    found = np.take_along_axis(is_used, first, axis=1)
    columns = (np.take_along_axis(array, first, axis=1) for array in (gesture, distances, others))
    gesture, distances, others = (_widen(column, k) for column in columns)
    found = _widen(found, k)
    return Similar(
        others=np.where(found, gesture, -1),
        distances=np.where(found, distances, np.inf),
        mirrored=found & (others >= n),
    )


def _widen(columns: np.ndarray, k: int) -> np.ndarray:
    """The columns (n, m), followed by zeros up to k columns."""
    return np.pad(columns, ((0, 0), (0, k - columns.shape[1])))
