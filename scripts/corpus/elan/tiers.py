"""What a video's tables say, as tiers for ELAN: shots, who is there, and what their hands do.

ELAN forbids that annotations of one tier overlap, and that one on a child tier leaves its parent.
Tables know no such rules, so presence is stretched to the hands' movements, never the reverse: a
hand may move a little longer than its face was found. Nothing is left out.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import pandas as pd

from corpus.core.intervals import (
    LabelledInterval,
    in_sequence,
    merge_intervals,
    resolve_overlaps,
)
from corpus.elan.eaf_writer import Annotation, Tier
from corpus.inputs.people_file import person_number
from corpus.tables.schemas import GESTURE_PHASES, HANDS


@dataclass
class Somebody:
    """A person in one video, or one or more bodies without a face."""

    name: str
    participant: str | None = None
    seen: list[LabelledInterval] = field(default_factory=list)
    hands: dict[str, list[LabelledInterval]] = field(
        default_factory=lambda: {hand: [] for hand in HANDS}
    )


def tiers(
    shots: pd.DataFrame,
    tracks: pd.DataFrame,
    phases: pd.DataFrame,
    names: dict[str, str],
    player_zero: float,
) -> list[Tier]:
    """All tiers of one video, from its tables; `tracks` has the video's rows only.

    `names` are those of people.tsv by person id, `player_zero` the container's time that players
    show as 0:00, seconds. Phases of tracks below 0 are of bodies whose face was never found.
    """
    stretch = on_clock(player_zero)
    numbers = [stretch(row, str(row.shot), "") for row in shots.itertuples()]
    taken: set[str] = set()
    found = [Tier(free_name("shots", taken), "shots", _annotations(in_sequence(numbers)))]
    for somebody in [*people(tracks, phases, names, stretch), *bodies(phases, stretch)]:
        found += _tiers_of(somebody, taken)
    return found


def on_clock(player_zero: float) -> Callable[[tuple, str, str], LabelledInterval]:
    """Function that makes a stretch of a table's row with start_s, end_s and shot, a value, and who
    it is about."""

    def ms(time_s: float) -> int:
        # Not below 0, which the format cannot say: a frame may be due before the player starts.
        return max(0, round((time_s - player_zero) * 1000))

    def stretch(row: tuple, value: str, who: str) -> LabelledInterval:
        start = ms(row.start_s)
        return LabelledInterval(start, max(ms(row.end_s), start + 1), row.shot, value, who)

    return stretch


def people(
    tracks: pd.DataFrame, phases: pd.DataFrame, names: dict[str, str], stretch: Callable
) -> list[Somebody]:
    """Those with a face, in the order of their ids."""
    ids = sorted(set(tracks["person"]), key=person_number)
    found = {person: Somebody(names.get(person, person)) for person in ids}
    of_track = dict(zip(tracks["track"], tracks["person"], strict=True))
    for row in tracks.itertuples():
        found[row.person].seen.append(stretch(row, row.person, row.person))
    for row in phases[(phases["track"] >= 0) & phases["phase"].isin(GESTURE_PHASES)].itertuples():
        person = of_track[row.track]
        found[person].hands[row.hand].append(stretch(row, row.phase, person))
    for somebody in found.values():
        somebody.participant = somebody.name
    return list(found.values())


def bodies(phases: pd.DataFrame, stretch: Callable) -> list[Somebody]:
    """Those without a face, on as few tiers as can hold them: the value is the track's number."""
    faceless = phases[phases["track"] < 0]
    spans = faceless.groupby("track").agg(start=("start_s", "min"), end=("end_s", "max"))
    rows = dict(tuple(faceless.groupby("track")))
    found: list[Somebody] = []
    until: list[float] = []
    for track, start, end in spans.sort_values(["start", "end"]).itertuples():
        place = next((n for n, time in enumerate(until) if time <= start), len(found))
        if place == len(found):
            found.append(Somebody(f"unknown body {place + 1}"))
            until.append(end)
        until[place] = end
        for row in rows[track].itertuples():
            found[place].seen.append(stretch(row, str(track), str(track)))
            if row.phase in GESTURE_PHASES:
                found[place].hands[row.hand].append(stretch(row, row.phase, str(track)))
    return found


def _tiers_of(somebody: Somebody, taken: set[str]) -> Iterator[Tier]:
    """The tier of somebody's presence, and one for each hand below it, also where it is empty."""
    hands = {
        hand: in_sequence(resolve_overlaps(found, GESTURE_PHASES))
        for hand, found in somebody.hands.items()
    }
    moving = [s._replace(label=s.owner) for found in hands.values() for s in found]
    name = free_name(somebody.name, taken)
    yield Tier(
        name,
        "presence",
        _annotations(merge_intervals(somebody.seen + moving)),
        participant=somebody.participant,
    )
    for hand, found in hands.items():
        yield Tier(
            free_name(f"{name} {hand} hand", taken),
            "hand",
            _annotations(found),
            parent=name,
            participant=somebody.participant,
        )


def free_name(name: str, taken: set[str]) -> str:
    """The name, or with a number where another tier has it; tiers are told apart by name."""
    free, number = name, 1
    while free in taken:
        number += 1
        free = f"{name} ({number})"
    taken.add(free)
    return free


def _annotations(stretches: Iterable[LabelledInterval]) -> tuple[Annotation, ...]:
    return tuple(Annotation(s.start, s.end, s.label) for s in stretches)
