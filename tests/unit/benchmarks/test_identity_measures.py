"""B-cubed and other measures of people, with values computed by hand or taken from the papers."""

import math

import numpy as np
import pandas as pd
import pytest

from identity_measures import (
    agreement,
    b_cubed,
    contingency,
    count_merged,
    count_split,
    main_people,
)

CHAINS = "11111" + "22" + "33333"
"""The true chains of the example of Bagga & Baldwin (1998)."""


@pytest.mark.parametrize(
    ("response", "precision"),
    [("aaaaa" + "bb" + "bbbbb", 16 / 21), ("aaaaa" + "bb" + "aaaaa", 7 / 12)],
)
def test_b_cubed_equals_the_examples_of_the_paper(response, precision):
    # The paper prints 76 % and 58 %: merging two large people is worse than merging a small one.
    scores = b_cubed(contingency(list(CHAINS), list(response)))
    assert scores.precision == pytest.approx(precision)
    assert scores.recall == 1
    assert scores.f == pytest.approx(2 * precision / (1 + precision))


def test_b_cubed_of_split_people_has_full_precision():
    scores = b_cubed(contingency(list("AAAA"), list("1112")))
    assert scores == (1, pytest.approx((3 * 3 / 4 + 1 / 4) / 4), pytest.approx(10 / 13))


def test_an_item_of_weight_two_counts_as_two_items():
    twice = contingency(list("AAB"), list("112"), np.array([2.0, 1.0, 1.0]))
    assert np.array_equal(twice, contingency(list("AAAB"), list("1112")))


def test_nothing_to_score_is_not_a_number():
    assert all(map(math.isnan, b_cubed(contingency([], []))))


def test_merged_and_split_people_are_counted():
    # A and B share person 1; B is also person 2, and C alone is person 3.
    counts = contingency(list("AABBCC"), list("111233"))
    assert count_merged(counts) == 2
    assert count_split(counts) == 1
    assert count_merged(counts[2:]) == count_split(counts[2:]) == 0


def test_the_main_person_of_a_clip_is_longest_on_screen():
    tracks = pd.DataFrame(
        [("v", "p1", 0, 2), ("v", "p2", 0, 1.5), ("v", "p2", 2, 3), ("w", "p3", 0, 1),
         ("w", "p1", 5, 6)],
        columns=["video_id", "person", "start_s", "end_s"],
    )  # fmt: skip
    assert main_people(tracks) == {"v": "p2", "w": "p1"}
    assert main_people(tracks[:0]) == {}


def test_agreement_is_full_if_only_the_names_of_the_people_differ():
    assert agreement(list("AABC"), ["3", "3", "1", "2"]) == {
        "ari": 1.0, "pair_precision": 1.0, "pair_recall": 1.0, "b_cubed_f": 1.0,
    }  # fmt: skip


def test_agreement_falls_with_merged_and_split_people():
    # Of six pairs of clips, two have one label and three have one person; one has both.
    scores = agreement(list("AABB"), ["1", "1", "1", "2"])
    assert scores["pair_precision"] == pytest.approx(1 / 3)
    assert scores["pair_recall"] == pytest.approx(1 / 2)
    precision, recall = (2 / 3 + 2 / 3 + 1 / 3 + 1) / 4, (1 + 1 + 1 / 2 + 1 / 2) / 4
    assert scores["b_cubed_f"] == pytest.approx(2 * precision * recall / (precision + recall))
    assert scores["ari"] == 0


def test_clips_without_a_person_do_not_count_as_the_same_person():
    scores = agreement(["A", "A", "B"], ["", "", ""])
    assert math.isnan(scores["pair_precision"])
    assert scores["pair_recall"] == 0
