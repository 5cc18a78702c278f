"""Tables become tiers that ELAN takes, and nothing is lost on the way."""

import random
from pathlib import Path

import pytest

from corpus.elan import tiers
from corpus.elan.eaf_writer import Annotation, Tier
from corpus.tables import schemas
from eaf_validator import faults
from elan_corpus import phases, shots, tracks, written

NOBODY = (tracks(), phases())


def times(tier: Tier) -> list[tuple[int, int]]:
    return [(a.start, a.end) for a in tier.annotations]


def by_name(found: list[Tier]) -> dict[str, Tier]:
    return {tier.name: tier for tier in found}


def test_a_person_has_a_tier_and_one_for_each_hand() -> None:
    found = by_name(
        tiers.tiers(
            shots(0, 2, 4),
            tracks((0, 0, 0.0, 2.0, "p0002"), (1, 1, 2.0, 3.6, "p0001")),
            phases((0, 0, "left", "movement", 0.5, 0.9), (0, 0, "left", "hold", 0.9, 1.2)),
            {"p0001": "Ada"},
            0.0,
        )
    )
    assert list(found) == [
        "shots",
        *("Ada", "Ada left hand", "Ada right hand"),
        *("p0002", "p0002 left hand", "p0002 right hand"),
    ]
    assert [a.value for a in found["shots"].annotations] == ["0", "1"]
    assert found["Ada"].annotations == (Annotation(2000, 3600, "p0001"),)
    assert found["Ada"].participant == found["Ada left hand"].participant == "Ada"
    assert found["p0002 left hand"].parent == "p0002"
    assert found["p0002 left hand"].annotations == (
        Annotation(500, 900, "movement"),
        Annotation(900, 1200, "hold"),
    )
    assert found["p0002 right hand"].annotations == ()


def test_rest_is_no_annotation() -> None:
    rest = phases((0, 0, "left", "rest", 0.0, 1.0))
    found = tiers.tiers(shots(0, 2), tracks((0, 0, 0.0, 1.0, "p0001")), rest, {}, 0.0)
    assert by_name(found)["p0001 left hand"].annotations == ()


def test_presence_is_stretched_to_what_the_hands_do() -> None:
    found = tiers.tiers(
        shots(0, 4),
        tracks((0, 0, 1.0, 2.0, "p0001")),
        phases(
            (0, 0, "left", "movement", 0.8, 1.1),
            (0, 0, "right", "movement", 1.5, 2.3),
            (0, 0, "right", "movement", 3.0, 3.2),
        ),
        {},
        0.0,
    )
    assert times(by_name(found)["p0001"]) == [(800, 2300), (3000, 3200)]


def test_tracks_of_a_person_that_touch_within_a_shot_are_one_annotation() -> None:
    own = tracks((0, 0, 0, 1, "p0001"), (1, 0, 1, 1.5, "p0001"), (2, 1, 2, 3, "p0001"))
    own.loc[1, "end_s"] = 2.0
    found = tiers.tiers(shots(0, 2, 4), own, phases(), {}, 0.0)
    assert times(by_name(found)["p0001"]) == [(0, 2000), (2000, 3000)], "a cut parts them"


def test_hands_of_a_person_who_is_there_twice_do_not_overlap() -> None:
    found = tiers.tiers(
        shots(0, 4),
        tracks((0, 0, 0, 3, "p0001"), (1, 0, 0, 3, "p0001")),
        phases(
            (0, 0, "left", "hold", 0.5, 2.0),
            (0, 1, "left", "movement", 1.0, 1.5),
            (0, 1, "left", "movement", 1.4, 1.8),
        ),
        {},
        0.0,
    )
    assert by_name(found)["p0001 left hand"].annotations == (
        Annotation(500, 1000, "hold"),
        Annotation(1000, 1500, "movement"),
        Annotation(1500, 1800, "movement"),
        Annotation(1800, 2000, "hold"),
    )


