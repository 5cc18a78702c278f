"""What the timeline of an overlay video shows: presence of people, and phases of their hands."""

import pandas as pd

from corpus.core.intervals import LabelledInterval, Span, resolve_overlaps, union_of_spans
from corpus.identity.track_people import TrackPeople
from corpus.tables.schemas import GESTURE_PHASES

PhaseInterval = tuple[float, float, str]
"""Start and end in seconds on the container's clock, and the phase."""


def presence(people: TrackPeople) -> dict[str, list[Span]]:
    """Spans in which the face of each person is on screen, in any of their tracks; in order of id."""
    spans: dict[str, list[Span]] = {person: [] for person in people.people}
    for row in people.tracks.itertuples():
        spans[row.person].append((row.start_s, row.end_s))
    return {person: union_of_spans(of_person) for person, of_person in spans.items()}


def hand_phases(
    phases: pd.DataFrame, people: TrackPeople
) -> dict[tuple[str, str], list[PhaseInterval]]:
    """Movements and holds of each hand, by (owner, hand).

    The owner is the id of a person, or the negative track number of a body without a face. Several
    tracks of a person are combined, as on the tiers of ELAN files.
    """
    person_of = people.person_of
    intervals: dict[tuple[str, str], list[LabelledInterval]] = {}
    for row in phases[phases["phase"].isin(GESTURE_PHASES)].itertuples():
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
