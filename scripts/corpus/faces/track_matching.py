"""Find a face track of an earlier search again in the tracks of another search of the video.

The numbers and starts of tracks depend on the settings of the search, and on who was erased. Where
and when the best face of a track is does not.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from corpus.faces.tracking import iou

EDGES = ["x1", "y1", "x2", "y2"]
MIN_IOU = 0.3
"""Smallest intersection over union of the earlier best face and the box of the new track."""
MAX_OFFSET_S = 1.0
"""How far a new track may begin after, or end before, the earlier best face, seconds."""


def match_best_faces(
    faces: pd.DataFrame,
    best_faces: pd.DataFrame,
    stored_pixel_scales: Sequence[tuple[float, float]] = (),
) -> list[int | None]:
    """Find the track in which each of the earlier best faces is.

    Parameters
    ----------
    faces
        The faces table of the video.
    best_faces
        Rows of the table clusters, columns best_time_s and best_box.
    stored_pixel_scales
        Factors of x and y for boxes in stored pixels (`corpus.video.picture_format`). Earlier
        versions measured in them. Boxes are taken to be in the pixels in which most are found.

    Returns the track at the same place and time, for each row of `best_faces`; None if no track is
    there. Outside of a track, its nearest box in the same shot counts, for up to `MAX_OFFSET_S`.
    """
    columns = faces.sort_values("frame").groupby("track")
    tracks = {
        int(track): (rows["time_s"].to_numpy(float), rows[EDGES].to_numpy(float))
        for track, rows in columns
    }
    rows = list(best_faces[["best_time_s", "best_box"]].itertuples(index=False, name=None))
    matches = [
        [_match(tracks, time_s, np.asarray(box, float) * (*scale, *scale)) for time_s, box in rows]
        for scale in dict.fromkeys([(1.0, 1.0), *stored_pixel_scales])
    ]
    return max(matches, key=lambda found: sum(track is not None for track in found))


def _match(
    tracks: dict[int, tuple[np.ndarray, np.ndarray]], time_s: float, box: np.ndarray
) -> int | None:
    """The track whose box is nearest to `box` (4,) at `time_s`."""
    candidates = []
    for track, (times, boxes) in tracks.items():
        offset_s = max(times[0] - time_s, time_s - times[-1], 0.0)
        if offset_s <= MAX_OFFSET_S:
            overlap = iou(_box_at(times, boxes, time_s), box[None])[0, 0]
            candidates.append((offset_s > 0, -overlap, offset_s, track))
    candidates = [candidate for candidate in candidates if -candidate[1] >= MIN_IOU]
    return min(candidates)[-1] if candidates else None


def _box_at(times: np.ndarray, boxes: np.ndarray, time_s: float) -> np.ndarray:
    return np.array([[np.interp(time_s, times, boxes[:, side]) for side in range(4)]])


def matched_tracks(
    faces: pd.DataFrame,
    best_faces: pd.DataFrame,
    stored_pixel_scales: Sequence[tuple[float, float]] = (),
) -> set[int]:
    """All tracks in which one of the earlier best faces is; see `match_best_faces`."""
    matches: Iterable[int | None] = match_best_faces(faces, best_faces, stored_pixel_scales)
    return {track for track in matches if track is not None}
