"""Compute how long each face track of a video is on screen."""

import numpy as np
import pandas as pd


def track_extents(
    faces: pd.DataFrame, shots: pd.DataFrame, samples_per_second: float
) -> pd.DataFrame:
    """Start and end of each face track of one video.

    A track lasts from its first detection until one sampling interval after its last detection,
    since the frames up to the next sample were not searched. If the frame of its last detection
    stays on screen for longer, as where a recording stands still, the track lasts as long as that
    frame. It never extends beyond its shot.

    Parameters
    ----------
    faces, shots
        The faces table and the shots table of the video.
    samples_per_second
        Number of frames per second that were searched for faces.

    Returns a data frame indexed by track with the columns shot, start_s and end_s (seconds,
    half-open), and n_faces (number of detections).
    """
    extents = (
        faces.sort_values(["track", "frame"])
        .groupby("track")
        .agg(
            shot=("shot", "first"),
            start_s=("time_s", "first"),
            end_s=("time_s", "last"),
            n_faces=("time_s", "size"),
            shown_until_s=("shown_until_s", "last"),
        )
    )
    shot_end_s = extents["shot"].map(shots.set_index("shot")["end_s"]).astype(float)
    end_s = np.fmax(extents["end_s"] + 1 / samples_per_second, extents["shown_until_s"])
    extents = extents.assign(end_s=np.minimum(end_s, shot_end_s))
    return extents.drop(columns="shown_until_s")
