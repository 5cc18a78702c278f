"""Times of a video's frames in a few numbers, so that the page can step from frame to frame.

Most videos have a constant frame rate, apart from the rounding of their container. Their times are
one run of equally spaced frames. A video with a changing rate has several runs.
"""

import numpy as np

TOLERANCE_MS = 0.6
"""Largest difference of a time from its run. Matroska rounds times to 1 ms, so 0.5 is needed."""
MAX_RUNS = 200
"""Videos with more runs, such as those of most phones, get none: the page would grow too large."""


def frame_runs(times_s: np.ndarray) -> list[tuple[float, float, int]]:
    """Describe sorted times (s, shape (n,)) as runs (first time in ms, period in ms, count).

    Frame i of a run is at first + i * period, exact to `TOLERANCE_MS`. Each run is as long as
    possible (the swing filter of Elmeleegy et al. 2009, "Online piece-wise linear approximation of
    numerical streams with precision guarantees"). Returns [] if there are more than `MAX_RUNS`.
    """
    times = np.asarray(times_s, np.float64) * 1000
    runs = []
    while len(times):
        if len(runs) == MAX_RUNS:
            return []
        count, period = _first_run(times)
        runs.append((round(float(times[0]), 3), round(period, 9), count))
        times = times[count:]
    return runs


def shortest_frame(times_s: np.ndarray) -> float | None:
    """Shortest distance of two successive times, in ms, or None for fewer than two frames."""
    return round(float(np.diff(times_s).min()) * 1000, 3) if len(times_s) > 1 else None


def _first_run(times: np.ndarray) -> tuple[int, float]:
    """Number of frames and period of the longest run at the start of `times` (ms)."""
    distances, steps = times[1:] - times[0], np.arange(1, len(times))
    slowest = np.minimum.accumulate((distances + TOLERANCE_MS) / steps)
    fastest = np.maximum.accumulate((distances - TOLERANCE_MS) / steps)
    apart = np.flatnonzero(fastest > slowest)
    count = int(apart[0]) + 1 if len(apart) else len(times)
    if count == 1:
        return 1, 0.0
    return count, float(slowest[count - 2] + fastest[count - 2]) / 2
