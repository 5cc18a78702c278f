"""What a video's tables say, as tiers for ELAN: shots, who is there, and what their hands do.

ELAN forbids that annotations of one tier overlap, and that one on a child tier leaves its parent.
Tables know no such rules, so presence is stretched to the hands' movements, never the reverse: a
hand may move a little longer than its face was found. Nothing is left out.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import pandas as pd

from corpus.elan.eaf_writer import Annotation, Tier
from corpus.inputs.people_file import person_number
from corpus.tables.schemas import HANDS

SHOWN = ("movement", "hold")
"""Phases that become annotations, and which wins where two overlap; rest is the gap between."""


class Stretch(NamedTuple):
    """A stretch of time within a shot, and what to write there; on tiers in whole ms."""

    start: float
    end: float
    shot: int
    value: str
    who: str


@dataclass
class Somebody:
    """A person in one video, or one or more bodies without a face."""

    name: str
    participant: str | None = None
    seen: list[Stretch] = field(default_factory=list)
    hands: dict[str, list[Stretch]] = field(default_factory=lambda: {hand: [] for hand in HANDS})


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
    found = [Tier(free_name("shots", taken), "shots", _annotations(in_a_row(numbers)))]
    for somebody in [*people(tracks, phases, names, stretch), *bodies(phases, stretch)]:
        found += _tiers_of(somebody, taken)
    return found


def on_clock(player_zero: float) -> Callable[[tuple, str, str], Stretch]:
    """Function that makes a stretch of a table's row with start_s, end_s and shot, a value, and who
    it is about."""

    def ms(time_s: float) -> int:
        # Not below 0, which the format cannot say: a frame may be due before the player starts.
        return max(0, round((time_s - player_zero) * 1000))

    def stretch(row: tuple, value: str, who: str) -> Stretch:
        start = ms(row.start_s)
        return Stretch(start, max(ms(row.end_s), start + 1), row.shot, value, who)

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
    for row in phases[(phases["track"] >= 0) & phases["phase"].isin(SHOWN)].itertuples():
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
            if row.phase in SHOWN:
                found[place].hands[row.hand].append(stretch(row, row.phase, str(track)))
    return found


def _tiers_of(somebody: Somebody, taken: set[str]) -> Iterator[Tier]:
    """The tier of somebody's presence, and one for each hand below it, also where it is empty."""
    hands = {hand: in_a_row(apart(found)) for hand, found in somebody.hands.items()}
    moving = [s._replace(value=s.who) for found in hands.values() for s in found]
    name = free_name(somebody.name, taken)
    yield Tier(
        name,
        "presence",
        _annotations(together(somebody.seen + moving)),
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


def together(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Their union: those that overlap, or touch within a shot, become one."""
    found: list[Stretch] = []
    for new in sorted(stretches):
        last = found[-1] if found else new._replace(end=-1)
        same = (new.shot, new.who) == (last.shot, last.who)
        if new.start < last.end or (new.start == last.end and same):
            found[-1] = last._replace(end=max(last.end, new.end))
        else:
            found.append(new)
    return found


def apart(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Without overlaps, as two tracks of one person at one time would give; no time is lost.

    Where a movement and a hold overlap, the hold gives way.
    """
    return [rest for group in _overlapping(stretches) for rest in _resolved(group)]


def _overlapping(stretches: Iterable[Stretch]) -> Iterator[list[Stretch]]:
    """Groups that overlap among themselves, but no other."""
    group: list[Stretch] = []
    until = 0.0
    for new in sorted(stretches):
        if group and new.start >= until:
            yield group
            group = []
        group.append(new)
        until = max(until, new.end)
    if group:
        yield group


def _resolved(group: list[Stretch]) -> list[Stretch]:
    found: list[Stretch] = []
    for new in sorted(group, key=lambda s: (SHOWN.index(s.value), s)):
        parts = [new]
        for old in found:
            parts = [rest for part in parts for rest in _without(part, old)]
        found += parts
    return sorted(found)


def _without(part: Stretch, old: Stretch) -> Iterator[Stretch]:
    """What of `part` lies before and after `old`."""
    if part.start < min(part.end, old.start):
        yield part._replace(end=min(part.end, old.start))
    if max(part.start, old.end) < part.end:
        yield part._replace(start=max(part.start, old.end))


def in_a_row(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Each begins where the one before ends or later, and is 1 ms long or longer."""
    found: list[Stretch] = []
    for new in sorted(stretches):
        start = max(new.start, found[-1].end if found else 0)
        found.append(new._replace(start=start, end=max(new.end, start + 1)))
    return found


def free_name(name: str, taken: set[str]) -> str:
    """The name, or with a number where another tier has it; tiers are told apart by name."""
    free, number = name, 1
    while free in taken:
        number += 1
        free = f"{name} ({number})"
    taken.add(free)
    return free


def _annotations(stretches: Iterable[Stretch]) -> tuple[Annotation, ...]:
    return tuple(Annotation(s.start, s.end, s.value) for s in stretches)
