"""Which events and spans of time are compared."""

from coded_events import events, section
from corpus.agreement.events import Section, intersect, joined, total_s, without_overlaps


def test_intersection_of_spans() -> None:
    spans, others = [(0, 2), (3, 6), (8, 9)], [(1, 4), (5, 8.5)]
    assert intersect(spans, others) == [(1, 2), (3, 4), (5, 6), (8, 8.5)]
    assert intersect(others, spans) == intersect(spans, others)
    assert intersect(spans, []) == intersect([], others) == []
    assert total_s(spans) == 6


def test_an_event_stays_if_at_least_half_of_it_is_compared() -> None:
    part = section([(0, 2), (4, 8)], [(1, 3), (7, 9)]).restricted([(0, 1), (2, 6)])
    assert part.with_compared_events() == Section(
        events((0, 2), (4, 8)), events((1, 3)), ((0, 1), (2, 6))
    )


def test_compared_time_only_becomes_shorter() -> None:
    part = Section(events((1, 2)), (), ((0, 3),)).restricted([(-5, 50)])
    assert part.compared == ((0, 3),)


def test_the_later_of_two_overlapping_events_begins_when_the_first_ends() -> None:
    overlapping = events((2, 5, "b"), (0, 3, "a"), (1, 2, "c"))
    assert without_overlaps(overlapping) == events((0, 3, "a"), (3, 5, "b"))


def test_events_close_to_each_other_become_one() -> None:
    phases = events((3, 4, "hold"), (1, 2, "movement"), (2.1, 3, "movement"))
    assert joined(phases, 0.15, "gesture") == events((1, 4, "gesture"))
    assert joined(phases, 0.05, "gesture") == events((1, 2), (2.1, 4))
