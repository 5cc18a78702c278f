"""Events of two coders are matched one to one."""

import pytest

from coded_events import events, section
from corpus.agreement.event_agreement import Detection, boundary_differences, detection
from corpus.agreement.matching import match, temporal_iou


@pytest.mark.parametrize(
    ("first", "second", "iou"),
    [((0, 4), (0, 4), 1), ((0, 4), (2, 6), 1 / 3), ((0, 4), (1, 2), 1 / 4), ((0, 1), (1, 2), 0)],
)
def test_intersection_over_union(first: tuple, second: tuple, iou: float) -> None:
    [a], [b] = events(first), events(second)
    assert temporal_iou(a, b) == temporal_iou(b, a) == pytest.approx(iou)


def test_an_event_has_one_partner() -> None:
    """One long event of the first coder, which the second coder divided."""
    first, second = events((0, 10)), events((0, 4), (4, 10))
    assert match(first, second, 0.1) == [(0, 1)]
    assert match(first, second, 0.7) == []


def test_more_pairs_come_before_larger_overlaps() -> None:
    """The best pair alone, the second of both, would leave two events without a partner."""
    first, second = events((0, 3), (3, 10)), events((2, 9), (9, 12))
    assert match(first, second, 0.1) == [(0, 0), (1, 1)]
    assert match(first, second, 0.12) == [(1, 0)]


def test_of_two_partners_the_one_with_the_larger_overlap_is_matched() -> None:
    assert match(events((0, 2), (2, 6)), events((1, 5)), 0.1) == [(1, 0)]


def test_matches_do_not_depend_on_which_coder_is_first() -> None:
    first = events((0, 3), (4, 5), (7, 12), (13, 14))
    second = events((1, 4.2), (4.5, 5), (6, 9), (9, 12))
    for threshold in (0.1, 0.3, 0.5):
        backward = match(second, first, threshold)
        assert sorted((i, j) for j, i in backward) == match(first, second, threshold)


def test_precision_and_recall_of_a_known_case() -> None:
    """Four events coded, five found: three match, one of them by half."""
    coded = [(0, 1), (2, 3), (4, 5), (6, 7)]
    found = [(0, 1), (2, 3), (4, 4.5), (8, 8.5), (9, 9.5)]
    low, high = (detection([section(coded, found)], iou) for iou in (0.5, 0.6))
    assert low == Detection(4, 5, 3)
    assert (low.precision, low.recall) == (0.6, 0.75)
    assert low.f_score == pytest.approx(2 * 0.6 * 0.75 / (0.6 + 0.75))
    assert high == Detection(4, 5, 2)
    assert detection([section(coded, found)] * 2, 0.5) == Detection(8, 10, 6)


def test_without_events_shares_are_unknown() -> None:
    empty = detection([section([], [])], 0.5)
    assert empty.precision != empty.precision and empty.f_score != empty.f_score
    assert detection([section([(0, 1)], [])], 0.5).f_score == 0


def test_boundaries_of_the_second_coder_relative_to_the_first() -> None:
    onsets, offsets = boundary_differences([section([(1, 3), (5, 6)], [(0.8, 3.5), (9, 10)])])
    assert onsets == pytest.approx([-0.2])
    assert offsets == pytest.approx([0.5])


def test_many_events_far_apart_are_matched_in_small_groups() -> None:
    """A single matrix of all events would need 3 GB."""
    many = events(*((2 * n, 2 * n + 1) for n in range(20_000)))
    assert len(match(many, many, 0.9)) == 20_000
