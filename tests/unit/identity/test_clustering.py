"""Who is the same person, on embeddings of people who are known."""

import shutil
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cluster_faces
import identify_people
from corpus.core.errors import CorpusError
from corpus.faces.track_extents import track_extents
from corpus.identity import clustering
from corpus.identity.clustering import NOISE
from corpus.inputs import people_file
from corpus.tables import parquet, schemas

WITHIN, SAME_PERSON = 0.15, 0.35
"""Distances of dlib's embeddings: usual ones of one person's faces, and the shipped limit."""


def looks(person: int, count: int, seed: int = 0, spread: float = WITHIN) -> np.ndarray:
    """Embeddings (count, 128) of a person's faces; people are about 0.7 apart, as with dlib."""
    middle = np.random.default_rng(1000 + person).normal(size=128) * 0.7 / np.sqrt(256)
    noise = np.random.default_rng([person, seed]).normal(size=(count, 128)) / np.sqrt(256)
    return middle + noise * spread


def labels_of(*groups: np.ndarray, size: int = 3, samples: int = 2) -> list[int]:
    return clustering.cluster_faces(np.concatenate(groups), size, samples, SAME_PERSON)[0].tolist()


class Corpus:
    """Tables of invented videos: tracks with known people, on a grid of 5 samples a second."""

    def __init__(self, results):
        self.results, self.videos = results, {}

    def add(self, video, person, start=0, samples=10, embedded=6, **more):
        """A track whose faces are seen in `samples` frames from frame `start` on."""
        track = len(self.videos.setdefault(video, []))
        self.videos[video].append((person, start, samples, embedded, more))
        return track

    def write(self, embedder="dlib", end_s=1000.0):
        for number, (video, tracks) in enumerate(self.videos.items()):
            faces, embeddings = [], []
            for track, (person, start, samples, embedded, more) in enumerate(tracks):
                frames = np.arange(start, start + samples)
                left = 100.0 * track
                faces += [
                    {
                        "frame": frame, "time_s": frame / 5, "shot": 0, "track": track,
                        "x1": left, "y1": 10.0, "x2": left + 50, "y2": 60.0, "score": 1.0,
                        "quality": more.get("quality", 0.5), "landmarks": np.zeros((5, 2)),
                    }
                    for frame in frames.tolist()
                ]  # fmt: skip
                vectors = more.get("vectors")
                if vectors is None:
                    vectors = looks(person, embedded, seed=100 * number + track)
                embeddings += [
                    {"track": track, "frame": frame, "time_s": frame / 5, "embedding": vector}
                    for frame, vector in zip(frames.tolist(), vectors, strict=False)
                ]
            shots = {
                "shot": [0], "start_frame": [0], "end_frame": [9999],
                "start_s": [0.0], "end_s": [end_s],
            }  # fmt: skip
            self.put("faces", video, sorted(faces, key=lambda row: (row["frame"], row["track"])))
            self.put("embeddings", video, embeddings, embedder)
            parquet.write(self.results / f"shots/{video}.parquet", "shots", shots, {})
        return self

    def put(self, table, video, rows, embedder=None):
        columns = schemas.SCHEMAS[table].names
        vector = {"dlib": 128}.get(embedder, 512) if embedder else None
        made_by = {"parameters": {"embedder": embedder} if embedder else {}}
        parquet.write(
            self.results / table / f"{video}.parquet",
            table,
            {column: [row[column] for row in rows] for column in columns},
            made_by,
            vector=vector,
        )

    def cluster(self, monkeypatch, *options, order=None):
        """Rows of clusters.parquet by (video, track), and the file's bytes."""
        manifest = self.results / "videos.tsv"
        rows = [f"{video}\thttps://example.org/{video}" for video in order or self.videos]
        manifest.write_text("\n".join(["video_id\tsource", *rows]) + "\n")
        output = self.results / "clusters.parquet"
        command = ["cluster_faces", "--results", self.results, "--videos", manifest]
        command += ["--embedder", "dlib", "--output", output, *options]
        monkeypatch.setattr(sys, "argv", [str(part) for part in command])
        cluster_faces.main()
        return parquet.read(output).set_index(["video_id", "track"]), output.read_bytes()


