"""The exact minimum spanning tree of mutual reachability, in two or three passes over all pairs.

1. The nearest neighbours of each point give its core distance. They also determine every tree edge
   that is shorter than the distance to the first neighbour that is not listed
   (`components.contract`).
2. Between the remaining components, the lightest edges form a tree that is minimal up to rounding.
   If there are too many components to hold all pairs of them in memory, lists of the nearest
   points of *other* components join more of them first.
3. A last pass over all pairs finds those that are not farther apart than the longest edge on the
   path between them in this tree. These are the edges of all minimum spanning trees, regardless of
   earlier rounding. This proves the tree, and allows ties to be resolved as hdbscan does.

Lower bounds are computed by matrix products. Exact distances decide whatever the bounds leave open.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch

from corpus.hdbscan.components import (
    contract,
    distinct,
    forest,
    lightest_between,
    listed_edges,
    measured,
)
from corpus.hdbscan.neighbours import Lists, Progress, certain_lists, nearest
from corpus.hdbscan.points import Points
from corpus.hdbscan.walk import NO_EDGES, Bottlenecks, Edges, Walk, walk

LISTED = 16
"""Minimum number of nearest neighbours listed for each point."""
FEWEST_COMPONENTS = 2048
"""Up to this many components, all pairs are held in memory (32 MB)."""
TIES, FEWEST_TIES = 32, 1 << 21
"""Number of equal edges that are kept, per point, and at least in total; the total is enough for
2,048 points that are all equally far apart. If there are more, the tree has the same weight, but
ties are resolved by point number and not as in hdbscan."""


@dataclass(frozen=True)
class Tree:
    """A minimum spanning tree of n points."""

    edges: np.ndarray
    """(n - 1, 3) float64: two points and their mutual reachability, in Prim's order"""
    core_distances: np.ndarray
    """(n,) float64"""
    products: int
    """multiplications in matrix products"""


def minimum_spanning_tree(
    embeddings: np.ndarray, min_samples: int, device: str, progress: Progress
) -> Tree:
    """The tree that hdbscan would compute for points (n, d), with n of 2 or more."""
    n = len(embeddings)
    min_samples = min(n - 1, min_samples)
    first, groups = equal_points(embeddings)
    counts = np.bincount(groups)
    by_group = np.split(np.argsort(groups, kind="stable"), np.cumsum(counts)[:-1])
    core, edges, products = np.zeros(1), NO_EDGES, 0
    if len(first) > 1:
        points = Points(embeddings if len(first) == n else embeddings[first], device)
        with full_precision():
            edges, core = edges_of_all(points, counts, min_samples, progress)
        products = points.products
    route = walk(edges, [members.tolist() for members in by_group], core)
    steps = np.column_stack([route.source, route.point, route.weight])
    return Tree(steps, core[groups], products)


@contextmanager
def full_precision() -> Iterator[None]:
    """Compute float32 products in full float32 precision; less would invalidate the bounds."""
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("highest")
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(before)


