"""Nearest neighbours of each point, and a lower bound of the distance to all other points."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import torch

from corpus.hdbscan.points import Points

Progress = Callable[..., Iterable]
"""Shows progress: (items, label, total, unit) -> the same items."""


@dataclass(frozen=True)
class Lists:
    """The k nearest neighbours of m points, nearest first."""

    points: torch.Tensor
    """(m,) points that the lists belong to."""
    others: torch.Tensor
    """(m, k) their neighbours."""
    distances: torch.Tensor
    """(m, k) float64: exact or lower bounds, as requested; infinite beyond the last neighbour."""
    radius: torch.Tensor
    """(m,) float64: every point that is not listed is at least this far away."""

    def put(self, more: "Lists") -> None:
        """Replace the lists of the points in `more`. `self` must hold the lists of all points."""
        self.others[more.points] = more.others
        self.distances[more.points] = more.distances
        self.radius[more.points] = more.radius


def nearest(
    points: Points,
    k: int,
    progress: Progress,
    n_exact: int = 0,
    groups: torch.Tensor | None = None,
    label: str = "nearest neighbours",
) -> Lists:
    """Neighbour lists of all points.

    Distances up to the `n_exact`-th neighbour are exact; the others are lower bounds. With
    `groups` (n,), only points of other groups are listed. The matrix of all pairs is processed in
    tiles and never held as a whole; each tile updates the lists of its rows and of its columns.
    """
    all_points = torch.arange(points.n, device=points.device)
    low, others = _empty(points.n, k, torch.float32, points.device)
    starts = range(0, points.n, points.blocks.rows)
    for start in progress(starts, label, len(starts), "blocks"):
        rows = all_points[start : start + points.blocks.rows]
        left, lift = points.some(rows, torch.float32), points.lift(rows)[:, None]
        for column in range(start, points.n, points.blocks.columns):
            columns = all_points[column : column + points.blocks.columns]
            bounds = points.bounds(rows, columns, left=left).add_(lift)
            if groups is not None:
                bounds.masked_fill_(groups[rows][:, None] == groups[columns], torch.inf)
            if column == start:
                # Within the rows' own block each pair is there twice, once for each of the two.
                bounds.fill_diagonal_(torch.inf)
            _keep_lowest(low, others, rows, columns, bounds)
            beyond = max(start + len(rows) - column, 0)
            if beyond < len(columns):
                flipped = bounds[:, beyond:].T.contiguous()
                _keep_lowest(low, others, columns[beyond:], rows, flipped)
    return _with_exact_distances(points, all_points, others, low, n_exact)


def nearest_of(points: Points, k: int, of: torch.Tensor, n_exact: int, progress: Progress) -> Lists:
    """Neighbour lists of the points `of`, with lower bounds computed in float64."""
    all_points = torch.arange(points.n, device=points.device)
    low, others = _empty(points.n, k, torch.float64, points.device)
    parts = of.split(points.blocks.rows)
    for rows in progress(parts, "nearest neighbours in float64", len(parts), "blocks"):
        for columns in all_points.split(points.blocks.columns):
            bounds = points.bounds(rows, columns, torch.float64)
            bounds.add_(points.lift(rows, torch.float64)[:, None])
            bounds.masked_fill_(rows[:, None] == columns, torch.inf)
            _keep_lowest(low, others, rows, columns, bounds)
    return _with_exact_distances(points, of, others[of], low[of], n_exact)


def _empty(
    n: int, k: int, dtype: torch.dtype, device: torch.device
) -> tuple[torch.Tensor, torch.Tensor]:
    """Empty lists: infinite bounds (n, k) and neighbours (n, k)."""
    low = torch.full((n, k), torch.inf, dtype=dtype, device=device)
    return low, torch.zeros((n, k), dtype=torch.int64, device=device)


def _keep_lowest(
    low: torch.Tensor,
    others: torch.Tensor,
    rows: torch.Tensor,
    columns: torch.Tensor,
    bounds: torch.Tensor,
) -> None:
    """Merge the bounds of one tile into the lists of its rows, keeping the lowest."""
    k = low.shape[1]
    best, place = bounds.topk(min(k, bounds.shape[1]), dim=1, largest=False)
    both = torch.cat([low[rows], best], dim=1)
    numbers = torch.cat([others[rows], columns[place]], dim=1)
    low[rows], chosen = both.topk(k, dim=1, largest=False)
    others[rows] = numbers.gather(1, chosen)


def _with_exact_distances(
    points: Points, of: torch.Tensor, others: torch.Tensor, low: torch.Tensor, n_exact: int
) -> Lists:
    """Lists of the points `of` with exact distances up to the `n_exact`-th neighbour.

    `others` and their squared lower bounds `low` are sorted by bound.
    """
    bounds = low.double().clamp(min=0).sqrt() * points.unit
    lists = Lists(of, others, bounds, bounds[:, -1].clone())
    if not n_exact:
        return lists
    exact = torch.zeros_like(low, dtype=torch.bool)
    exact[:, :n_exact] = torch.isfinite(low[:, :n_exact])
    _measure(points, lists, exact)
    # Neighbours whose bound allows them to be nearer than the last exact one.
    last = lists.distances[:, :n_exact].max(1, keepdim=True).values
    more = (bounds <= last) & ~exact & torch.isfinite(low)
    _measure(points, lists, more)
    # Equal distances are ordered by point number, independent of the tile order.
    by_number = lists.others.argsort(dim=1)
    others, near = lists.others.gather(1, by_number), lists.distances.gather(1, by_number)
    near, by_distance = near.sort(dim=1, stable=True)
    return Lists(of, others.gather(1, by_distance), near, lists.radius)


def _measure(points: Points, lists: Lists, chosen: torch.Tensor) -> None:
    """Replace bounds by exact distances where the mask `chosen` (m, k) is set."""
    owners = lists.points[:, None].expand_as(chosen)[chosen]
    lists.distances[chosen] = points.distances(owners, lists.others[chosen])


def exhaustive(points: Points, k: int, of: torch.Tensor) -> Lists:
    """Neighbour lists of a few points `of`, from exact distances to all other points."""
    all_points = torch.arange(points.n, device=points.device)
    others = torch.zeros((len(of), k), dtype=torch.int64, device=points.device)
    distances = torch.zeros((len(of), k), dtype=torch.float64, device=points.device)
    for row, point in enumerate(of):
        near = points.distances(point.expand(points.n), all_points)
        near[point] = torch.inf
        near, order = near.sort(stable=True)
        others[row], distances[row] = order[:k], near[:k]
    return Lists(of, others, distances, distances[:, -1].clone())


def core_distances(
    lists: Lists, min_samples: int, counts: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Core distances (n,), and a mask (n,) of those that may be too large.

    The core distance is the distance to the `min_samples`-th neighbour. Each point stands for
    `counts` (n,) equal points, whose distance from each other is 0.
    """
    duplicates = counts - 1
    reached = duplicates[:, None] + counts[lists.others].cumsum(1) >= min_samples
    place = reached.int().argmax(1, keepdim=True)
    core = lists.distances.gather(1, place).squeeze(1)
    core = torch.where(duplicates >= min_samples, torch.zeros_like(core), core)
    return core, core > lists.radius


def certain_lists(
    points: Points, k: int, min_samples: int, counts: torch.Tensor, progress: Progress
) -> tuple[Lists, torch.Tensor]:
    """Lists of the k nearest neighbours of all points, and their exact core distances (n,).

    Points that float32 bounds cannot separate are repeated with float64 bounds, and if that is not
    enough, with exact distances to all points.
    """
    k = min(k, points.n - 1)
    lists = nearest(points, k, progress, min_samples)
    core, uncertain = core_distances(lists, min_samples, counts)
    if uncertain.any():
        rows = uncertain.nonzero().squeeze(1)
        lists.put(nearest_of(points, k, rows, min_samples, progress))
        core, uncertain = core_distances(lists, min_samples, counts)
    if uncertain.any():
        lists.put(exhaustive(points, k, uncertain.nonzero().squeeze(1)))
        core, _ = core_distances(lists, min_samples, counts)
    return lists, core
