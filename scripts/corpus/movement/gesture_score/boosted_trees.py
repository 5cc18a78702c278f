"""Gradient-boosted decision trees in the text format of LightGBM, evaluated with NumPy.

The format is that of `Booster.save_model` (Ke et al. 2017, *LightGBM: A highly efficient gradient
boosting decision tree*, NIPS). Only what the classifier needs is implemented: multiclass models
with numerical splits and without missing values. Any other model is rejected, not approximated.
LightGBM itself is not a dependency, since its library needs an OpenMP runtime of the system.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from corpus.core.errors import ModelError

NUMERICAL_SPLITS = {0, 2}
"""Values of `decision_type`, a bit field: 1 is a categorical split, 2 the default direction, and 4
or 8 a treatment of missing values. Without the latter, the default direction has no effect."""
ROWS_PER_STEP = 256
"""Rows that are evaluated together: 256 rows need about 50 MB with 4000 trees."""


@dataclass(frozen=True)
class BoostedTrees:
    """The nodes of all trees in arrays, one after the other.

    A leaf is a node whose two children are itself, so that a row that has reached a leaf stays
    there. Trees are ordered as in the file: tree t adds to the raw score of class `t % n_classes`.
    """

    n_classes: int
    n_features: int
    depth: int
    """Number of splits on the longest path."""
    roots: np.ndarray
    """(trees,) node of each root."""
    feature: np.ndarray
    """(nodes,) feature that a node compares; 0 at leaves."""
    threshold: np.ndarray
    """(nodes,) float64; rows with larger values go to the right child. Infinite at leaves."""
    children: np.ndarray
    """(2 * nodes,) left and right child of each node, alternating."""
    leaf_value: np.ndarray
    """(nodes,) float64 value that a leaf adds; 0 at splits."""

    def predict(self, rows: np.ndarray) -> np.ndarray:
        """Return the probability of each class, (n, classes) float64, for rows (n, features).

        Raises ValueError for rows of another width and for values that are not finite.
        """
        if rows.ndim != 2 or rows.shape[1] != self.n_features:
            raise ValueError(f"rows of shape {rows.shape}; expected (n, {self.n_features})")
        if not np.isfinite(rows).all():
            raise ValueError("rows contain values that are not finite")
        raw = np.empty((len(rows), self.n_classes))
        for start in range(0, len(rows), ROWS_PER_STEP):
            part = slice(start, start + ROWS_PER_STEP)
            raw[part] = self._raw_scores(rows[part].astype(np.float64))
        exponentials = np.exp(raw - raw.max(axis=1, keepdims=True))
        return exponentials / exponentials.sum(axis=1, keepdims=True)

    def _raw_scores(self, rows: np.ndarray) -> np.ndarray:
        """Sum of the leaves that the rows reach, (n, classes), added in the order of the trees."""
        n_rows = len(rows)
        values, columns = np.ascontiguousarray(rows.T).ravel(), np.arange(n_rows)
        node = np.repeat(self.roots[:, np.newaxis], n_rows, axis=1)
        for _ in range(self.depth):
            value = values[self.feature[node] * n_rows + columns]
            node = self.children[2 * node + (value > self.threshold[node])]
        leaves = self.leaf_value[node].reshape(-1, self.n_classes, n_rows)
        return leaves.sum(axis=0).T


def parse_trees(text: str) -> BoostedTrees:
    """Read a model in LightGBM's text format. Raises ModelError for a model of another kind."""
    header, *blocks = text.partition("\nend of trees")[0].split("\nTree=")
    keys = _key_values(header)
    n_classes = int(keys.get("num_class", 0))
    if not keys.get("objective", "").startswith("multiclass ") or "average_output" in header:
        raise ModelError("the model is not a multiclass LightGBM model")
    if n_classes < 2 or int(keys["num_tree_per_iteration"]) != n_classes:
        raise ModelError("the LightGBM model does not have one tree per class and iteration")
    if not blocks or len(blocks) % n_classes:
        raise ModelError(f"the LightGBM model has {len(blocks)} trees for {n_classes} classes")
    n_features = int(keys["max_feature_idx"]) + 1
    trees = [_parse_tree(_key_values(block), n_features) for block in blocks]
    sizes = [len(tree["feature"]) for tree in trees]
    roots = np.cumsum([0, *sizes[:-1]])
    return BoostedTrees(
        n_classes=n_classes,
        n_features=n_features,
        depth=max(_depth(tree["children"]) for tree in trees),
        roots=roots,
        feature=np.concatenate([tree["feature"] for tree in trees]),
        threshold=np.concatenate([tree["threshold"] for tree in trees]),
        children=np.concatenate(
            [tree["children"] + root for tree, root in zip(trees, roots, strict=True)]
        ),
        leaf_value=np.concatenate([tree["leaf_value"] for tree in trees]),
    )


def _key_values(block: str) -> dict[str, str]:
    pairs = (line.partition("=") for line in block.splitlines())
    return {key: value for key, sign, value in pairs if sign}


def _parse_tree(keys: Mapping[str, str], n_features: int) -> dict[str, np.ndarray]:
    """The nodes of one tree: its splits, then its leaves; children count from its first node."""
    n_leaves = int(keys["num_leaves"])
    n_splits = n_leaves - 1
    if int(keys.get("num_cat", 0)) or int(keys.get("is_linear", 0)):
        raise ModelError("the LightGBM model has categorical splits or linear leaves")

    def numbers(key: str, count: int, dtype: type = np.int64) -> np.ndarray:
        array = np.array(keys.get(key, "").split(), dtype)
        if len(array) != count:
            raise ModelError(f"a LightGBM tree has {len(array)} values of {key}, not {count}")
        return array

    if not set(numbers("decision_type", n_splits)) <= NUMERICAL_SPLITS:
        raise ModelError("the LightGBM model has categorical splits or handles missing values")
    feature = numbers("split_feature", n_splits)
    links = np.stack([numbers("left_child", n_splits), numbers("right_child", n_splits)], axis=1)
    # A negative child is the bitwise complement of the number of a leaf.
    links = np.where(links < 0, n_splits + ~links, links)
    leaves = np.repeat(np.arange(n_splits, n_splits + n_leaves), 2)
    if (feature >= n_features).any() or (links >= n_splits + n_leaves).any():
        raise ModelError("a LightGBM tree refers to a feature or node that does not exist")
    return {
        "feature": np.append(feature, np.zeros(n_leaves, np.int64)),
        "threshold": np.append(
            numbers("threshold", n_splits, np.float64), np.full(n_leaves, np.inf)
        ),
        "children": np.append(links.ravel(), leaves),
        "leaf_value": np.append(np.zeros(n_splits), numbers("leaf_value", n_leaves, np.float64)),
    }


def _depth(children: np.ndarray) -> int:
    """Number of splits on the longest path from the first node to a leaf."""
    return sum(1 for _ in _levels(children.reshape(-1, 2)))


def _levels(children: np.ndarray) -> Iterator[np.ndarray]:
    """Yield the splits of each level of a tree. Raises ModelError if its links form a circle."""
    is_split = children[:, 0] != np.arange(len(children))
    level, n_visited = np.array([0]), 0
    while len(level := level[is_split[level]]):
        n_visited += len(level)
        if n_visited > is_split.sum():
            raise ModelError("the nodes of a LightGBM tree form a circle")
        yield level
        level = children[level].ravel()
