"""What to check about identities: people who may be one person, faces unlike the others of their
person, and people who are on screen twice at the same time.

The doubts follow from the columns `probability`, `other_person` and `other_probability` of the
table tracks. That two people are one is right more often than not at a probability of 0.5. A face
unlike the others of its person is worth a look, but is mostly the same person in another light or
view (docs/people.md has the figures).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

LIKELY = 0.5
"""A statement with a higher probability is more likely true than false."""
TOLERANCE_S = 1e-6
"""Differences of times below this come from rounding."""
TRACK, PEOPLE = "track", "people"
"""Reasons for a doubt: a face is unlike the others of its person, or two people may be one."""


@dataclass(frozen=True)
class Doubt:
    """A reason to compare faces.

    With the reason `PEOPLE`, `person` and `other` are probably one person. With `TRACK`, the
    probability that a track shows `person`, who is seen in other tracks too, is low.
    """

    reason: str
    tracks: tuple[int, ...]
    """Indices of the tracks in the table; with `PEOPLE` the most similar to `other` comes first."""
    person: str
    other: str | None
    """The most probable other person, or None."""
    chance: float
    """Probability that the two people are one, or that the track does not show the person."""


@dataclass(frozen=True)
class Overlap:
    """A person who is on screen twice at the same time in a video."""

    video_id: str
    person: str
    tracks: tuple[int, int]
    """Indices of the first two tracks that overlap."""
    start_s: float
    """Time at which they are first both on screen, on the clock of the video file."""
    seconds: float
    """Time in which several tracks of the person are on screen."""


def find_doubts(tracks: pd.DataFrame, named: set[str]) -> list[Doubt]:
    """Doubts about the identities in the table tracks: two people first, the most probable first.

    Two people in `named`, the ids of people with a name of their own, are not compared: the user
    has decided that they are two. A copy is not listed, because it has the person of the face that
    it copies. The only track of a person can be another person too, but not somebody else: it may
    have a low probability because nothing is known about it.
    """
    tracks = tracks[tracks["kind"].ne("copy")]
    is_only = ~tracks["person"].duplicated(keep=False)
    unlikely = tracks[tracks["probability"].lt(LIKELY).fillna(False) & ~is_only]
    doubts = [
        Doubt(TRACK, (index,), row["person"], _other(row), 1 - float(row["probability"]))
        for index, row in unlikely.iterrows()
        if _other(row) != row["person"]
    ]
    doubts += _doubts_about_people(tracks.drop(unlikely.index), named)
    return sorted(
        doubts, key=lambda doubt: (doubt.reason != PEOPLE, -round(doubt.chance, 6), doubt.tracks)
    )


def _doubts_about_people(tracks: pd.DataFrame, named: set[str]) -> Iterator[Doubt]:
    """One doubt for each pair of people who are probably one person."""
    likely = tracks[tracks["other_probability"].gt(LIKELY).fillna(False)]
    likely = likely.sort_values("other_probability", ascending=False, kind="stable")
    pairs: dict[frozenset, list] = {}
    for index, row in likely.iterrows():
        pair = frozenset((row["person"], _other(row)))
        if None not in pair and len(pair) == 2 and not pair <= named:
            pairs.setdefault(pair, []).append(index)
    for indices in pairs.values():
        row = likely.loc[indices[0]]
        chance = float(row["other_probability"])
        yield Doubt(PEOPLE, tuple(indices), row["person"], _other(row), chance)


def _other(track: pd.Series) -> str | None:
    return None if pd.isna(track["other_person"]) else track["other_person"]


def find_overlaps(tracks: pd.DataFrame, slack_s: float) -> list[Overlap]:
    """People who are on screen twice at once, one entry per person and video, the longest first.

    Pictures and copies are not counted: a person can be on screen together with them. The end of a
    track can be up to `slack_s` seconds too late.
    """
    living = tracks[~tracks["kind"].isin(("picture", "copy"))]
    living = living.sort_values(["video_id", "person", "start_s"], kind="stable")
    keys = [living["video_id"], living["person"]]
    # End of the track that ends last among the earlier ones of the same person and video.
    ends_s = living["end_s"].groupby(keys).cummax().groupby(keys).shift()
    is_twice = living["start_s"] < ends_s - slack_s - TOLERANCE_S
    rows_of = living.groupby(["video_id", "person"])
    groups = living.loc[is_twice, ["video_id", "person"]].drop_duplicates()
    overlaps = (
        _find_overlap(rows_of.get_group(key), slack_s)
        for key in groups.itertuples(index=False, name=None)
    )
    return sorted(overlaps, key=lambda overlap: -overlap.seconds)


def _find_overlap(tracks: pd.DataFrame, slack_s: float) -> Overlap:
    """The overlap of one person's tracks in one video, sorted by start, of which two overlap."""
    pairs: list[tuple[int, int]] = []
    starts_s: list[float] = []
    seconds = 0.0
    # The track that ends last so far, and the end of the time that is counted already.
    last, last_end_s, counted_s = -1, float("-inf"), float("-inf")
    for index, begins_s, ends_s in tracks[["start_s", "end_s"]].itertuples(name=None):
        if begins_s < last_end_s - slack_s - TOLERANCE_S:
            pairs.append((last, index))
            starts_s.append(begins_s)
            until_s = min(ends_s, last_end_s)
            seconds += max(0.0, until_s - max(begins_s, counted_s))
            counted_s = max(counted_s, until_s)
        if ends_s > last_end_s:
            last, last_end_s = index, ends_s
    video, person = tracks[["video_id", "person"]].iloc[0]
    return Overlap(video, person, pairs[0], starts_s[0], round(seconds, 6))
