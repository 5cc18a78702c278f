"""How long each face track of a video is on screen."""

import numpy as np
import pandas as pd


def track_extents(
    faces: pd.DataFrame, shots: pd.DataFrame, samples_per_second: float
) -> pd.DataFrame:
    """Tracks of one video: shot, start_s, end_s (seconds, half-open), n_faces; indexed by track.

    A track lasts from its first detection to one sampling interval after its last, since nothing
    is known of the frames up to the next sample, but never beyond its shot.
    """
    ordered = faces.sort_values(["track", "frame"])
    found = ordered.groupby("track").agg(
        shot=("shot", "first"),
        start_s=("time_s", "first"),
        end_s=("time_s", "last"),
        n_faces=("time_s", "size"),
    )
    shot_end = found["shot"].map(shots.set_index("shot")["end_s"]).astype(float)
    return found.assign(end_s=np.minimum(found["end_s"] + 1 / samples_per_second, shot_end))
