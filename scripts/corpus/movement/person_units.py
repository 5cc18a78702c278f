"""Gesture units of people: those of both hands, joined where the hands gesture together.

Kendon (2004, Gesture: Visible Action as Utterance, p. 111) defines the gesture unit as the
excursion of a person's limbs until they are relaxed again. A two-handed gesture is therefore one
unit of the person, and not one of each hand.
"""

from collections.abc import Collection
from itertools import groupby

import numpy as np
import pandas as pd

from corpus.core.intervals import union_of_spans
from corpus.movement.two_handed import are_together
from corpus.tables.schemas import SCHEMAS

PAIR_COLUMNS = ["lag_s", "symmetry", "parallel"]
"""Columns of the table gestures about both hands, which a gesture unit has of its left hand."""


def number_units(gestures: pd.DataFrame, ignored_tracks: Collection[int]) -> pd.Series:
    """Return the number of the person's gesture unit to which each gesture of a video belongs.

    `gestures` are rows of the table gestures. Gestures of the same person in the same shot belong
    to one unit if they are together (`two_handed.are_together`), directly or through others. This
    joins the two hands, and tracks of one person that overlap in time. A body without a person is
    a person of its own. The gestures of `ignored_tracks`, such as copies of another track, belong
    to no unit.

    Units are numbered from 0 in the order of their start, then of their tracks. Returns numbers of
    the type Int32 in the order of the rows.
    """
    order = gestures.astype({"hand": str}).sort_values(["start_s", "track", "hand"])
    order = order[~order["track"].isin(ignored_tracks)]
    columns = (order[name].tolist() for name in ("person", "track", "shot", "start_s", "end_s"))
    groups: dict[tuple, list[int]] = {}
    spans = []
    for index, (person, track, shot, start_s, end_s) in enumerate(zip(*columns, strict=True)):
        owner = person if isinstance(person, str) else f"track {track}"
        groups.setdefault((owner, shot), []).append(index)
        spans.append((start_s, end_s))
    first_of = np.empty(len(order), int)
    for members in groups.values():
        first = _first_members([spans[index] for index in members])
        first_of[members] = np.array(members)[first]
    numbers = pd.Series(pd.factorize(first_of)[0], index=order.index)
    return numbers.reindex(gestures.index).astype("Int32")


def _first_members(spans: list[tuple[float, float]]) -> np.ndarray:
    """(n,) index of the first span in the group of each span; spans are sorted by their start."""
    first = np.arange(len(spans))
    open_spans: list[int] = []
    for index, span in enumerate(spans):
        open_spans = [other for other in open_spans if spans[other][1] > span[0]]
        for other in open_spans:
            if are_together(spans[other], span):
                low, high = sorted((first[other], first[index]))
                first[first == high] = low
        open_spans.append(index)
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
