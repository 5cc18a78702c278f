"""Join groups of face tracks that are one person, by the evidence of all their faces.

In each round, every group looks for the other group with which it is most likely one person. Two
groups that choose each other are joined, if there is enough evidence. This is agglomerative
clustering with reciprocal nearest neighbours (Murtagh 1983,
https://doi.org/10.1093/comjnl/26.4.354). The evidence that is needed decreases with the number of
groups that are left. Time grows with the square of the number of groups, memory only linearly.
"""

import logging

import numpy as np

from corpus.core.progress import with_progress
from corpus.hdbscan.neighbours import nearest
from corpus.hdbscan.points import Points
from corpus.identity.evidence import Evidence, needed_log_odds
from corpus.identity.groups import Groups

NEIGHBOURS = 16
"""Number of nearest groups in which each group looks for its partner."""
NOT_KNOWN = -1
"""Number of a group that is no known person."""


def join_groups(
    groups: Groups,
    evidence: Evidence,
    conflicts: np.ndarray,
    known: np.ndarray | None = None,
    device: str = "cpu",
) -> np.ndarray:
    """Return which of n groups are one person, as labels (n,) from 0 without gaps.

    Parameters
    ----------
    conflicts
        (m, 2) pairs of groups that are two people, because they are on screen at the same time.
    known
        (n,) number of the known person of each group, or NOT_KNOWN. Two known people are never
        joined.
    device
        cpu or cuda; it does not change the result.
    """
    labels = np.arange(len(groups))
    known = np.full(len(groups), NOT_KNOWN) if known is None else known
    while len(groups) > 1:
        pairs, log_odds = _candidates(groups, evidence, device)
        is_allowed = ~conflicting(pairs, conflicts, len(groups))
        is_allowed &= (known[pairs] == NOT_KNOWN).any(1)
        is_allowed &= log_odds > needed_log_odds(len(groups))
        chosen = _mutual_choices(pairs[is_allowed], log_odds[is_allowed], len(groups))
        if not len(chosen):
            break
        new = np.arange(len(groups))
        new[chosen[:, 1]] = chosen[:, 0]
        _, new = np.unique(new, return_inverse=True)
        known = _joined_known(known, new)
        groups = groups.joined(new)
        labels, conflicts = new[labels], new[conflicts]
    logging.debug("%d groups after joining", len(groups))
    return labels


def _candidates(groups: Groups, evidence: Evidence, device: str) -> tuple[np.ndarray, np.ndarray]:
    """Return pairs (m, 2) of near groups, the lower first, and their log odds (m,)."""
    n = len(groups)
    k = min(NEIGHBOURS, n - 1)
    lists = nearest(Points(groups.means.astype(np.float32), device), k, with_progress)
    others = lists.others.cpu().numpy()
    pairs = np.stack([np.repeat(np.arange(n), k), others.ravel()], axis=1)
    pairs = np.unique(np.sort(pairs, axis=1), axis=0)
    a, b = pairs.T
    squared = squared_distances(groups.means, groups.means, pairs)
    return pairs, evidence.log_odds(squared, groups.scatters[a], groups.scatters[b])


def squared_distances(a: np.ndarray, b: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Squared distances (m,) of the rows of `a` and `b` in the pairs (m, 2), in float64."""
    parts = [
        ((a[part[:, 0]] - b[part[:, 1]]) ** 2).sum(1)
        for part in np.array_split(pairs, len(pairs) // 4096 + 1)
    ]
    return np.concatenate(parts)


def conflicting(pairs: np.ndarray, conflicts: np.ndarray, n: int) -> np.ndarray:
    """Whether each pair (m, 2) of n groups is among the conflicts, in any order."""
    (a, b), (low, high) = np.sort(pairs, axis=1).T, np.sort(conflicts, axis=1).T
    return np.isin(a * n + b, low * n + high)


def _mutual_choices(pairs: np.ndarray, log_odds: np.ndarray, n: int) -> np.ndarray:
    """Return the pairs of groups that are each other's best; of equal pairs, the first is best."""
    order = np.lexsort((pairs[:, 1], pairs[:, 0], -log_odds))
    ranked = pairs[order]
    best = np.full(n, len(ranked))
    for end in (0, 1):
        np.minimum.at(best, ranked[:, end], np.arange(len(ranked)))
    is_mutual = (best[ranked] == np.arange(len(ranked))[:, None]).all(1)
    return ranked[is_mutual]


def _joined_known(known: np.ndarray, new: np.ndarray) -> np.ndarray:
    """Known person (m,) of each joined group; at most one of its parts is known."""
    joined = np.full(new.max() + 1, NOT_KNOWN)
    np.maximum.at(joined, new, known)
    return joined
