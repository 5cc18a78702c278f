"""Events of the workflow, from the tables phases and tracks."""

import pandas as pd

from corpus.agreement.coding_table import WORKFLOW
from corpus.agreement.events import Event, joined
from corpus.agreement.streams import JOIN_GAP_S, UNIT, UNKNOWN, Stream, both_hands, in_one_stream
from corpus.core.intervals import Span, union_of_spans
from corpus.tables.values import GESTURE_PHASES, HANDS


def person_phases(phases: pd.DataFrame, tracks: pd.DataFrame, person: str) -> pd.DataFrame:
    """Rows of the table phases of one person in one video.

    `tracks` are the rows of the table tracks of this video. Copies of a face are left out: they
    move as the person does, but possibly later.
    """
    if person == UNKNOWN:
        return phases[phases["track"] < 0]
    own = tracks[(tracks["person"] == person) & (tracks["kind"] != "copy")]
    return phases[phases["track"].isin(own["track"])]


def workflow_streams(
    phases: pd.DataFrame, video: str, person: str, video_span: Span
) -> dict[str, Stream]:
    """What the workflow found for a person in a video, by hand.

    `phases` are the rows of the table phases of this person.
    """
    streams = {}
    for hand in HANDS:
        rows = phases[(phases["hand"] == hand) & phases["phase"].isin(GESTURE_PHASES)]
        events = [Event(row.start_s, row.end_s, str(row.phase)) for row in rows.itertuples()]
        units = rows.groupby("gesture").agg(start=("start_s", "min"), end=("end_s", "max"))
        spans = [Event(start, end, UNIT) for start, end in units.itertuples(index=False)]
        levels = {"units": joined(spans, JOIN_GAP_S, UNIT), "phases": in_one_stream(events)}
        streams[hand] = Stream(WORKFLOW, video, person, hand, levels, (video_span,))
    return streams | {"both": both_hands(streams["left"], streams["right"])}


def seen_spans(phases: pd.DataFrame, hand: str) -> list[Span]:
    """Spans in which a hand, or for `both` at least one of them, was observed, seconds.

    The table phases covers exactly this time: movement, hold and rest.
    """
    rows = phases if hand == "both" else phases[phases["hand"] == hand]
    return union_of_spans(zip(rows["start_s"], rows["end_s"], strict=True))
