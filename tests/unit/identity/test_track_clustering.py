"""Clustering of the face tracks of synthetic corpora, as cluster_faces.py does it."""

import shutil

import numpy as np
import pandas as pd
import pytest

from corpus.core.errors import CorpusError
from corpus.identity.corpus_embeddings import CorpusEmbeddings
from corpus.identity.corpus_tracks import CorpusTracks
from corpus.identity.people import merge_by_name, with_person_ids
from corpus.identity.track_clustering import ClusteringOptions, cluster_tracks
from corpus.tables import parquet
from face_corpus import EVIDENCE, FaceCorpus, embeddings_of


@pytest.fixture
def corpus(tmp_path) -> FaceCorpus:
    return FaceCorpus(tmp_path / "results")


def test_people_are_found_for_any_order_of_videos(corpus, monkeypatch):
    person_of = {}
    for video in range(8):
        for person in (0, 1 + video % 3):
            n_faces = 10 + 5 * (person == 0)
            track = corpus.add(f"v{video}", person, 12 * person, n_faces=n_faces)
            person_of[f"v{video}", track] = person
    seen_once = corpus.add("v0", 9, start=100, n_faces=4)
    person_of["v0", seen_once] = 9
    without_embedding = corpus.add("v1", 10, start=100, n_faces=2, n_embedded=0)
    person_of["v1", without_embedding] = 10
    person_of["v8", corpus.add("v8", 0)] = 0
    corpus.write()
    clusters, content = corpus.cluster(monkeypatch)
    pairs = {(person_of[key], cluster) for key, cluster in clusters["cluster"].items()}
    assert len(pairs) == len(set(person_of.values())) == len(set(clusters["cluster"]))
    assert dict(pairs)[0] == 0, "the person who is longest on screen"
    assert sorted(clusters["cluster"].unique()) == list(range(6))
    assert clusters.index.is_monotonic_increasing
    assert clusters.loc[("v1", 2), "probability"] == 0, "this track has no embeddings"
    assert clusters["probability"].drop([("v1", 2)]).min() > 0.9
    assert clusters["other_probability"].max() < 0.1
    assert pd.isna(clusters.loc[("v1", 2), "other_cluster"])
    assert clusters.loc[("v0", 0), "end_s"] == pytest.approx(15 / 5)
    assert clusters.loc[("v0", 1), "n_faces"] == 10
    parameters = parquet.read_provenance(corpus.clusters_file)["parameters"]
    assert (parameters["embedder"], parameters["same_person"]) == ("dlib", EVIDENCE.same_person)
    assert parameters["certainty"] == EVIDENCE.certainty
    assert parameters["usual_distance"] == EVIDENCE.usual_distance
    order = ["v3", "v8", "v1", "v0", "v7", "v2", "v6", "v4", "v5"]
    assert corpus.cluster(monkeypatch, order=order)[1] == content


def test_similar_faces_in_the_same_frame_are_two_people(corpus, monkeypatch):
    for video in range(3):
        corpus.add(f"v{video}", 0)
    similar = embeddings_of(0, 6, 77) + 0.2 * np.eye(128)[0]
    corpus.add("v0", 0, start=5, vectors=similar)
    corpus.write()
    clusters, _ = corpus.cluster(monkeypatch)
    assert clusters["cluster"].tolist() == [0, 1, 0, 0]
    assert clusters.loc[("v0", 1), "probability"] == 1
    assert clusters["other_cluster"].isna().tolist() == [True, True, False, False]


def test_videos_and_corpora_without_faces_are_valid(corpus, monkeypatch):
    corpus.videos = {"v0": [], "v1": []}
    corpus.write()
    clusters, _ = corpus.cluster(monkeypatch)
    assert len(clusters) == 0
    corpus.add("v1", 3)
    corpus.write()
    clusters, _ = corpus.cluster(monkeypatch)
    assert clusters["cluster"].to_dict() == {("v1", 0): 0}
    assert clusters["probability"].iloc[0] == 1
    assert clusters[["other_cluster", "other_probability"]].isna().all(axis=None)


