"""Components joined by certain edges of a minimum spanning tree, and edges between them."""

import numpy as np
import torch
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree

from corpus.hdbscan.neighbours import Lists, Progress
from corpus.hdbscan.points import Points
from corpus.hdbscan.walk import Edges


def listed_edges(lists: Lists, core: torch.Tensor) -> Edges:
    """Edges between each point and its listed neighbours, once per pair.

    Weights are mutual reachability distances, exact where the list has exact distances.
    """
    real = torch.isfinite(lists.distances)
    a = lists.points[:, None].expand_as(lists.others)[real]
    b = lists.others[real]
    weight = torch.maximum(lists.distances[real], torch.maximum(core[a], core[b]))
    return distinct(Edges(a.cpu().numpy(), b.cpu().numpy(), weight.cpu().numpy()))


def distinct(edges: Edges) -> Edges:
    """Each pair of points once, with the lower point number first."""
    low, high = np.minimum(edges.a, edges.b), np.maximum(edges.a, edges.b)
    _, chosen = np.unique(low * (high.max(initial=0) + 1) + high, return_index=True)
    return Edges(low, high, edges.weight).some(chosen)


def measured(points: Points, core: torch.Tensor, edges: Edges) -> Edges:
    """The same edges with exact weights."""
    a, b = (torch.from_numpy(end).to(points.device) for end in (edges.a, edges.b))
    weight = torch.maximum(points.distances(a, b), torch.maximum(core[a], core[b]))
    return Edges(edges.a, edges.b, weight.cpu().numpy())


def forest(edges: Edges, n: int) -> Edges:
    """A minimum spanning forest of n points (Kruskal 1956), in ascending order of weight."""
    order = np.lexsort((edges.b, edges.a, edges.weight))
    edges = edges.some(order)
    # SciPy treats weight 0 as a missing edge, so ranks are used. They are unique, so the minimum
    # spanning forest is, too.
    ranks = np.arange(1, len(edges) + 1, dtype=float)
    graph = coo_matrix((ranks, (edges.a, edges.b)), shape=(n, n)).tocsr()
    kept = minimum_spanning_tree(graph).data.astype(np.int64) - 1
    return edges.some(np.sort(kept))


