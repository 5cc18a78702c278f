"""Where the heads of forgotten people are: what blurred videos go on covering, and no more of them.

The video still shows them, but the tables of faces and keypoints say nothing of them any more. What
is kept is the ellipse that was covered in each frame in which the head was known.
"""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd

from corpus.faces.track_boxes import TrackBoxes
from corpus.faces.track_extents import track_extents
from corpus.pose.keypoint_stream import align_to_frames, people_by_frame
from corpus.privacy.head_regions import Ellipse, Key, Sighting, Sightings, sightings
from corpus.tables import parquet, provenance, schemas

EDGES = ["x1", "y1", "x2", "y2"]
SAMPLES_PER_SECOND = 1.0
"""Any number: how long a track goes on after its last detection does not matter here."""


class Covers:
    """The covers of a video, frame by frame."""

    def __init__(self, rows: pd.DataFrame | None = None) -> None:
        """`rows` is the table covers, None where nobody was forgotten."""
        self.rows = pd.DataFrame(columns=["frame"]) if rows is None else rows
        self.frames = self.rows["frame"].to_numpy(np.int64)

    def at(self, frame: int) -> Sightings:
        """Heads that were known in a frame, by its number."""
        start, end = np.searchsorted(self.frames, [frame, frame + 1])
        return _sightings(self.rows.iloc[start:end])

    def first(self) -> Sightings:
        """The first sighting of each."""
        if self.rows.empty:
            return {}
        return _sightings(self.rows.drop_duplicates(["cover", "known_by"]))


def _sightings(rows: pd.DataFrame) -> Sightings:
    return {
        Key("cover", row.cover, row.known_by): Sighting(row.time_s, row.shot, _ellipse(row))
        for row in rows.itertuples()
    }


def _ellipse(row: tuple) -> Ellipse:
    middle = (row.x1 + row.x2) / 2, (row.y1 + row.y2) / 2
    return Ellipse(*middle, (row.x2 - row.x1) / 2, (row.y2 - row.y1) / 2)


def path_of(results: Path, video: str) -> Path:
    """Where a video's covers are, if there are any."""
    return results / "covers" / f"{video}.parquet"


def seen(results: Path, video: str, tracks: Iterable[int]) -> pd.DataFrame:
    """Rows of the table covers for the heads of tracks, as a video's tables have them."""
    frames, shots, faces = (
        parquet.read(results / name / f"{video}.parquet") for name in ("frames", "shots", "faces")
    )
    number_of = {track: number for number, track in enumerate(sorted(tracks))}
    own = faces[faces["track"].isin(number_of)]
    boxes = TrackBoxes(own, track_extents(own, shots, SAMPLES_PER_SECOND))
    keypoints = results / "keypoints" / f"{video}.parquet"
    bodies = people_by_frame(keypoints) if keypoints.exists() else ()
    times, shot_of = frames["time_s"].to_numpy(), frames["shot"].to_numpy()
    rows = []
    for frame, people in align_to_frames(range(len(frames)), bodies):
        people = {track: parts for track, parts in people.items() if track in number_of}
        time_s, shot = times[frame], int(shot_of[frame])
        for key, sighting in sightings(time_s, shot, people, boxes).items():
            head = sighting.head
            edges = (head.x - head.across, head.y - head.down)
            edges += (head.x + head.across, head.y + head.down)
            rows.append((frame, time_s, shot, number_of[key.number], key.known_by, *edges))
    found = pd.DataFrame(rows, columns=schemas.SCHEMAS["covers"].names)
    return found.astype(dict.fromkeys(EDGES, np.float32))


def together(before: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """Both, and what is in both once, as when a forgetting is started again.

    Covers are numbered by where they begin, so that the numbers tell nothing of the tracks.
    """
    shifted = new.assign(cover=new["cover"] + before["cover"].max() + 1) if len(before) else new
    rows = pd.concat([before, shifted]) if len(before) else new
    place = ["frame", "known_by", *EDGES]
    rows = rows.astype({"known_by": str}).drop_duplicates(place)
    first = rows.sort_values(place)["cover"].unique()
    numbers = {cover: number for number, cover in enumerate(first)}
    rows = rows.assign(cover=rows["cover"].map(numbers))
    return rows.sort_values(["frame", "cover", "known_by"])


def keep(results: Path, video: str, tracks: Iterable[int]) -> None:
    """Add the heads of tracks to a video's covers, before the tables lose them."""
    path, new = path_of(results, video), seen(results, video, tracks)
    if len(new):
        before = parquet.read(path) if path.exists() else new.iloc[:0]
        made_by = provenance.describe("forget_person", {})
        parquet.write(path, "covers", together(before, new), made_by)
