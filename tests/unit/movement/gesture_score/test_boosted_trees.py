"""Boosted trees in LightGBM's text format."""

from dataclasses import replace

import numpy as np
import pytest

from corpus.core.errors import ModelError
from corpus.movement.gesture_score.boosted_trees import ROWS_PER_STEP, BoostedTrees, parse_trees
from gesture_classifiers import MODEL, STUMP

FIRST_TREE = np.array([[0.5, 0.0], [0.5000001, -1.0], [0.5000001, -0.9999], [9, 9]])
"""Rows that reach the first, second, third and third leaf of the tree of class 0."""


@pytest.fixture
def trees() -> BoostedTrees:
    return parse_trees(MODEL)


def test_known_answers(trees: BoostedTrees) -> None:
    """Leaves of two iterations are added by class; probabilities are their softmax."""
    raw = np.array([[1.0 + 0.1, -1.0], [2.0 + 0.1, -1.0], [3.0 + 0.1, -1.0], [3.0 + 0.2, 1.0]])
    expected = np.exp(raw) / np.exp(raw).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(trees.predict(FIRST_TREE), expected, rtol=1e-14)


def test_a_value_equal_to_the_threshold_goes_left(trees: BoostedTrees) -> None:
    rows = np.array([[0.5, 0.0], [np.nextafter(0.5, 1), 0.0]])
    left, right = trees.predict(rows)[:, 0]
    assert left < right


def test_many_rows_give_what_each_row_gives_alone(trees: BoostedTrees) -> None:
    rows = np.random.default_rng(1).normal(size=(2 * ROWS_PER_STEP + 3, 2))
    alone = np.concatenate([trees.predict(row[np.newaxis]) for row in rows])
    np.testing.assert_array_equal(trees.predict(rows), alone)


def test_no_rows(trees: BoostedTrees) -> None:
    assert trees.predict(np.empty((0, 2))).shape == (0, 2)


def test_large_scores_do_not_overflow(trees: BoostedTrees) -> None:
    large = replace(trees, leaf_value=trees.leaf_value * 1e4)
    np.testing.assert_array_equal(large.predict(np.array([[9.0, 9.0]])), [[1.0, 0.0]])


@pytest.mark.parametrize("rows", [np.zeros((1, 3)), np.zeros(2)])
def test_rows_of_another_width_are_rejected(trees: BoostedTrees, rows: np.ndarray) -> None:
    with pytest.raises(ValueError, match="expected"):
        trees.predict(rows)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_missing_values_are_rejected(trees: BoostedTrees, value: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        trees.predict(np.array([[value, 0.0]]))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("objective=multiclass num_class:2", "objective=binary sigmoid:1", "not a multiclass"),
        ("num_class=2", "num_class=2\naverage_output", "not a multiclass"),
        ("num_tree_per_iteration=2", "num_tree_per_iteration=1", "one tree per class"),
        ("num_cat=0", "num_cat=1", "categorical"),
        ("is_linear=0", "is_linear=1", "linear"),
        ("decision_type=2 2", "decision_type=2 1", "categorical"),
        ("decision_type=2 2", "decision_type=2 10", "missing values"),
        ("decision_type=2 2", "decision_type=2", "1 values of decision_type, not 2"),
        ("split_feature=0 1", "split_feature=0 2", "does not exist"),
        ("right_child=1 -3", "right_child=1 5", "does not exist"),
        ("right_child=1 -3", "right_child=1 0", "circle"),
        (STUMP, "", "3 trees for 2 classes"),
    ],
)
def test_other_models_are_rejected(old: str, new: str, message: str) -> None:
    """A model that this code would evaluate differently from LightGBM is not evaluated at all."""
    assert old in MODEL
    with pytest.raises(ModelError, match=message):
        parse_trees(MODEL.replace(old, new, 1))
