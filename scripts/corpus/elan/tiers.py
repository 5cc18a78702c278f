"""Build the tiers of one video's ELAN file from its tables: shots, presence of people, and phases
of their hands.

ELAN does not allow annotations of one tier to overlap, nor annotations of a child tier to lie
outside those of its parent tier. The tables have no such rules: a hand may move slightly longer
than the face was detected. Presence is therefore extended to the phases of the hands, and the
phases are never shortened to the presence. No time of a movement is lost.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from corpus.core.intervals import (
    LabelledInterval,
    in_sequence,
    merge_intervals,
    resolve_overlaps,
)
from corpus.elan.document import Annotation, Tier
from corpus.inputs.people_file import person_number
from corpus.tables.schemas import GESTURE_PHASES, HANDS, KINDS

RowToInterval = Callable[[Any, str, str], LabelledInterval]
"""Makes an interval in whole ms from a row of `itertuples`, a label and an owner
(`interval_maker`)."""


@dataclass
class TierGroup:
    """Intervals for one presence tier and the hand tiers below it.

    A group belongs to one person, or to one or more bodies without a detected face. `labels` are
    those of the presence, in the order in which they take precedence where they overlap.
    """

    name: str
    labels: list[str]
    participant: str | None = None
    presence: list[LabelledInterval] = field(default_factory=list)
    hands: dict[str, list[LabelledInterval]] = field(
        default_factory=lambda: {hand: [] for hand in HANDS}
    )


def build_tiers(
    shots: pd.DataFrame,
    tracks: pd.DataFrame,
    phases: pd.DataFrame,
    names: dict[str, str],
    player_zero: float,
) -> list[Tier]:
    """All tiers of one video, parents before their children.

    Parameters
    ----------
    shots, phases
        Tables of the video. Phases of tracks below 0 belong to bodies without a detected face.
    tracks
        The video's rows of the table tracks.
    names
        Names of people by person id, from people.tsv.
    player_zero
        Container time that players show as 0:00, seconds.
    """
    to_interval = interval_maker(player_zero)
    shot_intervals = [to_interval(row, str(row.shot), "") for row in shots.itertuples()]
    used_names: set[str] = set()
    shots_name = unique_name("shots", used_names)
    tiers = [Tier(shots_name, "shots", _annotations(in_sequence(shot_intervals)))]
    groups = group_people(tracks, phases, names, to_interval)
    groups += group_faceless_bodies(phases, to_interval)
    for group in groups:
        tiers += _tiers_of_group(group, used_names)
    return tiers


def player_milliseconds(time_s: float, player_zero: float) -> int:
    """Whole ms that players show at a container time; both times are in seconds."""
    return round((time_s - player_zero) * 1000)


def interval_maker(player_zero: float) -> RowToInterval:
    """Function that converts a table's row with start_s, end_s and shot to an interval in whole ms.

    The intervals count from `player_zero`, the container time in seconds that players show as 0:00.
    They are at least 1 ms long.
    """

    def to_ms(time_s: float) -> int:
        # The format does not allow negative times, but a frame may be due before the player starts.
        return max(0, player_milliseconds(time_s, player_zero))

    def to_interval(row: Any, label: str, owner: str) -> LabelledInterval:
        start = to_ms(row.start_s)
        return LabelledInterval(start, max(to_ms(row.end_s), start + 1), row.shot, label, owner)

    return to_interval


def group_people(
    tracks: pd.DataFrame, phases: pd.DataFrame, names: dict[str, str], to_interval: RowToInterval
) -> list[TierGroup]:
    """One group per person with a detected face, in the order of their ids.

    The presence of a picture or a copy has a label that says so. Hands are those of all tracks but
    copies: a copy moves as the person does, but possibly later.
    """
    groups: dict[str, TierGroup] = {}
    people: set[str] = set(tracks["person"])
    for person in sorted(people, key=person_number):
        name = names.get(person, person)
        labels = [presence_label(person, kind) for kind in KINDS]
        groups[person] = TierGroup(name, labels, participant=name)
    person_of = dict(zip(tracks["track"], tracks["person"], strict=True))
    for row in tracks.itertuples():
        label = presence_label(row.person, row.kind)
        groups[row.person].presence.append(to_interval(row, label, label))
    copies = tracks.loc[tracks["kind"].eq("copy"), "track"]
    is_shown = (phases["track"] >= 0) & phases["phase"].isin(GESTURE_PHASES)
    for row in phases[is_shown & ~phases["track"].isin(copies)].itertuples():
        person = person_of[row.track]
        groups[person].hands[row.hand].append(to_interval(row, row.phase, person))
    return list(groups.values())


def presence_label(person: str, kind: str | None) -> str:
    """Text of the presence of a person's track: p0001, p0001 (picture) or p0001 (copy)."""
    return f"{person} ({kind})" if kind in ("picture", "copy") else person


