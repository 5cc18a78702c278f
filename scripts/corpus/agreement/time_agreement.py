"""Agreement by time: which label each coder gives to each moment.

Time is not divided into frames: between two boundaries of events, both coders' labels are constant,
and the duration of this piece is its weight. For one-second or one-frame units, the same measures
converge to these values when the units become shorter.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from corpus.agreement.events import Event, Section, intersect, total_s
from corpus.core.intervals import Span

NOTHING = ""
"""Label of the time in which a coder annotated nothing."""


def shared_seconds(sections: Sequence[Section]) -> tuple[list[str], np.ndarray]:
    """Time for each combination of labels.

    Returns the sorted labels of both coders, with `NOTHING`, and a matrix (label of the first
    coder, label of the second coder) in seconds, summed over the sections.
    """
    labels = sorted(
        {NOTHING} | {event.label for each in sections for event in (*each.first, *each.second)}
    )
    number_of = {label: number for number, label in enumerate(labels)}
    seconds = np.zeros((len(labels), len(labels)))
    for section in sections:
        edges = _edges([*section.first, *section.second], section.compared)
        numbers = [
            _labels_between(edges, events, number_of) for events in (section.first, section.second)
        ]
        durations = np.diff(edges) * _is_compared(edges, section.compared)
        np.add.at(seconds, tuple(numbers), durations)
    return labels, seconds


def _edges(events: Iterable[Event], compared: Iterable[Span]) -> np.ndarray:
    """All times at which the label of a coder may change, or the compared time begins or ends."""
    spans = [*((event.start_s, event.end_s) for event in events), *compared]
    return np.unique(np.array(spans, dtype=float).reshape(-1))


def _is_compared(edges: np.ndarray, compared: Iterable[Span]) -> np.ndarray:
    """1 for each piece between two edges that lies in the compared time, otherwise 0."""
    spans = [Event(start, end, "compared") for start, end in compared]
    return _labels_between(edges, spans, {NOTHING: 0, "compared": 1})


def _labels_between(
    edges: np.ndarray, events: Sequence[Event], number_of: dict[str, int]
) -> np.ndarray:
    """Number of the label in each piece between two edges; events do not overlap."""
    numbers = np.full(max(len(edges) - 1, 0), number_of[NOTHING])
    for event in events:
        start, end = np.searchsorted(edges, (event.start_s, event.end_s))
        numbers[start:end] = number_of[event.label]
    return numbers


def temporal_overlap(sections: Sequence[Section]) -> float:
    """Time that both coders annotated, divided by the time that at least one of them annotated.

    It is the temporal intersection over union, or Jaccard index, of all events of both coders in
    the compared time, whatever their labels. NaN if nobody annotated anything.
    """
    shared_s = either_s = 0.0
    for section in sections:
        first, second = (annotated(section, coder) for coder in (0, 1))
        section_shared_s = total_s(intersect(first, second))
        shared_s += section_shared_s
        either_s += total_s(first) + total_s(second) - section_shared_s
    return shared_s / either_s if either_s else np.nan


def annotated(section: Section, coder: int) -> list[Span]:
    """Spans of compared time that the first (0) or second (1) coder annotated."""
    events = (section.first, section.second)[coder]
    return intersect([(event.start_s, event.end_s) for event in events], section.compared)


def cohen_kappa(table: np.ndarray) -> float:
    """Cohen's kappa of a square table of two coders.

    The table has counts or seconds. kappa = (po - pe) / (1 - pe), with the observed agreement po
    and that expected from the margins, pe (Cohen 1960, A coefficient of agreement for nominal
    scales, Educational and Psychological Measurement 20, 37-46). NaN for an empty table, and if
    only one label occurs, because agreement is then certain.
    """
    total = table.sum()
    if not total:
        return np.nan
    observed = np.trace(table) / total
    expected = table.sum(axis=0) @ table.sum(axis=1) / total**2
    return float((observed - expected) / (1 - expected)) if expected < 1 else np.nan


def raw_agreement(table: np.ndarray) -> float:
    """Share of a square table that lies on its diagonal; NaN for an empty table."""
    total = table.sum()
    return float(np.trace(table) / total) if total else np.nan


def nominal_alpha(counts: np.ndarray, weights: np.ndarray | None = None) -> float:
    """Krippendorff's alpha for nominal data.

    alpha = 1 - Do / De, from the matrix of coincidences of values within units (Krippendorff 2011,
    Computing Krippendorff's alpha-reliability, section C).

    Parameters
    ----------
    counts
        Number of coders (unit, label) who gave each unit each label. Units with fewer than two
        coders are ignored.
    weights
        Durations (unit,) of the units in seconds, if they are pieces of continuous time. The
        correction for small samples, which depends on the number of units, is then left out, as if
        the pieces were divided into ever shorter units. Without weights, each unit counts once.

    NaN if there are no pairs of values, or if all values are equal.
    """
    n_coders = counts.sum(axis=1)
    is_paired = n_coders > 1
    counts, n_coders = counts[is_paired].astype(float), n_coders[is_paired]
    duration = np.ones(len(counts)) if weights is None else weights[is_paired]
    pairs = np.einsum("u,ui,uj->ij", duration / (n_coders - 1), counts, counts)
    pairs -= np.diag((duration / (n_coders - 1)) @ counts)
    margins = pairs.sum(axis=0)
    total = margins.sum()
    if not total:
        return np.nan
    observed = (total - np.trace(pairs)) / total
    n_others = total - 1 if weights is None else total
    expected = (total**2 - (margins**2).sum()) / (total * n_others)
    return float(1 - observed / expected) if expected > 0 else np.nan


def time_alpha(recordings: Sequence[tuple[Sequence[Sequence[Event]], Sequence[Span]]]) -> float:
    """Krippendorff's nominal alpha of any number of coders over continuous time.

    A recording has the events of each of its coders, without overlaps within one coder, and the
    compared spans of time.
    """
    all_events = [event for coders, _ in recordings for events in coders for event in events]
    labels = sorted({NOTHING} | {event.label for event in all_events})
    number_of = {label: number for number, label in enumerate(labels)}
    counts, durations = [np.zeros((0, len(labels)))], [np.zeros(0)]
    for coders, compared in recordings:
        events = [event for events in coders for event in events]
        edges = _edges(events, compared)
        pieces = np.zeros((max(len(edges) - 1, 0), len(labels)))
        for events in coders:
            pieces[np.arange(len(pieces)), _labels_between(edges, events, number_of)] += 1
        counts.append(pieces)
        durations.append(np.diff(edges) * _is_compared(edges, compared))
    return nominal_alpha(np.concatenate(counts), np.concatenate(durations))
