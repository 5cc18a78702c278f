"""Modified Cohen's kappa for annotations that coders segment and label (EasyDIAg).

Holle and Rein (2015), EasyDIAg: A tool for easy determination of interrater agreement, Behavior
Research Methods 47, 837-847, https://doi.org/10.3758/s13428-014-0506-7. ELAN calculates the same
as "modified Cohen's kappa".

1. Annotations of two coders are linked if they overlap by at least 60 % of the longer one.
   Candidates are linked in descending order of their overlap, each annotation at most once.
2. The agreement table has one row and one column per label, and one for annotations without a link.
   A link counts for both of its annotations, so the sum of the table is the number of annotations.
3. No annotation can be unlinked for both coders: this cell is a structural zero. Expected
   frequencies are therefore estimated by iterative proportional fitting.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from corpus.agreement.events import Event, Section
from corpus.agreement.matching import Pair, overlapping_groups
from corpus.agreement.time_agreement import cohen_kappa

MIN_OVERLAP = 0.6
"""Share of the longer annotation, as Holle and Rein recommend."""
MAX_ROUNDS, TOLERANCE = 10_000, 1e-10
"""End of the iterative fitting: number of rounds, and relative error of a margin."""


class LinkedAgreement(NamedTuple):
    """Agreement of linked annotations; NaN where it is not defined."""

    n_linked: int
    """Number of links."""
    raw: float
    """Share of annotations with a link and the same label, 0 to 1."""
    kappa: float
    """Chance-corrected agreement, including annotations without a link."""
    kappa_max: float
    """Largest kappa that is possible with how often each coder used each label."""
    kappa_linked: float
    """Cohen's kappa of the linked annotations only: agreement about labels, not segments."""


def overlap_of_longer(first: Event, second: Event) -> float:
    """Shared time divided by the duration of the longer event, 0 to 1."""
    shared_s = min(first.end_s, second.end_s) - max(first.start_s, second.start_s)
    return max(shared_s, 0.0) / max(first.duration_s, second.duration_s)


def link(
    first: Sequence[Event], second: Sequence[Event], min_overlap: float = MIN_OVERLAP
) -> list[Pair]:
    """Link annotations of two coders; both sequences are sorted. The result is sorted."""
    pairs: list[Pair] = []
    for first_indices, second_indices in overlapping_groups(first, second):
        candidates = sorted(
            (-overlap_of_longer(first[i], second[j]), i, j)
            for i in first_indices
            for j in second_indices
        )
        used_first, used_second = set(), set()
        for overlap, i, j in candidates:
            if -overlap >= min_overlap and i not in used_first and j not in used_second:
                used_first.add(i)
                used_second.add(j)
                pairs.append((i, j))
    return sorted(pairs)


def agreement_table(sections: Sequence[Section], min_overlap: float = MIN_OVERLAP) -> np.ndarray:
    """The agreement table (label of the first coder, label of the second coder).

    Labels are sorted; the last row and column are for annotations without a link.
    """
    events = [event for each in sections for event in (*each.first, *each.second)]
    labels = sorted({event.label for event in events})
    number_of = {label: number for number, label in enumerate(labels)}
    table = np.zeros((len(labels) + 1, len(labels) + 1), dtype=int)
    for section in sections:
        pairs = link(section.first, section.second, min_overlap)
        for i, j in pairs:
            table[number_of[section.first[i].label], number_of[section.second[j].label]] += 2
        linked_first, linked_second = {i for i, _ in pairs}, {j for _, j in pairs}
        for i, event in enumerate(section.first):
            table[number_of[event.label], -1] += i not in linked_first
        for j, event in enumerate(section.second):
            table[-1, number_of[event.label]] += j not in linked_second
    return table


def fitted_frequencies(rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Frequencies expected by chance, if the last cell of the last row must be empty.

    Iterative proportional fitting (Deming and Stephan 1940; quasi-independence, Goodman 1968) of a
    table of ones to the sums of the rows (n,) and columns (n,).
    """
    fitted = np.ones((len(rows), len(columns)))
    fitted[-1, -1] = 0
    for _ in range(MAX_ROUNDS):
        fitted *= _ratios(rows, fitted.sum(axis=1))[:, None]
        fitted *= _ratios(columns, fitted.sum(axis=0))
        if np.allclose(fitted.sum(axis=1), rows, rtol=TOLERANCE, atol=TOLERANCE):
            break
    return fitted


def _ratios(wanted_sums: np.ndarray, sums: np.ndarray) -> np.ndarray:
    return np.divide(wanted_sums, sums, out=np.zeros(len(sums)), where=sums > 0)


def table_agreement(table: np.ndarray) -> LinkedAgreement:
    """Agreement of an agreement table, the last row and column of which are unlinked annotations.

    kappa is not defined for fewer than two labels: whether an annotation has a link is then the
    only information, and the expected agreement equals the observed one.
    """
    total = table.sum()
    n_linked = int(table[:-1, :-1].sum()) // 2
    raw = np.trace(table) / total if total else np.nan
    kappa = kappa_max = kappa_linked = np.nan
    if total and len(table) > 2:
        rows, columns = table.sum(axis=1), table.sum(axis=0)
        expected = np.trace(fitted_frequencies(rows, columns)) / total
        if expected < 1 - TOLERANCE:
            kappa = (raw - expected) / (1 - expected)
            kappa_max = (np.minimum(rows, columns).sum() / total - expected) / (1 - expected)
        kappa_linked = cohen_kappa(table[:-1, :-1])
    return LinkedAgreement(
        n_linked, float(raw), float(kappa), float(kappa_max), float(kappa_linked)
    )
