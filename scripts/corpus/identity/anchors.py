"""Whose face an anchor of people.tsv is in."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from corpus.inputs.people_file import Anchor
from corpus.tables import parquet

BOX = ["x1", "y1", "x2", "y2"]


def boxes_at(anchor: Anchor, tracks: pd.DataFrame, faces: pd.DataFrame, slack_s: float) -> list:
    """Each track of one video on screen at the anchor's time: (seconds off, row, box (4,) pixels).

    Between two detections a box moves evenly. A track that misses the time by up to `slack_s`
    counts with its nearest box.
    """
    found = []
    for row, number, start_s, end_s in tracks[["track", "start_s", "end_s"]].itertuples():
        off = max(start_s - anchor.time_s, anchor.time_s - end_s)
        # Half-open: where one shot's track ends, the next shot's may begin.
        off = max(off, 1e-9) if anchor.time_s >= end_s else max(off, 0.0)
        if off <= slack_s:
            own = faces[faces["track"] == number].sort_values("time_s")
            times = own["time_s"].to_numpy()
            box = np.array([np.interp(anchor.time_s, times, own[edge]) for edge in BOX])
            found.append((off, row, box))
    return found


def hit(anchor: Anchor, tracks: pd.DataFrame, faces: pd.DataFrame, slack_s: float) -> str:
    """The person of the track whose face the anchor is in, of the columns of `tracks`.

    The track that is on screen at the time goes before one that misses it; of faces that overlap
    it is the one whose middle is nearest. Raises LookupError that says who is near.
    """
    boxes = boxes_at(anchor, tracks, faces, slack_s)
    point = np.array([anchor.x, anchor.y])
    inside = [
        (off, float(np.abs(point - (box[:2] + box[2:]) / 2).max()), row)
        for off, row, box in boxes
        if (box[:2] <= point).all() and (point <= box[2:]).all()
    ]
    if inside:
        return tracks.at[min(inside)[-1], "person"]
    place = f"anchor: no face at ({anchor.x:g}, {anchor.y:g}) in {anchor.video_id}"
    raise LookupError(f"{place} at {anchor.time_s:g} s; {_near(anchor, tracks, boxes)}")


def _near(anchor: Anchor, tracks: pd.DataFrame, boxes: list) -> str:
    """Whom somebody who missed may have meant."""
    if boxes:
        seen = "; ".join(
            "{} is at x {:.0f} to {:.0f}, y {:.0f} to {:.0f}".format(
                tracks.at[row, "person"], *box[[0, 2, 1, 3]]
            )
            for _, row, box in boxes
        )
        return f"then {seen}"
    if not len(tracks):
        return "no face was found in this video"
    off = np.maximum(tracks["start_s"] - anchor.time_s, anchor.time_s - tracks["end_s"])
    near = tracks.loc[off.idxmin()]
    return f"nearest is {near['person']}, on screen {near['start_s']:.3f} to {near['end_s']:.3f} s"


def find_anchors(results: Path, tracks: pd.DataFrame, slack_s: float) -> Callable[[Anchor], str]:
    """What `naming.resolve` asks who is at an anchor, reading each video's faces once."""
    read: dict[str, tuple[pd.DataFrame, pd.DataFrame]] = {}

    def at(anchor: Anchor) -> str:
        video = anchor.video_id
        if video not in read:
            faces = parquet.read(results / f"faces/{video}.parquet", ["track", "time_s", *BOX])
            read[video] = tracks[tracks["video_id"] == video], faces
        return hit(anchor, *read[video], slack_s)

    return at
