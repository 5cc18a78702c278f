"""People keep their numbers when videos are added, in both modes."""

import re
import shutil

import numpy as np
import pandas as pd
import pytest

import identify_people
from corpus.core.errors import InputError
from corpus.identity import known_people
from corpus.identity.joining import NOT_KNOWN
from corpus.identity.known_people import KnownPeople
from corpus.tables import parquet
from face_corpus import KnownCorpus, embeddings_of
from script_runs import default_flags, run_script

both_modes = pytest.mark.parametrize("add", known_people.ADD_MODES)


@pytest.fixture
def corpus(tmp_path) -> KnownCorpus:
    """Each of three people is in two videos; person 0 is longest on screen, then person 1."""
    corpus = KnownCorpus(tmp_path / "results")
    for person, n_faces in enumerate((20, 15, 10)):
        for video in ("a", "b"):
            corpus.add(video, person, start=40 * person, n_faces=n_faces)
    return corpus.write()


def add_video(corpus: KnownCorpus) -> None:
    """Add a video in which person 2 is longest, person 0 is seen, and two people are new."""
    for position, (person, n_faces) in enumerate(((2, 200), (0, 10), (7, 30), (8, 60))):
        corpus.add("0", person, start=300 * position, n_faces=n_faces)
    corpus.write()


# Both modes


@both_modes
def test_numbers_stay_when_a_video_is_added(corpus, monkeypatch, add):
    before = corpus.save(monkeypatch)
    assert before["cluster"].tolist() == [0, 1, 2, 0, 1, 2]
    add_video(corpus)
    clusters_without_known, _ = corpus.cluster(monkeypatch)
    assert clusters_without_known.loc[("b", 0), "cluster"] != 0, (
        "without known people, the number changes"
    )
    clusters, _ = corpus.cluster_with_known(monkeypatch, add)
    assert clusters.loc[before.index, "cluster"].tolist() == before["cluster"].tolist()
    assert clusters.loc["0", "cluster"].tolist() == [2, 0, 4, 3], (
        "new people are numbered by time on screen"
    )
    assert clusters["probability"].min() > 0.5
    parameters = parquet.read_provenance(corpus.clusters_file)["parameters"]
    assert (parameters["add"], parameters["numbers"], len(parameters["known"])) == (add, 5, 64)
    assert str(corpus.known_file.parent) not in str(parameters)


@both_modes
def test_the_order_of_videos_does_not_change_the_output_bytes(corpus, monkeypatch, add):
    corpus.save(monkeypatch)
    add_video(corpus)
    _, content = corpus.cluster_with_known(monkeypatch, add)
    for order in (["b", "0", "a"], ["a", "b", "0"]):
        assert corpus.cluster_with_known(monkeypatch, add, order=order)[1] == content
    corpus.edit_known(lambda rows: rows.iloc[::-1])
    clusters, _ = corpus.cluster_with_known(monkeypatch, add)
    numbers = clusters["cluster"].tolist()
    assert numbers == [2, 0, 4, 3, 0, 1, 2, 0, 1, 2], "nor does the order of the known tracks"


@both_modes
def test_clusters_do_not_change_without_new_videos(corpus, monkeypatch, add):
    before = corpus.save(monkeypatch)
    pd.testing.assert_frame_equal(corpus.cluster_with_known(monkeypatch, add)[0], before)


def test_provenance_without_known_people_does_not_mention_them(corpus, monkeypatch):
    _, content = corpus.cluster(monkeypatch)
    parameters = parquet.read_provenance(corpus.clusters_file)["parameters"]
    assert set(parameters) == {
        "embedder",
        "min_cluster_size",
        "min_samples",
        "same_person",
        "certainty",
        "usual_distance",
        "samples_per_second",
    }
    assert corpus.cluster(monkeypatch, "--add", "cluster")[1] == content


