"""HDBSCAN of a million points in hundreds of dimensions, exact, on the CPU or a GPU.

    from corpus.exact_hdbscan import cluster
    found = cluster(embeddings, min_cluster_size=5)
    found.labels, found.probabilities, found.outlier_scores

Needs no other part of the workflow, but PyTorch, SciPy and hdbscan. Density clustering is a minimum
spanning tree of all pairs of points, by mutual reachability (Campello, Moulavi & Sander 2013,
https://doi.org/10.1007/978-3-642-37456-2_14), then a hierarchy of its edges of which the stable
clusters are taken (McInnes & Healy 2017, https://doi.org/10.1109/ICDMW.2017.12). The second is
quick, and done here by hdbscan's own code. The first is all the work where points have more than
some 30 numbers, since no index can skip pairs there. hdbscan computes one distance after another.
Here it is a matrix product, and a proof that no pair was overlooked: `spanning_tree` tells how.

| module | what it does |
|---|---|
| `points` | bounds and exact distances |
| `neighbours` | nearest neighbours and core distances |
| `components` | what is surely joined, and the lightest edges between |
| `spanning_tree` | the whole way to the tree, and its proof |
| `walk` | the order that hdbscan goes by where edges are equal |

Memory is that of the embeddings, some lists of 16 neighbours a point, and a tile of the table of
all pairs.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

NOISE = -1


@dataclass(frozen=True)
class Clustering:
    """What is known of n points, in the order in which they came."""

    labels: np.ndarray
    """(n,) int64 from 0, or NOISE"""
    probabilities: np.ndarray
    """(n,) 0 to 1: how surely a point is in its cluster, relative to the cluster's densest place"""
    outlier_scores: np.ndarray
    """(n,) 0 to 1, GLOSH (Campello et al. 2015, https://doi.org/10.1145/2733381)"""
    spanning_tree: np.ndarray
    """(n - 1, 3) float64: two points and their mutual reachability, shortest first"""
    single_linkage: np.ndarray
    """(n - 1, 4) float64: the tree as SciPy has it, two nodes, their distance, points below"""
    condensed: np.ndarray
    """hdbscan's condensed tree: parent, child, lambda_val (1 / distance), child_size"""
    core_distances: np.ndarray
    """(n,) float64: distance of the `min_samples`-th neighbour"""
    products: int
    """multiplications in matrix products, which are nearly all of the work"""


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
    progress: bool = False,
) -> Clustering:
    """Cluster points (n, d), float32 or float64, by Euclidean distance.

    The options are those of hdbscan.HDBSCAN, and so is the result, which is that of its algorithm
    `prims_kdtree`, taken by default from 61 dimensions on. Where edges of the tree are equal, as
    core distances often make them, hdbscan sorts them in an order that depends on the processor;
    and so do these labels, to be the same. With `repeatable` that order is fixed: the
    result is the same on all machines. It does not depend on the device or the number of threads.
    Only where equal edges are more than 32 a point, and than two million, are others chosen of them
    than hdbscan's: the tree is as short, labels may differ.

    Raises ValueError for what is no table of finite numbers, for numbers whose squares are not
    finite, and for options out of range.
    """
    checked = _checked(embeddings)
    n = len(checked)
    if min_cluster_size < 2:
        raise ValueError(f"min_cluster_size: {min_cluster_size} is not 2 or more")
    min_samples = min_cluster_size if min_samples is None else min_samples
    if min_samples < 1:
        raise ValueError(f"min_samples: {min_samples} is not 1 or more")
    if cluster_selection_epsilon < 0:
        raise ValueError(f"cluster_selection_epsilon: {cluster_selection_epsilon} is below 0")
    if n < 2:
        return _nothing(n)
    from corpus.core.progress import with_progress
    from corpus.hdbscan.spanning_tree import minimum_spanning_tree

    found = minimum_spanning_tree(
        checked, min_samples, device, with_progress if progress else _silently
    )
    order = np.argsort(found.edges[:, 2], kind="stable" if repeatable else None)
    labels, probabilities, linkage, condensed = _labelled(
        *(found.edges[order], min_cluster_size, cluster_selection_epsilon),
        *(cluster_selection_method, allow_single_cluster),
    )
    return Clustering(
        *(labels, probabilities, _outlier_scores(condensed), found.edges[order]),
        *(linkage, condensed, found.core_distances, found.products),
    )


def _silently(items: Iterable, label: str, total: int, unit: str) -> Iterable:
    return items


def _checked(embeddings: np.ndarray) -> np.ndarray:
    found = np.asarray(embeddings)
    if found.ndim != 2:
        raise ValueError(f"embeddings: {found.ndim} dimensions, expected (points, numbers)")
    if found.dtype.kind not in "fiu":
        raise ValueError(f"embeddings: {found.dtype}, expected numbers")
    if found.dtype != np.float32:
        found = found.astype(np.float64, copy=False)
    if not all(
        np.isfinite(found[start : start + 4096]).all() for start in range(0, len(found), 4096)
    ):
        raise ValueError("embeddings: holds what is no finite number")
    if len(found) and not found.shape[1]:
        raise ValueError("embeddings: points without a number")
    return found


def _labelled(
    tree: np.ndarray,
    min_cluster_size: int,
    epsilon: float,
    method: str,
    allow_single_cluster: bool,
) -> tuple[np.ndarray, ...]:
    """Labels, probabilities and both trees, by hdbscan's own code."""
    from hdbscan._hdbscan_linkage import label
    from hdbscan.hdbscan_ import _tree_to_labels

    labels, probabilities, _, condensed, linkage = _tree_to_labels(
        None,
        label(tree),
        min_cluster_size=min_cluster_size,
        cluster_selection_method=method,
        allow_single_cluster=allow_single_cluster,
        cluster_selection_epsilon=epsilon,
    )
    return labels.astype(np.int64), probabilities, linkage, condensed


def _outlier_scores(condensed: np.ndarray) -> np.ndarray:
    from hdbscan._hdbscan_tree import outlier_scores

    return outlier_scores(condensed)


def _nothing(n: int) -> Clustering:
    kinds = [("parent", "i8"), ("child", "i8"), ("lambda_val", "f8"), ("child_size", "i8")]
    return Clustering(
        np.full(n, NOISE), np.zeros(n), np.zeros(n), np.zeros((0, 3)), np.zeros((0, 4)),
        np.zeros(0, dtype=kinds), np.zeros(n), 0,
    )  # fmt: skip
