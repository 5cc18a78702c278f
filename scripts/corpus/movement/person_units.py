"""Gesture units of people: those of both hands, joined where the hands gesture together.

Kendon (2004, Gesture: Visible Action as Utterance, p. 111) defines the gesture unit as the
excursion of a person's limbs until they are relaxed again. A two-handed gesture is therefore one
unit of the person, and not one of each hand.
"""

from collections.abc import Collection
from itertools import groupby
from typing import NamedTuple

import numpy as np
import pandas as pd

from corpus.core.intervals import union_of_spans
from corpus.movement.two_handed import are_together
from corpus.tables.schemas import SCHEMAS

TRACK_GAP_S = 0.2
"""Longest time in seconds by which two tracks of one movement are apart or overlap. It is the
default of `max_gap_s`, up to which gaps within a track are filled."""
PAIR_COLUMNS = ["lag_s", "symmetry", "parallel"]
"""Columns of the table gestures about both hands, which a gesture unit has of its left hand."""


class HandGesture(NamedTuple):
    """A gesture of one hand; its columns of the table gestures."""

    start_s: float
    end_s: float
    track: int
    hand: str
    start_seen: bool
    end_seen: bool

    def is_continued_by(self, other: "HandGesture") -> bool:
        """Whether another gesture of the same person goes on where this one is lost.

        A hand before the face can end the track of the person, who then gets a new one. Neither
        the end of the first part nor the start of the second one is seen.
        """
        is_same_hand = self.hand == other.hand and self.track != other.track
        is_cut = not (self.end_seen or other.start_seen)
        return is_same_hand and is_cut and abs(other.start_s - self.end_s) <= TRACK_GAP_S


def number_units(gestures: pd.DataFrame, ignored_tracks: Collection[int]) -> pd.Series:
    """Return the number of the person's gesture unit to which each gesture of a video belongs.

    `gestures` are rows of the table gestures. Gestures of the same person in the same shot belong
    to one unit if they are together (`two_handed.are_together`), or if one continues the other in
    a new track, directly or through others. This joins the two hands, tracks of one person that
    overlap in time, and tracks that follow each other. A body without a person is a person of its
    own. The gestures of `ignored_tracks`, such as copies of another track, belong
    to no unit.

    Units are numbered from 0 in the order of their start, then of their tracks. Returns numbers of
    the type Int32 in the order of the rows.
    """
    order = gestures.astype({"hand": str}).sort_values(["start_s", "track", "hand"])
    order = order[~order["track"].isin(ignored_tracks)]
    columns = (order[name].tolist() for name in HandGesture._fields)
    parts = [HandGesture(*values) for values in zip(*columns, strict=True)]
    owners = zip(order["person"].tolist(), order["shot"].tolist(), strict=True)
    groups: dict[tuple, list[int]] = {}
    for index, (person, shot) in enumerate(owners):
        owner = person if isinstance(person, str) else f"track {parts[index].track}"
        groups.setdefault((owner, shot), []).append(index)
    first_of = np.empty(len(order), int)
    for members in groups.values():
        first = _first_members([parts[index] for index in members])
        first_of[members] = np.array(members)[first]
    numbers = pd.Series(pd.factorize(first_of)[0], index=order.index)
    return numbers.reindex(gestures.index).astype("Int32")


def _first_members(gestures: list[HandGesture]) -> np.ndarray:
    """(n,) index of the first gesture in the unit of each one; gestures are sorted by start."""
    first = np.arange(len(gestures))
    recent: list[int] = []
    for index, gesture in enumerate(gestures):
        recent = [i for i in recent if gestures[i].end_s + TRACK_GAP_S >= gesture.start_s]
        for other in recent:
            earlier = gestures[other]
            is_joined = are_together(earlier[:2], gesture[:2]) or earlier.is_continued_by(gesture)
            if is_joined:
                low, high = sorted((first[other], first[index]))
                first[first == high] = low
        recent.append(index)
    return first


def merge_hands(gestures: pd.DataFrame) -> pd.DataFrame:
    """Return the gesture units of people, in columns of the table gesture_units.

    `gestures` are rows of the table gestures of one video, with the column unit. Rows without a
    unit are left out. A unit has the track of its first gesture. `hand` is both if each hand takes
    part. `left_s` and `right_s` are the seconds in which each hand gestures, and `overlap_s` those
    in which both do. Rows are sorted by unit.
    """
    rows = gestures[gestures["unit"].notna()].sort_values(["unit", "start_s", "track", "gesture"])
    records = rows.to_dict("records")
    units = [
        _merge_unit(number, list(unit))
        for number, unit in groupby(records, key=lambda record: record["unit"])
    ]
    columns = [name for name in SCHEMAS["gesture_units"].names if name != "video_id"]
    return pd.DataFrame(units, columns=columns)


def _merge_unit(number: int, gestures: list[dict]) -> dict:
    """One row of the table gesture_units, from its rows of the table gestures by start."""
    left, right = (
        [(row["start_s"], row["end_s"]) for row in gestures if row["hand"] == side]
        for side in ("left", "right")
    )
    left_s, right_s = total_seconds(left), total_seconds(right)
    first, last = gestures[0], max(gestures, key=lambda row: row["end_s"])
    peaks = [row["peak_speed"] for row in gestures]
    trunk = [row["trunk_movement"] for row in gestures]
    numbers = {row["gesture"] for row in gestures}
    pairs = [row for row in gestures if row["hand"] == "left" and row["other_gesture"] in numbers]
    pair = max(pairs, key=lambda row: row["overlap_s"], default=dict.fromkeys(PAIR_COLUMNS))
    return {
        "unit": number,
        **{name: first[name] for name in ("person", "track", "shot", "start_s", "start_seen")},
        "hand": "both" if left and right else "left" if left else "right",
        **{name: last[name] for name in ("end_s", "end_seen")},
        "n_left": len(left),
        "n_right": len(right),
        "left_s": left_s,
        "right_s": right_s,
        "overlap_s": max(0.0, round(left_s + right_s - total_seconds(left + right), 6)),
        "peak_speed": None if any(map(pd.isna, peaks)) else max(peaks),
        "path_length": sum(row["path_length"] for row in gestures),
        **{name: pair[name] for name in PAIR_COLUMNS},
        "jump": any(row["jump"] is True for row in gestures),
        # One gesture that is more than trunk movement decides; an unknown one leaves it unknown.
        "trunk_movement": False if False in trunk else None if any(map(pd.isna, trunk)) else True,
    }


def total_seconds(spans: list[tuple[float, float]]) -> float:
    """Return the seconds covered by spans (start, end), each moment once, in microseconds."""
    return round(float(sum(end - start for start, end in union_of_spans(spans))), 6)
