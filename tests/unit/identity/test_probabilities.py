"""Probabilities of the people that a track may show."""

import numpy as np

from corpus.identity.groups import Groups
from corpus.identity.joining import NOT_KNOWN
from corpus.identity.probabilities import TrackProbabilities, track_probabilities
from face_corpus import EVIDENCE

NO_PAIRS = np.zeros((0, 2), dtype=np.int64)


def probabilities(
    *positions: tuple[float, float], labels: list[int], conflicts: np.ndarray = NO_PAIRS
) -> TrackProbabilities:
    """Probabilities of tracks at positions in a plane of the 128 dimensions."""
    means = np.zeros((len(positions), 128))
    means[:, :2] = positions
    tracks = Groups(means, np.zeros(len(means)), np.ones(len(means)))
    return track_probabilities(tracks, np.array(labels), conflicts, EVIDENCE)


def test_the_only_person_is_certain_and_there_is_no_other():
    result = probabilities((0, 0), labels=[0])
    assert result.own.tolist() == [1]
    assert result.other.tolist() == [NOT_KNOWN]
    assert np.isnan(result.other_probability).all()


def test_a_single_track_far_from_everybody_is_a_person_of_its_own():
    result = probabilities((0, 0), (0, 0.1), (2, 0), labels=[0, 0, 1])
    assert result.own.min() > 0.99
    assert result.other.tolist() == [1, 1, 0]
    assert result.other_probability.max() < 0.01


def test_a_single_track_near_another_person_probably_shows_that_person():
    result = probabilities((0, 0), (0, 0.1), (0.3, 0), labels=[0, 0, 1])
    assert result.other[2] == 0
    assert result.other_probability[2] > 0.9
    assert result.own[2] == 1, "a person seen once is the person of this track"


def test_a_track_far_from_the_rest_of_its_person_is_improbable():
    result = probabilities((0, 0), (0.1, 0), (0, 0.1), (0.9, 0), labels=[0, 0, 0, 0])
    assert result.own[:3].min() > 0.9
    assert result.own[3] < 0.1
    assert result.other.tolist() == [NOT_KNOWN] * 4


def test_two_people_who_may_be_one_are_each_others_other_person():
    """What speaks for one of them also speaks for the other, as far as they are one person."""
    near = probabilities((0, 0), (0, 0.1), (0.55, 0), (0.55, 0.1), labels=[0, 0, 1, 1])
    far = probabilities((0, 0), (0, 0.1), (0.75, 0), (0.75, 0.1), labels=[0, 0, 1, 1])
    assert near.other.tolist() == far.other.tolist() == [1, 1, 0, 0]
    assert near.own.min() > 0.9
    assert near.other_probability.min() > 0.1 > 0.01 > far.other_probability.max()


def test_people_on_screen_at_the_same_time_are_excluded():
    positions, labels = [(0, 0), (0, 0.1), (0.2, 0), (0.9, 0)], [0, 0, 1, 2]
    result = probabilities(*positions, labels=labels, conflicts=np.array([[2, 1]]))
    assert result.other.tolist() == [1, 2, 2, 1]
    assert result.other_probability[2] < 0.1
    free = probabilities(*positions, labels=labels)
    assert free.other.tolist()[2] == 0
    assert free.other_probability[2] > 0.9


def test_more_people_make_a_distant_track_less_probable():
    pair = [(0.0, 0.0), (0.56, 0.0)]
    crowd = [(5.0 + 3 * index, 0.0) for index in range(60)]
    few = probabilities(*pair, labels=[0, 0])
    many = probabilities(*pair, *crowd, labels=[0, 0, *range(1, 61)])
    assert few.own[0] > 0.6 > 0.3 > many.own[0]
