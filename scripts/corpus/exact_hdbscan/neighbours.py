"""The nearest points of each point, and how far away all others are at least."""

from collections.abc import Callable

import torch

from corpus.exact_hdbscan.points import Points

Track = Callable[..., object]
"""Shows progress of an iterable: (items, label, total, unit) -> items."""


class Lists:
    """For m points the k nearest of those they are compared with, nearest first."""

    def __init__(self, points: torch.Tensor, k: int, device: torch.device):
        m = len(points)
        self.points = points
        """(m,) whose lists these are."""
        self.others = torch.zeros((m, k), dtype=torch.int64, device=device)
        """(m, k) points."""
        self.distances = torch.full((m, k), torch.inf, dtype=torch.float64, device=device)
        """(m, k) exact; infinite where there are fewer than k."""
        self.radius = torch.full((m,), torch.inf, dtype=torch.float64, device=device)
        """(m,) no point that is not listed is nearer."""

    def put(self, rows: slice | torch.Tensor, more: "Lists") -> None:
        """Replace the lists of `rows`."""
        self.others[rows] = more.others
        self.distances[rows] = more.distances
        self.radius[rows] = more.radius


def nearest(
    points: Points,
    k: int,
    track: Track,
    of: torch.Tensor | None = None,
    groups: torch.Tensor | None = None,
    dtype: torch.dtype = torch.float32,
    label: str = "nearest neighbours",
) -> Lists:
    """Lists of all points, or of those `of`.

    `groups` (n,): only points of other groups are listed; without, all but the point itself.
    Points go through memory in tiles, so nothing of the size n x n is ever there.
    """
    of = torch.arange(points.n, device=points.device) if of is None else of
    lists = Lists(of, k, points.device)
    step = points.blocks.rows
    starts = range(0, len(of), step)
    for start in track(starts, label, len(starts), "blocks"):
        rows = of[start : start + step]
        others, low = _candidates(points, rows, k, groups, dtype)
        found = Lists(rows, k, points.device)
        listed = torch.isfinite(low)
        owners = rows[:, None].expand_as(others)
        found.distances[listed] = points.distances(owners[listed], others[listed])
        # Of equal ones the lowest first, whatever the order in which they were found.
        by_number = others.argsort(dim=1)
        others = others.gather(1, by_number)
        near = found.distances.gather(1, by_number)
        found.distances, by_distance = near.sort(dim=1, stable=True)
        found.others = others.gather(1, by_distance)
        found.radius = low[:, -1].double().clamp(min=0).sqrt() * points.unit
        lists.put(slice(start, start + step), found)
    return lists


def _candidates(
    points: Points,
    rows: torch.Tensor,
    k: int,
    groups: torch.Tensor | None,
    dtype: torch.dtype,
) -> tuple[torch.Tensor, torch.Tensor]:
    """For each row the k points of the lowest bounds, and these bounds, lowest first."""
    left = points.some(rows, dtype)
    low = torch.full((len(rows), k), torch.inf, dtype=dtype, device=points.device)
    others = torch.zeros((len(rows), k), dtype=torch.int64, device=points.device)
    for start in range(0, points.n, points.blocks.columns):
        columns = slice(start, min(start + points.blocks.columns, points.n))
        bounds = points.bounds(rows, columns, dtype, left)
        if groups is None:
            own = rows - start
            inside = (own >= 0) & (own < bounds.shape[1])
            bounds[inside, own[inside]] = torch.inf
        else:
            bounds.masked_fill_(groups[rows][:, None] == groups[columns][None, :], torch.inf)
        best, place = bounds.topk(min(k, bounds.shape[1]), dim=1, largest=False)
        both = torch.cat([low, best], dim=1)
        low, chosen = both.topk(k, dim=1, largest=False)
        others = torch.cat([others, place + start], dim=1).gather(1, chosen)
    return others, low + points.lift(rows, dtype)[:, None]


def exhaustive(points: Points, k: int, of: torch.Tensor) -> Lists:
    """The same for a few points `of`, from exact distances to all others."""
    lists = Lists(of, k, points.device)
    everyone = torch.arange(points.n, device=points.device)
    for row, point in enumerate(of):
        distances = points.distances(point.expand(points.n), everyone)
        distances[point] = torch.inf
        near, others = distances.sort(stable=True)
        lists.others[row], lists.distances[row] = others[:k], near[:k]
        lists.radius[row] = near[k - 1]
    return lists


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
    lists = nearest(points, k, track)
    core, unsure = core_distances(lists, min_samples, counts)
    if unsure.any():
        rows = unsure.nonzero().squeeze(1)
        more = nearest(points, k, track, rows, None, torch.float64, "neighbours in float64")
        lists.put(rows, more)
        core, unsure = core_distances(lists, min_samples, counts)
    if unsure.any():
        rows = unsure.nonzero().squeeze(1)
        lists.put(rows, exhaustive(points, k, rows))
        core, _ = core_distances(lists, min_samples, counts)
    return lists, core
