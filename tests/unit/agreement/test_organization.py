"""Agreement about segments, compared with random segments."""

import numpy as np
import pytest

from coded_events import events, section
from corpus.agreement.linked_annotations import link
from corpus.agreement.organization import (
    count_links,
    degree_of_organization,
    edges,
    mean_random_links,
)


def random_events(generator: np.random.Generator, length_s: float) -> list[tuple]:
    """Events of random duration in random places."""
    cuts = np.sort(generator.random(60)) * length_s
    return list(zip(cuts[::2].tolist(), cuts[1::2].tolist(), strict=True))


def test_equal_segments_are_perfectly_organised() -> None:
    coding = [(0, 2), (3, 4), (6, 7)]
    assert degree_of_organization([section(coding, coding)]) == 1


def test_segments_that_avoid_each_other_are_below_chance() -> None:
    first, second = [(0, 4), (10, 14)], [(5, 9), (15, 19)]
    assert degree_of_organization([section(first, second, 20)]) == -1


def test_random_segments_are_at_chance() -> None:
    generator = np.random.default_rng(3)
    sections = [
        section(random_events(generator, 100), random_events(generator, 100), 100)
        for _ in range(40)
    ]
    assert degree_of_organization(sections, n_runs=200) == pytest.approx(0, abs=0.05)


def test_expected_links_of_two_events_of_equal_length() -> None:
    """By hand: places of the starts are uniform in [0, 9]; a link needs a difference of 0.4.

    The probability that two uniform values in [0, 9] differ by at most 0.4 is 1 - (8.6 / 9)**2.
    """
    generator = np.random.default_rng(0)
    mean = mean_random_links(section([(0, 1)], [(5, 6)]), generator, 40_000)
    assert mean == pytest.approx(1 - (8.6 / 9) ** 2, rel=0.05)


def test_links_are_those_of_the_modified_kappa() -> None:
    generator = np.random.default_rng(5)
    for _ in range(20):
        first, second = (events(*random_events(generator, 60)) for _ in range(2))
        assert count_links(edges(first), edges(second)) == len(link(first, second))


def test_the_value_repeats_and_is_unknown_without_events() -> None:
    each = section([(0, 1), (4, 6)], [(0.2, 1.1), (7, 8)])
    assert degree_of_organization([each]) == degree_of_organization([each])
    assert np.isnan(degree_of_organization([section([], [])]))
    assert degree_of_organization([section([(0, 1)], [])]) == 0


def test_events_that_fill_the_time_say_nothing() -> None:
    assert np.isnan(degree_of_organization([section([(0, 10)], [(0, 10)])]))
    assert np.isnan(degree_of_organization([section([(-5, 15)], [(-5, 15)])]))
