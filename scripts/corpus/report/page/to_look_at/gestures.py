"""Entries about the gestures of one video."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from corpus.report.page.tables import CorpusTables
from corpus.report.page.to_look_at.entries import Entry
from corpus.report.page.values import milliseconds
from corpus.tables import parquet
from corpus.tables.schemas import HANDS

COLUMNS = [
    *("gesture", "track", "hand", "start_s", "end_s", "start_seen", "end_seen"),
    *("interpolated_share", "jump", "trunk_movement"),
]
JUMP = 0.9
"""Probability that the speed of a gesture with a jump is wrong. In clips in which skeletons were
moved to another place, 29 of 30 warnings were right (benchmarks/warning_precision.py); it is lower
here because no real jumps were labelled."""
TRUNK = 0.5
"""Probability that a unit in which only the trunk moves is not a gesture. Not measured."""
UNSEEN_SHARE = 0.3
"""A gesture is listed if more than this share of its time is filled in."""
UNSEEN = 0.5
"""Probability that the filled-in part of a gesture is wrong. Not measured."""
CUT_OFF = 0.43
"""Probability that the hand is out of view at an end that is not seen: in 10 of 23 ends in clips
with marks (benchmarks/warning_precision.py). At the others, it hangs close to the edge."""
MISSING_S = 0.5
"""Time that is missing at an end of a gesture that is not seen, seconds. An assumption: how long a
hand moves outside the picture cannot be known."""


def gesture_entries(tables: CorpusTables, video: str, index: int) -> Iterator[Entry]:
    """Yield the entries about the gestures of a video, which has this index.

    Gestures of copies are left out: they are those of the person who is copied. All cut-off
    gestures of one person in a video are one entry.
    """
    path = tables.video_table("gestures", video)
    if path is None:
        return
    tracks = tables.tracks_of(video)
    copies = set(tracks.loc[tracks["kind"].eq("copy"), "track"])
    rows = parquet.read(path, COLUMNS)
    rows = rows[~rows["track"].isin(copies)].sort_values(["start_s", "end_s", "track", "gesture"])
    people = {person: number for number, person in enumerate(tables.people["person"])}
    person_of = {
        track: people[person]
        for track, person in zip(tracks["track"], tracks["person"], strict=True)
    }
    rows["person"] = [person_of.get(track, -1) for track in rows["track"]]
    for row in rows.itertuples():
        yield from _entries_of_gesture(row, index)
    yield from _cut_off(rows, index)


def _entries_of_gesture(row, index: int) -> Iterator[Entry]:
    seconds = float(row.end_s - row.start_s)
    place = {
        "video": index,
        **_describe(row),
        "person": None if row.person < 0 else row.person,
    }
    if row.jump is True or row.jump == 1:
        yield Entry(kind="jump", chance=JUMP, seconds=seconds, **place)
    if not pd.isna(row.trunk_movement) and row.trunk_movement:
        yield Entry(kind="trunk", chance=TRUNK, seconds=seconds, **place)
    share = row.interpolated_share
    if not pd.isna(share) and share > UNSEEN_SHARE:
        yield Entry(
            kind="unseen",
            chance=UNSEEN,
            seconds=seconds * float(share),
            percent=round(100 * float(share)),
            **place,
        )


def _describe(row) -> dict[str, Any]:
    """What identifies a gesture in this run and in later ones, in which its number may differ."""
    return {
        "time": milliseconds(row.start_s) or 0,
        "end": milliseconds(row.end_s) or 0,
        "gesture": int(row.gesture),
        "hand": HANDS.index(str(row.hand)),
    }


def _cut_off(rows: pd.DataFrame, index: int) -> Iterator[Entry]:
    """Yield one entry for each person with gestures of which an end is not seen."""
    unseen_ends = (~rows[["start_seen", "end_seen"]].fillna(True).astype(bool)).sum(axis=1)
    cut = rows.assign(unseen_ends=unseen_ends)[unseen_ends > 0]
    for person, of_person in cut.groupby("person", sort=True):
        first = of_person.iloc[0]
        yield Entry(
            kind="cut_off",
            chance=CUT_OFF,
            seconds=MISSING_S * float(of_person["unseen_ends"].sum()),
            video=index,
            **_describe(first),
            person=None if person < 0 else int(person),
            number=len(of_person),
            percent=round(100 * len(of_person) / int((rows["person"] == person).sum())),
        )
