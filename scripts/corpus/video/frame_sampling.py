"""Which frames to look at when not all are needed."""

import numpy as np
import pandas as pd


def sample_frames(frames: pd.DataFrame, per_second: float) -> pd.DataFrame:
    """Of the frames table: in each shot the first, then one every 1 / `per_second` seconds.

    By time and not by number, so that a varying frame rate is sampled evenly.
    """
    keep = np.zeros(len(frames), dtype=bool)
    shot, due = None, 0.0
    for row, (number, time_s) in enumerate(zip(frames["shot"], frames["time_s"], strict=True)):
        if number != shot:
            shot, due = number, time_s
        # Half a millisecond: container clocks round, and a frame in time must not count as early.
        if time_s >= due - 5e-4:
            keep[row] = True
            due += (1 + int((time_s - due) * per_second + 1e-3)) / per_second
    return frames[keep]
