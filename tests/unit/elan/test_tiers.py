"""Tables become tiers that ELAN accepts, and no annotated time is lost."""

import random
from collections.abc import Iterable
from pathlib import Path

import pytest

from corpus.elan.document import Annotation, Tier
from corpus.elan.tiers import build_tiers
from corpus.tables import schemas
from eaf_validator import find_violations
from elan_corpus import NO_PEOPLE, phases, shots, tracks, write_eaf


def spans(tier: Tier) -> list[tuple[int, int]]:
    """Start and end (ms) of a tier's annotations."""
    return [(annotation.start, annotation.end) for annotation in tier.annotations]


def by_name(tiers: Iterable[Tier]) -> dict[str, Tier]:
    return {tier.name: tier for tier in tiers}


def test_a_person_has_a_presence_tier_and_one_tier_per_hand() -> None:
    tiers = by_name(
        build_tiers(
            shots(0, 2, 4),
            tracks((0, 0, 0.0, 2.0, "p0002"), (1, 1, 2.0, 3.6, "p0001")),
            phases((0, 0, "left", "movement", 0.5, 0.9), (0, 0, "left", "hold", 0.9, 1.2)),
            {"p0001": "Ada"},
            0.0,
        )
    )
    assert list(tiers) == [
        "shots",
        "Ada",
        "Ada left hand",
        "Ada right hand",
        "p0002",
        "p0002 left hand",
        "p0002 right hand",
    ]
    assert [annotation.value for annotation in tiers["shots"].annotations] == ["0", "1"]
    assert tiers["Ada"].annotations == (Annotation(2000, 3600, "p0001"),)
    assert tiers["Ada"].participant == tiers["Ada left hand"].participant == "Ada"
    assert tiers["p0002 left hand"].parent == "p0002"
    assert tiers["p0002 left hand"].annotations == (
        Annotation(500, 900, "movement"),
        Annotation(900, 1200, "hold"),
    )
    assert tiers["p0002 right hand"].annotations == ()


def test_rest_has_no_annotation() -> None:
    rest = phases((0, 0, "left", "rest", 0.0, 1.0))
    tiers = build_tiers(shots(0, 2), tracks((0, 0, 0.0, 1.0, "p0001")), rest, {}, 0.0)
    assert by_name(tiers)["p0001 left hand"].annotations == ()