@pytest.fixture
def corpus(tmp_path):
    return Corpus(tmp_path / "results")


# Faces -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", range(0, 7))
@pytest.mark.parametrize(("size", "samples"), [(2, 1), (3, 2), (5, 5)])
def test_few_faces_never_fail(n, size, samples):
    far = np.eye(128)[:n] * 5
    labels, memberships = clustering.cluster_faces(far, size, samples, SAME_PERSON)
    assert labels.tolist() == [NOISE] * n
    assert memberships.tolist() == [0.0] * n
    near = labels_of(looks(1, n), size=size, samples=samples)
    assert near == [0 if n >= size else NOISE] * n


def test_one_person_is_one_cluster_and_two_people_are_two():
    clips = [looks(1, 1, seed, 0.25) + looks(0, 6, seed) - looks(0, 1, 99, 0) for seed in range(20)]
    assert labels_of(*clips) == [0] * 120
    assert sorted(set(labels_of(looks(1, 60), looks(2, 60)))) == [0, 1]
    assert len(set(labels_of(looks(1, 60), looks(2, 3)))) == 2, "also somebody seen once"


def test_one_person_and_a_few_strange_faces():
    strange = np.eye(128)[:2] * 3
    assert labels_of(looks(1, 30), strange) == [0] * 30 + [NOISE] * 2
    assert labels_of(looks(1, 2), np.eye(128) * 3) == [NOISE] * 130


def test_many_people_some_seen_once():
    groups = [looks(p, 6, seed) for p in range(12) for seed in range(1 if p % 2 else 5)]
    truth = [p for p in range(12) for _ in range(6 if p % 2 else 30)]
    labels = labels_of(*groups)
    assert len(set(labels)) == 12
    assert len(set(zip(truth, labels, strict=True))) == 12


def test_equal_pictures_do_not_silence_the_other_faces():
    still = np.repeat(looks(1, 1), 4, axis=0)
    vectors = np.concatenate([still, looks(1, 8), looks(2, 8)])
    labels, memberships = clustering.cluster_faces(vectors, 3, 2, SAME_PERSON)
    assert len(set(labels.tolist())) == 2
    assert (memberships[:4] == 1).all()
    assert memberships.min() > 0.5


# Tracks ------------------------------------------------------------------------------------------


def test_votes_and_noise():
    tracks = np.array([0, 0, 0, 1, 1, 2, 2, 2, 3, 3])
    labels = np.array([4, 4, NOISE, 5, NOISE, NOISE, NOISE, 6, 8, 7])
    weights = np.array([0.9, 0.6, 0, 0.8, 0, 0, 0, 1, 0.5, 0.5])
    ballots = clustering.votes(tracks, labels, weights, 5)
    assert ballots[0] == [(pytest.approx(0.5), 4)]
    assert ballots[1] == [(pytest.approx(0.4), 5)], "noise wins only if it has more"
    assert ballots[2] == []
    assert ballots[3] == [(0.25, 7), (0.25, 8)], "of equal labels the lower"
    assert ballots[4] == [], "a track without faces"
    chosen, sure = clustering.decide(ballots, [])
    assert chosen.tolist() == [4, 5, NOISE, 7, NOISE]
    assert sure.tolist() == pytest.approx([0.5, 0.4, 0, 0.25, 0])


def test_tracks_in_one_frame_are_two_people():
    ballots = [[(0.6, 0), (0.2, 1)], [(0.9, 0)], [(0.9, 0)], [(0.8, 1)]]
    assert clustering.decide(ballots, [(0, 1)])[0].tolist() == [1, 0, 0, 1]
    chosen, sure = clustering.decide(ballots, [(0, 1), (1, 2), (3, 0)])
    assert chosen.tolist() == [NOISE, 0, NOISE, 1]
    assert sure.tolist() == [0, 0.9, 0, 0.8]


