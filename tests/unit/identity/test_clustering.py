"""Clustering of faces, votes of the faces on their track, and numbers of people."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.identity import clustering
from corpus.identity.clustering import NOISE
from face_corpus import SAME_PERSON, embeddings_of


def labels_of(*embeddings: np.ndarray, size: int = 3, samples: int = 2) -> list[int]:
    """Labels of the faces in all arrays of embeddings."""
    labels, _ = clustering.cluster_faces(np.concatenate(embeddings), size, samples, SAME_PERSON)
    return labels.tolist()


# Faces


@pytest.mark.parametrize("n", range(0, 7))
@pytest.mark.parametrize(("size", "samples"), [(2, 1), (3, 2), (5, 5)])
def test_clustering_works_with_few_faces(n, size, samples):
    distant = np.eye(128)[:n] * 5
    labels, memberships = clustering.cluster_faces(distant, size, samples, SAME_PERSON)
    assert labels.tolist() == [NOISE] * n
    assert memberships.tolist() == [0.0] * n
    near = labels_of(embeddings_of(1, n), size=size, samples=samples)
    assert near == [0 if n >= size else NOISE] * n


def test_one_person_is_one_cluster_and_two_people_are_two():
    clips = [
        embeddings_of(1, 1, seed, 0.25) + embeddings_of(0, 6, seed) - embeddings_of(0, 1, 99, 0)
        for seed in range(20)
    ]
    assert labels_of(*clips) == [0] * 120
    assert sorted(set(labels_of(embeddings_of(1, 60), embeddings_of(2, 60)))) == [0, 1]
    seen_once = labels_of(embeddings_of(1, 60), embeddings_of(2, 3))
    assert len(set(seen_once)) == 2, "a person seen once is a cluster too"


def test_distant_faces_next_to_one_person_are_noise():
    distant = np.eye(128)[:2] * 3
    assert labels_of(embeddings_of(1, 30), distant) == [0] * 30 + [NOISE] * 2
    assert labels_of(embeddings_of(1, 2), np.eye(128) * 3) == [NOISE] * 130


def test_many_people_are_found_even_if_some_are_seen_once():
    clips = [
        embeddings_of(person, 6, seed)
        for person in range(12)
        for seed in range(1 if person % 2 else 5)
    ]
    people = [person for person in range(12) for _ in range(6 if person % 2 else 30)]
    labels = labels_of(*clips)
    assert len(set(labels)) == 12
    assert len(set(zip(people, labels, strict=True))) == 12


def test_equal_faces_do_not_lower_the_memberships_of_other_faces():
    still_image = np.repeat(embeddings_of(1, 1), 4, axis=0)
    vectors = np.concatenate([still_image, embeddings_of(1, 8), embeddings_of(2, 8)])
    labels, memberships = clustering.cluster_faces(vectors, 3, 2, SAME_PERSON)
    assert len(set(labels.tolist())) == 2
    assert (memberships[:4] == 1).all()
    assert memberships.min() > 0.5


# Tracks


def test_noise_wins_the_vote_only_with_more_faces():
    track_of_face = np.array([0, 0, 0, 1, 1, 2, 2, 2, 3, 3])
    labels = np.array([4, 4, NOISE, 5, NOISE, NOISE, NOISE, 6, 8, 7])
    memberships = np.array([0.9, 0.6, 0, 0.8, 0, 0, 0, 1, 0.5, 0.5])
    votes = clustering.count_votes(track_of_face, labels, memberships, 5)
    assert votes[0] == [(pytest.approx(0.5), 4)]
    assert votes[1] == [(pytest.approx(0.4), 5)], "as many faces as noise are enough"
    assert votes[2] == []
    assert votes[3] == [(0.25, 7), (0.25, 8)], "equal shares are ordered by label"
    assert votes[4] == [], "a track without faces"
    assigned, probabilities = clustering.assign_labels(votes, [])
    assert assigned.tolist() == [4, 5, NOISE, 7, NOISE]
    assert probabilities.tolist() == pytest.approx([0.5, 0.4, 0, 0.25, 0])


def test_tracks_in_the_same_frame_are_two_people():
    votes = [[(0.6, 0), (0.2, 1)], [(0.9, 0)], [(0.9, 0)], [(0.8, 1)]]
    assert clustering.assign_labels(votes, [(0, 1)])[0].tolist() == [1, 0, 0, 1]
    labels, probabilities = clustering.assign_labels(votes, [(0, 1), (1, 2), (3, 0)])
    assert labels.tolist() == [NOISE, 0, NOISE, 1]
    assert probabilities.tolist() == [0, 0.9, 0, 0.8]


def test_fixed_labels_take_precedence_over_votes():
    votes = [[(0.9, 0)], [(1.0, 0), (0.1, 1)], [(0.5, 0)]]
    fixed_labels = np.array([0, NOISE, 2])
    labels, probabilities = clustering.assign_labels(votes, [(0, 1)], fixed_labels)
    assert labels.tolist() == [0, 1, 2]
    assert probabilities.tolist() == [0, 0.1, 0]
    assert fixed_labels.tolist() == [0, NOISE, 2], "the argument is not changed"


def test_people_are_numbered_by_time_on_screen():
    labels = np.array([0, 1, 1, NOISE, NOISE, 2])
    seconds = np.array([3.0, 1, 1, 5, 2, 3])
    starts = [("b", 0.0), ("a", 1.0), ("b", 2.0), ("c", 0.0), ("c", 1.0), ("a", 5.0)]
    assert clustering.number_people(labels, seconds, starts).tolist() == [2, 3, 3, 0, 4, 1]


@settings(deadline=None, derandomize=True)
@given(data=st.data())
def test_tracks_in_the_same_frame_never_share_a_label(data):
    n_tracks = data.draw(st.integers(1, 12))
    vote = st.tuples(st.floats(0.01, 1), st.integers(0, 4))
    votes = [sorted(data.draw(st.lists(vote, max_size=4)), reverse=True) for _ in range(n_tracks)]
    track = st.integers(0, n_tracks - 1)
    pair = st.tuples(track, track).filter(lambda pair: pair[0] < pair[1])
    conflicts = data.draw(st.lists(pair, max_size=20)) if n_tracks > 1 else []
    labels, _ = clustering.assign_labels(votes, conflicts)
    assert not any(labels[a] == labels[b] != NOISE for a, b in conflicts)
    for track, label in enumerate(labels.tolist()):
        rival_labels = {labels[a + b - track] for a, b in conflicts if track in (a, b)}
        track_labels = {label for _, label in votes[track]}
        if label == NOISE:
            assert track_labels <= rival_labels, "a vote is rejected only because of a rival"
        else:
            assert label in track_labels
