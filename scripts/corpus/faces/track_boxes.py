"""Where faces are between the frames in which they were looked for."""

import numpy as np
import pandas as pd


class TrackBoxes:
    """Where each face track is at any time: the detections, and straight lines between them."""

    def __init__(self, faces: pd.DataFrame, shown: pd.DataFrame) -> None:
        """`faces` is the table of faces, `shown` the tracks' extents (corpus.extents)."""
        self.tracks = shown.index.to_numpy()
        self.shots, self.start_s, self.end_s = shown[["shot", "start_s", "end_s"]].to_numpy().T
        self.boxes = {
            number: (rows["time_s"].to_numpy(), rows[["x1", "y1", "x2", "y2"]].to_numpy(float))
            for number, rows in faces.sort_values("frame").groupby("track")
        }

    def at(self, time_s: float, shot: int) -> dict[int, np.ndarray]:
        """{track: (4,) x1, y1, x2, y2 in pixels} of the tracks on screen."""
        now = (self.shots == shot) & (self.start_s <= time_s) & (time_s < self.end_s)
        found = {}
        for number in sorted(self.tracks[now]):
            times, boxes = self.boxes[number]
            found[int(number)] = np.array([np.interp(time_s, times, boxes[:, i]) for i in range(4)])
        return found
