"""Measures of how well face tracks follow one person each.

`faces` has one row per detected face of known person, of all videos: video_id, track, time_s, true
(the person) and appearance (a number per video).
"""

import pandas as pd

Measures = dict[str, float]


def track_measures(faces: pd.DataFrame) -> Measures:
    """Measures of all tracks.

    purity: share of the faces that show the person whom most faces of their track show.
    switches: how often the person changes from one face of a track to the next.
    breaks: how often the track changes from one face of an appearance to the next.
    """
    tracks = faces.groupby(["video_id", "track"])
    largest = faces.groupby(["video_id", "track", "true"]).size().groupby(level=[0, 1]).max()
    return {
        "tracks": tracks.ngroups,
        "purity": float(largest.sum() / len(faces)) if len(faces) else float("nan"),
        "switches": _changes(faces, ["video_id", "track"], "true"),
        "breaks": _changes(faces, ["video_id", "true", "appearance"], "track"),
    }


def _changes(faces: pd.DataFrame, groups: list[str], column: str) -> int:
    """How often `column` changes from one row to the next in each group, in order of time."""
    ordered = faces.sort_values([*groups, "time_s"], kind="stable")
    previous = ordered.groupby(groups)[column].shift()
    return int((previous.notna() & (previous != ordered[column])).sum())


def covered_seconds(appearances: pd.DataFrame, tracks: pd.DataFrame) -> tuple[float, float]:
    """Seconds in which the people are on screen, and the part in which a track of them is.

    `appearances` has the columns video_id, start_s, end_s and true, `tracks` the same for tracks.
    Times of one video are on the same clock; an appearance is counted once, however many tracks of
    its person there are at the same time.
    """
    total = covered = 0.0
    by_person = dict(list(tracks.groupby(["video_id", "true"])))
    for row in appearances.itertuples():
        total += row.end_s - row.start_s
        own = by_person.get((row.video_id, row.true))
        if own is not None:
            covered += _union_within(own, row.start_s, row.end_s)
    return total, covered


def _union_within(tracks: pd.DataFrame, start_s: float, end_s: float) -> float:
    """Length of the union of the tracks between two times."""
    length, until = 0.0, start_s
    for first, last in sorted(zip(tracks["start_s"], tracks["end_s"], strict=True)):
        first, last = max(first, until), min(last, end_s)
        length += max(last - first, 0.0)
        until = max(until, last)
    return length
