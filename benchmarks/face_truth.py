"""The true person of each detected face and of each track, from the labels."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from film_truth import Appearance

UNKNOWN = ""
"""The person of a face that the labels do not tell. Such faces are not measured."""


def true_appearances(
    faces: pd.DataFrame, appearances: Sequence[Appearance], width: float, height: float
) -> np.ndarray:
    """The number of the appearance that each face belongs to, -1 if it is unknown.

    `faces` has the columns time_s, x1, y1, x2, y2 of one video, in pixels of a picture of `width` x
    `height`. A face belongs to the appearance that is on screen at its time and nearest to its
    centre. If an appearance has no place, or is nearest to several faces of one frame, it has the
    largest or the nearest of them, and the other faces are unknown.
    """
    numbers = np.full(len(faces), -1)
    x = ((faces["x1"] + faces["x2"]) / 2 / width).to_numpy(float)
    y = ((faces["y1"] + faces["y2"]) / 2 / height).to_numpy(float)
    areas = ((faces["x2"] - faces["x1"]) * (faces["y2"] - faces["y1"])).to_numpy(float)
    times = faces["time_s"].to_numpy(float)
    for time in np.unique(times):
        rows = np.flatnonzero(times == time)
        shown = [n for n, row in enumerate(appearances) if row.start_s <= time < row.end_s]
        distances = np.array([[_distance(appearances[n], x[r], y[r]) for n in shown] for r in rows])
        # Nearest pairs first, then the largest faces.
        pairs = [(distances[i, j], -areas[r], r, n) for i, r in enumerate(rows)
                 for j, n in enumerate(shown)]  # fmt: skip
        for _, _, row, number in sorted(pairs):
            if numbers[row] < 0 and number not in numbers[rows]:
                numbers[row] = number
    return numbers


def _distance(appearance: Appearance, x: float, y: float) -> float:
    if appearance.x is None or appearance.y is None:
        return 0.0
    return float(np.hypot(appearance.x - x, appearance.y - y))


def main_true_people(faces: pd.DataFrame) -> pd.DataFrame:
    """The true person of each track: the one whom most of its known faces show.

    `faces` has the columns video_id, track and true. The result has one row per track with a known
    face: video_id, track, true, and faces, the number of its known faces. Of two people with the
    same number of faces, the first in the order of names counts.
    """
    track = ["video_id", "track"]
    known = faces[faces["true"] != UNKNOWN]
    counts = known.groupby([*track, "true"]).size().reset_index(name="faces")
    counts = counts.sort_values([*track, "faces", "true"], ascending=[True, True, False, True])
    totals = counts.groupby(track)["faces"].transform("sum")
    return counts.assign(faces=totals).drop_duplicates(track).reset_index(drop=True)