@both_modes
def test_the_known_clusters_may_be_empty(tmp_path, monkeypatch, add):
    corpus = KnownCorpus(tmp_path / "results")
    corpus.videos = {"a": []}
    corpus.write().save(monkeypatch)
    assert len(corpus.cluster_with_known(monkeypatch, add)[0]) == 0
    corpus.add("a", 1)
    corpus.write()
    assert corpus.cluster_with_known(monkeypatch, add)[0]["cluster"].tolist() == [0]


@both_modes
def test_numbers_of_people_who_left_the_corpus_are_not_reused(corpus, monkeypatch, add):
    corpus.add("c", 5, n_faces=5)
    corpus.write()
    assert corpus.save(monkeypatch).loc[("c", 0), "cluster"] == 3
    del corpus.videos["c"]
    corpus.add("d", 6)
    corpus.write()
    assert corpus.cluster_with_known(monkeypatch, add)[0].loc[("d", 0), "cluster"] == 4
    del corpus.videos["d"]
    corpus.write()
    corpus.cluster_with_known(monkeypatch, add)
    shutil.copy(corpus.clusters_file, corpus.known_file)
    corpus.add("e", 6)
    corpus.write()
    clusters, _ = corpus.cluster_with_known(monkeypatch, add)
    assert clusters.loc[("e", 0), "cluster"] == 4, (
        "3 was used before; 4 was in no table that was saved"
    )


@both_modes
def test_names_by_id_stay_with_the_person(corpus, monkeypatch, tmp_path, add):
    corpus.save(monkeypatch)
    names = tmp_path / "people.tsv"
    names.write_text("person\tname\np0001\tAda\np0003\tGrace\np0002\tAda\n")
    add_video(corpus)
    corpus.cluster_with_known(monkeypatch, add)
    results = corpus.results
    for video in corpus.videos:
        status = {"video_id": [video], "status": ["ok"]}
        parquet.write(results / f"status/{video}.parquet", "status", status, {})
    options = {
        "results": results,
        "videos": results / "videos.tsv",
        "names": names,
        "clusters": corpus.clusters_file,
        "tracks": results / "tracks.parquet",
        "people": results / "people.parquet",
        "corpus": results / "corpus.parquet",
        "template": results / "people.tsv",
    }
    arguments = [f"--{name}={path}" for name, path in options.items()]
    run_script(monkeypatch, identify_people, *default_flags("identify_people"), *arguments)
    person_of = parquet.read(options["tracks"]).set_index(["video_id", "track"])["person"]
    name_of = parquet.read(options["people"]).set_index("person")["name"]
    assert name_of[person_of["0", 0]] == name_of[person_of["b", 2]] == "Grace"
    assert name_of[person_of["0", 1]] == "Ada"
    assert name_of[person_of["a", 0]] == name_of[person_of["a", 1]] == "Ada"
    assert list(name_of.index) == ["p0003", "p0001", "p0004", "p0005"], "by seconds on screen"
    template = options["template"].read_text()
    assert {line.split("\t")[0] for line in template.splitlines()[1:]} == {
        f"p000{n}" for n in range(1, 6)
    }


# Mode "cluster"


def tracks_table(*tracks: tuple) -> pd.DataFrame:
    """Tracks of (video, track, start, end) and, if known, the cluster and the probability."""
    columns = ["video_id", "track", "start_s", "end_s", "cluster", "probability"]
    return pd.DataFrame(tracks, columns=columns[: len(tracks[0])])


def make_known_people(*tracks: tuple) -> KnownPeople:
    """Known people with tracks of (video, track, start, end, cluster)."""
    table = tracks_table(*((*track, 0.5) for track in tracks))
    return KnownPeople(table, int(table["cluster"].max()) + 1, "0" * 64)


TRACKS = tracks_table(
    ("v", 0, 0.0, 4.0), ("v", 1, 4.0, 7.0), ("v", 2, 7.0, 9.0), ("w", 0, 0.0, 9.0)
)


