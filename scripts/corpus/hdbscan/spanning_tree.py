"""The minimum spanning tree of mutual reachability, exact, from two or three looks at all pairs.

1. Each point's nearest neighbours give its core distance, and settle every edge that is shorter
   than the distance to the first that is not listed (components.contract).
2. Of what is left, the lightest edges between all pairs of components make a tree that is minimal
   up to rounding. Where components are too many to hold all pairs, lists of the nearest points of
   *other* components join more of them before.
3. All pairs are looked at once more, for those that are not farther apart than the longest edge
   between them in this tree. These are all edges of all minimum spanning trees, whatever the
   rounding before, so that the tree is proved, and chosen among equals as hdbscan does.

Bounds come from matrix products, whatever they leave open is decided by exact distances.
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
from corpus.hdbscan.neighbours import Lists, Track, certain_lists, nearest
from corpus.hdbscan.points import Points
from corpus.hdbscan.walk import NO_EDGES, Bottlenecks, Edges, Walk, walk

LISTED = 16
"""Nearest neighbours of a point that are listed, at least."""
FEWEST_COMPONENTS = 2048
"""So many are always held pairwise: 32 MB."""
TIES, FEWEST_TIES = 32, 1 << 21
"""Edges a point, and at least, among which the walk may choose: 2,048 points may all be equally far
apart. Where more are equal, the tree is as light, but chosen among equals by their numbers and not
as hdbscan does."""


@dataclass(frozen=True)
class Tree:
    """A minimum spanning tree of n points."""

    edges: np.ndarray
    """(n - 1, 3) float64: two points and their mutual reachability, in the order of Prim's walk"""
    core_distances: np.ndarray
    """(n,) float64"""
    products: int
    """multiplications in matrix products"""


def minimum_spanning_tree(
    embeddings: np.ndarray, min_samples: int, device: str, track: Track
) -> Tree:
    """The tree that hdbscan would find for points (n, d), n 2 or more."""
    n = len(embeddings)
    min_samples = min(n - 1, min_samples)
    first, groups = equal_points(embeddings)
    counts = np.bincount(groups)
    by_group = np.split(np.argsort(groups, kind="stable"), np.cumsum(counts)[:-1])
    core, edges, products = np.zeros(1), NO_EDGES, 0
    if len(first) > 1:
        points = Points(embeddings if len(first) == n else embeddings[first], device)
        with full_precision():
            edges, core = edges_of_all(points, counts, min_samples, track)
        products = points.products
    route = walk(edges, [members.tolist() for members in by_group], core)
    steps = np.column_stack([route.source, route.point, route.weight])
    return Tree(steps, core[groups], products)


@contextmanager
def full_precision() -> Iterator[None]:
    """Products of float32 are made in float32, and not in less, which would break the bounds."""
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("highest")
    try:
        yield
    finally:
        torch.set_float32_matmul_precision(before)


def equal_points(embeddings: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The first of each group of equal points, in order, and every point's group (n,)."""
    words = np.ascontiguousarray(embeddings).view(np.uint32)
    odd = np.random.default_rng(0).integers(2**62, size=words.shape[1], dtype=np.uint64) * 2 + 1
    keys = np.concatenate(
        [(words[start : start + 4096] * odd).sum(1) for start in range(0, len(words), 4096)]
    )
    _, first, groups = np.unique(keys, return_index=True, return_inverse=True)
    for start in range(0, len(words), 4096):
        part = slice(start, start + 4096)
        if not np.array_equal(words[part], words[first[groups[part]]]):
            # Two that differ have one checksum, which never happens by chance: compare them all.
            _, first, groups = np.unique(words, axis=0, return_index=True, return_inverse=True)
            groups = groups.ravel()
            break
    rank = np.argsort(np.argsort(first))
    return np.sort(first), rank[groups]


def edges_of_all(
    points: Points, counts: np.ndarray, min_samples: int, track: Track
) -> tuple[Edges, np.ndarray]:
    """Edges that a minimum spanning tree may have, which hold one, and core distances.

    `points` differ, and each stands for `counts` (n,) equal ones; n is 2 or more.
    """
    n = points.n
    number = torch.from_numpy(counts).to(points.device)
    lists, core = certain_lists(points, max(LISTED, min_samples), min_samples, number, track)
    tree, components = _settle(points, lists, core, track)
    if len(tree) < n - 1:
        tree += lightest_between(points, core, components, track)
    cores = core.cpu().numpy()
    return _proved(points, forest(measured(points, core, tree), n), core, track), cores


def _settle(
    points: Points, lists: Lists, core: torch.Tensor, track: Track
) -> tuple[Edges, np.ndarray]:
    """Edges found so far and the components that they make, few enough to hold all pairs of."""
    n = points.n
    # The two tables of pairs together never outgrow the embeddings as float32.
    most = max(FEWEST_COMPONENTS, int((n * points.d / 2) ** 0.5))
    components = np.arange(n)
    found = NO_EDGES
    while True:
        edges = forest(listed_edges(lists, core), n)
        radius = torch.maximum(lists.radius, core[lists.points]).cpu().numpy()
        before = components.max() + 1
        components, used = contract(components, edges, radius)
        if components.max() + 1 > max(most, before // 2):
            # Too little is certain: take the rest on trust, since the proof will tell.
            components, more = contract(components, edges, np.full(n, np.inf))
            used |= more
        found += edges.some(used)
        if components.max() + 1 <= most:
            return found, components
        groups = torch.from_numpy(components).to(points.device)
        label = "nearest neighbours in other components"
        k = min(LISTED, n - 1)
        lists = nearest(points, k, track, 0, groups, label)


def _proved(points: Points, tree: Edges, core: torch.Tensor, track: Track) -> Edges:
    """All edges of all minimum spanning trees, from a `tree` that is nearly minimal."""
    found, complete = _not_longer(points, core, _route(tree, points.n), track)
    if not complete:
        found = distinct(found + tree)
    best = _route(forest(found, points.n), points.n)
    return found.some(found.weight <= Bottlenecks(best).between(found.a, found.b))


def _route(tree: Edges, n: int) -> Walk:
    return walk(tree, [[point] for point in range(n)], np.full(n, np.inf))


def _not_longer(
    points: Points, core: torch.Tensor, route: Walk, track: Track
) -> tuple[Edges, bool]:
    """Pairs whose mutual reachability is not above the longest edge between them on the route.

    Every edge of every minimum spanning tree is one of them, since a longer one could be replaced
    by that edge. And whether all are there: beyond the limit of TIES only those that are shorter.
    """
    n = points.n
    order = torch.from_numpy(route.order).to(points.device)
    # steps[i] is the edge by which the walk came to order[i].
    steps = torch.from_numpy(np.concatenate([[0.0], route.weight])).to(points.device)
    parts: list[tuple[torch.Tensor, torch.Tensor, torch.Tensor]] = []
    total, limit = 0, max(TIES * n, FEWEST_TIES)
    size = points.blocks.rows
    starts = range(0, n, size)

    def squared(step: torch.Tensor) -> torch.Tensor:
        """As bounds are, and not less in spite of rounding."""
        return (step / points.unit).square().float() * (1 + 1e-6)

    for start in track(starts, "proof", len(starts), "blocks"):
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