def test_people_are_numbered_by_time_on_screen():
    labels = np.array([0, 1, 1, NOISE, NOISE, 2])
    seconds = np.array([3.0, 1, 1, 5, 2, 3])
    starts = [("b", 0.0), ("a", 1.0), ("b", 2.0), ("c", 0.0), ("c", 1.0), ("a", 5.0)]
    assert clustering.number(labels, seconds, starts).tolist() == [2, 3, 3, 0, 4, 1]


def test_extents_end_with_the_shot():
    faces = pd.DataFrame(
        {"track": [0, 1, 0, 2], "frame": [0, 0, 10, 20], "time_s": [0.5, 0.5, 0.9, 1.6],
         "shot": [0, 0, 0, 1]}
    )  # fmt: skip
    shots = pd.DataFrame({"shot": [0, 1], "end_s": [1.0, 1.7]})
    found = track_extents(faces, shots, 5)
    assert found["shot"].tolist() == [0, 0, 1]
    assert found["start_s"].tolist() == [0.5, 0.5, 1.6]
    assert found["end_s"].tolist() == pytest.approx([1.0, 0.7, 1.7])
    assert found["n_faces"].tolist() == [2, 1, 1]


def test_best_face_is_the_earliest_of_the_best():
    faces = pd.DataFrame({"track": [3, 3, 3], "frame": [9, 5, 1], "time_s": [9.0, 5.0, 1.0]})
    faces = faces.assign(quality=[0.8, 0.8, 0.2], x1=[1, 2, 3], y1=0, x2=5, y2=5)
    best = cluster_faces.best_faces(faces).loc[3]
    assert (best["best_time_s"], best["best_box"].tolist()) == (5.0, [2, 0, 5, 5])


# The whole ---------------------------------------------------------------------------------------


def test_clusters_of_a_corpus_in_any_order(corpus, monkeypatch):
    truth = {}
    for video in range(8):
        for person in (0, 1 + video % 3):
            start = 12 * person
            track = corpus.add(f"v{video}", person, start, samples=10 + 5 * (person == 0))
            truth[f"v{video}", track] = person
    truth["v0", corpus.add("v0", 9, start=100, samples=4)] = 9  # seen once
    truth["v1", corpus.add("v1", 10, start=100, samples=2, embedded=0)] = 10  # no embedding
    corpus.add("v8", 0)
    truth["v8", 0] = 0
    corpus.write()
    found, content = corpus.cluster(monkeypatch)
    pairs = {(truth[key], cluster) for key, cluster in found["cluster"].items()}
    assert len(pairs) == len(set(truth.values())) == len(set(found["cluster"]))
    assert dict(pairs)[0] == 0, "most on screen"
    assert sorted(found["cluster"].unique()) == list(range(6))
    assert found.index.is_monotonic_increasing
    assert found.loc[("v1", 2), "probability"] == 0, "known to be nobody else, but not who"
    assert found["probability"].drop([("v1", 2)]).min() > 0.5
    assert found.loc[("v0", 0), "end_s"] == pytest.approx(15 / 5)
    assert found.loc[("v0", 1), "n_faces"] == 10
    used = parquet.read_provenance(corpus.results / "clusters.parquet")["parameters"]
    assert (used["embedder"], used["same_person"]) == ("dlib", SAME_PERSON)
    order = ["v3", "v8", "v1", "v0", "v7", "v2", "v6", "v4", "v5"]
    assert corpus.cluster(monkeypatch, order=order)[1] == content


def test_look_alikes_in_one_frame_are_two_people(corpus, monkeypatch):
    for video in range(3):
        corpus.add(f"v{video}", 0)
    corpus.add("v0", 0, start=5, vectors=looks(0, 6, 77, 0.25))
    corpus.write()
    found, _ = corpus.cluster(monkeypatch)
    assert found["cluster"].tolist() == [0, 1, 0, 0]
    assert found.loc[("v0", 1), "probability"] == 0


def test_a_video_may_lack_faces_and_a_corpus_too(corpus, monkeypatch):
    corpus.videos = {"v0": [], "v1": []}
    corpus.write()
    found, _ = corpus.cluster(monkeypatch)
    assert len(found) == 0
    corpus.add("v1", 3)
    corpus.write()
    found, _ = corpus.cluster(monkeypatch)
    assert found["cluster"].to_dict() == {("v1", 0): 0}
    assert found["probability"].iloc[0] > 0.5


