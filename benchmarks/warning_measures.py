"""Which warnings of the view Check are right, on tracks and gestures with labels.

Tracks have the columns of `calibration_measures.true_of_found`, and those of the table tracks.
"""

from collections.abc import Callable, Iterator
from itertools import combinations
from typing import NamedTuple

import numpy as np
import pandas as pd

from calibration_measures import true_of_found
from corpus.identity.evidence import Evidence
from corpus.identity.groups import groups_of_tracks
from corpus.identity.probabilities import track_probabilities
from corpus.report.identity_checks import (
    LIKELY,
    MIXED_TRACKS,
    find_doubts,
    find_mixed,
    find_overlaps,
)

SLACK_S = 0.2
"""One sampling interval of faces by default, seconds."""
NO_CONFLICTS = np.zeros((0, 2), dtype=np.int64)


class Count(NamedTuple):
    """Number of warnings, of right ones, of errors, and of errors with a right warning."""

    warnings: int = 0
    right: int = 0
    errors: int = 0
    warned: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(*(a + b for a, b in zip(self, other, strict=True)))


# People -------------------------------------------------------------------------------------------


def same_people(tracks: pd.DataFrame) -> Count:
    """Warnings that two found people are one; an error is a pair of found people who are one."""
    true = true_of_found(tracks)
    doubted = {
        frozenset((doubt.person, doubt.other))
        for doubt in find_doubts(tracks, set())
        if doubt.person in true and doubt.other in true
    }
    errors = {
        frozenset(pair) for pair in combinations(sorted(true), 2) if true[pair[0]] == true[pair[1]]
    }
    return Count(len(doubted), len(doubted & errors), len(errors), len(doubted & errors))


def twice_at_once(tracks: pd.DataFrame) -> Count:
    """Warnings that a person is on screen twice; right if the two tracks show two people.

    An error is a found person who has tracks of several true people.
    """
    overlaps = find_overlaps(tracks, SLACK_S)
    is_right = [tracks.loc[list(overlap.tracks), "true"].nunique() > 1 for overlap in overlaps]
    merged = tracks.groupby("person")["true"].nunique() > 1
    warned = {o.person for o, right in zip(overlaps, is_right, strict=True) if right}
    return Count(len(overlaps), sum(is_right), int(merged.sum()), len(warned))


def merged_by_name(tracks: pd.DataFrame) -> Count:
    """`twice_at_once` of each two found people, if somebody gave both the same name."""
    total = Count()
    for one, two in combinations(sorted(tracks["person"].unique()), 2):
        both = tracks[tracks["person"].isin([one, two])]
        total += twice_at_once(both.assign(person=one))
    return total


def mixed_people(tracks: pd.DataFrame) -> Count:
    """Warnings that a found person is several people; an error is one with tracks of several."""
    warned = {mixed.person for mixed in find_mixed(tracks)}
    is_merged = tracks.groupby("person")["true"].nunique() > 1
    errors = set(is_merged.index[is_merged])
    return Count(len(warned), len(warned & errors), len(errors), len(warned & errors))


def tracks_of_mixed(tracks: pd.DataFrame) -> Count:
    """Warnings that a found person is several people, and the wrong tracks in all found people.

    An error is a track that does not show the person whom most faces of its found person show; it
    is warned of if there is a warning about its found person.
    """
    warned = {mixed.person for mixed in find_mixed(tracks)}
    wrong = tracks[tracks["person"].map(true_of_found(tracks)) != tracks["true"]]
    in_warned = wrong["person"].isin(warned)
    right = int(wrong.loc[in_warned, "person"].nunique())
    return Count(len(warned), right, len(wrong), int(in_warned.sum()))


def with_merged_people(
    tracks: pd.DataFrame, vectors: np.ndarray, owners: np.ndarray, evidence: Evidence
) -> Iterator[Count]:
    """Yield the count for each found person who also gets the tracks of the most similar one.

    Only the merged person counts: one error, and a right warning if it is warned of. Two found
    people who are one, and merged ones with fewer than three tracks, are left out. `vectors` and
    `owners` are those of `with_a_wrong_track`. All probabilities are computed again.
    """
    groups = groups_of_tracks(vectors, owners, np.ones(len(vectors)), len(tracks))
    labels, people = pd.factorize(tracks["person"])
    centres = groups.joined(labels).means
    for label in range(len(people) if len(people) > 1 else 0):
        distances = ((centres - centres[label]) ** 2).sum(1)
        distances[label] = np.inf
        merged = np.where(labels == distances.argmin(), label, labels)
        is_merged = merged == label
        if is_merged.sum() < MIXED_TRACKS or tracks.loc[is_merged, "true"].nunique() < 2:
            continue
        _, numbers = np.unique(merged, return_inverse=True)
        result = track_probabilities(groups, numbers, NO_CONFLICTS, evidence)
        after = tracks.assign(person=people[merged], probability=result.own)
        warned = any(mixed.person == people[label] for mixed in find_mixed(after))
        yield Count(int(warned), int(warned), 1, int(warned))


