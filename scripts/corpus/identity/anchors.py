"""Finding the person whose face contains an anchor of people.tsv."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from corpus.identity.corpus_tracks import BOX
from corpus.inputs.people_file import Anchor
from corpus.tables import parquet


class TrackBox(NamedTuple):
    """Where the face of a track is at the time of an anchor."""

    offset_s: float
    """How far the anchor's time is outside of the track, 0 inside."""
    row: int
    """Index of the track in the table of tracks."""
    box: np.ndarray
    """(4,) x1, y1, x2, y2 in pixels."""


def boxes_at(
    anchor: Anchor, tracks: pd.DataFrame, faces: pd.DataFrame, slack_s: float
) -> list[TrackBox]:
    """Return the face box of each track of the video at the anchor's time.

    Between two detections the box is interpolated linearly. Outside of the track, up to `slack_s`
    seconds before its start or after its end, the nearest box is used.
    """
    boxes = []
    for row, track, start_s, end_s in tracks[["track", "start_s", "end_s"]].itertuples():
        offset_s = max(start_s - anchor.time_s, anchor.time_s - end_s)
        # Intervals are half-open: where the track of one shot ends, that of the next may begin.
        offset_s = max(offset_s, 1e-9) if anchor.time_s >= end_s else max(offset_s, 0.0)
        if offset_s <= slack_s:
            detections = faces[faces["track"] == track].sort_values("time_s")
            times = detections["time_s"].to_numpy()
            box = np.array([np.interp(anchor.time_s, times, detections[edge]) for edge in BOX])
            boxes.append(TrackBox(offset_s, row, box))
    return boxes


def person_at(anchor: Anchor, tracks: pd.DataFrame, faces: pd.DataFrame, slack_s: float) -> str:
    """Return the person whose face contains the anchor.

    `tracks` and `faces` are those of the anchor's video. A track that is on screen at the anchor's
    time is preferred to one that misses it by up to `slack_s` seconds. Of overlapping faces, the
    one with the nearest centre is chosen. Raises LookupError with a message that says who is near.
    """
    boxes = boxes_at(anchor, tracks, faces, slack_s)
    point = np.array([anchor.x, anchor.y])
    hits = []
    for offset_s, row, box in boxes:
        if (box[:2] <= point).all() and (point <= box[2:]).all():
            distance = float(np.abs(point - (box[:2] + box[2:]) / 2).max())
            hits.append((offset_s, distance, row))
    if hits:
        _, _, row = min(hits)
        return tracks.at[row, "person"]
    raise LookupError(
        f"no face at ({anchor.x:g}, {anchor.y:g}) in {anchor.video_id} at "
        f"{anchor.time_s:g} s; {_describe_near_faces(anchor, tracks, boxes)}"
    )


def _describe_near_faces(anchor: Anchor, tracks: pd.DataFrame, boxes: list[TrackBox]) -> str:
    """Describe the faces at the anchor's time; if there are none, the one nearest in time."""
    if boxes:
        descriptions = []
        for _, row, (x1, y1, x2, y2) in boxes:
            person = tracks.at[row, "person"]
            descriptions.append(f"{person} is at x {x1:.0f} to {x2:.0f}, y {y1:.0f} to {y2:.0f}")
        return f"at this time, {'; '.join(descriptions)}"
    if not len(tracks):
        return "no face was found in this video"
    offset_s = np.maximum(tracks["start_s"] - anchor.time_s, anchor.time_s - tracks["end_s"])
    nearest = tracks.loc[offset_s.idxmin()]
    return (
        f"the nearest is {nearest['person']}, on screen from {nearest['start_s']:.3f} to "
        f"{nearest['end_s']:.3f} s"
    )


def anchor_lookup(results: Path, tracks: pd.DataFrame, slack_s: float) -> Callable[[Anchor], str]:
    """Return a function that finds the person at an anchor, for `people_file.names_by_person`.

    `tracks` are all tracks of the corpus with their people. The function works as `person_at` does.
    It reads the faces of each video only once.
    """
    tables: dict[str, tuple[pd.DataFrame, pd.DataFrame]] = {}

    def lookup(anchor: Anchor) -> str:
        video = anchor.video_id
        if video not in tables:
            faces = parquet.read(results / f"faces/{video}.parquet", ["track", "time_s", *BOX])
            tables[video] = tracks[tracks["video_id"] == video], faces
        video_tracks, video_faces = tables[video]
        return person_at(anchor, video_tracks, video_faces, slack_s)

    return lookup
