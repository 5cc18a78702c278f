"""Measures of how well the people found agree with the true people.

Items are faces, tracks or clips. Each has a true person and a found person (any label).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from sklearn.metrics import adjusted_rand_score

Labels = Sequence[str] | np.ndarray


class BCubed(NamedTuple):
    """B-cubed precision, recall and their harmonic mean, 0 to 1; NaN without items."""

    precision: float
    recall: float
    f: float


def contingency(true: Labels, found: Labels, weights: np.ndarray | None = None) -> np.ndarray:
    """The total weight of the items of each true person (rows) in each found person (columns).

    `weights` are those of the items; default: 1 each. People are in the order in which they occur.
    """
    rows, row_names = pd.factorize(np.asarray(true, dtype=object))
    columns, column_names = pd.factorize(np.asarray(found, dtype=object))
    counts = np.zeros((len(row_names), len(column_names)))
    np.add.at(counts, (rows, columns), 1.0 if weights is None else weights)
    return counts


def b_cubed(counts: np.ndarray) -> BCubed:
    """B-cubed of a `contingency` table (Bagga & Baldwin 1998; Amigo et al. 2009).

    The precision of an item is the share of its true person among the items of its found person.
    Its recall is the share of its found person among the items of its true person. Both are
    averaged over all items, by their weights.
    """
    if not counts.sum():
        return BCubed(*[float("nan")] * 3)
    precision, recall = (
        float((counts**2 / counts.sum(axis, keepdims=True)).sum() / counts.sum()) for axis in (0, 1)
    )
    return BCubed(precision, recall, 2 * precision * recall / (precision + recall))


def count_merged(counts: np.ndarray) -> int:
    """Number of true people who share a found person with another true person."""
    is_shared = (counts > 0).sum(0) > 1
    return int((counts[:, is_shared] > 0).any(1).sum())


def count_split(counts: np.ndarray) -> int:
    """Number of true people with several found people."""
    return int(((counts > 0).sum(1) > 1).sum())


def main_people(tracks: pd.DataFrame) -> dict[str, str]:
    """The person who is longest on screen in each video; of two equals the lower id."""
    seconds = (tracks["end_s"] - tracks["start_s"]).groupby([tracks["video_id"], tracks["person"]])
    totals = seconds.sum().round(6).reset_index(name="seconds")
    totals = totals.sort_values(["seconds", "person"], ascending=[False, True])
    return dict(totals.drop_duplicates("video_id")[["video_id", "person"]].to_numpy())


def agreement(labels: list[str], people: list[str]) -> dict[str, float]:
    """Four scores of how well the people of clips agree with the labels.

    `people` are the people found in the clips. A clip in which nobody was found (an empty text)
    counts as a person of its own.
    """
    distinct = [person or f"nobody {clip}" for clip, person in enumerate(people)]
    same_label = np.equal.outer(np.array(labels), np.array(labels))
    same_person = np.equal.outer(np.array(distinct), np.array(distinct))
    pairs = np.triu(np.ones_like(same_label), 1)
    both = same_label & same_person

    def share_of_pairs(same: np.ndarray) -> float:
        total = int((same & pairs).sum())
        return int((both & pairs).sum()) / total if total else float("nan")

    return {
        "ari": float(adjusted_rand_score(labels, distinct)),
        "pair_precision": share_of_pairs(same_person),
        "pair_recall": share_of_pairs(same_label),
        "b_cubed_f": b_cubed(contingency(labels, distinct)).f,
    }
