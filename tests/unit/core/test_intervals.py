"""Interval arithmetic: unions, and intervals without overlaps."""

import pytest

from corpus.core.intervals import (
    LabelledInterval,
    in_sequence,
    merge_intervals,
    resolve_overlaps,
    union_of_spans,
)

PRIORITY = ("movement", "hold")


def interval(
    start: float, end: float, label: str = "movement", owner: str = "p0001", shot: int = 0
):
    return LabelledInterval(start, end, shot, label, owner)


def test_spans_that_overlap_or_touch_are_united():
    assert union_of_spans([(3, 4), (0, 1), (1, 2), (1.5, 1.8)]) == [(0, 2), (3, 4)]


def test_intervals_of_one_owner_are_merged_if_they_touch_within_a_shot():
    touching = [interval(1, 2), interval(0, 1)]
    assert merge_intervals(touching) == [interval(0, 2)]
    assert merge_intervals([interval(0, 1), interval(1, 2, shot=1)]) == [
        interval(0, 1),
        interval(1, 2, shot=1),
    ]
    assert merge_intervals([interval(0, 1), interval(1, 2, owner="p0002")]) == [
        interval(0, 1),
        interval(1, 2, owner="p0002"),
    ]


def test_overlapping_intervals_are_merged_whoever_owns_them():
    assert merge_intervals([interval(0, 2), interval(1, 3, owner="p0002")]) == [interval(0, 3)]


def test_the_label_with_priority_cuts_the_other():
    hold, movement = interval(0, 4, "hold"), interval(1, 3)
    assert resolve_overlaps([hold, movement], PRIORITY) == [
        interval(0, 1, "hold"),
        movement,
        interval(3, 4, "hold"),
    ]


def test_resolved_intervals_cover_the_same_time_without_overlaps():
    intervals = [
        interval(0, 2.5, "hold"),
        interval(0.5, 1),
        interval(1, 3, "hold"),
        interval(2.5, 3.5),
    ]
    resolved = resolve_overlaps(intervals, PRIORITY)
    spans = [(i.start, i.end) for i in resolved]
    assert union_of_spans(spans) == union_of_spans((i.start, i.end) for i in intervals)
    assert all(end <= start for (_, end), (start, _) in zip(spans, spans[1:], strict=False))


@pytest.mark.parametrize("function", [merge_intervals, in_sequence])
def test_no_intervals_give_none(function):
    assert function([]) == [] and resolve_overlaps([], PRIORITY) == []


def test_a_sequence_has_no_overlaps_and_no_empty_intervals():
    assert in_sequence([interval(0, 10), interval(5, 8), interval(20, 20)]) == [
        interval(0, 10),
        interval(10, 11),
        interval(20, 21),
    ]
