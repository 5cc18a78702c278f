"""Evidence of distances between faces."""

import numpy as np
import pytest

from corpus.faces.embedders import EMBEDDERS
from corpus.identity.evidence import Evidence, needed_log_odds

EVIDENCE = Evidence(same_person=0.6, certainty=20.0, usual_distance=0.75)


def log_odds(distance: float, scatter_a: float = 0.0, scatter_b: float = 0.0) -> float:
    """Log odds at a distance (not squared)."""
    squared = np.array([distance**2])
    return float(EVIDENCE.log_odds(squared, np.array([scatter_a]), np.array([scatter_b]))[0])


def test_log_odds_of_single_faces_are_linear_in_the_squared_distance():
    for distance in (0.0, 0.3, 0.6, 0.9):
        assert log_odds(distance) == pytest.approx(20 * (1 - (distance / 0.6) ** 2))


def test_log_odds_are_those_of_two_normal_distributions():
    """The model has `dimensions` equal coordinates; the ratio of densities is known for each."""
    one = EVIDENCE.deviation
    two = one * EVIDENCE.ratio
    n = EVIDENCE.dimensions
    squared = 0.2
    densities = [-n / 2 * np.log(total / n) - squared / (2 * total / n) for total in (one, two)]
    assert log_odds(np.sqrt(squared)) == pytest.approx(densities[0] - densities[1])


def test_varied_groups_give_more_evidence_than_single_faces():
    scatter = EVIDENCE.deviation * 0.35
    assert log_odds(0.2, scatter, scatter) > log_odds(0.2)
    assert log_odds(0.6, scatter, scatter) < log_odds(0.6)
    limited = log_odds(0.5, scatter, scatter)
    assert log_odds(0.5, 9.0, 9.0) == pytest.approx(limited), "but not without limit"


def test_the_distance_at_given_log_odds():
    assert EVIDENCE.distance_at(0.0) == 0.6
    assert log_odds(EVIDENCE.distance_at(7.0)) == pytest.approx(7.0)
    assert EVIDENCE.distance_at(25.0) == 0


def test_more_groups_need_more_evidence():
    assert needed_log_odds(200) - needed_log_odds(20) == pytest.approx(np.log(10))
    assert needed_log_odds(0) == needed_log_odds(1)


@pytest.mark.parametrize("name", EMBEDDERS)
def test_the_calibration_of_each_embedder_fits_the_model(name):
    evidence = Evidence.of_embedder(name)
    assert evidence.deviation < evidence.same_person**2 < evidence.deviation * evidence.ratio
    assert 10 < evidence.dimensions < EMBEDDERS[name].dimensions
