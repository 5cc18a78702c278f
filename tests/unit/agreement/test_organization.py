"""Agreement about segments, compared with random segments."""

import numpy as np
import pytest

from coded_events import section
from corpus.agreement.organization import (
    count_nuclear_events,
    degree_of_organization,
    expected_nuclear_events,
)


def random_segments(generator: np.random.Generator, n: int, length_s: int) -> np.ndarray:
    """Start and end (n, 2) of segments that may overlap, in whole hundredths of a second."""
    starts = generator.integers(0, 100 * length_s, n)
    return np.stack([starts, starts + generator.integers(1, 400, n)], axis=1) / 100


def count_by_definition(segments: np.ndarray) -> int:
    """Number of events whose neighbour in order of starts overlaps exactly the same events."""
    ordered = sorted(segments.tolist(), key=lambda segment: segment[0])
    overlapped = [
        {
            index
            for index, other in enumerate(ordered)
            if index == position or (other[1] > each[0] and each[1] > other[0])
        }
        for position, each in enumerate(ordered)
    ]
    return sum(
        any(
            overlapped[position] == overlapped[other]
            for other in (position - 1, position + 1)
            if 0 <= other < len(overlapped)
        )
        for position in range(len(overlapped))
    )


def test_equal_segments_are_perfectly_organised() -> None:
    coding = [(0, 2), (3, 4), (6, 7)]
    assert degree_of_organization([section(coding, coding)]) == 1


def test_segments_that_avoid_each_other_are_below_chance() -> None:
    first, second = [(0, 4), (10, 14)], [(5, 9), (15, 19)]
    assert degree_of_organization([section(first, second, 20)]) == -1


@pytest.mark.parametrize(
    ("segments", "n_nuclear"),
    [
        ([(0, 2), (1, 3)], 2),
        ([(0, 2), (2, 3)], 0),
        ([(0, 4), (1, 2), (3, 5)], 0),
        ([(0, 9), (1, 4), (2, 5), (6, 8)], 2),
        ([(0, 9), (1, 4), (2, 5), (6, 8), (7, 8.5)], 4),
        ([(0, 3), (0.5, 2.5), (1, 2)], 3),
    ],
    ids=["pair", "touching", "chain", "pair in a long one", "two pairs in a long one", "three"],
)
def test_nuclei_of_known_segments(segments: list, n_nuclear: int) -> None:
    """The numbers are those that Staccato 1.0.0 reports."""
    assert count_nuclear_events(np.array(segments, float)) == n_nuclear


def test_nuclei_are_those_of_the_definition() -> None:
    generator = np.random.default_rng(5)
    counts = []
    for n in range(30):
        segments = random_segments(generator, n, 20)
        counts.append(count_nuclear_events(segments))
        assert counts[-1] == count_by_definition(segments)
    assert len(set(counts)) > 5


def test_random_segments_are_at_chance() -> None:
    generator = np.random.default_rng(3)
    sections = [
        section(*(random_segments(generator, 8, 98).tolist() for _ in range(2)), end_s=100)
        for _ in range(100)
    ]
    assert degree_of_organization(sections, n_runs=200) == pytest.approx(0, abs=0.05)


def test_expected_nuclei_of_two_events_of_equal_length() -> None:
    """By hand: places of the starts are uniform in [0, 9]; they overlap if less than 1 apart."""
    generator = np.random.default_rng(0)
    segments = np.array([(0.0, 1.0), (5.0, 6.0)])
    mean = expected_nuclear_events(segments, 10, generator, 40_000)
    assert mean == pytest.approx(2 * (1 - (8 / 9) ** 2), rel=0.03)


def test_the_value_repeats_and_is_unknown_without_events() -> None:
    each = section([(0, 1), (4, 6)], [(0.2, 1.1), (7, 8)])
    assert degree_of_organization([each]) == degree_of_organization([each])
    assert np.isnan(degree_of_organization([section([], [])]))
    assert degree_of_organization([section([(0, 1)], [])]) == 0


def test_events_that_fill_the_time_say_nothing() -> None:
    assert np.isnan(degree_of_organization([section([(0, 10)], [(0, 10)])]))
    assert np.isnan(degree_of_organization([section([(-5, 15)], [(-5, 15)])]))
