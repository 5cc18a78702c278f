"""Found cuts are matched with true cuts and transitions."""

import math

import pytest

from cut_measures import count_cuts, cut_scores, match_cuts
from film_truth import Change


def cut(time_s):
    return Change(time_s, time_s)


@pytest.mark.parametrize(
    ("found", "is_found"), [(1.1, True), (1.11, False), (0.9, True), (0.89, False)]
)
def test_a_cut_is_found_within_the_tolerance(found, is_found):
    assert match_cuts([found], [cut(1.0)], tolerance_s=0.1) == [is_found]


def test_a_transition_is_found_anywhere_within_it():
    fade = Change(2.0, 3.0)
    assert [match_cuts([time], [fade], 0.1) for time in (1.95, 2.5, 3.05, 3.2)] == [
        [True], [True], [True], [False]
    ]  # fmt: skip


def test_one_found_cut_counts_for_one_change_and_the_most_are_matched():
    # 1.0 could match both; only if the second change takes 1.15 are both found.
    assert match_cuts([1.0], [cut(0.95), cut(1.05)], 0.1) == [True, False]
    assert match_cuts([1.0, 1.15], [Change(0.9, 1.2), cut(0.95)], 0.1) == [True, True]


def test_counts_separate_cuts_transitions_and_false_detections():
    counts = count_cuts([1.0, 2.5, 4.0], [cut(1.0), Change(2.0, 3.0), Change(6.0, 7.0)])
    assert counts == {
        "cuts": 1, "cuts_found": 1, "transitions": 2, "transitions_found": 1,
        "detected": 3, "false": 1,
    }  # fmt: skip
    assert cut_scores(counts) == {"precision": pytest.approx(2 / 3), "recall": pytest.approx(2 / 3)}


def test_scores_of_nothing_are_not_numbers():
    assert all(map(math.isnan, cut_scores(count_cuts([], [])).values()))
    assert cut_scores(count_cuts([1.0], []))["precision"] == 0