Rule = Callable[[pd.DataFrame], pd.Series]
"""Which tracks a rule warns of: the table tracks gives true or false for each row."""
RULES: dict[str, Rule] = {
    "probability below 0.5": lambda tracks: tracks["probability"] < LIKELY,
    "another person is more probable": lambda tracks: (
        tracks["other_probability"] > tracks["probability"]
    ),
    "another person is likely": lambda tracks: (
        (tracks["probability"] < LIKELY) & (tracks["other_probability"] > LIKELY)
    ),
}
"""Rules for tracks that may show somebody else; all leave out the only track of a person."""


def wrong_tracks(tracks: pd.DataFrame, rule: Rule, before: pd.DataFrame | None = None) -> Count:
    """Warnings that a track shows somebody else; an error is a track that does.

    With the same tracks before an error was put in, only warnings and errors that are new count.
    """
    is_warned, is_wrong = _warned_and_wrong(tracks, rule)
    if before is not None:
        was_warned, was_wrong = _warned_and_wrong(before, rule)
        is_warned, is_wrong = is_warned & ~was_warned, is_wrong & ~was_wrong
    both = int((is_warned & is_wrong).sum())
    return Count(int(is_warned.sum()), both, int(is_wrong.sum()), both)


def _warned_and_wrong(tracks: pd.DataFrame, rule: Rule) -> tuple[pd.Series, pd.Series]:
    is_only = ~tracks["person"].duplicated(keep=False)
    is_warned = rule(tracks).fillna(False).astype(bool) & ~is_only
    return is_warned, tracks["person"].map(true_of_found(tracks)) != tracks["true"]


def with_a_wrong_track(
    tracks: pd.DataFrame, vectors: np.ndarray, owners: np.ndarray, evidence: Evidence
) -> Iterator[pd.DataFrame]:
    """Yield the tracks once for each track of a person with several, which is then put elsewhere.

    It is assigned to the person with the nearest mean, the hardest case. `vectors` (m, d) are the
    embeddings of the faces and `owners` (m,) the row of the track of each. All probabilities are
    computed again.
    """
    groups = groups_of_tracks(vectors, owners, np.ones(len(vectors)), len(tracks))
    labels, people = pd.factorize(tracks["person"])
    sizes = np.bincount(labels)
    centres = groups.joined(labels).means
    for row in np.flatnonzero(sizes[labels] > 2):
        distances = ((centres - groups.means[row]) ** 2).sum(1)
        distances[labels[row]] = np.inf
        wrong = labels.copy()
        wrong[row] = distances.argmin()
        result = track_probabilities(groups, wrong, NO_CONFLICTS, evidence)
        yield tracks.assign(
            person=people[wrong],
            probability=result.own,
            other_person=[people[label] if label >= 0 else None for label in result.other],
            other_probability=result.other_probability,
        )


# Gestures -----------------------------------------------------------------------------------------


def cut_off_ends(gestures: pd.DataFrame, marks: pd.DataFrame) -> Count:
    """Warnings that an end of a gesture is not seen; right if the hand is out of view there.

    `gestures` are those of one video, `marks` its rows of movement_truth.tsv. Gestures of a hand
    without a mark, and those that do not overlap it, are not counted.
    """
    total = Count()
    for row in gestures.itertuples():
        for mark in marks.to_dict("records"):
            start_s, end_s = mark[f"{row.hand}_start_s"], mark[f"{row.hand}_end_s"]
            if not (row.start_s < end_s and start_s < row.end_s):
                continue
            for end, is_seen in (("start", row.start_seen), ("end", row.end_seen)):
                is_out = mark[f"{row.hand}_{end}"] != "seen"
                total += Count(not is_seen, not is_seen and is_out, is_out, not is_seen and is_out)
    return total


def displaced(keypoints: pd.DataFrame, after_s: float, shoulder_widths: float) -> pd.DataFrame:
    """The keypoints of a track, with the skeleton on somebody else after a time.

    All points are moved to the right by this many shoulder widths (the median over the track).
    """
    pose = keypoints[keypoints["part"] == "pose"]
    left, right = (
        pose[pose["keypoint"] == name].set_index(["frame", "track"])["x"]
        for name in ("left_shoulder", "right_shoulder")
    )
    width = float((left - right).abs().median())
    is_after = keypoints["time_s"] >= after_s
    return keypoints.assign(x=keypoints["x"] + is_after * width * shoulder_widths)


def jumps(gestures: pd.DataFrame, measures: pd.DataFrame, at_s: float) -> Count:
    """Warnings that the skeleton jumps; right in gestures during which it does, at this time."""
    rows = gestures.merge(measures[["gesture", "jump"]], on="gesture")
    is_wrong = (rows["start_s"] <= at_s) & (at_s < rows["end_s"])
    warned = rows["jump"].astype(bool)
    both = int((warned & is_wrong).sum())
    return Count(int(warned.sum()), both, int(is_wrong.sum()), both)
