"""Discard face tracks that are probably chance detections."""

import numpy as np
import pandas as pd


def min_detections(frames: pd.DataFrame, samples_per_second: float, min_track_s: float) -> int:
    """Number of detections that a track of `min_track_s` seconds has.

    `frames` is the frames table: a video may have fewer frames per second than are to be sampled.
    """
    sampling_interval_s = np.fmax(frames["time_s"].diff().median(), 1 / samples_per_second)
    return int(np.ceil(min_track_s / sampling_interval_s - 1e-3))


def drop_chance_tracks(
    faces: pd.DataFrame, samples: pd.DataFrame, min_detections: int, min_best_score: float
) -> pd.DataFrame:
    """Discard short and doubtful tracks, and number the others from 0 in order of appearance.

    A track is kept if it has at least `min_detections` detections, or a detection in every sample
    of a shot that has fewer samples, and if its best score is at least `min_best_score`.

    Parameters
    ----------
    faces
        The faces table before filtering.
    samples
        The rows of the frames table that were sampled.
    """
    samples_in_shot = samples["shot"].value_counts()
    tracks = faces.groupby("track")
    required = np.minimum(min_detections, faces["shot"].map(samples_in_shot))
    is_long = tracks["frame"].transform("size") >= required
    is_certain = tracks["score"].transform("max") >= min_best_score
    kept = faces[is_long & is_certain]
    new_numbers = {old: new for new, old in enumerate(kept["track"].drop_duplicates())}
    return kept.assign(track=kept["track"].map(new_numbers)).sort_values(["frame", "track"])
