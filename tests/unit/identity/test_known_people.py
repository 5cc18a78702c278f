"""People keep their ids when videos are added: both ways, and the exact search for who is near."""

import os
import re
import shutil
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from test_clustering import SAME_PERSON, Corpus, looks

import identify_people
from corpus.core.errors import InputError
from corpus.identity import clustering, known_people, nearest_groups
from corpus.identity.clustering import NOISE
from corpus.inputs import people_file
from corpus.tables import parquet


class Growing(Corpus):
    """A corpus whose people were saved."""

    def save(self, monkeypatch) -> pd.DataFrame:
        """Cluster without known people, and keep what was found."""
        found, _ = self.cluster(monkeypatch)
        shutil.copy(self.results / "clusters.parquet", self.known)
        return found

    @property
    def known(self) -> Path:
        return self.results.parent / "known.parquet"

    def again(self, monkeypatch, add, *options, **more):
        flags = ("--known", self.known, "--add", add, *options)
        return self.cluster(monkeypatch, *flags, **more)

    def edit_known(self, edit) -> None:
        """Let `edit` change the rows of the file."""
        made_by = parquet.read_provenance(self.known)
        parquet.write(self.known, "clusters", edit(parquet.read(self.known)), made_by)


@pytest.fixture
def corpus(tmp_path) -> Growing:
    """Person 0 is longest on screen, 1 second, 2 third; each in two videos."""
    made = Growing(tmp_path / "results")
    for number, samples in enumerate((20, 15, 10)):
        for video in ("a", "b"):
            made.add(video, number, start=40 * number, samples=samples)
    return made.write()


both = pytest.mark.parametrize("add", known_people.ADD)


# Ids stay ----------------------------------------------------------------------------------------


def add_video(corpus: Growing) -> None:
    """A video in which person 2 is longest of all, 0 is seen, and so are two strangers."""
    for place, (person, samples) in enumerate(((2, 200), (0, 10), (7, 30), (8, 60))):
        corpus.add("0", person, start=300 * place, samples=samples)
    corpus.write()


@both
def test_ids_stay_when_a_video_is_added(corpus, monkeypatch, add):
    before = corpus.save(monkeypatch)
    assert before["cluster"].tolist() == [0, 1, 2, 0, 1, 2]
    add_video(corpus)
    anew, _ = corpus.cluster(monkeypatch)
    assert anew.loc[("b", 0), "cluster"] != 0, "or this would test nothing"
    found, _ = corpus.again(monkeypatch, add)
    assert found.loc[before.index, "cluster"].tolist() == before["cluster"].tolist()
    assert found.loc["0", "cluster"].tolist() == [2, 0, 4, 3], "new: the longer first"
    assert found["probability"].min() > 0.5
    used = parquet.read_provenance(corpus.results / "clusters.parquet")["parameters"]
    assert (used["add"], used["numbers"], len(used["known"])) == (add, 5, 64)
    assert str(corpus.known.parent) not in str(used)


@both
def test_any_order_gives_the_same_bytes(corpus, monkeypatch, add):
    corpus.save(monkeypatch)
    add_video(corpus)
    _, content = corpus.again(monkeypatch, add)
    for order in (["b", "0", "a"], ["a", "b", "0"]):
        assert corpus.again(monkeypatch, add, order=order)[1] == content
    corpus.edit_known(lambda rows: rows.iloc[::-1])
    found, _ = corpus.again(monkeypatch, add)
    assert found["cluster"].tolist() == [2, 0, 4, 3, 0, 1, 2, 0, 1, 2], "nor that of the file"


@both
def test_nothing_new_changes_nothing(corpus, monkeypatch, add):
    before = corpus.save(monkeypatch)
    pd.testing.assert_frame_equal(corpus.again(monkeypatch, add)[0], before)


def test_nothing_known_leaves_no_trace(corpus, monkeypatch):
    _, content = corpus.cluster(monkeypatch)
    used = parquet.read_provenance(corpus.results / "clusters.parquet")["parameters"]
    assert set(used) == {
        *("embedder", "min_cluster_size", "min_samples", "same_person", "samples_per_second")
    }
    assert corpus.cluster(monkeypatch, "--add", "cluster")[1] == content


@both
def test_nobody_known_yet(tmp_path, monkeypatch, add):
    corpus = Growing(tmp_path / "results")
    corpus.videos = {"a": []}
    corpus.write().save(monkeypatch)
    assert len(corpus.again(monkeypatch, add)[0]) == 0
    corpus.add("a", 1)
    corpus.write()
    assert corpus.again(monkeypatch, add)[0]["cluster"].tolist() == [0]


