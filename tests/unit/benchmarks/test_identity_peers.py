"""The methods that the workflow is compared with find three people who lie far apart."""

import numpy as np
import pytest

from identity_measures import b_cubed, contingency
from identity_peers import PEERS, mean_embeddings


def three_people():
    """Six tracks of three people with four faces each, about 0.2 apart; people are 1.4 apart."""
    generator = np.random.default_rng(0)
    centres = np.repeat(np.eye(3, 128), 8, axis=0)
    embeddings = centres + generator.normal(scale=0.012, size=centres.shape)
    return embeddings.astype(np.float32), np.repeat(np.arange(6), 4)


@pytest.mark.parametrize("name", PEERS)
def test_people_who_lie_far_apart_are_found(name):
    embeddings, tracks = three_people()
    found = PEERS[name](embeddings, tracks)
    assert b_cubed(contingency(list("AABBCC"), [str(label) for label in found])).f == 1


@pytest.mark.parametrize("name", PEERS)
def test_one_track_is_one_person(name):
    embeddings, tracks = three_people()
    assert len(PEERS[name](embeddings[:2], tracks[:2])) == 1


def test_the_mean_of_each_track_is_its_own():
    embeddings = np.array([[0.0, 2.0], [4.0, 2.0], [1.0, 1.0]])
    means = mean_embeddings(embeddings, np.array([1, 1, 0]))
    assert means.tolist() == [[1.0, 1.0], [2.0, 2.0]]
