"""A track is split where its faces become those of somebody else, and nowhere else."""

import numpy as np
import pandas as pd
import pytest

from corpus.faces.embedders import EMBEDDERS
from corpus.faces.track_splitting import person_boundary, segment, split_mixed_tracks
from face_vectors import BOUNDARY, DIMENSIONS, faces_of, person

FRONTAL, LEFT = 1, 0
A, B, C = person(0), person(1), person(2)
TURNED = 0.6 * np.eye(DIMENSIONS)[10]
"""How the embedding of a face changes when it turns to the side."""


def people_in(centres, views=None, noise=0.2, seed=0) -> list[int]:
    """Number of faces of each person that is found in a sequence of faces."""
    view = np.full(len(centres), FRONTAL) if views is None else np.array(views)
    segments = segment(faces_of(centres, noise, seed), view, BOUNDARY)
    assert (np.diff(segments) >= 0).all() and segments[0] == 0
    return np.bincount(segments).tolist()


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "counts", [(10, 10), (2, 3), (3, 2), (100, 2), (2, 100), (6, 4, 8), (2, 2, 2, 2)]
)
def test_a_track_is_split_where_the_person_changes(counts, seed):
    centres = [(A, B, C, B)[n] for n, count in enumerate(counts) for _ in range(count)]
    assert people_in(centres, seed=seed) == list(counts)


def test_a_person_who_comes_back_after_another_is_not_joined_with_the_other():
    assert people_in([A] * 5 + [B] * 3 + [A] * 5) == [5, 3, 5]


@pytest.mark.parametrize("n_between", [1, 3, 6])
def test_a_track_is_split_once_in_a_gradual_transition(n_between):
    weights = np.arange(1, n_between + 1) / (n_between + 1)
    between = [(1 - weight) * A + weight * B for weight in weights]
    counts = people_in([A] * 6 + between + [B] * 6)
    assert len(counts) == 2 and min(counts) >= 6


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("noise", [0.0, 0.1, 0.3, 0.5])
def test_one_person_is_one_track_however_noisy_the_embeddings_are(noise, seed):
    assert people_in([A] * 40, noise=noise, seed=seed) == [40]


@pytest.mark.parametrize("n_turned", [2, 5, 20])
@pytest.mark.parametrize("returns", [True, False])
def test_a_head_that_turns_is_one_track(n_turned, returns):
    after = 8 * returns
    centres = [A] * 8 + [A + TURNED] * n_turned + [A] * after
    views = [FRONTAL] * 8 + [LEFT] * n_turned + [FRONTAL] * after
    assert people_in(centres, views) == [len(centres)]


def test_a_change_of_the_person_in_profile_is_found():
    views = [LEFT] * 16
    assert people_in([A + TURNED] * 8 + [B + TURNED] * 8, views) == [8, 8]
    assert people_in([A] * 8 + [B + TURNED] * 8, [FRONTAL] * 8 + [LEFT] * 8) == [8, 8]


def test_light_and_expression_that_change_by_less_than_people_do_not_split():
    change = 0.35 * np.eye(DIMENSIONS)[20]
    assert people_in([A] * 10 + [A + change] * 10 + [A] * 10) == [30]
    assert people_in([A + n / 29 * change for n in range(30)]) == [30]


def test_a_person_who_looks_different_for_a_time_is_not_split():
    change = 1.1 * BOUNDARY * np.eye(DIMENSIONS)[20]
    assert people_in([A] * 10 + [A + change] * 10 + [A] * 10, noise=0.1) == [30]
    assert people_in([A] * 10 + [A + change] * 10, noise=0.1) == [10, 10], "it stays different"


def test_one_face_that_looks_different_does_not_split():
    blurred = A + np.eye(DIMENSIONS)[30]
    assert people_in([A] * 5 + [blurred] + [A] * 5) == [11]
    assert people_in([A] * 5 + [blurred]) == [6]
    assert people_in([blurred] + [A] * 5 + [B] * 5) == [6, 5]


def test_a_few_faces_must_be_further_apart_than_many():
    other = A + 1.1 * BOUNDARY * np.eye(DIMENSIONS)[40]
    assert people_in([A] * 30 + [other] * 30, noise=0.1) == [30, 30]
    assert people_in([A] * 30 + [other] * 2, noise=0.1) == [32]


def faces_table(tracks) -> pd.DataFrame:
    """Rows of the faces table of these tracks, with one face of each per frame in turn."""
    points = np.array([(-10, 0), (10, 0), (0, 12), (-8, 22), (8, 22)]) + 50.0
    rows = [(frame, track, points) for frame, track in enumerate(tracks)]
    return pd.DataFrame(rows, columns=["frame", "track", "landmarks"])


def test_new_tracks_get_new_numbers_and_others_keep_theirs():
    tracks = [0, 1, 2] * 6
    centre_of = {0: lambda n: A, 1: lambda n: A if n < 3 else B, 2: lambda n: (B, C)[n >= 2]}
    centres = [centre_of[track](n // 3) for n, track in enumerate(tracks)]
    split = split_mixed_tracks(faces_table(tracks), faces_of(centres), BOUNDARY)
    assert split[::3].tolist() == [0] * 6
    assert split[1::3].tolist() == [1] * 3 + [3] * 3
    assert split[2::3].tolist() == [2] * 2 + [4] * 4


def test_a_table_without_faces_stays_empty():
    empty = faces_table([])
    assert split_mixed_tracks(empty, np.zeros((0, DIMENSIONS)), BOUNDARY).empty


@pytest.mark.parametrize("embedder", ["dlib", "facenet-vggface2", "facenet-casia-webface"])
def test_the_boundary_within_a_track_is_below_that_between_days(embedder):
    assert 0.5 < person_boundary(embedder) / EMBEDDERS[embedder].same_person < 1
