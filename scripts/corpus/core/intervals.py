"""Arithmetic of time intervals: unions, and intervals without overlaps.

Intervals are half-open, [start, end), and sorted results are in order of their start. The unit is
the caller's: seconds or milliseconds.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

Span = tuple[float, float]
"""Start and end."""


class LabelledInterval(NamedTuple):
    """An interval within a shot, with a label, that belongs to a person or body."""

    start: float
    end: float
    shot: int
    label: str
    owner: str


def union_of_spans(spans: Iterable[Span]) -> list[Span]:
    """Union of spans: those that overlap or touch become one."""
    union: list[Span] = []
    for start, end in sorted(spans):
        if union and start <= union[-1][1]:
            union[-1] = union[-1][0], max(end, union[-1][1])
        else:
            union.append((start, end))
    return union


def merge_intervals(intervals: Iterable[LabelledInterval]) -> list[LabelledInterval]:
    """Union of intervals that overlap, or that touch within a shot and have the same owner.

    A merged interval keeps shot, label and owner of its first part.
    """
    merged: list[LabelledInterval] = []
    for interval in sorted(intervals):
        last = merged[-1] if merged else interval._replace(end=-1)
        same_owner = (interval.shot, interval.owner) == (last.shot, last.owner)
        if interval.start < last.end or (interval.start == last.end and same_owner):
            merged[-1] = last._replace(end=max(last.end, interval.end))
        else:
            merged.append(interval)
    return merged


def resolve_overlaps(
    intervals: Iterable[LabelledInterval], priority: Sequence[str]
) -> list[LabelledInterval]:
    """Intervals without overlaps that cover the same time.

    Where two overlap, the one with the label that comes first in `priority` is kept whole. The
    other is cut, and keeps its time before and after it.
    """
    return [
        interval
        for group in _overlapping_groups(intervals)
        for interval in _cut_by_priority(group, priority)
    ]


def in_sequence(intervals: Iterable[LabelledInterval]) -> list[LabelledInterval]:
    """Intervals that start no earlier than the one before ends, each at least 1 unit long."""
    sequence: list[LabelledInterval] = []
    for interval in sorted(intervals):
        start = max(interval.start, sequence[-1].end if sequence else 0)
        sequence.append(interval._replace(start=start, end=max(interval.end, start + 1)))
    return sequence


def _overlapping_groups(
    intervals: Iterable[LabelledInterval],
) -> Iterator[list[LabelledInterval]]:
    """Groups of intervals that overlap among themselves, but not with another group."""
    group: list[LabelledInterval] = []
    group_end = 0.0
    for interval in sorted(intervals):
        if group and interval.start >= group_end:
            yield group
            group = []
        group.append(interval)
        group_end = max(group_end, interval.end)
    if group:
        yield group


def _cut_by_priority(
    group: list[LabelledInterval], priority: Sequence[str]
) -> list[LabelledInterval]:
    """The intervals of a group, each without the time of those with a higher priority."""
    placed: list[LabelledInterval] = []
    for interval in sorted(group, key=lambda i: (priority.index(i.label), i)):
        parts = [interval]
        for other in placed:
            parts = [rest for part in parts for rest in _difference(part, other)]
        placed += parts
    return sorted(placed)


def _difference(part: LabelledInterval, other: LabelledInterval) -> Iterator[LabelledInterval]:
    """What remains of `part` before and after `other`."""
    if part.start < min(part.end, other.start):
        yield part._replace(end=min(part.end, other.start))
    if max(part.start, other.end) < part.end:
        yield part._replace(start=max(part.start, other.end))
