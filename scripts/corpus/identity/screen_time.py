"""Time on screen of people who may be seen in several tracks, pictures and copies at once."""

import numpy as np
import pandas as pd

from corpus.tables.schemas import KINDS


def kind_of_people(tracks: pd.DataFrame) -> pd.Series:
    """Kind of each person: the first of person, picture, copy that one of the tracks has.

    Nobody has only copies, unless the table was edited: a copy belongs to the person it copies.

    `tracks` have the columns person and kind; a missing kind is a person. Returns the kinds by
    person.
    """
    kinds = list(KINDS)
    rank = tracks["kind"].astype(object).fillna(kinds[0]).map(kinds.index)
    return rank.groupby(tracks["person"]).min().map(dict(enumerate(kinds)))


def seconds_of_people(tracks: pd.DataFrame) -> pd.Series:
    """Time in seconds that each person is on screen, by person: the sum of `counted_seconds`.

    It is rounded to microseconds: sums of equal durations can differ below that.
    """
    return counted_seconds(tracks).groupby(tracks["person"]).sum().round(6)


def counted_seconds(tracks: pd.DataFrame) -> pd.Series:
    """Time in seconds that each track adds to the time on screen of its person.

    Counted are the tracks of kind person, or those of kind picture for somebody who has no others.
    Copies are never counted. Where tracks of a person overlap in a video, the time counts for the
    one that starts first.

    `tracks` have the columns person, video_id, start_s, end_s and kind. Returns seconds in the
    order of the rows.
    """
    kind = tracks["person"].map(kind_of_people(tracks))
    own_kind = tracks["kind"].astype(object).fillna("person") == kind
    columns = ["person", "video_id", "start_s", "end_s"]
    counted = tracks.loc[own_kind & (kind != "copy"), columns].sort_values(columns)
    counted = counted.astype({"start_s": float, "end_s": float})
    keys = [counted["person"], counted["video_id"]]
    covered_until_s = counted["end_s"].groupby(keys).cummax().groupby(keys).shift()
    added = counted["end_s"] - counted["start_s"].clip(lower=covered_until_s.fillna(-np.inf))
    return added.clip(lower=0).reindex(tracks.index, fill_value=0.0)
