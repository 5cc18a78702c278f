"""The nearest points of each point, and how far away all others are at least."""

from collections.abc import Callable
from dataclasses import dataclass

import torch

from corpus.hdbscan.points import Points

Track = Callable[..., object]
"""Shows progress of an iterable: (items, label, total, unit) -> items."""


@dataclass(frozen=True)
class Lists:
    """For m points the k nearest of those they are compared with, nearest first."""

    points: torch.Tensor
    """(m,) whose lists these are."""
    others: torch.Tensor
    """(m, k) points."""
    distances: torch.Tensor
    """(m, k) float64, as exact as was asked for; infinite where there are fewer than k."""
    radius: torch.Tensor
    """(m,) float64: no point that is not listed is nearer."""

    def put(self, more: "Lists") -> None:
        """Replace the lists of some points, where these are of all."""
        self.others[more.points] = more.others
        self.distances[more.points] = more.distances
        self.radius[more.points] = more.radius


def nearest(
    points: Points,
    k: int,
    track: Track,
    sure: int = 0,
    groups: torch.Tensor | None = None,
    label: str = "nearest neighbours",
) -> Lists:
    """Lists of all points. Distances are exact up to that of the `sure`-th, and bounds beyond.

    `groups` (n,): only points of other groups are listed; without, all but the point itself.
    Points go through memory in tiles, so nothing of the size n x n is ever there; a tile serves
    its rows and its columns.
    """
    everyone = torch.arange(points.n, device=points.device)
    low, others = _empty(points.n, k, torch.float32, points.device)
    starts = range(0, points.n, points.blocks.rows)
    for start in track(starts, label, len(starts), "blocks"):
        rows = everyone[start : start + points.blocks.rows]
        left, lift = points.some(rows, torch.float32), points.lift(rows)[:, None]
        for column in range(start, points.n, points.blocks.columns):
            columns = everyone[column : column + points.blocks.columns]
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
    return _decided(points, everyone, others, low, sure)


def nearest_of(points: Points, k: int, of: torch.Tensor, sure: int, track: Track) -> Lists:
    """The same for some points `of`, with bounds in float64."""
    everyone = torch.arange(points.n, device=points.device)
    low, others = _empty(points.n, k, torch.float64, points.device)
    parts = of.split(points.blocks.rows)
    for rows in track(parts, "nearest neighbours in float64", len(parts), "blocks"):
        for columns in everyone.split(points.blocks.columns):
            bounds = points.bounds(rows, columns, torch.float64)
            bounds.add_(points.lift(rows, torch.float64)[:, None])
            bounds.masked_fill_(rows[:, None] == columns, torch.inf)
            _keep_lowest(low, others, rows, columns, bounds)
    return _decided(points, of, others[of], low[of], sure)


def _empty(
    n: int, k: int, dtype: torch.dtype, device: torch.device
) -> tuple[torch.Tensor, torch.Tensor]:
    """Bounds and others of lists (n, k) in which nothing is yet."""
    low = torch.full((n, k), torch.inf, dtype=dtype, device=device)
    return low, torch.zeros((n, k), dtype=torch.int64, device=device)


def _keep_lowest(
    low: torch.Tensor,
    others: torch.Tensor,
    rows: torch.Tensor,
    columns: torch.Tensor,
    bounds: torch.Tensor,
) -> None:
    """Put what a tile has into the lists of its rows, where it is lower."""
    k = low.shape[1]
    best, place = bounds.topk(min(k, bounds.shape[1]), dim=1, largest=False)
    both = torch.cat([low[rows], best], dim=1)
    numbers = torch.cat([others[rows], columns[place]], dim=1)
    low[rows], chosen = both.topk(k, dim=1, largest=False)
    others[rows] = numbers.gather(1, chosen)


def _decided(
    points: Points, of: torch.Tensor, others: torch.Tensor, low: torch.Tensor, sure: int
) -> Lists:
    """Lists of `of`, whose k others with bounds `low` are sorted by them, nearest first."""
    bounds = low.double().clamp(min=0).sqrt() * points.unit
    lists = Lists(of, others, bounds, bounds[:, -1].clone())
    if not sure:
        return lists
    exact = torch.zeros_like(low, dtype=torch.bool)
    exact[:, :sure] = torch.isfinite(low[:, :sure])
    _measure(points, lists, exact)
    # What may be nearer than the last of these.
    last = lists.distances[:, :sure].max(1, keepdim=True).values
    more = (bounds <= last) & ~exact & torch.isfinite(low)
    _measure(points, lists, more)
    # Of equal ones the lowest first, whatever the order in which they were found.
    by_number = lists.others.argsort(dim=1)
    others, near = lists.others.gather(1, by_number), lists.distances.gather(1, by_number)
    near, by_distance = near.sort(dim=1, stable=True)
    return Lists(of, others.gather(1, by_distance), near, lists.radius)


def _measure(points: Points, lists: Lists, chosen: torch.Tensor) -> None:
    """Exact distances where a mask (m, k) says so."""
    owners = lists.points[:, None].expand_as(chosen)[chosen]
    lists.distances[chosen] = points.distances(owners, lists.others[chosen])


def exhaustive(points: Points, k: int, of: torch.Tensor) -> Lists:
    """The same for a few points `of`, from exact distances to all others."""
    everyone = torch.arange(points.n, device=points.device)
    others = torch.zeros((len(of), k), dtype=torch.int64, device=points.device)
    distances = torch.zeros((len(of), k), dtype=torch.float64, device=points.device)
    for row, point in enumerate(of):
        near = points.distances(point.expand(points.n), everyone)
        near[point] = torch.inf
        near, order = near.sort(stable=True)
        others[row], distances[row] = order[:k], near[:k]
    return Lists(of, others, distances, distances[:, -1].clone())


def core_distances(
    lists: Lists, min_samples: int, counts: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Distance (n,) of each point's `min_samples`-th neighbour, and where it may be less.

    `counts` (n,) of equal points that each stands for: its own are neighbours at 0.
    """
    own = counts - 1
    reached = own[:, None] + counts[lists.others].cumsum(1) >= min_samples
    place = reached.int().argmax(1, keepdim=True)
    core = lists.distances.gather(1, place).squeeze(1)
    core = torch.where(own >= min_samples, torch.zeros_like(core), core)
    return core, core > lists.radius


def certain_lists(
    points: Points, k: int, min_samples: int, counts: torch.Tensor, track: Track
) -> tuple[Lists, torch.Tensor]:
    """Lists of all points' k nearest, and their core distances (n,), both exact.

    Where more points lie closer together than float32 can tell, float64 is tried, then all pairs.
    """
    k = min(k, points.n - 1)
    lists = nearest(points, k, track, min_samples)
    core, unsure = core_distances(lists, min_samples, counts)
    if unsure.any():
        rows = unsure.nonzero().squeeze(1)
        lists.put(nearest_of(points, k, rows, min_samples, track))
        core, unsure = core_distances(lists, min_samples, counts)
    if unsure.any():
        lists.put(exhaustive(points, k, unsure.nonzero().squeeze(1)))
        core, _ = core_distances(lists, min_samples, counts)
    return lists, core
