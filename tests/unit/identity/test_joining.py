"""Groups of tracks that are one person: dense groups, and joining by evidence."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.identity.dense_groups import dense_groups, first_seen, without_conflicts
from corpus.identity.groups import Groups, groups_of_tracks
from corpus.identity.joining import NOT_KNOWN, join_groups
from face_corpus import EVIDENCE, embeddings_of

NO_PAIRS = np.zeros((0, 2), dtype=np.int64)
DAYS = 0.44
"""Usual distance of dlib's embeddings of one person from different days."""


def photographs(person: int, days: int, faces: int = 6) -> list[np.ndarray]:
    """Faces of one person on several days: near copies within a day, distant between days."""
    of_days = embeddings_of(person, days, 7, DAYS)
    random = np.random.default_rng(person)
    return [day + random.normal(size=(faces, 128)) * 0.05 / np.sqrt(256) for day in of_days]


def tracks_of(*tracks: np.ndarray) -> Groups:
    """The statistics of tracks, given as the embeddings of their faces."""
    vectors = np.concatenate(tracks).astype(np.float32)
    track_of_face = np.repeat(np.arange(len(tracks)), [len(track) for track in tracks])
    return groups_of_tracks(vectors, track_of_face, np.ones(len(vectors)), len(tracks))


def join(groups: Groups, conflicts: np.ndarray = NO_PAIRS, known: np.ndarray | None = None):
    """Labels in the order in which they first occur."""
    return first_seen(join_groups(groups, EVIDENCE, conflicts, known)).tolist()


def test_a_person_on_many_days_is_one_and_a_person_seen_once_is_another():
    """The distances between days are far above those within a track, and below those of people."""
    tracks = [*photographs(0, 12), *photographs(1, 12), *photographs(2, 1), *photographs(3, 1)]
    assert join(tracks_of(*tracks)) == [0] * 12 + [1] * 12 + [2, 3]


@pytest.mark.parametrize("distance", [0.5, 0.55])
def test_the_same_distance_is_enough_among_few_people_and_not_among_many(distance):
    pair = [np.zeros((6, 128)), np.eye(128)[:1].repeat(6, axis=0) * distance]
    far = [np.eye(128)[[axis]].repeat(6, axis=0) * 2 for axis in range(2, 120)]
    is_enough = distance == 0.5
    assert join(tracks_of(*pair)) == [0, 0]
    assert (join(tracks_of(*pair, *far))[1] == 0) == is_enough


def test_people_on_screen_together_are_never_joined():
    tracks = tracks_of(*photographs(0, 4))
    assert join(tracks) == [0] * 4
    labels = join(tracks, conflicts=np.array([[2, 0]]))
    assert labels[0] != labels[2]
    assert len(set(labels)) == 2


def test_known_people_stay_apart_and_others_join_them():
    tracks = tracks_of(*photographs(0, 4), *photographs(1, 2))
    known = np.array([8, NOT_KNOWN, 3, NOT_KNOWN, NOT_KNOWN, NOT_KNOWN])
    labels = join(tracks, known=known)
    assert labels[0] != labels[2]
    assert {labels[1], labels[3]} <= {labels[0], labels[2]}
    assert labels[4] == labels[5] not in labels[:4]


@settings(deadline=None, derandomize=True, max_examples=25)
@given(data=st.data())
def test_no_joined_group_contains_a_conflict(data):
    n = data.draw(st.integers(2, 10))
    pair = st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)).filter(lambda p: p[0] != p[1])
    conflicts = np.array(data.draw(st.lists(pair, max_size=8)), dtype=np.int64).reshape(-1, 2)
    labels = np.array(join(tracks_of(*photographs(0, n)), conflicts))
    assert (labels[conflicts[:, 0]] != labels[conflicts[:, 1]]).all()
    if not len(conflicts):
        assert set(labels) == {0}


def test_joining_gives_the_same_people_for_any_order_of_the_tracks():
    tracks = [track for person in range(6) for track in photographs(person, 3)]
    order = np.random.default_rng(3).permutation(len(tracks))
    labels = np.array(join(tracks_of(*tracks)))
    shuffled = np.array(join(tracks_of(*[tracks[index] for index in order])))
    assert first_seen(labels[order]).tolist() == shuffled.tolist()


# Dense groups


def test_nearly_equal_tracks_are_grouped_and_others_stay_alone():
    means = np.concatenate([photographs(0, 1, 5)[0], photographs(1, 3, 1)[0], photographs(2, 1)[0]])
    assert dense_groups(means, EVIDENCE, 2, 1).tolist() == [0] * 5 + [1] + [2] * 6
    assert dense_groups(means, EVIDENCE, 6, 1).tolist() == [0, 1, 2, 3, 4, 5] + [6] * 6
    assert dense_groups(means[:1], EVIDENCE, 2, 1).tolist() == [0]
    assert dense_groups(means[:0], EVIDENCE, 2, 1).tolist() == []


def test_groups_with_a_conflict_are_split():
    labels = np.array([0, 0, 1, 1, 0])
    assert without_conflicts(labels, NO_PAIRS).tolist() == [0, 0, 1, 1, 0]
    assert without_conflicts(labels, np.array([[0, 4], [1, 2]])).tolist() == [0, 1, 2, 2, 3]


# Statistics


def test_the_statistics_of_joined_groups_are_those_of_all_their_faces():
    vectors = np.random.default_rng(0).normal(size=(12, 5))
    single = Groups(vectors, np.zeros(12), np.ones(12))
    halves = single.joined(np.repeat([0, 1, 2, 1], 3))
    whole = halves.joined(np.zeros(3, dtype=np.int64))
    assert whole.means[0] == pytest.approx(vectors.mean(0))
    scatter = ((vectors - vectors.mean(0)) ** 2).sum(1).mean()
    assert whole.scatters == pytest.approx([scatter])
    assert halves.sizes.tolist() == [3, 6, 3]
    assert whole.sizes.tolist() == [12]


def test_faces_of_low_quality_count_less():
    vectors = np.array([[1.0, 0], [1, 0], [5, 0], [0, 2]])
    track_of_face = np.array([0, 0, 0, 1])
    weights = np.array([0.5, 0.5, 0.0, 0.0])
    tracks = groups_of_tracks(vectors, track_of_face, weights, 2)
    assert tracks.means == pytest.approx(np.array([[1, 0], [0, 2]]), abs=1e-4)
    assert tracks.scatters == pytest.approx([0, 0], abs=1e-4)
