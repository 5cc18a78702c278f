"""Interpolate the boxes of face tracks between the sampled frames."""

import numpy as np
import pandas as pd


class TrackBoxes:
    """The box of each face track at any time, linearly interpolated between its detections.

    Parameters
    ----------
    faces
        The faces table of a video.
    extents
        The extents of its tracks (`corpus.faces.track_extents.track_extents`).

    Attributes
    ----------
    tracks, shots, start_s, end_s
        (n,) the track numbers, and the shot, start and end (seconds, half-open) of each track.
    boxes
        {track: (times (k,) in seconds, boxes (k, 4) x1, y1, x2, y2 in pixels)} of the detections.
    """

    def __init__(self, faces: pd.DataFrame, extents: pd.DataFrame) -> None:
        self.tracks = extents.index.to_numpy()
        self.shots, self.start_s, self.end_s = extents[["shot", "start_s", "end_s"]].to_numpy().T
        self.boxes = {
            track: (rows["time_s"].to_numpy(), rows[["x1", "y1", "x2", "y2"]].to_numpy(float))
            for track, rows in faces.sort_values("frame").groupby("track")
        }

    def at(self, time_s: float, shot: int) -> dict[int, np.ndarray]:
        """Boxes (4,) x1, y1, x2, y2 in pixels of the tracks on screen, by track in order."""
        is_visible = (self.shots == shot) & (self.start_s <= time_s) & (time_s < self.end_s)
        return {int(track): self._box(track, time_s) for track in sorted(self.tracks[is_visible])}

    def _box(self, track: int, time_s: float) -> np.ndarray:
        times, boxes = self.boxes[track]
        return np.array([np.interp(time_s, times, boxes[:, side]) for side in range(4)])
