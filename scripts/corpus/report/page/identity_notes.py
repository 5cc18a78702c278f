"""The page's data about identities to check: doubts, and people who are on screen twice at once."""

from corpus.report.identity_checks import Doubt
from corpus.report.page.tables import CorpusTables
from corpus.report.page.values import milliseconds

Face = list
"""Index of the video, track, time in ms, and box in pixels: x1, y1, x2, y2."""


def describe_identity_checks(tables: CorpusTables) -> dict[str, list[dict]]:
    """The lists `doubts` and `overlaps`, with the faces to compare.

    People are indices of the table people.
    """
    person_index = {person: index for index, person in enumerate(tables.people["person"])}
    faces = CompareFaces(tables)
    doubts = [
        {
            "person": person_index[doubt.person],
            "other": person_index[doubt.other],
            "chance": _percent(doubt.chance),
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


class CompareFaces:
    """The best faces of tracks and people."""

    def __init__(self, tables: CorpusTables) -> None:
        self.tracks = tables.tracks
        self.video_index = {video: n for n, video in enumerate(tables.corpus["video_id"])}
        ranked = self.tracks.sort_values(
            ["best_quality", "video_id", "track"], ascending=[False, True, True]
        )
        best = ranked.drop_duplicates("person")
        self.best_track = dict(zip(best["person"], best.index, strict=True))

    def to_compare(self, doubt: Doubt) -> list[Face]:
        """The face that is most similar to the other person, and the best face of that person."""
        return [self.of_track(doubt.tracks[0]), self.of_person(doubt.other)]

    def of_person(self, person: str) -> Face:
        """The best face of a person in any track."""
        return self.of_track(self.best_track[person])

    def of_track(self, index: int) -> Face:
        """The best face of the track at this index of the table."""
        row = self.tracks.loc[index]
        box = [round(float(edge)) for edge in row["best_box"]]
        time = milliseconds(row["best_time_s"])
        return [self.video_index[row["video_id"]], int(row["track"]), time, box]


def _percent(probability: float) -> int:
    """A probability in percent. It is never shown as 0 or 100 percent."""
    return min(max(round(probability * 100), 1), 99)
