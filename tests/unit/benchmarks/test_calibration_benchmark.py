"""Tests of benchmarks/calibration.py and identities.py, on synthetic faces with known distances."""

import sys

import numpy as np
import pytest

import calibration
import identities
from corpus.core.errors import InputError
from photo_faces import PhotoFaces, faces_of_photographs, pairs_of

N_DIRECTIONS = 30
WITHIN, BETWEEN = 0.2, 0.5
"""Expected squared distances: of one person's faces, and what two people add to it."""


def synthetic_faces(n_people: int, n_photos: int, between: float = BETWEEN) -> PhotoFaces:
    """Faces that vary as the model of `corpus.identity.evidence` says, in 30 directions."""
    random = np.random.default_rng(0)
    people = np.repeat(np.arange(n_people), n_photos)
    centres = random.normal(size=(n_people, N_DIRECTIONS)) * np.sqrt(between / 2 / N_DIRECTIONS)
    days = random.normal(size=(len(people), N_DIRECTIONS)) * np.sqrt(WITHIN / 2 / N_DIRECTIONS)
    vectors = np.repeat((centres[people] + days)[:, None], 2, axis=1)
    return PhotoFaces(vectors.astype(np.float32), people.astype(str))


@pytest.fixture(scope="module")
def faces() -> PhotoFaces:
    return synthetic_faces(60, 6)


def test_the_fit_finds_the_numbers_of_the_model(faces):
    evidence = calibration.fit(pairs_of(faces))
    ratio = (WITHIN + BETWEEN) / WITHIN
    even = WITHIN * ratio * np.log(ratio) / (ratio - 1)
    assert evidence.same_person == pytest.approx(np.sqrt(even), rel=0.02)
    assert evidence.certainty == pytest.approx(N_DIRECTIONS / 2 * np.log(ratio), rel=0.1)
    assert evidence.usual_distance == pytest.approx(np.sqrt(WITHIN / even), rel=0.02)
    assert "  same_person: 0." in calibration.settings_text(evidence)


def test_every_face_counts_equally_among_the_pairs_of_one_person():
    people = np.array(list("AAAABBC"))
    pairs = pairs_of(PhotoFaces(np.zeros((7, 2, 3), np.float32), people))
    assert len(pairs.squared) == 21
    same = pairs.weights[pairs.is_same]
    assert sorted(same.round(4)) == [0.1111] * 6 + [0.3333]
    assert pairs.weights[~pairs.is_same].sum() == pytest.approx(1)


def test_people_that_cannot_be_told_apart_are_an_error():
    faces = synthetic_faces(4, 5)
    random = np.random.default_rng(0)
    mixed = PhotoFaces(faces.vectors, random.permutation(faces.people))
    with pytest.raises(InputError, match="as far apart as those of two people"):
        calibration.fit(pairs_of(mixed))
    with pytest.raises(InputError, match="needs two people at least"):
        pairs_of(PhotoFaces(faces.vectors[:5], faces.people[:5]))


def test_the_errors_of_both_kinds_are_counted(faces):
    pairs = pairs_of(faces)
    row = calibration.describe(pairs, calibration.fit(pairs))
    assert row["one person, median"] < 0.5 < row["two people, median"]
    assert 0 <= row["missed at even odds"] < 0.05 > row["false at even odds"] > 0
    assert row["recall at 0.01 false"] > row["recall at 0.0001 false"]


@pytest.mark.parametrize("name", identities.CORPORA)
def test_simulated_corpora_have_the_people_they_name(faces, name):
    n_people, most, n_once = identities.CORPORA[name]
    photos = identities.photographs_of_corpus(name, faces.people, np.random.default_rng(1))
    assert len(set(photos.tolist())) == len(photos), "no photograph is in two tracks"
    _, counts = np.unique(faces.people[photos], return_counts=True)
    assert len(counts) == min(n_people + n_once, 60)
    assert counts.max() <= most
    assert (counts == 1).sum() >= n_once


def test_the_comparison_scores_all_methods_and_the_plots_are_written(tmp_path, monkeypatch, capsys):
    faces = synthetic_faces(20, 6, between=2.0)
    np.savez(tmp_path / "faces.npz", vectors=faces.vectors, people=faces.people)
    monkeypatch.setattr(identities, "CORPORA", {"6 people": (6, 5, 2)})
    options = ["--work", tmp_path, "--draws", 1]
    for program in (identities, calibration):
        arguments = options if program is identities else options[:2]
        monkeypatch.setattr(sys, "argv", [program.__name__, "photos", *map(str, arguments)])
        program.main()
    printed = capsys.readouterr().out
    for method in identities.methods("dlib"):
        assert f"| 6 people | {method} | 8 |" in printed
    assert f"| 6 people | {identities.WORKFLOW} | 8 | 8.0 | 0.0 | 0.0 | 1.000 |" in printed
    assert "own: calibration error" in printed and "clustering:\n  same_person: " in printed
    for name in ("reliability", "calibration"):
        assert (tmp_path / f"{name}.svg").read_text().startswith("<?xml")


def test_stored_faces_are_not_embedded_again(faces, tmp_path):
    np.savez(tmp_path / "faces.npz", vectors=faces.vectors, people=faces.people)
    stored = faces_of_photographs(tmp_path / "gone", "dlib", tmp_path, tmp_path)
    assert np.array_equal(stored.vectors, faces.vectors)
    halves = [stored.half(name) for name in ("choose", "report")]
    assert sum(len(half.people) for half in halves) == len(faces.people)
    assert not set(halves[0].people) & set(halves[1].people)
