"""Kappa, alpha and overlap by time, with worked examples that were published."""

import numpy as np
import pytest

from coded_events import events, section
from corpus.agreement.time_agreement import (
    cohen_kappa,
    nominal_alpha,
    raw_agreement,
    shared_seconds,
    temporal_overlap,
    time_alpha,
)


def test_kappa_of_fleiss_levin_and_paik() -> None:
    """Statistical Methods for Rates and Proportions (2003), table 18.1: 100 diagnoses."""
    table = np.array([[75, 1, 4], [5, 4, 1], [0, 0, 10]])
    assert raw_agreement(table) == pytest.approx(0.89)
    assert cohen_kappa(table) == pytest.approx((0.89 - 0.66) / (1 - 0.66))


def test_kappa_of_two_readers_of_grant_proposals() -> None:
    """The example of the article on Cohen's kappa in Wikipedia: po 0.7, pe 0.5."""
    assert cohen_kappa(np.array([[20, 5], [10, 15]])) == pytest.approx(0.4)


def test_kappa_without_information_is_unknown() -> None:
    assert np.isnan(cohen_kappa(np.zeros((2, 2))))
    assert np.isnan(cohen_kappa(np.array([[9, 0], [0, 0]])))


def counts(*coders: str) -> np.ndarray:
    """Number of coders who gave each unit each label, from one word of labels per coder."""
    labels = sorted({label for coder in coders for label in coder} - {"."})
    units = zip(*coders, strict=True)
    return np.array([[unit.count(label) for label in labels] for unit in units])


@pytest.mark.parametrize(
    ("coders", "alpha"),
    [
        (("0100000010", "1110010000"), 0.095),
        (("aabbdcccedda", "babbbccceddd"), 0.692),
        (("123321412...", "1233224125.3", ".3332342251.", "12332441251."), 0.743),
    ],
)
def test_alpha_of_krippendorff_2011(coders: tuple[str, ...], alpha: float) -> None:
    """Computing Krippendorff's alpha-reliability: binary, nominal, and missing data."""
    assert nominal_alpha(counts(*coders)) == pytest.approx(alpha, abs=0.0005)


def test_alpha_over_time_is_the_limit_of_short_units() -> None:
    first, second = [(0, 3, "hold"), (5, 8, "movement")], [(1, 4, "hold"), (5, 7, "hold")]
    each = section(first, second)
    frames = np.arange(0, 10, 0.001) + 0.0005
    words = [
        "".join(next((e.label[0] for e in coder if e[0] <= t < e[1]), "-") for t in frames)
        for coder in (each.first, each.second)
    ]
    over_time = time_alpha([((each.first, each.second), each.compared)])
    assert over_time == pytest.approx(nominal_alpha(counts(*words)), abs=0.0001)


def test_alpha_of_three_coders() -> None:
    """The third coder agrees with the first, so alpha is above that of the others alone."""
    a, b = events((0, 5)), events((2, 5))
    two = time_alpha([((a, b), [(0, 10)])])
    three = time_alpha([((a, b, a), [(0, 10)])])
    assert 0 < two < three < 1
    assert time_alpha([((a, a, a), [(0, 10)])]) == 1
    assert np.isnan(time_alpha([(((), ()), [(0, 10)])]))


def test_seconds_by_label_of_both_coders() -> None:
    each = section([(0, 3, "hold"), (3, 5, "movement")], [(1, 4, "hold")])
    labels, seconds = shared_seconds([each, each.restricted([(0, 2)])])
    assert labels == ["", "hold", "movement"]
    assert seconds.tolist() == [[5, 0, 0], [1 + 1, 2 + 1, 0], [1, 1, 0]]


def test_time_outside_the_compared_spans_does_not_count() -> None:
    each = section([(0, 3)], [(2, 6)]).restricted([(0, 4)])
    assert shared_seconds([each])[1].sum() == 4
    assert temporal_overlap([each]) == pytest.approx(1 / 4)


def test_overlap_counts_all_events_of_all_sections() -> None:
    sections = [section([(0, 4)], [(2, 6)]), section([(1, 2)], [(1, 2)]), section([], [(0, 3)])]
    assert temporal_overlap(sections) == pytest.approx((2 + 1) / (6 + 1 + 3))
    assert np.isnan(temporal_overlap([section([], [])]))