def test_bodies_without_a_face_share_tiers() -> None:
    found = by_name(
        tiers.tiers(
            shots(0, 9),
            tracks(),
            phases(
                (0, -1, "left", "rest", 0.0, 1.0),
                (0, -2, "right", "movement", 0.5, 2.0),
                (0, -3, "left", "movement", 1.0, 1.5),
            ),
            {},
            0.0,
        )
    )
    assert [name for name in found if found[name].kind == "presence"] == [
        "unknown body 1",
        "unknown body 2",
    ]
    first = found["unknown body 1"]
    assert [a.value for a in first.annotations] == ["-1", "-3"]
    assert first.participant is None
    assert times(found["unknown body 1 left hand"]) == [(1000, 1500)]
    assert times(found["unknown body 2 right hand"]) == [(500, 2000)]


@pytest.mark.parametrize("name", ["shots", "p0002", "p0002 left hand"])
def test_names_of_tiers_are_unique_whatever_people_are_called(name: str) -> None:
    own = tracks((0, 0, 0, 1, "p0001"), (1, 0, 0, 1, "p0002"))
    found = tiers.tiers(shots(0, 2), own, phases(), {"p0001": name}, 0.0)
    names = [tier.name for tier in found]
    assert len(set(names)) == len(names) == 7
    assert {tier.parent for tier in found} <= {*names, None}


def test_times_are_the_players() -> None:
    found = tiers.tiers(shots(1.4, 2.0006), *NOBODY, {}, 1.4)
    assert times(found[0]) == [(0, 601)]
    assert times(tiers.tiers(shots(-0.04, 1), *NOBODY, {}, 0.0)[0]) == [(0, 1000)]


def test_nothing_is_shorter_than_a_millisecond() -> None:
    move = phases((0, 0, "left", "movement", 1.0001, 1.0002))
    own = tracks((0, 0, 1.0, 1.0003, "p0001"))
    found = by_name(tiers.tiers(shots(0, 2), own, move, {}, 0.0))
    assert times(found["p0001"]) == times(found["p0001 left hand"]) == [(1000, 1001)]
    assert times(tiers.tiers(shots(0, 0.0001, 2), *NOBODY, {}, 0.0)[0]) == [
        (0, 1),
        (1, 2000),
    ]


@pytest.mark.parametrize("seed", range(20))
def test_elans_rules_hold_whatever_the_tables_say(seed: int, tmp_path: Path) -> None:
    """Tracks and phases at random, on a scale where rounding, overlap and cuts matter."""
    draw = random.Random(seed)
    edges = sorted({0, *(draw.uniform(0, 0.2) for _ in range(3)), 0.2})

    def span() -> tuple[int, float, float]:
        shot = draw.randrange(len(edges) - 1)
        ends = sorted(draw.uniform(edges[shot], edges[shot + 1]) for _ in range(2))
        return shot, *ends

    own = tracks(
        *((n, *span(), draw.choice(["p0001", "p0002"])) for n in range(draw.randrange(1, 9)))
    )
    rows = []
    for _ in range(draw.randrange(40)):
        shot, start, end = span()
        track = draw.randrange(-3, len(own))
        hand, phase = draw.choice(schemas.HANDS), draw.choice([*schemas.PHASES])
        rows.append((shot, track, hand, phase, start, end))
    zero = draw.uniform(-0.01, 0.01)
    found = tiers.tiers(shots(*edges), own, phases(*rows), {}, zero)
    assert faults(written(tmp_path, found)) == []
    moving = {
        ms
        for row in rows
        if row[1] >= 0 and row[3] == "movement"
        for ms in range(max(0, round((row[4] - zero) * 1000)), round((row[5] - zero) * 1000))
    }
    shown = {
        ms
        for tier in found
        if tier.kind == "hand" and "unknown" not in tier.name
        for a in tier.annotations
        if a.value == "movement"
        for ms in range(a.start, a.end)
    }
    assert moving <= shown, "no movement is lost"