@both
def test_who_left_keeps_the_number_also_two_copies_later(corpus, monkeypatch, add):
    corpus.add("c", 5, samples=5)
    corpus.write()
    assert corpus.save(monkeypatch).loc[("c", 0), "cluster"] == 3
    del corpus.videos["c"]
    corpus.add("d", 6)
    corpus.write()
    assert corpus.again(monkeypatch, add)[0].loc[("d", 0), "cluster"] == 4
    del corpus.videos["d"]
    corpus.write()
    corpus.again(monkeypatch, add)
    shutil.copy(corpus.results / "clusters.parquet", corpus.known)
    corpus.add("e", 6)
    corpus.write()
    found, _ = corpus.again(monkeypatch, add)
    assert found.loc[("e", 0), "cluster"] == 4, "3 was given, 4 never in what was saved"


@both
def test_names_by_id_stay_with_the_person(corpus, monkeypatch, tmp_path, add):
    corpus.save(monkeypatch)
    names = tmp_path / "people.tsv"
    names.write_text("person\tname\np0001\tAda\np0003\tGrace\np0002\tAda\n")
    add_video(corpus)
    corpus.again(monkeypatch, add)
    for video in corpus.videos:
        status = {"video_id": [video], "status": ["ok"]}
        parquet.write(corpus.results / f"status/{video}.parquet", "status", status, {})
    outputs = {name: corpus.results / f"{name}.parquet" for name in ("tracks", "people", "corpus")}
    flags = [f"--{name}={path}" for name, path in outputs.items()]
    flags += [f"--{key}={corpus.results}/{value}" for key, value in (
        ("videos", "videos.tsv"), ("clusters", "clusters.parquet"), ("template", "people.tsv")
    )]  # fmt: skip
    command = ["people", f"--results={corpus.results}", f"--names={names}", *flags]
    monkeypatch.setattr(sys, "argv", command)
    identify_people.main()
    whose = parquet.read(outputs["tracks"]).set_index(["video_id", "track"])["person"]
    named = parquet.read(outputs["people"]).set_index("person")["name"]
    assert named[whose["0", 0]] == named[whose["b", 2]] == "Grace"
    assert named[whose["0", 1]] == named[whose["a", 0]] == named[whose["a", 1]] == "Ada"
    assert list(named.index) == ["p0003", "p0001", "p0004", "p0005"], "by seconds on screen"
    template = (corpus.results / "people.tsv").read_text()
    assert {line.split("\t")[0] for line in template.splitlines()[1:]} == {
        f"p000{number}" for number in range(1, 6)
    }


# Clustered anew ----------------------------------------------------------------------------------


def rows(*tracks: tuple) -> pd.DataFrame:
    """Tracks of (video, track, start, end) and, where they are known, cluster and probability."""
    columns = ["video_id", "track", "start_s", "end_s", "cluster", "probability"]
    return pd.DataFrame(tracks, columns=columns[: len(tracks[0])])


def known(*tracks: tuple) -> known_people.Known:
    found = rows(*((*track, 0.5) for track in tracks))
    return known_people.Known(found, int(found["cluster"].max()) + 1, "0" * 64)


TRACKS = rows(("v", 0, 0.0, 4.0), ("v", 1, 4.0, 7.0), ("v", 2, 7.0, 9.0), ("w", 0, 0.0, 9.0))


def test_of_a_person_who_falls_apart_the_larger_part_keeps_the_id():
    before = known(("v", 0, 0.0, 4.0, 5), ("v", 1, 4.0, 7.0, 5), ("v", 2, 7.0, 9.0, 5))
    found = known_people.renumber(TRACKS, np.array([1, 2, 2, 0]), before)
    assert found.tolist() == [7, 5, 5, 6], "5 s of 9; new ones in the order of their clusters"


def test_of_two_who_become_one_the_longer_gives_the_id():
    before = known(("v", 0, 0.0, 4.0, 3), ("v", 1, 4.0, 7.0, 8), ("v", 2, 7.0, 9.0, 8))
    assert known_people.renumber(TRACKS, np.array([0, 0, 0, 1]), before).tolist() == [8, 8, 8, 9]


def test_pairs_are_made_by_the_most_seconds_and_ties_by_the_number():
    before = known(("v", 0, 0.0, 4.0, 2), ("v", 1, 4.0, 7.0, 1), ("w", 0, 0.0, 9.0, 2))
    assert known_people.renumber(TRACKS, np.array([0, 0, 1, 2]), before).tolist() == [1, 1, 3, 2]
    tied = known(("v", 0, 0.0, 4.0, 4), ("v", 1, 4.0, 8.0, 2))
    alike = rows(("v", 0, 0.0, 4.0), ("v", 1, 4.0, 8.0))
    assert known_people.renumber(alike, np.array([0, 0]), tied).tolist() == [2, 2]