def contract(
    components: np.ndarray, edges: Edges, radius: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Join components (n,) along certain edges; return the new components and a mask of used edges.

    Repeats Borůvka's step: the shortest edge that leaves a component is in a minimum spanning tree.
    `edges` contains only listed edges, a forest in ascending order. The shortest listed edge is the
    shortest of all edges if it is not longer than `radius` (n,), because no point has a shorter
    edge that is not listed.
    """
    n = components.max(initial=-1) + 1
    reach = np.full(n, np.inf)
    np.minimum.at(reach, components, radius)
    used = np.zeros(len(edges), dtype=bool)
    while n > 1:
        a, b = components[edges.a], components[edges.b]
        shortest = np.full(n, len(edges))
        [open_] = np.nonzero(a != b)
        np.minimum.at(shortest, a[open_], open_)
        np.minimum.at(shortest, b[open_], open_)
        [leaving] = np.nonzero(shortest < len(edges))
        certain = edges.weight[shortest[leaving]] <= reach[leaving]
        chosen = np.unique(shortest[leaving[certain]])
        if not len(chosen):
            break
        used[chosen] = True
        joined = coo_matrix((np.ones(len(chosen)), (a[chosen], b[chosen])), shape=(n, n))
        n, label = connected_components(joined, directed=False)
        wider = np.full(n, np.inf)
        np.minimum.at(wider, label, reach)
        components, reach = label[components].astype(np.int64), wider
    return components, used


def lightest_between(
    points: Points, core: torch.Tensor, components: np.ndarray, progress: Progress
) -> Edges:
    """One edge between each pair of components that are adjacent in their minimum spanning tree.

    The matrix of all pairs of components is held in memory. It contains lower bounds, so the tree
    may not be exactly minimal. Weights are 0; `measured` computes them.
    """
    label = torch.from_numpy(components).to(points.device)
    by_component = torch.argsort(label, stable=True)
    reach = (core / points.unit).square().float()
    n = int(components.max()) + 1
    low = torch.full((n, n), torch.inf, device=points.device)
    row = torch.zeros((n, n), dtype=torch.int32, device=points.device)
    starts = range(0, points.n, points.blocks.rows)
    for start in progress(starts, "distances between components", len(starts), "blocks"):
        rows = by_component[start : start + points.blocks.rows]
        left = points.some(rows, torch.float32)
        for column in range(start, points.n, points.blocks.columns):
            columns = by_component[column : column + points.blocks.columns]
            bounds = points.bounds(rows, columns, left=left).add_(points.lift(rows)[:, None])
            torch.maximum(bounds, reach[rows][:, None], out=bounds)
            torch.maximum(bounds, reach[columns][None, :], out=bounds)
            _take_minima(bounds, label[rows], label[columns], rows, low, row)
    _make_symmetric(low, row, points.blocks.rows)
    i, j = _tree_of_components(low)
    return _edges_between(points, core, label, by_component, row[i, j].long(), i, j)


def _take_minima(
    bounds: torch.Tensor,
    of_rows: torch.Tensor,
    of_columns: torch.Tensor,
    rows: torch.Tensor,
    low: torch.Tensor,
    row: torch.Tensor,
) -> None:
    """Update `low` with the minima of one tile of bounds, and `row` with the point of each minimum.

    Rows and columns of the tile are sorted by component.
    """
    across, down = of_columns - of_columns[0], of_rows - of_rows[0]
    width, height = int(across[-1]) + 1, int(down[-1]) + 1
    each = torch.full((len(rows), width), torch.inf, device=bounds.device)
    each.scatter_reduce_(1, across.expand_as(bounds), bounds, "amin")
    best = torch.full((height, width), torch.inf, device=bounds.device)
    best.scatter_reduce_(0, down[:, None].expand_as(each), each, "amin")
    # Of several points that reach the minimum, the one with the lowest number.
    numbers = torch.where(each == best[down], rows[:, None], torch.iinfo(torch.int32).max)
    which = torch.full_like(best, torch.iinfo(torch.int32).max, dtype=torch.int32)
    which.scatter_reduce_(0, down[:, None].expand_as(each), numbers.int(), "amin")
    tile = (
        slice(int(of_rows[0]), int(of_rows[0]) + height),
        slice(int(of_columns[0]), int(of_columns[0]) + width),
    )
    less = best < low[tile]
    row[tile] = torch.where(less, which, row[tile])
    low[tile] = torch.where(less, best, low[tile])


def _make_symmetric(low: torch.Tensor, row: torch.Tensor, step: int) -> None:
    """Make both tables symmetric in place: each pair of components keeps the lower bound."""
    for start in range(0, len(low), step):
        some = slice(start, start + step)
        less = low[some] > low[:, some].T
        low[some] = torch.where(less, low[:, some].T, low[some])
        row[some] = torch.where(less, row[:, some].T, row[some])


def _tree_of_components(low: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Edges of a minimum spanning tree of a dense weight matrix (n, n), by Prim's algorithm."""
    n = len(low)
    near = low[0].clone()
    near[0] = torch.inf
    source = torch.zeros(n, dtype=torch.int64, device=low.device)
    outside = torch.ones(n, dtype=torch.bool, device=low.device)
    outside[0] = False
    reached = torch.zeros(n - 1, dtype=torch.int64, device=low.device)
    for place in range(n - 1):
        chosen = near.argmin()
        reached[place] = chosen
        outside[chosen] = False
        closer = (low[chosen] < near) & outside
        source[closer] = chosen
        near = torch.where(closer, low[chosen], near)
        near[chosen] = torch.inf
    return source[reached], reached


def _edges_between(
    points: Points,
    core: torch.Tensor,
    label: torch.Tensor,
    by_component: torch.Tensor,
    row: torch.Tensor,
    i: torch.Tensor,
    j: torch.Tensor,
) -> Edges:
    """Edges from each point `row` to the nearest point of the other component, i or j."""
    target = torch.where(label[row] == i, j, i)
    ends = torch.searchsorted(label[by_component], torch.arange(int(label.max()) + 2).to(row))
    partner = torch.zeros_like(row)
    for component in torch.unique(target).tolist():
        pending = target == component
        members = by_component[ends[component] : ends[component + 1]]
        for some in pending.nonzero().squeeze(1).split(points.blocks.rows):
            bounds = points.bounds(row[some], members)
            bounds += points.lift(row[some])[:, None]
            bounds = torch.maximum(bounds, (core[members] / points.unit).square().float())
            partner[some] = members[bounds.argmin(1)]
    return Edges(row.cpu().numpy(), partner.cpu().numpy(), np.zeros(len(row)))
