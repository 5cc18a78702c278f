"""Events of two coders in the same stretch of time, and which of them are compared."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from corpus.core.intervals import Span, union_of_spans

MIN_SHARE_INSIDE = 0.5
"""An event is compared if at least this share of its duration lies in the compared time."""


class Event(NamedTuple):
    """An interval that a coder or the workflow annotated, [start_s, end_s) in seconds."""

    start_s: float
    end_s: float
    label: str

    @property
    def duration_s(self) -> float:
        """Duration in seconds."""
        return self.end_s - self.start_s


@dataclass(frozen=True)
class Section:
    """What two coders annotated for one hand of one person in one video.

    `first` and `second` are sorted; the events of one coder do not overlap. `compared` are the
    spans of time in which both are compared, sorted and without overlaps, in seconds.
    """

    first: tuple[Event, ...]
    second: tuple[Event, ...]
    compared: tuple[Span, ...]

    def restricted(self, spans: Iterable[Span]) -> "Section":
        """The same events, compared within `spans` only."""
        compared = tuple(intersect(self.compared, union_of_spans(spans)))
        return Section(self.first, self.second, compared)

    def with_compared_events(self) -> "Section":
        """Only events of which at least half lies in the compared time, with their full duration.

        Measures by time use the part of an event within the compared time. Measures by events need
        whole ones.
        """
        first, second = (
            tuple(event for event in events if _is_inside(event, self.compared))
            for events in (self.first, self.second)
        )
        return Section(first, second, self.compared)


def _is_inside(event: Event, spans: Sequence[Span]) -> bool:
    inside = total_s(intersect([(event.start_s, event.end_s)], spans))
    return inside >= MIN_SHARE_INSIDE * event.duration_s


def intersect(spans: Iterable[Span], others: Sequence[Span]) -> list[Span]:
    """Time that lies in both. Each of the two has sorted spans without overlaps."""
    common = []
    position = 0
    for start, end in spans:
        while position < len(others) and others[position][1] <= start:
            position += 1
        index = position
        while index < len(others) and others[index][0] < end:
            common.append((max(start, others[index][0]), min(end, others[index][1])))
            index += 1
    return common


def total_s(spans: Iterable[Span]) -> float:
    """Sum of the durations of spans, seconds."""
    return sum(end - start for start, end in spans)


def without_overlaps(events: Iterable[Event]) -> tuple[Event, ...]:
    """The events in order of time. One that begins before another ends begins at its end."""
    sequence: list[Event] = []
    for event in sorted(events):
        start_s = max(event.start_s, sequence[-1].end_s) if sequence else event.start_s
        if event.end_s > start_s:
            sequence.append(event._replace(start_s=start_s))
    return tuple(sequence)


def joined(events: Iterable[Event], max_gap_s: float, label: str) -> tuple[Event, ...]:
    """Events with one label: those that overlap, or are at most `max_gap_s` apart, become one."""
    union: list[Event] = []
    for event in sorted(events):
        if union and event.start_s - union[-1].end_s <= max_gap_s:
            union[-1] = union[-1]._replace(end_s=max(union[-1].end_s, event.end_s))
        else:
            union.append(Event(event.start_s, event.end_s, label))
    return tuple(union)
