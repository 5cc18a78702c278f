"""Identities to check on the page: doubts with the faces to compare, and people twice on screen."""

from pathlib import Path

import pytest

import page_corpus
from corpus.report.page.values import milliseconds
from corpus.tables import parquet
from page_corpus import read_block, video_name

VIDEO = video_name(0)
"""The only video: five people in 15 tracks."""
RESEMBLES_ADA = 10
"""The track of p0002 that resembles Ada."""
UNLIKELY = {"probability": 0.31, "other_cluster": 4, "other_probability": 0.604}
ADA = {"other_cluster": 4, "other_probability": 0.552}
SPLIT = {"other_cluster": 2, "other_probability": 0.72}
CHANGES = {
    (VIDEO, 8): UNLIKELY,
    (VIDEO, RESEMBLES_ADA): ADA,
    (VIDEO, 14): SPLIT,
    (VIDEO, 6): SPLIT | {"other_probability": 0.6},
}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict, Path]:
    """The data of a page, and its results folder.

    One track has a low probability, two tracks of p0001 resemble p0003, and one of p0002 resembles
    Ada: p0004 and p0005, who are often on screen together, have this name. In one video, p0002 is
    seen in a picture and in a copy.
    """
    results, videos = page_corpus.write_corpus(tmp_path_factory.mktemp("identities"), 1)
    kinds = {(VIDEO, 4): {"kind": "picture"}, (VIDEO, 13): {"kind": "copy"}}
    names = results / "names.tsv"
    names.write_text("person\tname\np0004\tAda\np0005\tAda\n")
    page_corpus.set_identities(results, videos, CHANGES | kinds, names)
    text = page_corpus.write_html(results, videos, "--names", names).read_text("utf-8")
    return read_block(text, "corpus"), results


def named(page_data: dict, index: int | None) -> str | None:
    return None if index is None else page_data["people"]["id"][index]


def shown_face(page_data: dict, face: list) -> tuple[str, int, int]:
    """Video, track and time in ms of a face of a doubt."""
    return page_data["videos"]["id"][face[0]], face[1], face[2]


def test_doubts_name_the_people_and_the_probability_that_they_are_one(data):
    page_data, _ = data
    doubts = [
        (named(page_data, d["person"]), named(page_data, d["other"]), d["chance"], d["tracks"])
        for d in page_data["doubts"]
    ]
    assert doubts == [("p0001", "p0003", 72, 2), ("p0002", "p0004", 55, 1)]


def test_doubts_have_the_faces_to_compare(data):
    page_data, results = data
    first, second = (doubt["faces"] for doubt in page_data["doubts"])
    clusters = parquet.read(results / "clusters.parquet").set_index(["video_id", "track"])

    def best(*cluster_numbers: int) -> tuple[str, int]:
        return clusters.loc[clusters["cluster"].isin(cluster_numbers), "best_quality"].idxmax()

    assert [shown_face(page_data, face)[:2] for face in first] == [(VIDEO, 14), best(2)]
    others = [(VIDEO, RESEMBLES_ADA), best(3, 4)]
    assert [shown_face(page_data, face)[:2] for face in second] == others, "Ada is two clusters"
    for face in (*first, *second):
        video, number, time = shown_face(page_data, face)
        row = clusters.loc[video, number]
        assert time == milliseconds(row["best_time_s"]) and face[3] == row["best_box"].tolist()


def test_people_on_screen_twice_are_a_concern_and_their_time_counts_once(data):
    page_data, results = data
    people = parquet.read(results / "people.parquet").set_index("person")
    # Ada is two people in the first two shots, and one of them in the third and fifth shot.
    assert people.at["p0004", "seconds"] == pytest.approx(5.2 + 13.8 + 14.2)
    assert page_data["people"]["length"][page_data["people"]["id"].index("p0004")] == 33200
    assert page_data["videos"]["twice_ms"] == [5200]
    [concerns] = page_data["videos"]["concerns"]
    assert concerns[0] == "twice" and "unsure" in concerns
    [overlap] = page_data["overlaps"]
    assert named(page_data, overlap["person"]) == "p0004"
    assert (overlap["start"], overlap["length"]) == (0, 5200)
    assert [shown_face(page_data, face)[:2] for face in overlap["faces"]] == [
        (VIDEO, 0),
        (VIDEO, 1),
    ]


def test_kinds_are_indices_of_their_names(data):
    page_data, _ = data
    columns = page_data["tracks"]
    kinds = [list(page_data["kinds"])[kind] for kind in columns["kind"]]
    marked = [
        (page_data["videos"]["id"][video], track, kind)
        for video, track, kind in zip(columns["video"], columns["track"], kinds, strict=True)
        if kind != "person"
    ]
    assert marked == [(VIDEO, 4, "picture"), (VIDEO, 13, "copy")]


def test_gestures_of_a_copy_are_not_shown_twice(data):
    page_data, results = data
    gestures = parquet.read(results / f"gestures/{VIDEO}.parquet")
    assert 13 in set(gestures["track"]), "the track of the copy"
    n_shown = int((gestures["track"] != 13).sum())
    assert page_data["videos"]["gestures"] == page_data["videos"]["gestures_of_people"] == [n_shown]
