"""Time on screen of people who may be seen in several tracks, pictures and copies at once."""

import numpy as np
import pandas as pd

from corpus.core.intervals import union_of_spans
from corpus.tables.schemas import KINDS


def kind_of_people(tracks: pd.DataFrame) -> pd.Series:
    """Kind of each person: the first of person, picture, copy that one of the tracks has.

    `tracks` have the columns person and kind; a missing kind is a person. Returns the kinds by
    person.
    """
    kinds = list(KINDS)
    rank = tracks["kind"].astype(object).fillna(kinds[0]).map(kinds.index)
    return rank.groupby(tracks["person"]).min().map(dict(enumerate(kinds)))


def seconds_of_people(tracks: pd.DataFrame) -> pd.Series:
    """Time in seconds that each person is on screen.

    Counted are the tracks of kind person, or those of kind picture for somebody who has no others.
    Copies are never counted. Tracks of one video that overlap in time count once.

    `tracks` have the columns person, video_id, start_s, end_s and kind. Returns seconds by person,
    rounded to microseconds: sums of equal durations can differ below that.
    """
    kind = kind_of_people(tracks)
    own_kind = tracks["kind"].astype(object).fillna("person") == tracks["person"].map(kind)
    counted = tracks[own_kind & (tracks["person"].map(kind) != "copy")]
    seconds = pd.Series(0.0, index=kind.index)
    for (person, _), rows in counted.groupby(["person", "video_id"]):
        spans = union_of_spans(zip(rows["start_s"], rows["end_s"], strict=True))
        seconds[person] += float(np.sum([end - start for start, end in spans]))
    return seconds.round(6)
