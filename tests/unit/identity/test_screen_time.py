"""Time on screen of a person who is seen in several tracks, pictures and copies."""

import pandas as pd
import pytest

from corpus.identity.screen_time import counted_seconds, kind_of_people, seconds_of_people


def tracks(*rows) -> pd.DataFrame:
    """Tracks of one person from rows (video, start_s, end_s, kind)."""
    table = pd.DataFrame(rows, columns=["video_id", "start_s", "end_s", "kind"])
    return table.assign(person="p0001")


@pytest.mark.parametrize(
    ("rows", "kind", "seconds"),
    [
        ([("a", 0, 4, "person"), ("a", 6, 7, "person")], "person", 5),
        ([("a", 0, 4, "person"), ("b", 0, 4, "person")], "person", 8),
        ([("a", 0, 4, "person"), ("a", 2, 6, "person")], "person", 6),
        ([("a", 0, 4, "person"), ("a", 0, 9, "copy"), ("b", 0, 9, "picture")], "person", 4),
        ([("a", 0, 4, "picture"), ("a", 1, 5, "picture"), ("a", 5, 9, "copy")], "picture", 5),
        ([("a", 0, 4, "copy")], "copy", 0),
        ([("a", 0, 4, None)], "person", 4),
    ],
)
def test_time_counts_once_and_without_copies_and_pictures(rows, kind, seconds):
    assert kind_of_people(tracks(*rows)).to_dict() == {"p0001": kind}
    assert seconds_of_people(tracks(*rows)).to_dict() == {"p0001": seconds}


def test_people_without_tracks_have_no_time():
    assert seconds_of_people(tracks()).empty
    assert kind_of_people(tracks()).empty


def test_each_track_adds_the_time_that_no_earlier_track_covers():
    rows = tracks(("a", 4, 6, "person"), ("a", 0, 5, "person"), ("a", 1, 2, "person"))
    assert counted_seconds(rows).tolist() == [1, 5, 0]
