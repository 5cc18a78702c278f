"""The most similar gestures of each gesture, among all gestures and their mirror images.

The search has two steps. The nearest paths by Euclidean distance are found exactly, with the code
of the clustering: bounds of all distances by matrix products, then the distances of those that can
be the nearest. Then dynamic time warping ranks these candidates. Rows are processed in blocks, so
that memory grows with the number of gestures only as their paths do.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import torch
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from corpus.hdbscan.points import Points
from corpus.similarity.hand_paths import mirror_paths
from corpus.similarity.warping import warping_distances

N_CANDIDATES = 512
"""Nearest paths and mirrored paths that are ranked by warping; docs/similarity.md measures how many
of the most similar gestures are among them."""
SPARE = 8
"""Bounds that are kept in addition, so that rounding rarely leaves the last candidate in doubt."""
ROWS, COLUMNS = 256, 16384
"""Size of a tile of the matrix of all pairs: 17 MB."""
Progress = Callable[..., Iterable]


@dataclass(frozen=True)
class Similar:
    """The most similar gestures of n gestures, the most similar first.

    A gesture with fewer than k others has -1 and infinity in the last columns.
    """

    others: np.ndarray
    """(n, k) indices of the other gestures."""
    distances: np.ndarray
    """(n, k) float32: 0 to 2, see `warping`."""
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
    `two_handed_groups`. Of a gesture and its mirror image, the more similar one counts; the gesture
    if both are equal. The result depends neither on the number of threads nor on the processor.
    """
    n = len(vectors)
    similar = Similar(
        others=np.full((n, k), -1),
        distances=np.full((n, k), np.inf, np.float32),
        mirrored=np.zeros((n, k), bool),
    )
    if n < 2:
        return similar
    both = np.concatenate([vectors, mirror_paths(vectors)]).astype(np.float32)
    points = Points(both)
    group = torch.from_numpy(np.concatenate([groups, groups]).astype(np.int64))
    starts = range(0, n, ROWS)
    for start in progress(starts, "similar gestures", len(starts), "blocks"):
        rows = torch.arange(start, min(start + ROWS, n))
        candidates, known = nearest_candidates(points, rows, group)
        shape = candidates.shape
        owners = np.repeat(rows.numpy(), shape[1])
        distances = warping_distances(both[owners], both[candidates.ravel()]).reshape(shape)
        distances[~known] = np.inf
        block = slice(start, start + len(rows))
        _keep_most_similar(similar, block, candidates, distances)
    return similar


def nearest_candidates(
    points: Points, rows: torch.Tensor, group: torch.Tensor
) -> tuple[np.ndarray, np.ndarray]:
    """Return the nearest points (m, k) of the points `rows` (m,), and which of them exist (m, k).

    Points of the same `group` (n,) are left out. k is N_CANDIDATES, or less for fewer points. Among
    equally near points, those with lower numbers come first.
    """
    k = min(N_CANDIDATES, points.n)
    kept = min(k + SPARE, points.n)
    low, others = _lowest_bounds(points, rows, group, kept)
    owners = rows[:, None].expand_as(others).reshape(-1)
    distances = points.distances(owners, others.reshape(-1)).reshape(others.shape)
    distances[torch.isinf(low)] = torch.inf
    by_number = others.argsort(dim=1)
    others, distances = others.gather(1, by_number), distances.gather(1, by_number)
    distances, order = distances.sort(dim=1, stable=True)
    others = others.gather(1, order)
    # Every other point is at least as far away as the last bound says.
    radius = low[:, -1].double().clamp(min=0).sqrt() * points.unit
    uncertain = torch.isfinite(radius) & (distances[:, k - 1] >= radius)
    for row in torch.nonzero(uncertain).squeeze(1):
        everything = torch.arange(points.n)
        exact = points.distances(rows[row].expand(points.n), everything)
        exact[group == group[rows[row]]] = torch.inf
        exact, order = exact.sort(stable=True)
        others[row], distances[row] = order[:kept], exact[:kept]
    return others[:, :k].numpy(), torch.isfinite(distances[:, :k]).numpy()


def _lowest_bounds(
    points: Points, rows: torch.Tensor, group: torch.Tensor, k: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """The k lowest squared bounds (m, k) of the points `rows`, ascending, and their points."""
    low = torch.full((len(rows), k), torch.inf)
    others = torch.zeros((len(rows), k), dtype=torch.int64)
    left, lift = points.some(rows, torch.float32), points.lift(rows)[:, None]
    for columns in torch.arange(points.n).split(COLUMNS):
        bounds = points.bounds(rows, columns, left=left).add_(lift)
        bounds.masked_fill_(group[rows][:, None] == group[columns], torch.inf)
        best, place = bounds.topk(min(k, len(columns)), dim=1, largest=False)
        numbers = torch.cat([others, columns[place]], dim=1)
        low, chosen = torch.cat([low, best], dim=1).topk(k, dim=1, largest=False)
        others = numbers.gather(1, chosen)
    return low, others


def _keep_most_similar(
    similar: Similar, block: slice, candidates: np.ndarray, distances: np.ndarray
) -> None:
    """Write the most similar gestures of a block of rows into `similar`.

    `candidates` (m, c) are numbers of paths, in which a mirror image is n more than its gesture.
    `distances` (m, c) are infinite for those that do not count.
    """
    n, k = similar.others.shape
    gesture, mirrored = candidates % n, candidates >= n
    order = np.lexsort((gesture, mirrored, distances), axis=1)
    gesture, mirrored, distances = (
        np.take_along_axis(array, order, axis=1) for array in (gesture, mirrored, distances)
    )
    for row, index in enumerate(range(*block.indices(n))):
        counts = np.isfinite(distances[row])
        first = np.unique(gesture[row][counts], return_index=True)[1]
        best = np.sort(first)[:k]
        similar.others[index, : len(best)] = gesture[row][counts][best]
        similar.distances[index, : len(best)] = distances[row][counts][best]
        similar.mirrored[index, : len(best)] = mirrored[row][counts][best]
