"""Small faces, frames and shots tables for the tests of faces and keypoints."""

import numpy as np
import pandas as pd

from corpus.faces.track_boxes import TrackBoxes
from corpus.faces.track_extents import track_extents
from corpus.tables import schemas

FPS = 25


def frames_table(times, shots=None) -> pd.DataFrame:
    """A frames table with these times in seconds and these shots, or with a single shot."""
    shots = [0] * len(times) if shots is None else shots
    return pd.DataFrame({"frame": range(len(times)), "time_s": times, "shot": shots})


def status_table(width: int | None, height: int | None) -> dict:
    """Columns of the status table of a video with progressive pictures of this size."""
    return {
        "video_id": ["clip"],
        "status": ["ok"],
        "width": [width],
        "height": [height],
        "stored_sizes": [f"{width}x{height}"],
        "deinterlaced": [False],
    }


def faces_table(*rows) -> pd.DataFrame:
    """A faces table from rows (frame, time_s, shot, track, box)."""
    columns = schemas.SCHEMAS["faces"].names
    faces = pd.DataFrame([(*row[:4], *row[4]) for row in rows], columns=columns[:8])
    return faces.assign(
        score=0.99, landmarks=[[[0.0, 0.0]] * 5] * len(faces), quality=0.9, shown_until_s=np.nan
    )


def shots_table(*ends_s) -> pd.DataFrame:
    """A shots table: the first shot starts at 0, and each ends at one of these seconds."""
    starts_s = [0.0, *ends_s][: len(ends_s)]
    times = {"start_s": starts_s, "end_s": list(ends_s)}
    frames = {name[:-1] + "frame": np.rint(np.array(times[name]) * FPS) for name in times}
    table = pd.DataFrame({"shot": range(len(ends_s)), **frames, **times})
    return table.astype({"shot": int})


def track_boxes(faces: pd.DataFrame, *shot_ends_s, samples_per_second=5) -> TrackBoxes:
    """The boxes of the tracks of a faces table, in shots that end at these seconds."""
    shots = shots_table(*shot_ends_s)
    return TrackBoxes(faces, track_extents(faces, shots, samples_per_second))
