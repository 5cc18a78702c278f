"""The page's data about identities to check: doubts, and people who are on screen twice at once."""

import pandas as pd

from corpus.report.identity_checks import TRACK, Doubt
from corpus.report.page.tables import CorpusTables
from corpus.report.page.values import milliseconds

Face = list
"""Index of the video, track, time in ms, and box in pixels: x1, y1, x2, y2."""


def describe_identity_checks(tables: CorpusTables) -> dict[str, list[dict]]:
    """The lists `doubts` and `overlaps`, with the faces to compare.

    People are indices of the table people.
    """
    person_index = {person: index for index, person in enumerate(tables.people["person"])}
    faces = _Faces(tables)
    doubts = [
        {
            "reason": doubt.reason,
            "person": person_index[doubt.person],
            "other": None if doubt.other is None else person_index[doubt.other],
            "chance": _percent(doubt.chance),
            "other_chance": _percent(tables.tracks.at[doubt.tracks[0], "other_probability"]),
            "tracks": len(doubt.tracks),
            "faces": faces.to_compare(doubt),
        }
        for doubt in tables.doubts
    ]
    overlaps = [
        {
            "person": person_index[overlap.person],
            "start": milliseconds(overlap.start_s),
            "length": milliseconds(overlap.seconds),
            "faces": [faces.of_track(track) for track in overlap.tracks],
        }
        for overlap in tables.overlaps
    ]
    return {"doubts": doubts, "overlaps": overlaps}


class _Faces:
    """The best faces of tracks and people."""

    def __init__(self, tables: CorpusTables) -> None:
        self.tracks = tables.tracks
        self.video_index = {video: n for n, video in enumerate(tables.corpus["video_id"])}
        ranked = self.tracks.sort_values(
            ["best_quality", "video_id", "track"], ascending=[False, True, True]
        )
        # Two of each person are enough to find the best one besides a given track.
        best = ranked.groupby("person").head(2)
        self.best_two = {person: list(rows.index) for person, rows in best.groupby("person")}

    def to_compare(self, doubt: Doubt) -> list[Face]:
        """The face in doubt, that of its person in another track, and that of the other person.

        If the doubt is about two people, there is no face between the two.
        """
        track = doubt.tracks[0]
        faces = [self.of_track(track)]
        if doubt.reason == TRACK:
            faces.append(self.best_of(doubt.person, without=track))
        if doubt.other is not None:
            faces.append(self.best_of(doubt.other, without=track))
        return faces

    def of_track(self, index: int) -> Face:
        """The best face of the track at this index of the table."""
        row = self.tracks.loc[index]
        box = [round(float(edge)) for edge in row["best_box"]]
        time = milliseconds(row["best_time_s"])
        return [self.video_index[row["video_id"]], int(row["track"]), time, box]

    def best_of(self, person: str, without: int) -> Face:
        """The best face of a person in another track than `without`."""
        return self.of_track(next(index for index in self.best_two[person] if index != without))


def _percent(probability: float) -> int | None:
    """A probability in percent, or None if it is missing. It is never shown as 0 or 100 percent."""
    return None if pd.isna(probability) else min(max(round(float(probability) * 100), 1), 99)
