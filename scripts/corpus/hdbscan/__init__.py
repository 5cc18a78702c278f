"""Exact HDBSCAN for up to a million points in hundreds of dimensions, on the CPU or a GPU.

    from corpus.hdbscan import cluster
    clustering = cluster(embeddings, min_cluster_size=5)
    clustering.labels, clustering.probabilities, clustering.outlier_scores

The package imports no other part of the workflow, only PyTorch, SciPy and hdbscan. HDBSCAN has two
steps. It computes a minimum spanning tree of all pairs of points by their mutual reachability
distance (Campello, Moulavi & Sander 2013, https://doi.org/10.1007/978-3-642-37456-2_14). It then
builds a hierarchy from the edges and selects the stable clusters (McInnes & Healy 2017,
https://doi.org/10.1109/ICDMW.2017.12). The second step is fast and uses hdbscan's own code. The
first step takes nearly all the time for points with more than about 30 dimensions, because no
index can skip pairs there. hdbscan computes these distances one by one. This package computes them
as matrix products and then proves that no pair was missed; `spanning_tree` describes the method.

| module | contents |
|---|---|
| `points` | lower bounds of distances, and exact distances |
| `neighbours` | nearest neighbours and core distances |
| `components` | components joined by certain edges, and the lightest edges between them |
| `spanning_tree` | the complete computation of the tree, and its proof |
| `walk` | the order in which hdbscan visits edges of equal weight |

The package holds in memory the embeddings, a list of 16 neighbours per point, and one tile of the
matrix of all pairs.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

NOISE = -1
"""Label of points that belong to no cluster."""

Progress = Callable[[Iterable, str, int, str], Iterable]
"""Shows progress: (items, label, total, unit) -> the same items."""


@dataclass(frozen=True)
class Clustering:
    """Result for n points, in input order."""

    labels: np.ndarray
    """(n,) int64 from 0, or NOISE"""
    probabilities: np.ndarray
    """(n,) 0 to 1: strength of membership, relative to the densest point of the cluster"""
    outlier_scores: np.ndarray
    """(n,) 0 to 1, GLOSH (Campello et al. 2015, https://doi.org/10.1145/2733381)"""
    spanning_tree: np.ndarray
    """(n - 1, 3) float64: two points and their mutual reachability distance, in ascending order"""
    single_linkage: np.ndarray
    """(n - 1, 4) float64: SciPy linkage matrix: two nodes, their distance, point count"""
    condensed: np.ndarray
    """hdbscan's condensed tree: parent, child, lambda_val (1 / distance), child_size"""
    core_distances: np.ndarray
    """(n,) float64: distance to the `min_samples`-th neighbour"""
    products: int
    """multiplications in matrix products, a measure of the total work"""


def cluster(
    embeddings: np.ndarray,
    min_cluster_size: int = 5,
    min_samples: int | None = None,
    *,
    cluster_selection_epsilon: float = 0.0,
    cluster_selection_method: str = "eom",
    allow_single_cluster: bool = False,
    device: str = "cpu",
    repeatable: bool = False,
    progress: Progress | None = None,
) -> Clustering:
    """Cluster points (n, d), float32 or float64, by Euclidean distance.

    Options and result are those of `hdbscan.HDBSCAN` with its algorithm `prims_kdtree`, which it
    uses by default for 61 or more dimensions. Core distances often produce edges of equal weight.
    hdbscan sorts these in an order that depends on the processor, and this function does the same
    by default, so that the labels are identical. `repeatable=True` fixes the order, so that the
    result is the same on every machine. The device and the number of threads do not change it.
    If there are more than 32 equal edges per point and more than two million in total, the tree
    has the same total weight as hdbscan's, but may contain other edges, and labels may differ.

    `progress` wraps the loops that take long, for example to show a progress bar; see `Progress`.

    Raises ValueError if the input is not a two-dimensional array of finite numbers, if squares of
    its numbers overflow, or if an option is out of range.
    """
    checked = _checked(embeddings)
    n = len(checked)
    if min_cluster_size < 2:
        raise ValueError(f"min_cluster_size: {min_cluster_size} must be 2 or more")
    min_samples = min_cluster_size if min_samples is None else min_samples
    if min_samples < 1:
        raise ValueError(f"min_samples: {min_samples} must be 1 or more")
    if cluster_selection_epsilon < 0:
        raise ValueError(
            f"cluster_selection_epsilon: {cluster_selection_epsilon} must be 0 or more"
        )
    if n < 2:
        return _without_clusters(n)
    from corpus.hdbscan.spanning_tree import minimum_spanning_tree

    tree = minimum_spanning_tree(checked, min_samples, device, progress or _no_progress)
    edges = tree.edges[np.argsort(tree.edges[:, 2], kind="stable" if repeatable else None)]
    labels, probabilities, linkage, condensed = _extract_clusters(
        edges,
        min_cluster_size=min_cluster_size,
        epsilon=cluster_selection_epsilon,
        method=cluster_selection_method,
        allow_single_cluster=allow_single_cluster,
    )
    return Clustering(
        labels=labels,
        probabilities=probabilities,
        outlier_scores=_outlier_scores(condensed),
        spanning_tree=edges,
        single_linkage=linkage,
        condensed=condensed,
        core_distances=tree.core_distances,
        products=tree.products,
    )


def _no_progress(items: Iterable, label: str, total: int, unit: str) -> Iterable:
    return items


def _checked(embeddings: np.ndarray) -> np.ndarray:
    """The embeddings as a float array. Raises ValueError if they cannot be clustered."""
    array = np.asarray(embeddings)
    if array.ndim != 2:
        raise ValueError(f"embeddings: {array.ndim} dimensions, expected (points, numbers)")
    if array.dtype.kind not in "fiu":
        raise ValueError(f"embeddings: {array.dtype}, expected numbers")
    if array.dtype != np.float32:
        array = array.astype(np.float64, copy=False)
    if not all(
        np.isfinite(array[start : start + 4096]).all() for start in range(0, len(array), 4096)
    ):
        raise ValueError("embeddings: some numbers are not finite")
    if len(array) and not array.shape[1]:
        raise ValueError("embeddings: points have zero dimensions")
    return array


def _extract_clusters(
    edges: np.ndarray,
    *,
    min_cluster_size: int,
    epsilon: float,
    method: str,
    allow_single_cluster: bool,
) -> tuple[np.ndarray, ...]:
    """Labels, probabilities, linkage matrix and condensed tree, computed by hdbscan's own code."""
    from hdbscan._hdbscan_linkage import label
    from hdbscan.hdbscan_ import _tree_to_labels

    labels, probabilities, _, condensed, linkage = _tree_to_labels(
        None,
        label(edges),
        min_cluster_size=min_cluster_size,
        cluster_selection_method=method,
        allow_single_cluster=allow_single_cluster,
        cluster_selection_epsilon=epsilon,
    )
    return labels.astype(np.int64), probabilities, linkage, condensed


def _outlier_scores(condensed: np.ndarray) -> np.ndarray:
    from hdbscan._hdbscan_tree import outlier_scores

    return outlier_scores(condensed)


def _without_clusters(n: int) -> Clustering:
    """Result for fewer than two points."""
    kinds = [("parent", "i8"), ("child", "i8"), ("lambda_val", "f8"), ("child_size", "i8")]
    return Clustering(
        np.full(n, NOISE), np.zeros(n), np.zeros(n), np.zeros((0, 3)), np.zeros((0, 4)),
        np.zeros(0, dtype=kinds), np.zeros(n), 0,
    )  # fmt: skip