def test_presence_is_extended_to_the_phases_of_the_hands() -> None:
    tiers = build_tiers(
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
    assert spans(by_name(tiers)["p0001"]) == [(800, 2300), (3000, 3200)]


def test_tracks_of_a_person_that_touch_within_a_shot_are_one_annotation() -> None:
    table = tracks((0, 0, 0, 1, "p0001"), (1, 0, 1, 1.5, "p0001"), (2, 1, 2, 3, "p0001"))
    table.loc[1, "end_s"] = 2.0
    tiers = build_tiers(shots(0, 2, 4), table, phases(), {}, 0.0)
    assert spans(by_name(tiers)["p0001"]) == [(0, 2000), (2000, 3000)], "a cut separates them"


def test_hand_phases_of_two_simultaneous_tracks_of_a_person_do_not_overlap() -> None:
    tiers = build_tiers(
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
    assert by_name(tiers)["p0001 left hand"].annotations == (
        Annotation(500, 1000, "hold"),
        Annotation(1000, 1500, "movement"),
        Annotation(1500, 1800, "movement"),
        Annotation(1800, 2000, "hold"),
    )


def test_pictures_and_copies_are_named_where_the_person_is_not_on_screen() -> None:
    table = tracks(
        (0, 0, 1, 3, "p0001"), (1, 0, 0, 2, "p0001"), (2, 0, 2, 5, "p0001"), (3, 1, 6, 7, "p0002"),
        (4, 0, 4, 6, "p0001"),
    )  # fmt: skip
    table["kind"] = ["person", "picture", "copy", "picture", "picture"]
    tiers = by_name(build_tiers(shots(0, 6, 8), table, phases(), {"p0001": "Ada"}, 0.0))
    assert tiers["Ada"].annotations == (
        Annotation(0, 1000, "p0001 (picture)"),
        Annotation(1000, 3000, "p0001"),
        Annotation(3000, 4000, "p0001 (copy)"),
        Annotation(4000, 6000, "p0001 (picture)"),
    )
    assert tiers["p0002"].annotations == (Annotation(6000, 7000, "p0002 (picture)"),)


def test_hands_of_a_copy_are_left_out_and_those_of_a_picture_kept(tmp_path: Path) -> None:
    """A copy on a screen may lag behind, which would prolong the movement of the person."""
    table = tracks((0, 0, 0, 4, "p0001"), (1, 0, 0, 4, "p0001"), (2, 0, 4, 6, "p0001"))
    table["kind"] = ["person", "copy", "picture"]
    moving = phases(
        (0, 0, "left", "movement", 1.0, 2.0), (0, 1, "left", "movement", 1.5, 2.5),
        (0, 2, "left", "movement", 4.5, 5.0),
    )  # fmt: skip
    tiers = build_tiers(shots(0, 6), table, moving, {}, 0.0)
    assert spans(by_name(tiers)["p0001 left hand"]) == [(1000, 2000), (4500, 5000)]
    assert [a.value for a in by_name(tiers)["p0001"].annotations] == [
        "p0001", "p0001 (picture)", "p0001", "p0001 (picture)",
    ]  # fmt: skip
    assert find_violations(write_eaf(tmp_path, tiers, media=None)) == []


def test_bodies_without_a_face_share_tiers() -> None:
    tiers = by_name(
        build_tiers(
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
    assert [name for name in tiers if tiers[name].kind == "presence"] == [
        "unknown body 1",
        "unknown body 2",
    ]
    first = tiers["unknown body 1"]
    assert [annotation.value for annotation in first.annotations] == ["-1", "-3"]
    assert first.participant is None
    assert spans(tiers["unknown body 1 left hand"]) == [(1000, 1500)]
    assert spans(tiers["unknown body 2 right hand"]) == [(500, 2000)]


@pytest.mark.fault("exports", "a person has the name of a tier", "tier names stay unique")
@pytest.mark.parametrize("name", ["shots", "p0002", "p0002 left hand"])
def test_tier_names_are_unique_for_any_name_of_a_person(name: str) -> None:
    table = tracks((0, 0, 0, 1, "p0001"), (1, 0, 0, 1, "p0002"))
    tiers = build_tiers(shots(0, 2), table, phases(), {"p0001": name}, 0.0)
    names = [tier.name for tier in tiers]
    assert len(set(names)) == len(names) == 7
    assert {tier.parent for tier in tiers} <= {*names, None}


def test_times_count_from_where_players_show_zero() -> None:
    [late_shots] = build_tiers(shots(1.4, 2.0006), *NO_PEOPLE, {}, 1.4)
    assert spans(late_shots) == [(0, 601)]
    [early_shots] = build_tiers(shots(-0.04, 1), *NO_PEOPLE, {}, 0.0)
    assert spans(early_shots) == [(0, 1000)]


def test_every_annotation_is_at_least_one_millisecond_long() -> None:
    movement = phases((0, 0, "left", "movement", 1.0001, 1.0002))
    table = tracks((0, 0, 1.0, 1.0003, "p0001"))
    tiers = by_name(build_tiers(shots(0, 2), table, movement, {}, 0.0))
    assert spans(tiers["p0001"]) == spans(tiers["p0001 left hand"]) == [(1000, 1001)]
    [shots_tier] = build_tiers(shots(0, 0.0001, 2), *NO_PEOPLE, {}, 0.0)
    assert spans(shots_tier) == [(0, 1), (1, 2000)]


@pytest.mark.parametrize("seed", range(20))
def test_random_tables_give_tiers_that_follow_the_rules_of_elan(seed: int, tmp_path: Path) -> None:
    """Times are so close that rounding, overlaps and cuts affect the result."""
    rng = random.Random(seed)
    edges = sorted({0, *(rng.uniform(0, 0.2) for _ in range(3)), 0.2})

    def random_span() -> tuple[int, float, float]:
        shot = rng.randrange(len(edges) - 1)
        start, end = sorted(rng.uniform(edges[shot], edges[shot + 1]) for _ in range(2))
        return shot, start, end

    n_tracks = rng.randrange(1, 9)
    table = tracks(*((n, *random_span(), rng.choice(["p0001", "p0002"])) for n in range(n_tracks)))
    rows = []
    for _ in range(rng.randrange(40)):
        shot, start, end = random_span()
        track = rng.randrange(-3, len(table))
        hand, phase = rng.choice(schemas.HANDS), rng.choice([*schemas.PHASES])
        rows.append((shot, track, hand, phase, start, end))
    zero_s = rng.uniform(-0.01, 0.01)
    tiers = build_tiers(shots(*edges), table, phases(*rows), {}, zero_s)
    assert find_violations(write_eaf(tmp_path, tiers)) == []
    assert movement_ms(rows, zero_s) <= annotated_movement_ms(tiers), "a movement is lost"


def movement_ms(rows: list[tuple], zero_s: float) -> set[int]:
    """Milliseconds in which a hand of a person with a face moves, from rows of the table phases."""
    return {
        ms
        for _, track, _, phase, start_s, end_s in rows
        if track >= 0 and phase == "movement"
        for ms in range(max(0, round((start_s - zero_s) * 1000)), round((end_s - zero_s) * 1000))
    }


def annotated_movement_ms(tiers: Iterable[Tier]) -> set[int]:
    """Milliseconds that are annotated as movement of a person with a face."""
    return {
        ms
        for tier in tiers
        if tier.kind == "hand" and "unknown" not in tier.name
        for annotation in tier.annotations
        if annotation.value == "movement"
        for ms in range(annotation.start, annotation.end)
    }