def test_same_person_can_be_set(corpus, monkeypatch):
    for person in range(3):
        corpus.add("v0", person, start=20 * person)
    corpus.write()
    assert corpus.cluster(monkeypatch)[0]["cluster"].nunique() == 3
    assert corpus.cluster(monkeypatch, "--same-person", 2.0)[0]["cluster"].nunique() == 1


def test_mixed_embedders_are_refused(corpus, monkeypatch, tmp_path):
    corpus.add("v0", 0)
    corpus.add("v1", 1)
    corpus.write()
    other = Corpus(tmp_path / "other")
    other.add("v1", 1, vectors=np.zeros((6, 512)))
    other.write("facenet-vggface2")
    shutil.copy(tmp_path / "other/embeddings/v1.parquet", corpus.results / "embeddings")
    with pytest.raises(CorpusError, match=r"^\S*/v1.parquet: not made by the embedder dlib of 128"):
        corpus.cluster(monkeypatch)


def test_broken_embeddings_are_told(corpus, monkeypatch):
    vectors = looks(0, 6)
    vectors[2, 5] = np.nan
    corpus.add("v0", 0, vectors=vectors)
    corpus.write()
    with pytest.raises(CorpusError, match="v0.parquet: holds embeddings that are not finite"):
        corpus.cluster(monkeypatch)


def test_constraints_hold_in_a_large_corpus():
    """Two thousand tracks of look-alikes in pairs: both of a pair are in one frame, so they are two
    people; and whom people.tsv gives one name is one, whatever their faces say."""
    n_pairs = 1000
    person = np.repeat(np.arange(n_pairs) % 40, 2)
    tracks = pd.DataFrame(
        {
            "video_id": [f"v{pair:04d}" for pair in np.repeat(np.arange(n_pairs), 2)],
            "track": np.tile([0, 1], n_pairs), "start_s": 0.0, "end_s": 1.0,
        }
    )  # fmt: skip
    vectors = np.concatenate([looks(p, 3, seed) for seed, p in enumerate(person)])
    owners = tracks[["video_id", "track"]].loc[np.repeat(tracks.index, 3)].reset_index(drop=True)
    conflicts = [(2 * pair, 2 * pair + 1) for pair in range(n_pairs)]
    found = cluster_faces.cluster_tracks(
        tracks, conflicts, owners, vectors.astype(np.float32), 3, 2, SAME_PERSON
    )
    clusters = found["cluster"].to_numpy()
    assert (clusters[::2] != clusters[1::2]).all()
    assert len(set(clusters[found["probability"] > 0])) == 40

    found["person"] = [people_file.person_id(cluster) for cluster in clusters]
    twins = found["person"].iloc[[0, 2, 4, 7]].tolist()
    assert len(set(twins)) == 4
    whole = identify_people.join(found, dict.fromkeys(twins, "Ada"))
    assert whole["person"].iloc[[0, 2, 4, 7]].nunique() == 1
    assert whole["person"].nunique() == found["person"].nunique() - 3


@settings(deadline=None, derandomize=True)
@given(data=st.data())
def test_no_two_in_one_frame_are_one_person(data):
    n = data.draw(st.integers(1, 12))
    vote = st.tuples(st.floats(0.01, 1), st.integers(0, 4))
    ballots = [sorted(data.draw(st.lists(vote, max_size=4)), reverse=True) for _ in range(n)]
    pair = st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)).filter(lambda p: p[0] < p[1])
    conflicts = data.draw(st.lists(pair, max_size=20)) if n > 1 else []
    labels, _ = clustering.decide(ballots, conflicts)
    assert not any(labels[a] == labels[b] != NOISE for a, b in conflicts)
    for track, label in enumerate(labels.tolist()):
        rivals = {labels[a + b - track] for a, b in conflicts if track in (a, b)}
        wanted = {label for _, label in ballots[track]}
        assert label in wanted if label != NOISE else wanted <= rivals, (
            "no vote given up for nothing"
        )
