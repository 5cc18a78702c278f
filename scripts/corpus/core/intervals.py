"""When something is so: stretches of time for time bars.

An interval is (start, end, text), seconds, half-open.
"""

from collections.abc import Iterable

import pandas as pd

from corpus.elan.tiers import SHOWN, Stretch, apart
from corpus.identity.track_people import TrackPeople

Interval = tuple[float, float, str]


def union(spans: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """Stretches (start, end) that overlap or touch as one, in order."""
    joined: list[tuple[float, float]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def presence(who: TrackPeople) -> dict[str, list[tuple[float, float]]]:
    """When each person's face is on screen, in any of their tracks; people in order."""
    spans: dict[str, list] = {person: [] for person in who.people}
    for row in who.tracks.itertuples():
        spans[row.person].append((row.start_s, row.end_s))
    return {person: union(found) for person, found in spans.items()}


def hand_phases(phases: pd.DataFrame, who: TrackPeople) -> dict[tuple[str, str], list[Interval]]:
    """Movements and holds of each hand: {(whose, hand): intervals named by their phase}.

    Whose is a person's id, or a negative track for a body whose face was not found. Several tracks
    of a person are one, as on the tiers for ELAN.
    """
    person_of = who.person_of
    found: dict[tuple[str, str], list[Stretch]] = {}
    for row in phases[phases["phase"].isin(SHOWN)].itertuples():
        whose = person_of.get(row.track, str(row.track))
        stretch = Stretch(row.start_s, row.end_s, row.shot, row.phase, whose)
        found.setdefault((whose, row.hand), []).append(stretch)
    return {key: [(s.start, s.end, s.value) for s in apart(found[key])] for key in sorted(found)}
