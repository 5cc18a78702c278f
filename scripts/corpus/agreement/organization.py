"""Agreement about segments, compared with randomly placed ones: Thomann's degree of organization.

Thomann (2001, Observation and judgment in psychology: assessing agreement among markings of
behavioral events, Behavior Research Methods, Instruments & Computers 33, 339-348) asks how often
events form a nucleus: successive events, in order of their starts, that overlap exactly the same
events. Two coders who mark the same gesture, and nothing else beside it, form one. The number of
events in nuclei is compared with that of random events, by simulation. Staccato calculates it
(Lücking, Ptock and Bergmann 2012, Assessing agreement on segmentations by means of Staccato, the
segmentation agreement calculator according to Thomann, Lecture Notes in Computer Science 7206,
129-138), also in ELAN.
"""

from collections.abc import Sequence

import numpy as np

from corpus.agreement.events import Event, Section, total_s

N_RUNS = 1000
"""Number of random placements, as in Staccato. The mean of `expected` then varies by 3 % of its
standard deviation."""
SEED = 20_120
"""Fixed, so that the same events give the same value."""


def degree_of_organization(sections: Sequence[Section], n_runs: int = N_RUNS) -> float:
    """How much better than chance the coders agree about segments, -1 to 1.

    (nuclear - expected) / (events - expected) if at least as many events are in nuclei as expected
    by chance; otherwise (nuclear - expected) / expected. 1: all events are in nuclei; 0: as many as
    by chance; -1: none. NaN without events, and if chance puts all into nuclei.
    """
    generator = np.random.default_rng(SEED)
    n_events = n_nuclear = 0
    expected = 0.0
    for section in sections:
        segments = edges([*section.first, *section.second])
        n_events += len(segments)
        n_nuclear += count_nuclear_events(segments)
        expected += expected_nuclear_events(segments, total_s(section.compared), generator, n_runs)
    if not n_events or expected >= n_events:
        return np.nan
    if n_nuclear >= expected:
        return float((n_nuclear - expected) / (n_events - expected))
    return float((n_nuclear - expected) / expected)


def edges(events: Sequence[Event]) -> np.ndarray:
    """Start and end of events (n, 2), seconds."""
    return np.array([event[:2] for event in events], dtype=float).reshape(-1, 2)


def count_nuclear_events(segments: np.ndarray) -> int:
    """Number of events that belong to a nucleus.

    `segments` (n, 2) are start and end of the events of both coders, in any order. Two events
    overlap if one starts before the other one ends.
    """
    if not len(segments):
        return 0
    starts, ends = segments[np.argsort(segments[:, 0], kind="stable")].T
    # Events overlap the same earlier ones if none ends after the first and until the second starts,
    # and the same later ones if none starts between their ends.
    n_ended = np.searchsorted(np.sort(ends), starts, side="right")
    n_begun = np.searchsorted(starts, ends, side="left")
    is_same = (np.diff(n_ended) == 0) & (np.diff(n_begun) == 0)
    return int(np.sum(np.append(is_same, False) | np.append(False, is_same)))


def expected_nuclear_events(
    segments: np.ndarray, length_s: float, generator: np.random.Generator, n_runs: int
) -> float:
    """Mean number of events in nuclei if all events are placed at random.

    Each event keeps its duration. All places in a time of `length_s` are equally likely for it,
    whatever the places of the others.
    """
    if not (len(segments) and length_s):
        return 0.0
    # Events at the edge of the compared time may be longer than it.
    durations = np.minimum(np.diff(segments)[:, 0], length_s)
    starts = generator.random((n_runs, len(durations))) * (length_s - durations)
    # Runs follow each other without touching.
    starts += 2 * length_s * np.arange(n_runs)[:, None]
    placed = np.stack([starts, starts + durations], axis=-1).reshape(-1, 2)
    return count_nuclear_events(placed) / n_runs
