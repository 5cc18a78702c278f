"""Stretches of time for time bars."""

from corpus.core.intervals import hand_phases, union
from corpus.elan import tiers as tiers_module
from corpus.identity.track_people import TrackPeople
from elan_corpus import phases, shots, tracks

JOINED = tracks((0, 0, 0, 4, "p0001"), (1, 0, 0, 4, "p0001"), (2, 0, 0, 4, "p0002"))
"""Two tracks of one person, as after joining two by name."""


def test_union():
    assert union([(3, 4), (0, 1), (1, 2), (1.5, 1.8)]) == [(0, 2), (3, 4)]


def test_a_hold_gives_way_to_a_movement_and_goes_on_after_it():
    found = hand_phases(
        phases((0, 0, "left", "hold", 0, 4), (0, 1, "left", "movement", 1, 3)),
        TrackPeople(JOINED, {}),
    )
    assert found == {("p0001", "left"): [(0, 1, "hold"), (1, 3, "movement"), (3, 4, "hold")]}


def test_people_hands_and_bodies_are_apart_and_rest_is_nothing():
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


def test_time_bars_and_elan_say_the_same():
    rows = phases(
        (0, 0, "left", "hold", 0, 2.5), (0, 1, "left", "movement", 0.5, 1),
        (0, 1, "left", "hold", 1, 3), (0, 0, "left", "movement", 2.5, 3.5),
    )  # fmt: skip
    tiers = tiers_module.tiers(shots(0, 4), JOINED, rows, {}, 0.0)
    [written] = [tier for tier in tiers if tier.name == "p0001 left hand"]
    drawn = hand_phases(rows, TrackPeople(JOINED, {}))["p0001", "left"]
    assert [(a.start / 1000, a.end / 1000, a.value) for a in written.annotations] == drawn