def test_a_track_is_the_same_where_video_number_and_start_are():
    before = known(("v", 0, 0.009, 3.0, 1), ("v", 1, 4.011, 7.0, 2), ("x", 2, 7.0, 9.0, 3))
    same = known_people.same_tracks(TRACKS, before)
    assert same["cluster"].fillna(NOISE).tolist() == [1, NOISE, NOISE, NOISE]
    assert same["shared_s"].iloc[0] == pytest.approx(2.991)


# Assigned ----------------------------------------------------------------------------------------


def test_known_tracks_stay_whatever_they_look_like(corpus, monkeypatch):
    before = corpus.save(monkeypatch)
    # Somebody corrected by hand: clustering anew would undo it.
    corpus.edit_known(lambda found: found.assign(cluster=[0, 1, 9, 0, 1, 1], probability=0.25))
    add_video(corpus)
    found, _ = corpus.again(monkeypatch, "assign")
    assert found.loc[before.index, "cluster"].tolist() == [0, 1, 9, 0, 1, 1]
    assert set(found.loc[before.index, "probability"]) == {0.25}
    assert found.loc["0", "cluster"].tolist()[1:] == [0, 11, 10]


def test_who_only_looks_alike_is_nobody_known(corpus, monkeypatch):
    corpus.save(monkeypatch)
    face = looks(0, 1, 0)[0]
    aside = np.zeros(128)
    aside[0] = 1
    for place, apart in enumerate((0.3, 0.6)):
        corpus.add("c", 0, start=50 * place, vectors=np.repeat([face + apart * aside], 6, axis=0))
    corpus.write()
    found, _ = corpus.again(monkeypatch, "assign")
    assert found.loc["c", "cluster"].tolist() == [0, 3]
    wider, _ = corpus.again(monkeypatch, "assign", "--same-person", 0.7)
    assert wider.loc["c", "cluster"].tolist() == [0, 0]


def test_who_is_on_screen_with_a_known_person_is_somebody_else(corpus, monkeypatch):
    corpus.save(monkeypatch)
    corpus.add("a", 0, start=10, samples=5)  # while the known track of person 0 is seen
    corpus.add("a", 0, start=200, samples=5)
    corpus.write()
    found, _ = corpus.again(monkeypatch, "assign")
    assert found.loc["a", "cluster"].tolist() == [0, 1, 2, 3, 0]
    assert found.loc[("a", 3), "probability"] == 0


def test_new_tracks_at_once_do_not_share_a_known_person(corpus, monkeypatch):
    corpus.save(monkeypatch)
    for _ in range(2):
        corpus.add("c", 1)
    corpus.write()
    assert sorted(corpus.again(monkeypatch, "assign")[0].loc["c", "cluster"]) == [1, 3]


def test_a_file_that_joins_who_is_on_screen_at_once_is_refused(corpus, monkeypatch):
    corpus.add("a", 3, start=0, samples=5)
    corpus.write().save(monkeypatch)
    corpus.edit_known(lambda found: found.assign(cluster=0))
    with pytest.raises(InputError, match=r"clustering.known: tracks 0 and 3 of a are one person"):
        corpus.again(monkeypatch, "assign")
    corpus.again(monkeypatch, "cluster")


# Faults ------------------------------------------------------------------------------------------


def test_faults_of_the_file_name_the_key(corpus, monkeypatch):
    def told(add="assign"):
        with pytest.raises(InputError) as error:
            corpus.again(monkeypatch, add)
        return str(error.value)

    assert "known.parquet (config key clustering.known): no such file" in told()
    corpus.known.write_text("video_id\n")
    assert "clustering.known): not the clusters.parquet of an earlier run" in told("cluster")
    corpus.save(monkeypatch)
    pd.read_parquet(corpus.known).to_parquet(corpus.known)
    assert "not the clusters.parquet of an earlier run" in told()
    corpus.save(monkeypatch)
    corpus.edit_known(lambda found: pd.concat([found, found.tail(1)]))
    assert "track 2 of b is there twice" in told()
    corpus.save(monkeypatch)
    other = parquet.read_provenance(corpus.known)
    other["parameters"]["embedder"] = "facenet-vggface2"
    parquet.write(corpus.known, "clusters", parquet.read(corpus.known), other)
    assert re.search("by the embedder facenet-vggface2, but faces.embedder is dlib", told())


