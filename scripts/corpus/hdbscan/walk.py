"""Prim's algorithm on a sparse graph, with ties resolved as hdbscan does.

Mutual reachability often produces edges of equal length. Then several trees are minimal, and the
labels depend on the choice. hdbscan uses Prim's algorithm (1957,
https://doi.org/10.1002/j.1538-7305.1957.tb01515.x), starting at point 0 and preferring the lowest
point number among equal edges. Edges outside every minimum spanning tree are never used, so the
graph of all candidate edges gives the same result as the graph of all pairs.
"""

from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np


@dataclass(frozen=True)
class Edges:
    """m edges of a graph."""

    a: np.ndarray
    """(m,) int64"""
    b: np.ndarray
    """(m,) int64"""
    weight: np.ndarray
    """(m,) float64"""

    def __len__(self) -> int:
        return len(self.a)

    def some(self, chosen: np.ndarray) -> "Edges":
        """The edges at the given indices, or where a mask is set."""
        return Edges(self.a[chosen], self.b[chosen], self.weight[chosen])

    def __add__(self, more: "Edges") -> "Edges":
        pairs = ((self.a, more.a), (self.b, more.b), (self.weight, more.weight))
        return Edges(*(np.concatenate(pair) for pair in pairs))


NO_EDGES = Edges(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))


@dataclass(frozen=True)
class Walk:
    """The points in the order in which Prim's algorithm reaches them."""

    source: np.ndarray
    """(n - 1,) point from which each point except the first was reached"""
    point: np.ndarray
    """(n - 1,) point reached"""
    weight: np.ndarray
    """(n - 1,) length of the edge between them"""

    @property
    def order(self) -> np.ndarray:
        """All n points, starting with point 0."""
        return np.concatenate([[0], self.point])


def walk(edges: Edges, members: list[list[int]], inner_weight: np.ndarray) -> Walk:
    """Run Prim's algorithm from point 0 on a connected graph of groups of equal points.

    `members` lists the points of each group in ascending order; group 0 contains point 0. `edges`
    connect groups. `inner_weight` (groups,) is the mutual reachability within each group.
    """
    starts, ends, weights = _neighbours(edges, len(members))
    key = [np.inf] * len(members)
    source = [-1] * len(members)
    n_reached = [0] * len(members)  # members reached so far
    steps: list[tuple[int, int, float]] = []
    inner_weights = inner_weight.tolist()
    heap = [(-1.0, 0, 0)]
    while heap:
        weight, point, group = heappop(heap)
        points_of_group, position = members[group], n_reached[group]
        if (
            position == len(points_of_group)
            or points_of_group[position] != point
            or (weight >= 0 and weight != key[group])
        ):
            continue  # already reached, or a shorter edge was found later
        if weight >= 0:
            steps.append((source[group], point, weight))
        n_reached[group] = position + 1
        if position == 0:
            # Later members of the group never offer a shorter edge than the first.
            for index in range(starts[group], starts[group + 1]):
                other, length = ends[index], weights[index]
                if length < key[other] and n_reached[other] < len(members[other]):
                    key[other], source[other] = length, point
                    heappush(heap, (length, members[other][n_reached[other]], other))
            if inner_weights[group] < key[group]:
                key[group], source[group] = inner_weights[group], point
        if position + 1 < len(points_of_group):
            heappush(heap, (key[group], points_of_group[position + 1], group))
    sources, points, lengths = zip(*steps, strict=True) if steps else ((), (), ())
    return Walk(np.array(sources, np.int64), np.array(points, np.int64), np.array(lengths, float))


def _neighbours(edges: Edges, n: int) -> tuple[list[int], list[int], list[float]]:
    """Adjacency lists of all groups in both directions: start offsets, end groups, lengths."""
    a = np.concatenate([edges.a, edges.b])
    order = np.argsort(a, kind="stable")
    starts = np.searchsorted(a[order], np.arange(n + 1))
    ends = np.concatenate([edges.b, edges.a])[order]
    weights = np.concatenate([edges.weight, edges.weight])[order]
    return starts.tolist(), ends.tolist(), weights.tolist()


class Bottlenecks:
    """The longest edge on the path between any two points of a minimum spanning tree.

    In the order of Prim's algorithm, this is the longest step between the two points. A sparse
    table of the maxima of 1, 2, 4, 8 ... consecutive steps gives it
    (range maximum query; Bender & Farach-Colton 2000, https://doi.org/10.1007/10719839_9).
    """

    def __init__(self, route: Walk):
        self.position = np.empty(len(route.point) + 1, dtype=np.int64)
        self.position[route.order] = np.arange(len(self.position))
        self.levels = [route.weight]
        while 2 ** len(self.levels) <= len(route.weight):
            last, step = self.levels[-1], 2 ** (len(self.levels) - 1)
            self.levels.append(np.maximum(last[:-step], last[step:]))

    def between(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """Longest edges (m,) for pairs of different points `a` and `b` (m,)."""
        first = np.minimum(self.position[a], self.position[b])
        count = np.abs(self.position[a] - self.position[b])
        level = np.log2(count).astype(np.int64)
        maxima = np.empty(len(count))
        for number, longest in enumerate(self.levels):
            chosen = level == number
            start = first[chosen]
            last = start + count[chosen] - 2**number
            maxima[chosen] = np.maximum(longest[start], longest[last])
        return maxima
