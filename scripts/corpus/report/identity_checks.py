"""What to check about identities: people who may be one person, people who are on screen twice at
the same time, and people whose tracks may show several people.

The doubts follow from the columns `probability`, `other_person` and `other_probability` of the
table tracks. That two people are one is right more often than not at a probability of 0.5. A low
`probability` alone is not a doubt: mostly the track shows its person in another light or view
(docs/people.md has the figures).
"""

from dataclasses import dataclass

import pandas as pd

LIKELY = 0.5
"""A statement with a higher probability is more likely true than false."""
UNLIKE = 0.9
"""Tracks of a person who may be several people are shown if their probability is lower."""
MIXED_TRACKS = 3
"""Fewest tracks of a person whose tracks are compared with each other."""
TOLERANCE_S = 1e-6
"""Differences of times below this come from rounding."""


@dataclass(frozen=True)
class Doubt:
    """Two people, `person` and `other`, who are probably one person."""

    tracks: tuple[int, ...]
    """Indices of the tracks that show this; the most similar to the other person comes first."""
    person: str
    other: str
    chance: float
    """Probability that the two people are one."""


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


@dataclass(frozen=True)
class Mixed:
    """A person whose tracks may show several people."""

    person: str
    tracks: tuple[int, ...]
    """Indices of the tracks that are least like the others, the least probable first."""
    chance: float
    """Probability that the second of them shows somebody else."""


def find_doubts(tracks: pd.DataFrame, named: set[str]) -> list[Doubt]:
    """Pairs of people in the table tracks who are probably one person, the most probable first.

    Two people in `named`, the ids of people with a name of their own, are not compared: the user
    has decided that they are two. A copy is not compared, because it has the person of the face
    that it copies. A track with a low probability of its own person says nothing about whether that
    person is somebody else.
    """
    tracks = tracks[tracks["kind"].ne("copy")].drop(low_probabilities(tracks).index)
    likely = tracks[tracks["other_probability"].gt(LIKELY).fillna(False)]
    likely = likely.sort_values("other_probability", ascending=False, kind="stable")
    pairs: dict[frozenset, list] = {}
    for index, row in likely.iterrows():
        pair = frozenset((row["person"], row["other_person"]))
        if len(pair) == 2 and not pair <= named:
            pairs.setdefault(pair, []).append(index)
    doubts = [_doubt(likely, indices) for indices in pairs.values()]
    return sorted(doubts, key=lambda doubt: (-round(doubt.chance, 6), doubt.tracks))


def _doubt(likely: pd.DataFrame, indices: list[int]) -> Doubt:
    """The doubt about a pair of people, from the rows at these indices, the most probable first."""
    row = likely.loc[indices[0]]
    chance = float(row["other_probability"])
    return Doubt(tuple(indices), row["person"], row["other_person"], chance)


def find_strangers(tracks: pd.DataFrame) -> pd.DataFrame:
    """Rows of the table tracks that probably show another person and probably not their own.

    A low probability alone says nothing, see above: another person must be a plausible alternative.
    Copies and the only track of a person are left out, as in `low_probabilities`. Of three rules,
    this one was right most often on the half of the clips to choose on (docs/checking.md).
    """
    low = low_probabilities(tracks)
    return low[low["other_probability"].gt(LIKELY).fillna(False)]


def low_probabilities(tracks: pd.DataFrame) -> pd.DataFrame:
    """Rows of the table tracks in which the probability of the track's own person is low.

    Copies are left out. So is the only track of a person: it cannot be somebody else, and has a low
    probability only because nothing is known about it.
    """
    tracks = tracks[tracks["kind"].ne("copy")]
    is_only = ~tracks["person"].duplicated(keep=False)
    return tracks[tracks["probability"].lt(LIKELY).fillna(False) & ~is_only]


def find_mixed(tracks: pd.DataFrame) -> list[Mixed]:
    """People in the table tracks who may be several: two of their tracks have a low probability.

    A single such track mostly shows its person in another light or view; where there were several,
    two people had been merged (docs/checking.md). People with fewer than `MIXED_TRACKS` tracks are
    left out: nothing says which of two tracks is the other person. If the tracks have a column
    `cluster`, people merged by name are examined as they were before, because each of them may be
    a single track of which nothing is known. The people with the most such tracks come first.
    """
    group = "cluster" if "cluster" in tracks else "person"
    living = tracks[tracks["kind"].ne("copy")]
    sizes = living.groupby(group)[group].transform("size")
    unlike = living[(sizes >= MIXED_TRACKS) & living["probability"].lt(UNLIKE).fillna(False)]
    unlike = unlike.sort_values("probability", kind="stable")
    mixed = [
        Mixed(rows["person"].iloc[0], tuple(rows.index), 1 - float(rows["probability"].iloc[1]))
        for _, rows in unlike.groupby(group, sort=True)
        if rows["probability"].lt(LIKELY).sum() > 1
    ]
    return sorted(mixed, key=lambda one: (-len(one.tracks), one.person, one.tracks))


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
