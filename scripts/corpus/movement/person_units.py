"""Gesture units of people: those of both hands, joined where the hands gesture together.

Kendon (2004, Gesture: Visible Action as Utterance, p. 111) defines the gesture unit as the
excursion of a person's limbs until they are relaxed again. A two-handed gesture is therefore one
unit of the person, and not one of each hand.
"""

from collections.abc import Collection

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
    rows = gestures[~gestures["track"].isin(ignored_tracks)]
    owner = [
        person if isinstance(person, str) else f"track {track}"
        for person, track in zip(rows["person"], rows["track"], strict=True)
    ]
    keys = pd.DataFrame(
        {
            "owner": owner,
            "shot": rows["shot"].to_numpy(),
            "start_s": rows["start_s"].to_numpy(),
            "end_s": rows["end_s"].to_numpy(),
            "track": rows["track"].to_numpy(),
            "hand": rows["hand"].astype(str).to_numpy(),
        },
        index=rows.index,
    ).sort_values(["start_s", "track", "hand"])
    first_of = pd.Series(keys.index, index=keys.index)
    for _, group in keys.groupby(["owner", "shot"], sort=False):
        first_of.loc[group.index] = group.index[
            _first_members(group["start_s"].to_numpy(), group["end_s"].to_numpy())
        ]
    numbers = pd.Series(pd.factorize(first_of)[0], index=keys.index)
    return numbers.reindex(gestures.index).astype("Int32")


def _first_members(starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """(n,) index of the first span in the group of each span; spans are sorted by their start."""
    first = np.arange(len(starts))
    spans = list(zip(starts, ends, strict=True))
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
    units = []
    for number, unit in rows.groupby("unit"):
        hands = {
            side: [(row.start_s, row.end_s) for row in unit.itertuples() if row.hand == side]
            for side in ("left", "right")
        }
        left_s, right_s = map(total_seconds, hands.values())
        both_s = total_seconds(hands["left"] + hands["right"])
        first = unit.iloc[0]
        units.append(
            {
                "unit": number,
                "person": first["person"],
                "track": first["track"],
                "shot": first["shot"],
                "hand": "both" if all(hands.values()) else "left" if hands["left"] else "right",
                "start_s": unit["start_s"].min(),
                "end_s": unit["end_s"].max(),
                "n_left": len(hands["left"]),
                "n_right": len(hands["right"]),
                "left_s": left_s,
                "right_s": right_s,
                "overlap_s": max(0.0, round(left_s + right_s - both_s, 6)),
                "peak_speed": unit["peak_speed"].max(),
                "path_length": unit["path_length"].sum(),
                "start_seen": first["start_seen"],
                "end_seen": unit.loc[unit["end_s"].idxmax(), "end_seen"],
                **_left_hand_pair(unit),
            }
        )
    columns = [name for name in SCHEMAS["gesture_units"].names if name != "video_id"]
    return pd.DataFrame(units, columns=columns)


def _left_hand_pair(unit: pd.DataFrame) -> dict[str, float | None]:
    """How the hands move together in the pair of gestures that overlaps longest."""
    pairs = unit[(unit["hand"] == "left") & unit["other_gesture"].isin(unit["gesture"])]
    if pairs.empty:
        return dict.fromkeys(PAIR_COLUMNS)
    return pairs.loc[pairs["overlap_s"].idxmax(), PAIR_COLUMNS].to_dict()


def total_seconds(spans: list[tuple[float, float]]) -> float:
    """Return the seconds covered by spans (start, end), each moment once, in microseconds."""
    return round(float(sum(end - start for start, end in union_of_spans(spans))), 6)