def test_assign_needs_known_people(corpus, monkeypatch):
    with pytest.raises(InputError, match="--add assign: needs --known"):
        corpus.cluster(monkeypatch, "--add", "assign")


# Who is nearest ----------------------------------------------------------------------------------


def plainly(vectors, group, k, limit):
    """The definition of nearest.groups, in double precision, one by one."""
    answers = np.full(len(vectors), NOISE), np.full(len(vectors), np.inf)
    for row in np.flatnonzero(group == NOISE):
        found = []
        for number in np.unique(group[group != NOISE]):
            apart = vectors[group == number].astype(float) - vectors[row].astype(float)
            lengths = np.sort(np.sqrt((apart**2).cumsum(axis=1)[:, -1]))  # one after another
            found.append((lengths[min(k, len(lengths)) - 1], number))
        if found and min(found)[0] <= limit:
            answers[1][row], answers[0][row] = min(found)
    return answers


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("k", [1, 2, 5])
def test_nearest_is_what_its_definition_says(monkeypatch, k, dtype):
    random = np.random.default_rng(k)
    vectors = random.normal(size=(300, 16)).astype(dtype)
    vectors[40:60] = vectors[0]  # a still picture
    vectors[60:80] = vectors[0] + random.normal(size=(20, 16)) * 1e-7  # closer than a product tells
    group = random.integers(-1, 12, size=300) * 1000
    group[group < 0] = NOISE
    group[:3] = NOISE, 3000, 2000
    for limit in (0, 1e-6, 2.5, 4, 100):
        wanted = plainly(vectors, group, k, limit)
        found = nearest_groups.groups(vectors, group, k, limit)
        np.testing.assert_array_equal(found, wanted)
    monkeypatch.setattr(nearest_groups, "_BLOCK", 1)
    monkeypatch.setattr(nearest_groups, "_ROWS", 7)
    np.testing.assert_array_equal(nearest_groups.groups(vectors, group, k, 2.5),
                                  plainly(vectors, group, k, 2.5))  # fmt: skip


@pytest.mark.parametrize("group", [[NOISE] * 3, [0, 1, 1], []])
def test_nobody_to_ask_about_or_nobody_known(group):
    vectors = np.ones((len(group), 4))
    found, distances = nearest_groups.groups(vectors, np.array(group, dtype=np.int64), 2, 1.0)
    assert set(found.tolist()) <= {NOISE} and np.isinf(distances).all()


def test_memberships_are_those_of_clusters():
    vectors = np.array([[0.0, 0], [0.3, 0], [0, 0.35], [9, 9]])
    labels, sure = known_people.label_faces(vectors, np.array([4, -1, -1, -1]), 2, 0.35)
    assert labels.tolist() == [NOISE, 4, 4, NOISE]
    assert sure.tolist() == pytest.approx([0, 1 / (1 + (0.3 / 0.35) ** 2), 0.5, 0])
    assert people_file.person_id(4) == "p0005"
    assert clustering.NOISE == nearest_groups.NONE and SAME_PERSON == 0.35


# The workflow ------------------------------------------------------------------------------------


def reasons(printed: str) -> dict[str, str]:
    """Why jobs run, by rule."""
    pattern = r"^(?:local)?rule (\w+):\n.*?reason: (.*?)\n"
    return dict(re.findall(pattern, printed, re.M | re.S))


@pytest.mark.workflow
def test_an_edited_file_repeats_only_who_is_who(snakemake, demo, tmp_path):
    results, file = tmp_path / "results", tmp_path / "known.parquet"
    shutil.copytree(demo, results, symlinks=True)
    shutil.copy(demo / "clusters.parquet", file)
    os.utime(file, (1e9, 1e9))
    command = ("--profile", "profiles/laptop", "--configfile", "config/laptop.yaml", "--config",
               f"results={results}", f"clustering={{known: {file}, add: assign}}")  # fmt: skip
    snakemake("people", *command)
    for name in ("clusters", "tracks"):
        before, after = (parquet.read(folder / f"{name}.parquet") for folder in (demo, results))
        pd.testing.assert_frame_equal(after, before)
    assert not reasons(snakemake("people", "-n", *command).stdout)
    rows = parquet.read(file)
    rows["cluster"] += 10
    parquet.write(file, "clusters", rows, parquet.read_provenance(file))
    planned = reasons(snakemake("people", "-n", *command).stdout)
    assert set(planned) == {"cluster_faces", "people"}
    assert "known.parquet" in planned["cluster_faces"]
