"""What the timeline of a video shows: the presence of people, and the phases of their hands."""

from dataclasses import dataclass

import pandas as pd

from corpus.core.intervals import LabelledInterval, Span, resolve_overlaps, union_of_spans
from corpus.identity.track_people import TrackPeople
from corpus.overlay.colour import Colour
from corpus.overlay.palette import person_colours
from corpus.overlay.text import drawable
from corpus.tables.schemas import GESTURE_PHASES, HANDS

PhaseInterval = tuple[float, float, str]
"""Start and end in seconds, and the phase."""


@dataclass(frozen=True)
class TimelineRow:
    """The row of one person. All times are seconds on the player's clock."""

    name: str
    colour: Colour
    presence: list[Span]
    """When the person's face is on screen."""
    hands: dict[str, list[PhaseInterval]]
    """Movements and holds of each hand, by `left` and `right`."""

    @property
    def presence_s(self) -> float:
        """Time on screen in seconds."""
        return sum(end - start for start, end in self.presence)


def timeline_rows(phases: pd.DataFrame, people: TrackPeople, zero_s: float) -> list[TimelineRow]:
    """One row per person of a video, the person with the longest time on screen first.

    Parameters
    ----------
    phases
        The table phases of the video.
    people
        The tracks of the video, and their people.
    zero_s
        Container time that players show as 0:00, seconds.
    """
    colours = person_colours(people.people)
    phases_of_hands = hand_phases(phases, people)
    rows = []
    for person, spans in presence(people).items():
        hands = {
            hand: [
                (start - zero_s, end - zero_s, phase)
                for start, end, phase in phases_of_hands.get((person, hand), [])
            ]
            for hand in HANDS
        }
        name = drawable(people.label(person), fallback=person)
        on_screen = [(start - zero_s, end - zero_s) for start, end in spans]
        rows.append(TimelineRow(name, colours[person], on_screen, hands))
    return sorted(rows, key=lambda row: -row.presence_s)


def presence(people: TrackPeople) -> dict[str, list[Span]]:
    """Spans in which each person's face is on screen, in any of the person's tracks, by person id.

    Seconds on the clock of the video file. People are in the order of their ids.
    """
    spans: dict[str, list[Span]] = {person: [] for person in people.people}
    for row in people.tracks.itertuples():
        spans[row.person].append((row.start_s, row.end_s))
    return {person: union_of_spans(of_person) for person, of_person in spans.items()}


def hand_phases(
    phases: pd.DataFrame, people: TrackPeople
) -> dict[tuple[str, str], list[PhaseInterval]]:
    """Movements and holds of each hand by (owner, hand), seconds on the video's clock.

    The owner is the id of a person, or the negative track number of a body without a detected face.
    Several tracks of a person are combined and copies left out, as on the tiers of ELAN files.
    """
    person_of = people.person_of
    intervals: dict[tuple[str, str], list[LabelledInterval]] = {}
    is_shown = phases["phase"].isin(GESTURE_PHASES) & ~phases["track"].isin(people.copies)
    for row in phases[is_shown].itertuples():
        owner = person_of.get(row.track, str(row.track))
        interval = LabelledInterval(row.start_s, row.end_s, row.shot, row.phase, owner)
        intervals.setdefault((owner, row.hand), []).append(interval)
    return {
        key: [
            (interval.start, interval.end, interval.label)
            for interval in resolve_overlaps(intervals[key], GESTURE_PHASES)
        ]
        for key in sorted(intervals)
    }