def test_the_same_person_distance_can_be_set(corpus, monkeypatch):
    for person in range(3):
        corpus.add("v0", person, start=20 * person)
    corpus.write()
    assert corpus.cluster(monkeypatch)[0]["cluster"].nunique() == 3
    assert corpus.cluster(monkeypatch, "--same-person", 2.0)[0]["cluster"].nunique() == 1


def test_embeddings_of_another_embedder_are_an_error(corpus, monkeypatch, tmp_path):
    corpus.add("v0", 0)
    corpus.add("v1", 1)
    corpus.write()
    other_corpus = FaceCorpus(tmp_path / "other")
    other_corpus.add("v1", 1, vectors=np.zeros((6, 512)))
    other_corpus.write("facenet-vggface2")
    shutil.copy(tmp_path / "other/embeddings/v1.parquet", corpus.results / "embeddings")
    message = r"^\S*/v1.parquet: not made by the embedder dlib with 128 dimensions"
    with pytest.raises(CorpusError, match=message):
        corpus.cluster(monkeypatch)


def test_embeddings_that_are_not_finite_are_an_error(corpus, monkeypatch):
    vectors = embeddings_of(0, 6)
    vectors[2, 5] = np.nan
    corpus.add("v0", 0, vectors=vectors)
    corpus.write()
    with pytest.raises(CorpusError, match=r"v0.parquet: contains embeddings that are not finite"):
        corpus.cluster(monkeypatch)


def test_embeddings_of_a_track_without_faces_are_an_error():
    faces = pd.DataFrame({"video_id": ["v0", "v1"], "track": [0, 7]})
    embeddings = CorpusEmbeddings(faces, np.zeros((2, 128), np.float32), np.ones(2))
    assert embeddings.track_rows(faces[::-1].reset_index(drop=True)).tolist() == [1, 0]
    with pytest.raises(CorpusError, match="^v1: its embeddings contain tracks that its table of"):
        embeddings.track_rows(faces[:1])


def test_conflicts_and_names_hold_in_a_large_corpus():
    """The corpus has two thousand tracks of similar people in pairs.

    The two tracks of a pair are in the same frame, so they are two people. People with the same
    name in people.tsv are one person, even if their faces look different.
    """
    n_pairs = 1000
    people = np.repeat(np.arange(n_pairs) % 40, 2)
    rows = pd.DataFrame(
        {
            "video_id": [f"v{pair:04d}" for pair in np.repeat(np.arange(n_pairs), 2)],
            "track": np.tile([0, 1], n_pairs),
            "start_s": 0.0,
            "kind": "person",
            "end_s": 1.0,
        }
    )
    conflicts = [(2 * pair, 2 * pair + 1) for pair in range(n_pairs)]
    vectors = np.concatenate([embeddings_of(person, 3, seed) for seed, person in enumerate(people)])
    face_tracks = rows[["video_id", "track"]].loc[np.repeat(rows.index, 3)].reset_index(drop=True)
    tracks = cluster_tracks(
        CorpusTracks(rows, conflicts),
        CorpusEmbeddings(face_tracks, vectors.astype(np.float32), np.ones(len(vectors))),
        ClusteringOptions(min_cluster_size=2, min_samples=1, evidence=EVIDENCE),
    )
    clusters = tracks["cluster"].to_numpy()
    assert (clusters[::2] != clusters[1::2]).all()
    assert tracks["probability"].min() > 0.9

    tracks = with_person_ids(tracks)
    same_name = tracks["person"].iloc[[0, 2, 4, 7]].tolist()
    assert len(set(same_name)) == 4
    merged = merge_by_name(tracks, dict.fromkeys(same_name, "Ada"))
    assert merged["person"].iloc[[0, 2, 4, 7]].nunique() == 1
    assert merged["person"].nunique() == tracks["person"].nunique() - 3