def group_faceless_bodies(phases: pd.DataFrame, to_interval: RowToInterval) -> list[TierGroup]:
    """Groups for bodies without a detected face, as few as possible.

    Bodies that are on screen at different times share a group. The label of their presence is the
    number of their track.
    """
    faceless = phases[phases["track"] < 0]
    spans = faceless.groupby("track").agg(start=("start_s", "min"), end=("end_s", "max"))
    rows_of = dict(tuple(faceless.groupby("track")))
    groups: list[TierGroup] = []
    ends_s: list[float] = []
    for track, start_s, end_s in spans.sort_values(["start", "end"]).itertuples():
        index = next((n for n, end in enumerate(ends_s) if end <= start_s), len(groups))
        if index == len(groups):
            groups.append(TierGroup(f"unknown body {index + 1}", []))
            ends_s.append(end_s)
        ends_s[index] = end_s
        body = str(track)
        groups[index].labels.append(body)
        for row in rows_of[track].itertuples():
            groups[index].presence.append(to_interval(row, body, body))
            if row.phase in GESTURE_PHASES:
                groups[index].hands[row.hand].append(to_interval(row, row.phase, body))
    return groups


def _tiers_of_group(group: TierGroup, used_names: set[str]) -> Iterator[Tier]:
    """The presence tier of a group, and one tier per hand below it, even if it is empty."""
    hands = {
        hand: in_sequence(resolve_overlaps(phases, GESTURE_PHASES))
        for hand, phases in group.hands.items()
    }
    shown_phases = [
        phase._replace(label=phase.owner) for phases in hands.values() for phase in phases
    ]
    name = unique_name(group.name, used_names)
    yield Tier(
        name,
        "presence",
        _annotations(_presence(group, shown_phases)),
        participant=group.participant,
    )
    for hand, phases in hands.items():
        yield Tier(
            unique_name(f"{name} {hand} hand", used_names),
            "hand",
            _annotations(phases),
            parent=name,
            participant=group.participant,
        )


def _presence(group: TierGroup, shown_phases: list[LabelledInterval]) -> list[LabelledInterval]:
    """Union of the presence and the phases of each label, without overlaps between labels."""
    intervals = group.presence + shown_phases
    merged = [
        interval
        for label in group.labels
        for interval in merge_intervals(i for i in intervals if i.label == label)
    ]
    return resolve_overlaps(merged, group.labels)


def unique_name(name: str, used_names: set[str]) -> str:
    """The name, with a number if another tier has it already; adds the result to `used_names`.

    ELAN identifies tiers by their name.
    """
    unique, number = name, 1
    while unique in used_names:
        number += 1
        unique = f"{name} ({number})"
    used_names.add(unique)
    return unique


def _annotations(intervals: Iterable[LabelledInterval]) -> tuple[Annotation, ...]:
    return tuple(
        Annotation(int(interval.start), int(interval.end), interval.label) for interval in intervals
    )
