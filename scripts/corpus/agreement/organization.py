"""Agreement about segments, compared with randomly placed segments.

The idea is that of Staccato (Lücking, Ptock and Bergmann 2012, Assessing agreement on segmentations
by means of Staccato, the segmentation agreement calculator according to Thomann, Lecture Notes in
Computer Science 7206, 129-138): the agreement about where events are is compared with that of
random events with the same number and durations, by simulation, and scaled to -1 to 1. Here, events
agree if they are linked as in `linked_annotations`. Staccato groups events in another way, so its
values differ.
"""

from collections.abc import Sequence

import numpy as np

from corpus.agreement.events import Event, Section, total_s
from corpus.agreement.linked_annotations import MIN_OVERLAP

N_RUNS = 1000
"""Number of random placements, as in Staccato. The mean of `expected` then varies by 3 % of its
standard deviation."""
SEED = 20_120
"""Fixed, so that the same events give the same value."""


def degree_of_organization(sections: Sequence[Section], n_runs: int = N_RUNS) -> float:
    """How much better than chance the coders agree about segments, -1 to 1.

    (linked - expected) / (events - expected) if at least as many events are linked as expected by
    chance; otherwise (linked - expected) / expected. 1: all events are linked; 0: as many as by
    chance; -1: none, although chance links some. NaN without events, and if chance links all.
    """
    generator = np.random.default_rng(SEED)
    n_events = n_linked = 0
    expected = 0.0
    for section in sections:
        n_events += len(section.first) + len(section.second)
        n_linked += 2 * count_links(edges(section.first), edges(section.second))
        expected += 2 * mean_random_links(section, generator, n_runs)
    if not n_events or expected >= n_events:
        return np.nan
    if n_linked >= expected:
        return float((n_linked - expected) / (n_events - expected))
    return float((n_linked - expected) / expected)


def edges(events: Sequence[Event]) -> np.ndarray:
    """Start and end of events (n, 2), seconds."""
    return np.array([event[:2] for event in events], dtype=float).reshape(-1, 2)


def count_links(first: np.ndarray, second: np.ndarray, min_overlap: float = MIN_OVERLAP) -> int:
    """Number of pairs that overlap by at least `min_overlap` (above 0.5) of the longer one.

    `first` (n, 2) and `second` (m, 2) are start and end, sorted, without overlaps within one coder.
    The partner covers more than half of an event, and thus its midpoint, so there is at most one.
    """
    if not (len(first) and len(second)):
        return 0
    candidates = np.searchsorted(second[:, 0], first.mean(axis=1), side="right") - 1
    partners = second[np.maximum(candidates, 0)]
    shared = np.minimum(first[:, 1], partners[:, 1]) - np.maximum(first[:, 0], partners[:, 0])
    longer = np.maximum(np.diff(first)[:, 0], np.diff(partners)[:, 0])
    return int(np.sum((candidates >= 0) & (shared >= min_overlap * longer)))


def mean_random_links(section: Section, generator: np.random.Generator, n_runs: int) -> float:
    """Mean number of links of randomly placed events, with their number and durations.

    The events of each coder do not overlap; all such placements in the compared time are equally
    likely.
    """
    length_s = total_s(section.compared)
    if not (section.first and section.second and length_s):
        return 0.0
    first, second = (
        _placements(edges(events), length_s, generator, n_runs)
        for events in (section.first, section.second)
    )
    return count_links(first, second) / n_runs


def _placements(
    observed: np.ndarray, length_s: float, generator: np.random.Generator, n_runs: int
) -> np.ndarray:
    """Random start and end (n_runs * n, 2) of n events, each run after the one before it."""
    durations = np.tile(np.diff(observed)[:, 0], (n_runs, 1))
    # Events at the edge of the compared time may together be longer than it.
    durations *= min(1.0, length_s / durations[0].sum())
    durations = generator.permuted(durations, axis=1)
    free_s = length_s - durations.sum(axis=1, keepdims=True)
    gaps = np.sort(generator.random(durations.shape), axis=1) * np.maximum(free_s, 0)
    ends = gaps + np.cumsum(durations, axis=1) + np.arange(n_runs)[:, None] * length_s
    return np.stack([(ends - durations).ravel(), ends.ravel()], axis=1)
