"""Discard face tracks that are probably chance detections."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

TIME_TOLERANCE_S = 2e-3
"""Containers round the times of frames, some to milliseconds."""


@dataclass(frozen=True)
class TrackLimits:
    """What a track needs so that it is not discarded."""

    samples_per_second: float
    """Frames per second that were searched for faces."""
    min_s: float
    """Shortest time on screen, seconds."""
    min_best_score: float
    """Lowest score of the best detection."""


def drop_chance_tracks(
    faces: pd.DataFrame, samples: pd.DataFrame, limits: TrackLimits
) -> pd.DataFrame:
    """Discard short and doubtful tracks, and number the others from 0 in order of appearance.

    Each detection stands for one sampling interval, or for the time that its frame is on screen if
    this is longer. A track is kept if its detections together stand for `limits.min_s` seconds, or
    if it has a detection in every sample of its shot, and if its best score is high enough.

    Parameters
    ----------
    faces
        The faces table before filtering.
    samples
        The rows of the frames table that were sampled.
    """
    tracks = faces.groupby("track")
    shown_s = np.fmax(faces["shown_until_s"] - faces["time_s"], 1 / limits.samples_per_second)
    time_on_screen_s = shown_s.astype(float).groupby(faces["track"]).transform("sum")
    is_whole_shot = tracks["frame"].transform("size") >= faces["shot"].map(
        samples["shot"].value_counts()
    )
    is_long = is_whole_shot | (time_on_screen_s >= limits.min_s - TIME_TOLERANCE_S)
    is_certain = tracks["score"].transform("max") >= limits.min_best_score
    kept = faces[is_long & is_certain]
    new_numbers = {old: new for new, old in enumerate(kept["track"].drop_duplicates())}
    return kept.assign(track=kept["track"].map(new_numbers)).sort_values(["frame", "track"])
