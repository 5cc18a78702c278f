"""Prim's walk through a graph, in the order in which hdbscan takes it.

Where edges are equally long, as they often are in mutual reachability, many trees are minimal and
the labels depend on which is taken. hdbscan takes that of Prim's algorithm (1957,
https://doi.org/10.1002/j.1538-7305.1957.tb01515.x), which starts at point 0 and goes to the lowest
number among equals. Edges that are in no minimum spanning tree are never walked, so a graph of
those that may be is enough to walk as it does in the graph of all pairs.
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
        """Those at places, or where a mask holds."""
        return Edges(self.a[chosen], self.b[chosen], self.weight[chosen])

    def __add__(self, more: "Edges") -> "Edges":
        pairs = ((self.a, more.a), (self.b, more.b), (self.weight, more.weight))
        return Edges(*(np.concatenate(pair) for pair in pairs))


NO_EDGES = Edges(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))


@dataclass(frozen=True)
class Walk:
    """The points in the order of the walk."""

    source: np.ndarray
    """(n - 1,) point from which each but the first was reached"""
    point: np.ndarray
    """(n - 1,) point reached"""
    weight: np.ndarray
    """(n - 1,) length of the edge between them"""

    @property
    def order(self) -> np.ndarray:
        """All n points, 0 first."""
        return np.concatenate([[0], self.point])


def walk(edges: Edges, members: list[list[int]], own: np.ndarray) -> Walk:
    """From point 0 through a connected graph of groups of equal points.

    `members` of each group are its points, in order; group 0 holds point 0. `edges` are between
    groups, `own` (groups,) is the distance between members of one group.
    """
    starts, ends, weights = _neighbours(edges, len(members))
    key = [np.inf] * len(members)
    source = [-1] * len(members)
    done = [0] * len(members)  # members reached
    found: list[tuple[int, int, float]] = []
    own_weights = own.tolist()
    heap = [(-1.0, 0, 0)]
    while heap:
        weight, point, group = heappop(heap)
        mine, place = members[group], done[group]
        if place == len(mine) or mine[place] != point or (weight >= 0 and weight != key[group]):
            continue  # reached meanwhile, or by a shorter edge
        if weight >= 0:
            found.append((source[group], point, weight))
        done[group] = place + 1
        if place == 0:
            # What later members of the group offer is never shorter than what the first did.
            for at in range(starts[group], starts[group + 1]):
                other, length = ends[at], weights[at]
                if length < key[other] and done[other] < len(members[other]):
                    key[other], source[other] = length, point
                    heappush(heap, (length, members[other][done[other]], other))
            if own_weights[group] < key[group]:
                key[group], source[group] = own_weights[group], point
        if place + 1 < len(mine):
            heappush(heap, (key[group], mine[place + 1], group))
    sources, points, lengths = zip(*found, strict=True) if found else ((), (), ())
    return Walk(np.array(sources, np.int64), np.array(points, np.int64), np.array(lengths, float))


def _neighbours(edges: Edges, n: int) -> tuple[list[int], list[int], list[float]]:
    """Both directions of all edges by the group they leave: starts, ends, lengths."""
    a = np.concatenate([edges.a, edges.b])
    order = np.argsort(a, kind="stable")
    starts = np.searchsorted(a[order], np.arange(n + 1))
    ends = np.concatenate([edges.b, edges.a])[order]
    weights = np.concatenate([edges.weight, edges.weight])[order]
    return starts.tolist(), ends.tolist(), weights.tolist()


class Bottlenecks:
    """The longest edge on the way between any two points in a minimum spanning tree.

    In the order of Prim's walk it is the longest step between the two; a sparse table of the
    longest of 1, 2, 4, 8 ... steps finds it (Bender & Farach-Colton 2000,
    https://doi.org/10.1007/10719839_9).
    """

    def __init__(self, route: Walk):
        self.place = np.empty(len(route.point) + 1, dtype=np.int64)
        self.place[route.order] = np.arange(len(self.place))
        self.levels = [route.weight]
        while 2 ** len(self.levels) <= len(route.weight):
            last, step = self.levels[-1], 2 ** (len(self.levels) - 1)
            self.levels.append(np.maximum(last[:-step], last[step:]))

    def between(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """(m,) for pairs of different points (m,)."""
        first = np.minimum(self.place[a], self.place[b])
        count = np.abs(self.place[a] - self.place[b])
        level = np.log2(count).astype(np.int64)
        found = np.empty(len(count))
        for number, longest in enumerate(self.levels):
            chosen = level == number
            start = first[chosen]
            last = start + count[chosen] - 2**number
            found[chosen] = np.maximum(longest[start], longest[last])
        return found
