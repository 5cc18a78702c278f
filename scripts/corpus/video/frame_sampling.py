"""Choose a regular sample of a video's frames."""

import numpy as np
import pandas as pd


def sample_frames(frames: pd.DataFrame, per_second: float) -> pd.DataFrame:
    """Keep the first frame of each shot, then one every 1 / `per_second` seconds of it.

    `frames` is the frames table. Samples are spaced in time and not by frame number, so that a
    variable frame rate is sampled evenly.
    """
    is_sampled = np.zeros(len(frames), dtype=bool)
    current_shot, next_sample_s = None, 0.0
    for row, (shot, time_s) in enumerate(zip(frames["shot"], frames["time_s"], strict=True)):
        if shot != current_shot:
            current_shot, next_sample_s = shot, time_s
        # Tolerance of half a millisecond: containers round times, and a frame that is rounded down
        # must still count as being on time.
        if time_s >= next_sample_s - 5e-4:
            is_sampled[row] = True
            next_sample_s += (1 + int((time_s - next_sample_s) * per_second + 1e-3)) / per_second
    return frames[is_sampled]
