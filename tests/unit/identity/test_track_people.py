"""The people in the face tracks of one video."""

import pandas as pd
import pytest

from corpus.identity import track_people
from corpus.tables import parquet


@pytest.fixture
def tables(tmp_path):
    """Paths of the tables tracks and people of a corpus with two videos."""
    tracks = pd.DataFrame(
        [
            ("a", 0, 0, 0.0, 1.0, "p0010", "person"),
            ("a", 1, 0, 0.5, 1.0, "p0002", "person"),
            ("a", 2, 1, 1.0, 2.0, "p0010", "copy"),
            ("b", 0, 0, 0.0, 1.0, "p0001", "person"),
        ],
        columns=["video_id", *track_people.COLUMNS],
    )
    people = {"person": ["p0001", "p0002", "p0010"], "name": ["Ada", "Grace", None]}
    paths = tmp_path / "tracks.parquet", tmp_path / "people.parquet"
    parquet.write(paths[0], "tracks", tracks, {})
    parquet.write(paths[1], "people", people, {})
    return paths


def test_only_the_people_of_the_video_are_read(tables):
    video_people = track_people.read(*tables, "a")
    assert video_people.tracks.columns.tolist() == track_people.COLUMNS
    assert video_people.person_of == {0: "p0010", 1: "p0002", 2: "p0010"}
    assert video_people.people == ["p0002", "p0010"]
    assert video_people.names == {"p0002": "Grace"}
    assert video_people.copies == {2}
    assert [video_people.label(person) for person in video_people.people] == ["Grace", "p0010"]


def test_names_of_all_people_come_without_tracks(tables):
    video_people = track_people.all_people(tables[1])
    assert video_people.names == {"p0001": "Ada", "p0002": "Grace"}
    assert video_people.people == [] and video_people.person_of == {}
    assert video_people.copies == set()


def test_without_people_nobody_is_identified():
    video_people = track_people.without_people()
    assert (len(video_people.tracks), video_people.names, video_people.people) == (0, {}, [])
    assert video_people.label("p0001") == "p0001"
