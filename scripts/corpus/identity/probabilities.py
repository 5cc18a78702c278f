"""Calibrated probabilities of the people that each face track may show."""

from dataclasses import dataclass

import numpy as np
import torch

from corpus.core.progress import with_progress
from corpus.hdbscan.points import Points
from corpus.identity.evidence import Evidence, needed_log_odds
from corpus.identity.groups import Groups
from corpus.identity.joining import NOT_KNOWN, conflicting, squared_distances

CANDIDATES = 16
"""Number of nearest people that are compared with each track; others are too improbable."""
DECIMALS = 4
"""Probabilities are rounded, so that they do not depend on the order of sums in matrix products."""


@dataclass(frozen=True)
class TrackProbabilities:
    """Probabilities of n tracks."""

    own: np.ndarray
    """(n,) probability that the track shows the person of its group."""
    other: np.ndarray
    """(n,) label of the most probable other person, NOT_KNOWN if there is none."""
    other_probability: np.ndarray
    """(n,) probability that the track shows the other person, NaN if there is none."""


def track_probabilities(
    tracks: Groups,
    labels: np.ndarray,
    conflicts: np.ndarray,
    evidence: Evidence,
    device: str = "cpu",
) -> TrackProbabilities:
    """Return how probable it is that each track shows its own person, and another one.

    A track shows its own person, one of the others, or somebody who is seen in no other track. The
    prior probabilities are those of joining (`corpus.identity.evidence.PRIOR`). The track itself is
    left out of its own person. Two people of the result may be one person after all: what speaks
    for one of them then speaks for the other as well. A person seen in a single track is certainly
    the person of this track; whether that is also another person, the other probability says.

    Parameters
    ----------
    tracks
        Means and scatters of n tracks.
    labels
        Person (n,) of each track, from 0 without gaps.
    conflicts
        (m, 2) pairs of tracks that are two people.
    device
        cpu or cuda; it does not change the result.
    """
    n = len(tracks)
    if not n:
        return TrackProbabilities(np.zeros(0), np.zeros(0, dtype=np.int64), np.zeros(0))
    people = tracks.joined(labels)
    prior = -needed_log_odds(len(people))
    nearest = _nearest_people(tracks, people, device)
    pairs = np.stack([np.repeat(np.arange(n), nearest.shape[1]), nearest.ravel()], axis=1)
    squared = squared_distances(tracks.means, people.means, pairs)
    log_odds = prior + evidence.log_odds(
        squared, tracks.scatters[pairs[:, 0]], people.scatters[pairs[:, 1]]
    )
    is_impossible = pairs[:, 1] == labels[pairs[:, 0]]
    is_impossible |= _excluded(pairs, labels, conflicts, len(people))
    log_odds = np.where(is_impossible, -np.inf, log_odds).reshape(nearest.shape)
    own_log_odds = prior + _own_log_odds(tracks, people, labels, evidence)
    own, others = _posterior(own_log_odds, log_odds)

    best = others.argmax(1)
    rows = np.arange(n)
    has_other = np.isfinite(log_odds).any(1)
    other = np.where(has_other, nearest[rows, best], NOT_KNOWN)
    other_probability = np.where(has_other, others[rows, best], 0.0)
    is_one = _same_person(people, labels, other, conflicts, evidence, prior)
    is_alone = np.isneginf(own_log_odds)
    with_other = other_probability + np.where(is_alone, 0, own * is_one)
    own = np.where(is_alone, 1, own + other_probability * is_one)
    return TrackProbabilities(
        own.round(DECIMALS),
        other,
        np.where(has_other, with_other, np.nan).round(DECIMALS),
    )


def _posterior(own: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities (n,) of the own person and (n, k) of others, from log odds with prior.

    The log odds are relative to the hypothesis that the person is seen in no other track. For a
    track that is alone (own is -inf), this hypothesis is its own person.
    """
    highest = np.maximum(np.maximum(own, others.max(1, initial=-np.inf)), 0)
    own_weight = np.exp(own - highest)
    other_weights = np.exp(others - highest[:, None])
    alone = np.exp(-highest)
    total = own_weight + other_weights.sum(1) + alone
    own_weight = np.where(np.isneginf(own), alone, own_weight)
    return own_weight / total, other_weights / total[:, None]


def _nearest_people(tracks: Groups, people: Groups, device: str) -> np.ndarray:
    """The people (n, k) with the nearest means to each track, in blocks that fit into memory."""
    n, k = len(tracks), min(CANDIDATES, len(people))
    both = np.concatenate([tracks.means, people.means]).astype(np.float32)
    points = Points(both, device)
    columns = slice(n, None)
    nearest = []
    blocks = torch.arange(n, device=points.device).split(max(64, (1 << 24) // len(people)))
    for rows in with_progress(blocks, "most probable people", len(blocks), "blocks"):
        bounds = points.bounds(rows, columns)
        nearest.append(bounds.topk(k, dim=1, largest=False).indices.cpu().numpy())
    return np.sort(np.concatenate(nearest), axis=1)


def _excluded(
    pairs: np.ndarray, labels: np.ndarray, conflicts: np.ndarray, n_people: int
) -> np.ndarray:
    """Whether each pair of a track and a person is excluded by a track of that person."""
    both = np.concatenate([conflicts, conflicts[:, ::-1]])
    return np.isin(pairs[:, 0] * n_people + pairs[:, 1], both[:, 0] * n_people + labels[both[:, 1]])


def _own_log_odds(
    tracks: Groups, people: Groups, labels: np.ndarray, evidence: Evidence
) -> np.ndarray:
    """Log odds (n,) of each track and the other tracks of its person; -inf without others."""
    sizes = people.sizes[labels]
    rest = np.maximum(sizes - 1, 1)
    apart = ((tracks.means - people.means[labels]) ** 2).sum(1)
    scatter = (sizes * people.scatters[labels] - tracks.scatters - apart * sizes / rest) / rest
    log_odds = evidence.log_odds(
        apart * (sizes / rest) ** 2, tracks.scatters, np.maximum(scatter, 0)
    )
    return np.where(sizes > 1, log_odds, -np.inf)


def _same_person(
    people: Groups,
    labels: np.ndarray,
    other: np.ndarray,
    conflicts: np.ndarray,
    evidence: Evidence,
    prior: float,
) -> np.ndarray:
    """Probability (n,) that the person of each track and the other person are one."""
    has_other = other != NOT_KNOWN
    pairs = np.stack([labels, np.where(has_other, other, labels)], axis=1)
    squared = squared_distances(people.means, people.means, pairs)
    scatter_a, scatter_b = people.scatters[pairs].T
    log_odds = prior + evidence.log_odds(squared, scatter_a, scatter_b)
    is_two = ~has_other | conflicting(pairs, labels[conflicts], len(people))
    return np.where(is_two, 0.0, 1 / (1 + np.exp(-np.clip(log_odds, -50, 50))))
