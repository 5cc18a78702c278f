"""Which identities are reported as doubtful, and people who are on screen twice at once."""

import pandas as pd
import pytest

from corpus.report.identity_checks import (
    Doubt,
    Overlap,
    find_doubts,
    find_overlaps,
    low_probabilities,
)

COLUMNS = ("video_id", "person", "start_s", "end_s", "probability", "other_person",
           "other_probability", "kind")  # fmt: skip


def track(
    person: str, probability: float | None = 0.99, other: str | None = None,
    other_probability: float | None = None, kind: str | None = "person",
) -> tuple:  # fmt: skip
    return ("v", person, 0.0, 1.0, probability, other, other_probability, kind)


def table(*rows: tuple) -> pd.DataFrame:
    """The table tracks with these rows; indices from 10."""
    tracks = pd.DataFrame(rows, columns=list(COLUMNS), index=range(10, 10 + len(rows)))
    types = {"probability": "float32", "other_probability": "float32", "kind": "category"}
    return tracks.astype(types)


def test_a_lone_close_up_is_not_in_doubt():
    assert find_doubts(table(track("p1"), track("p2", 0.5, "p1", 0.5)), set()) == []


def test_the_only_track_of_a_person_is_not_somebody_else_but_may_be_another_person():
    """A track without a face that is good enough for an embedding has the probability 0."""
    tracks = table(track("p1", 0.0), track("p2", 0.25, "p3", 0.75), track("p3"))
    assert low_probabilities(tracks).empty
    assert find_doubts(tracks, set()) == [Doubt((11,), "p2", "p3", 0.75)]


def test_unknown_probabilities_are_not_doubts():
    tracks = table(track("p1", None), track("p1", None, kind=None))
    assert find_doubts(tracks, set()) == [] and low_probabilities(tracks).empty


def test_a_low_probability_is_counted_but_is_no_doubt_about_the_people():
    """Such a track mostly shows its own person in another view or light."""
    tracks = table(
        track("p1", 0.375), track("p1", 0.95, "p2", 0.75), track("p1", 0.125, "p3", 0.875),
        track("p1", 0.5),
    )  # fmt: skip
    assert low_probabilities(tracks).index.tolist() == [10, 12]
    assert find_doubts(tracks, set()) == [Doubt((11,), "p1", "p2", 0.75)]


def test_a_pair_of_people_is_one_doubt_and_the_most_probable_pair_comes_first():
    doubts = find_doubts(
        table(
            track("p1", 0.9, "p2", 0.625), track("p2", 0.9, "p1", 0.75),
            track("p1", 0.9, "p2", 0.25), track("p1", 0.9, "p3", 0.625),
        ),
        set(),
    )  # fmt: skip
    assert doubts == [
        Doubt((11, 10), "p2", "p1", 0.75),
        Doubt((13,), "p1", "p3", 0.625),
    ]


def test_two_people_with_names_of_their_own_are_settled():
    tracks = table(track("p1", 0.9, "p2", 0.75), track("p1", 0.9, "p3", 0.75))
    assert [doubt.other for doubt in find_doubts(tracks, {"p1"})] == ["p2", "p3"]
    assert [doubt.other for doubt in find_doubts(tracks, {"p1", "p2"})] == ["p3"]


def test_a_copy_is_as_certain_as_the_face_that_it_copies():
    tracks = table(track("p1", 0.2, kind="copy"), track("p1", 0.2, kind="picture"), track("p1"))
    assert low_probabilities(tracks).index.tolist() == [11]
    copied = table(track("p1", 0.9, "p2", 0.75, kind="copy"), track("p1"))
    assert find_doubts(copied, set()) == []


def on_screen(*rows: tuple) -> list[Overlap]:
    """Overlaps of tracks with person, start, end, kind, and a video if it is not v."""
    full = [
        (video[0] if video else "v", person, float(start), float(end), 1.0, None, None, kind)
        for person, start, end, kind, *video in rows
    ]
    return find_overlaps(table(*full), slack_s=0.2)


def test_the_time_in_which_a_person_is_on_screen_twice_counts_once():
    rows = [("p1", 5, 9, "person"), ("p1", 0, 4, "person"), ("p1", 1, 2, "person"),
            ("p1", 1.5, 3, None), ("p1", 8, 12, "person"), ("p2", 0, 9, "person")]  # fmt: skip
    assert on_screen(*rows) == [Overlap("v", "p1", (11, 12), 1.0, 3.0)]


def test_tracks_that_follow_each_other_do_not_overlap():
    """A track ends one sampling interval after its last detection."""
    assert on_screen(("p1", 0, 2.2, "person"), ("p1", 2, 4, "person")) == []
    assert len(on_screen(("p1", 0, 2.21, "person"), ("p1", 2, 4, "person"))) == 1
    assert on_screen(("p1", 0, 2, "person"), ("p1", 0, 2, "person", "w")) == []


@pytest.mark.parametrize("kind", ["picture", "copy"])
def test_a_person_beside_a_picture_or_a_copy_is_not_twice_on_screen(kind):
    assert on_screen(("p1", 0, 2, "person"), ("p1", 0, 2, kind), ("p1", 0, 2, kind)) == []
