"""The modified kappa of Holle and Rein, with the example of their manual."""

import numpy as np
import pytest

from coded_events import events, section
from corpus.agreement.linked_annotations import (
    agreement_table,
    fitted_frequencies,
    link,
    overlap_of_longer,
    table_agreement,
)

MANUAL = np.array(
    [
        [122, 10, 4, 6, 0, 4, 11],
        [0, 12, 0, 4, 4, 0, 10],
        [2, 0, 34, 0, 0, 2, 3],
        [0, 0, 0, 6, 0, 0, 0],
        [0, 0, 0, 0, 38, 4, 6],
        [2, 2, 2, 0, 0, 6, 3],
        [13, 7, 4, 2, 10, 5, 0],
    ]
)
"""Figure 11 of the EasyDIAg manual, version 1.0.0 (Rein and Holle 2014): six labels, no match."""


def test_results_of_the_manual() -> None:
    """Figure 12: 78 % linked; raw agreement, kappa and its maximum; kappa without no match."""
    agreement = table_agreement(MANUAL)
    assert 2 * agreement.n_linked / MANUAL.sum() == pytest.approx(0.78, abs=0.005)
    assert agreement.raw == pytest.approx(0.64, abs=0.005)
    assert agreement.kappa == pytest.approx(0.53, abs=0.005)
    assert agreement.kappa_max == pytest.approx(0.9, abs=0.005)
    assert agreement.kappa_linked == pytest.approx(0.74, abs=0.005)


def test_expected_frequencies_have_the_margins_and_no_interaction() -> None:
    rows, columns = MANUAL.sum(axis=1), MANUAL.sum(axis=0)
    fitted = fitted_frequencies(rows, columns)
    assert fitted.sum(axis=1) == pytest.approx(rows)
    assert fitted.sum(axis=0) == pytest.approx(columns)
    assert fitted[-1, -1] == 0
    assert np.linalg.matrix_rank(fitted[:-1], tol=1e-6) == 1
    assert np.linalg.matrix_rank(fitted[:, :-1], tol=1e-6) == 1


def test_overlap_is_a_share_of_the_longer_annotation() -> None:
    [short], [long] = events((2, 4)), events((0, 10))
    assert overlap_of_longer(short, long) == overlap_of_longer(long, short) == 0.2
    assert overlap_of_longer(*events((0, 1), (1, 2))) == 0


def test_annotations_are_linked_from_60_percent_on() -> None:
    first, second = events((0, 10), (20, 30), (40, 50)), events((4, 10), (24.5, 30), (40, 49))
    assert link(first, second) == [(0, 0), (2, 2)]
    assert link(first, second, 0.5) == [(0, 0), (1, 1), (2, 2)]


def test_the_largest_overlap_is_linked_first() -> None:
    """The annotation of the first coder overlaps with both; 60 % of one, 30 % of the other."""
    assert link(events((0, 10)), events((0, 3), (3, 10)), 0.3) == [(0, 1)]


def test_a_link_counts_for_both_of_its_annotations() -> None:
    first = [(0, 2, "stroke"), (3, 4, "hold"), (6, 7, "stroke")]
    second = [(0, 2, "stroke"), (3, 4, "stroke"), (8, 9, "hold")]
    table = agreement_table([section(first, second)])
    assert table.tolist() == [[0, 2, 0], [0, 2, 1], [1, 0, 0]]
    assert table.sum() == len(first) + len(second)


def test_agreement_of_equal_codings_is_perfect() -> None:
    coding = [(0, 2, "stroke"), (3, 4, "hold"), (6, 7, "stroke")]
    agreement = table_agreement(agreement_table([section(coding, coding)]))
    assert agreement == (3, 1, pytest.approx(1), pytest.approx(1), pytest.approx(1))


def test_random_labels_have_no_kappa_above_chance() -> None:
    """Labels are shuffled; 40 % of the annotations of each coder have no partner."""
    generator = np.random.default_rng(1)
    first, second = (
        [
            (n, n + 1, str(label))
            for n, label in enumerate(generator.integers(3, size=4000))
            if generator.random() < 0.8
        ]
        for _ in range(2)
    )
    agreement = table_agreement(agreement_table([section(first, second, 4000)]))
    assert agreement.kappa_linked == pytest.approx(0, abs=0.03)
    assert agreement.kappa < 0.03


def test_one_label_has_no_kappa() -> None:
    """Agreement about one label is agreement about segments, which other measures describe."""
    agreement = table_agreement(agreement_table([section([(0, 1), (2, 3)], [(0, 1)])]))
    assert agreement.raw == pytest.approx(2 / 3)
    assert np.isnan([agreement.kappa, agreement.kappa_max, agreement.kappa_linked]).all()
    assert np.isnan(table_agreement(agreement_table([section([], [])])).raw)