def test_the_larger_part_of_a_split_person_keeps_the_number():
    known_tracks = make_known_people(
        ("v", 0, 0.0, 4.0, 5), ("v", 1, 4.0, 7.0, 5), ("v", 2, 7.0, 9.0, 5)
    )
    numbers = known_people.keep_known_numbers(TRACKS, np.array([1, 2, 2, 0]), known_tracks)
    assert numbers.tolist() == [7, 5, 5, 6], "5 of 9 s; new numbers in the order of the clusters"


def test_merged_people_get_the_number_of_the_longer_one():
    known_tracks = make_known_people(
        ("v", 0, 0.0, 4.0, 3), ("v", 1, 4.0, 7.0, 8), ("v", 2, 7.0, 9.0, 8)
    )
    numbers = known_people.keep_known_numbers(TRACKS, np.array([0, 0, 0, 1]), known_tracks)
    assert numbers.tolist() == [8, 8, 8, 9]


def test_clusters_and_people_are_paired_by_shared_seconds_and_then_by_number():
    known_tracks = make_known_people(
        ("v", 0, 0.0, 4.0, 2), ("v", 1, 4.0, 7.0, 1), ("w", 0, 0.0, 9.0, 2)
    )
    numbers = known_people.keep_known_numbers(TRACKS, np.array([0, 0, 1, 2]), known_tracks)
    assert numbers.tolist() == [1, 1, 3, 2]
    equally_long = make_known_people(("v", 0, 0.0, 4.0, 4), ("v", 1, 4.0, 8.0, 2))
    tracks = tracks_table(("v", 0, 0.0, 4.0), ("v", 1, 4.0, 8.0))
    numbers = known_people.keep_known_numbers(tracks, np.array([0, 0]), equally_long)
    assert numbers.tolist() == [2, 2]


def test_a_track_is_known_by_its_video_number_and_start():
    known_tracks = make_known_people(
        ("v", 0, 0.009, 3.0, 1), ("v", 1, 4.011, 7.0, 2), ("x", 2, 7.0, 9.0, 3)
    )
    matches = known_people.match_tracks(TRACKS, known_tracks)
    assert matches["cluster"].fillna(NOT_KNOWN).tolist() == [1, NOT_KNOWN, NOT_KNOWN, NOT_KNOWN]
    assert matches["shared_s"].iloc[0] == pytest.approx(2.991)


# Mode "assign"


def test_known_tracks_keep_clusters_that_were_corrected_by_hand(corpus, monkeypatch):
    before = corpus.save(monkeypatch)
    # A correction by hand, which clustering again would undo.
    corpus.edit_known(lambda rows: rows.assign(cluster=[0, 1, 9, 0, 1, 1], probability=0.25))
    add_video(corpus)
    clusters, _ = corpus.cluster_with_known(monkeypatch, "assign")
    assert clusters.loc[before.index, "cluster"].tolist() == [0, 1, 9, 0, 1, 1]
    # Values of another version would not mean the same.
    assert not set(clusters.loc[before.index, "probability"]) & {0.25}
    assert clusters.loc["0", "cluster"].tolist()[1:] == [0, 11, 10]


def test_faces_beyond_the_same_person_distance_are_a_new_person(corpus, monkeypatch):
    corpus.save(monkeypatch)
    face = embeddings_of(0, 1, 0)[0]
    for position, distance in enumerate((0.3, 0.6)):
        vectors = np.repeat([face + distance * np.eye(128)[position]], 6, axis=0)
        corpus.add("c", 0, start=50 * position, vectors=vectors)
    corpus.write()
    clusters, _ = corpus.cluster_with_known(monkeypatch, "assign")
    assert clusters.loc["c", "cluster"].tolist() == [0, 3]
    clusters, _ = corpus.cluster_with_known(monkeypatch, "assign", "--same-person", 0.9)
    assert clusters.loc["c", "cluster"].tolist() == [0, 0]