def equal_points(embeddings: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The first point of each group of equal points, and the group of every point (n,)."""
    words = np.ascontiguousarray(embeddings).view(np.uint32)
    odd = np.random.default_rng(0).integers(2**62, size=words.shape[1], dtype=np.uint64) * 2 + 1
    keys = np.concatenate(
        [(words[start : start + 4096] * odd).sum(1) for start in range(0, len(words), 4096)]
    )
    _, first, groups = np.unique(keys, return_index=True, return_inverse=True)
    for start in range(0, len(words), 4096):
        part = slice(start, start + 4096)
        if not np.array_equal(words[part], words[first[groups[part]]]):
            # Different points share a checksum, which is practically impossible: compare all.
            _, first, groups = np.unique(words, axis=0, return_index=True, return_inverse=True)
            groups = groups.ravel()
            break
    rank = np.argsort(np.argsort(first))
    return np.sort(first), rank[groups]


def edges_of_all(
    points: Points, counts: np.ndarray, min_samples: int, progress: Progress
) -> tuple[Edges, np.ndarray]:
    """Edges that contain every minimum spanning tree, and the core distances (n,).

    `points` are distinct, and each stands for `counts` (n,) equal ones; n is 2 or more.
    """
    n = points.n
    duplicates = torch.from_numpy(counts).to(points.device)
    lists, core = certain_lists(points, max(LISTED, min_samples), min_samples, duplicates, progress)
    tree, components = _certain_components(points, lists, core, progress)
    if len(tree) < n - 1:
        tree += lightest_between(points, core, components, progress)
    cores = core.cpu().numpy()
    return _all_tree_edges(points, forest(measured(points, core, tree), n), core, progress), cores


def _certain_components(
    points: Points, lists: Lists, core: torch.Tensor, progress: Progress
) -> tuple[Edges, np.ndarray]:
    """Tree edges, and the components they form: few enough to hold all pairs of them in memory."""
    n = points.n
    # The two matrices of pairs together are never larger than the embeddings as float32.
    most = max(FEWEST_COMPONENTS, int((n * points.d / 2) ** 0.5))
    components = np.arange(n)
    tree = NO_EDGES
    while True:
        edges = forest(listed_edges(lists, core), n)
        radius = torch.maximum(lists.radius, core[lists.points]).cpu().numpy()
        before = components.max() + 1
        components, used = contract(components, edges, radius)
        if components.max() + 1 > max(most, before // 2):
            # Too few edges are certain: accept the others for now, the proof corrects them later.
            components, more = contract(components, edges, np.full(n, np.inf))
            used |= more
        tree += edges.some(used)
        if components.max() + 1 <= most:
            return tree, components
        groups = torch.from_numpy(components).to(points.device)
        label = "nearest neighbours in other components"
        k = min(LISTED, n - 1)
        lists = nearest(points, k, progress, 0, groups, label)


def _all_tree_edges(points: Points, tree: Edges, core: torch.Tensor, progress: Progress) -> Edges:
    """All edges of all minimum spanning trees, given a `tree` that is minimal up to rounding."""
    pairs, complete = _pairs_not_longer(points, core, _route(tree, points.n), progress)
    if not complete:
        pairs = distinct(pairs + tree)
    best = _route(forest(pairs, points.n), points.n)
    return pairs.some(pairs.weight <= Bottlenecks(best).between(pairs.a, pairs.b))


def _route(tree: Edges, n: int) -> Walk:
    return walk(tree, [[point] for point in range(n)], np.full(n, np.inf))


def _pairs_not_longer(
    points: Points, core: torch.Tensor, route: Walk, progress: Progress
) -> tuple[Edges, bool]:
    """Pairs whose mutual reachability is at most the longest edge between them on the route.

    They include every edge of every minimum spanning tree, because a longer edge could be replaced
    by that one. The second value is False if the limit set by TIES was reached; from then on, only
    pairs with a shorter distance are kept.
    """
    n = points.n
    order = torch.from_numpy(route.order).to(points.device)
    # steps[i] is the length of the edge by which the walk reached order[i].
    steps = torch.from_numpy(np.concatenate([[0.0], route.weight])).to(points.device)
    parts: list[tuple[torch.Tensor, torch.Tensor, torch.Tensor]] = []
    total, limit = 0, max(TIES * n, FEWEST_TIES)
    size = points.blocks.rows
    starts = range(0, n, size)

    def squared(step: torch.Tensor) -> torch.Tensor:
        """In the units of bounds, rounded up."""
        return (step / points.unit).square().float() * (1 + 1e-6)

    for start in progress(starts, "proof", len(starts), "blocks"):
        end = min(start + size, n)
        rows = order[start:end]
        left, lift = points.some(rows, torch.float32), points.lift(rows)[:, None]
        inner = steps[start:end].expand(end - start, end - start).triu(1).cummax(1).values
        to_end = inner[:, -1]
        beyond = steps[end:].cummax(0).values
        for column in range(start, n, points.blocks.columns):
            stop = min(column + points.blocks.columns, n)
            columns = order[column:stop]
            outer = beyond[max(column, end) - end : max(stop, end) - end]
            allowed = torch.maximum(squared(to_end)[:, None], squared(outer))
            if column == start:
                allowed = torch.cat([squared(inner), allowed], dim=1)
            bounds = points.bounds(rows, columns, left=left)
            a, b = (bounds <= allowed.sub_(lift)).nonzero(as_tuple=True)
            later = b + column > a + start
            a, b = a[later], b[later]
            bound = to_end[a]
            near = b + column < end
            bound[near] = inner[a[near], b[near]]
            bound[~near] = torch.maximum(bound[~near], beyond[b[~near] + column - end])
            pair = rows[a], columns[b]
            weight = torch.maximum(
                points.distances(*pair), torch.maximum(core[pair[0]], core[pair[1]])
            )
            kept = weight <= bound if total <= limit else weight < bound
            parts.append((pair[0][kept], pair[1][kept], weight[kept]))
            total += int(kept.sum())
    a, b, weight = (torch.cat(part).cpu().numpy() for part in zip(*parts, strict=True))
    return Edges(np.minimum(a, b), np.maximum(a, b), weight), total <= limit
