"""Stretches of time for time bars."""

from corpus.intervals import one_at_a_time, union


def test_union_and_one_at_a_time():
    assert union([(3, 4), (0, 1), (1, 2), (1.5, 1.8)]) == [(0, 2), (3, 4)]
    assert one_at_a_time([(2, 3, "b"), (0, 2.5, "a"), (1, 2, "in a")]) == [
        (0, 2.5, "a"), (2.5, 3, "b"),
    ]  # fmt: skip