def test_a_face_next_to_a_known_person_is_another_person(corpus, monkeypatch):
    corpus.save(monkeypatch)
    similar = embeddings_of(0, 6) + 0.2 * np.eye(128)[0]
    # While the known track of person 0 is on screen:
    corpus.add("a", 0, start=10, n_faces=5, vectors=similar)
    corpus.add("a", 0, start=200, n_faces=5)
    corpus.write()
    clusters, _ = corpus.cluster_with_known(monkeypatch, "assign")
    assert clusters.loc["a", "cluster"].tolist() == [0, 1, 2, 3, 0]
    assert clusters.loc[("a", 3), "other_cluster"] != 0, "person 0 is on screen, too"


def test_simultaneous_new_tracks_do_not_share_a_known_person(corpus, monkeypatch):
    corpus.save(monkeypatch)
    for _ in range(2):
        corpus.add("c", 1)
    corpus.write()
    clusters, _ = corpus.cluster_with_known(monkeypatch, "assign")
    assert sorted(clusters.loc["c", "cluster"]) == [1, 3]


@pytest.mark.fault("inputs", "a known person is twice on screen at one time", "an error")
def test_simultaneous_known_tracks_of_one_person_are_an_error(corpus, monkeypatch):
    corpus.add("a", 3, start=0, n_faces=5)
    corpus.write().save(monkeypatch)
    corpus.edit_known(lambda rows: rows.assign(cluster=0))
    with pytest.raises(InputError, match=r"clustering.known: tracks 0 and 3 of a are one person"):
        corpus.cluster_with_known(monkeypatch, "assign")
    corpus.cluster_with_known(monkeypatch, "cluster")


def test_the_probability_of_an_assigned_track_falls_with_its_distance(corpus, monkeypatch):
    corpus.save(monkeypatch)
    face = embeddings_of(0, 1, 0)[0]
    for position, distance in enumerate((0.1, 0.38, 0.43)):
        direction = np.eye(128)[position]
        vectors = np.repeat([face + distance * direction], 6, axis=0)
        corpus.add("c", 0, start=50 * position, vectors=vectors)
    corpus.write()
    clusters, _ = corpus.cluster_with_known(monkeypatch, "assign")
    added = clusters.loc["c"]
    assert added["cluster"].tolist() == [0, 0, 0]
    assert added["probability"].is_monotonic_decreasing
    assert added["probability"].iloc[0] > 0.999 > added["probability"].iloc[2] > 0.5


# Errors


@pytest.mark.fault("inputs", "unusable known clusters", "the error names clustering.known")
def test_errors_about_the_known_clusters_name_the_configuration_key(corpus, monkeypatch):
    def error_message(add="assign"):
        with pytest.raises(InputError) as error:
            corpus.cluster_with_known(monkeypatch, add)
        return str(error.value)

    assert "known.parquet (config key clustering.known): no such file" in error_message()
    corpus.known_file.write_text("video_id\n")
    message = error_message("cluster")
    assert "clustering.known): not the clusters.parquet of an earlier run" in message
    corpus.save(monkeypatch)
    pd.read_parquet(corpus.known_file).to_parquet(corpus.known_file)
    assert "not the clusters.parquet of an earlier run" in error_message()
    corpus.save(monkeypatch)
    corpus.edit_known(lambda rows: pd.concat([rows, rows.tail(1)]))
    assert "track 2 of b is listed twice" in error_message()
    corpus.save(monkeypatch)
    provenance = parquet.read_provenance(corpus.known_file)
    provenance["parameters"]["embedder"] = "facenet-vggface2"
    parquet.write(corpus.known_file, "clusters", parquet.read(corpus.known_file), provenance)
    message = error_message()
    assert re.search("with the embedder facenet-vggface2, but faces.embedder is dlib", message)


def test_the_mode_assign_needs_known_people(corpus, monkeypatch):
    with pytest.raises(InputError, match="--add assign: needs --known"):
        corpus.cluster(monkeypatch, "--add", "assign")
