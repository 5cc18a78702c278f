"""Choose a regular sample of a video's frames.

A frame is on screen until the next one comes. This may take seconds: in a screen recording that
stores a frame only when something changes, in a stream that stalled, or at half a frame per second.
"""

import numpy as np
import pandas as pd

from corpus.video.timestamps import TIME_TOLERANCE_S


def sample_frames(frames: pd.DataFrame, per_second: float) -> pd.DataFrame:
    """Keep the first frame of each shot, then one every 1 / `per_second` seconds of it.

    `frames` is the frames table. Samples are spaced in time and not by frame number, so that a
    variable frame rate is sampled evenly. A frame that stays on screen for more than
    1 / `per_second` seconds is always sampled.
    """
    is_sampled = np.zeros(len(frames), dtype=bool)
    current_shot, next_sample_s = None, 0.0
    for row, (shot, time_s) in enumerate(zip(frames["shot"], frames["time_s"], strict=True)):
        if shot != current_shot:
            current_shot, next_sample_s = shot, time_s
        if time_s >= next_sample_s - TIME_TOLERANCE_S:
            is_sampled[row] = True
            next_sample_s += (1 + int((time_s - next_sample_s) * per_second + 1e-3)) / per_second
    is_held = -frames["time_s"].diff(-1).to_numpy(float) > 1 / per_second + TIME_TOLERANCE_S
    return frames[is_sampled | is_held]


def shown_until(frames: pd.DataFrame, shots: pd.DataFrame) -> pd.Series:
    """The time until which each frame is shown, seconds.

    It is the start of the next frame, or the end of the shot for its last frame. `frames` and
    `shots` are the tables of a video.
    """
    next_in_shot_s = frames.groupby("shot")["time_s"].shift(-1)
    shot_end_s = frames["shot"].map(shots.set_index("shot")["end_s"])
    return next_in_shot_s.fillna(shot_end_s).astype(float)
