"""The rows of the timeline show what the tables say, and the same as the ELAN tiers."""

import pandas as pd

from corpus.elan.tiers import build_tiers
from corpus.identity.track_people import TrackPeople
from corpus.overlay.timeline_rows import hand_phases, presence, timeline_rows
from elan_corpus import phases, shots, tracks

JOINED = tracks((0, 0, 0, 4, "p0001"), (1, 0, 0, 4, "p0001"), (2, 0, 0, 4, "p0002"))
"""Two tracks of one person, as after merging two people by name, and one of another."""


def test_presence_combines_the_tracks_of_a_person():
    assert presence(TrackPeople(JOINED, {})) == {"p0001": [(0, 4)], "p0002": [(0, 4)]}


def test_a_hold_is_cut_by_a_movement_and_continues_after_it():
    of_hands = hand_phases(
        phases((0, 0, "left", "hold", 0, 4), (0, 1, "left", "movement", 1, 3)),
        TrackPeople(JOINED, {}),
    )
    assert of_hands == {("p0001", "left"): [(0, 1, "hold"), (1, 3, "movement"), (3, 4, "hold")]}


def test_people_hands_and_bodies_are_kept_separate_and_rest_is_left_out():
    rows = phases(
        (0, 0, "left", "movement", 0, 2), (0, 1, "right", "hold", 1, 3),
        (0, 2, "left", "hold", 0.5, 1), (0, -1, "left", "movement", 0, 1),
        (0, 0, "left", "rest", 2, 4),
    )  # fmt: skip
    assert hand_phases(rows, TrackPeople(JOINED, {})) == {
        ("-1", "left"): [(0, 1, "movement")],
        ("p0001", "left"): [(0, 2, "movement")],
        ("p0001", "right"): [(1, 3, "hold")],
        ("p0002", "left"): [(0.5, 1, "hold")],
    }


def test_the_timeline_and_the_elan_tiers_agree():
    rows = phases(
        (0, 0, "left", "hold", 0, 2.5), (0, 1, "left", "movement", 0.5, 1),
        (0, 1, "left", "hold", 1, 3), (0, 0, "left", "movement", 2.5, 3.5),
    )  # fmt: skip
    # A copy of the first person moves later than the person.
    table = pd.concat([JOINED, tracks((3, 0, 0, 4, "p0001")).assign(kind="copy")])
    rows = pd.concat([rows, phases((0, 3, "left", "movement", 3, 3.9))])
    tiers = build_tiers(shots(0, 4), table, rows, {}, 0.0)
    [tier] = [tier for tier in tiers if tier.name == "p0001 left hand"]
    drawn = hand_phases(rows, TrackPeople(table, {}))["p0001", "left"]
    assert drawn[-1][1] == 3.5
    assert [(a.start / 1000, a.end / 1000, a.value) for a in tier.annotations] == drawn


def test_a_row_shows_the_id_if_the_font_lacks_letters_of_the_name():
    people = TrackPeople(JOINED, {"p0001": "明", "p0002": "Bo"})
    rows = timeline_rows(phases((0, 0, "left", "hold", 1, 2)), people, zero_s=1)
    assert [row.name for row in rows] == ["p0001", "Bo"]
    assert rows[0].presence == [(-1, 3)] and rows[0].hands == {
        "left": [(0, 1, "hold")],
        "right": [],
    }
