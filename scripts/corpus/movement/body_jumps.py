"""Frames in which a skeleton jumps to another body or place.

In crowds, the pose model sometimes continues a person on a passer-by. The hand then seems to move
faster than any real hand. Such a jump differs from movement in that the whole upper body is
displaced within a moment, faster than a trunk can accelerate.
"""

import numpy as np

from corpus.movement.local_regression import contiguous_runs, running_median

WINDOW_S = 0.1
"""Longest time in seconds within which a jump is complete. The network may need several frames."""
VELOCITY_HALF_WINDOW_S = 0.5
"""Half the window in seconds of the usual velocity: a median, so a jump does not change it."""
MAX_ACCELERATION = 56.0
"""Highest acceleration of a trunk in shoulder widths per second squared: twice that of gravity, for
shoulders that are 0.35 m apart. Jumpers and sprinters stay below it for the trunk as a whole."""
TIME_TOLERANCE_S = 1e-6
"""Tolerance of the window's length: timestamps are rounded."""
TOLERANCE = 0.25
"""Displacement in shoulder widths that errors of keypoints can explain. It is more than ten times
the jitter of a torso keypoint, which is 1 to 2 % of the shoulder width."""


def find_jumps(times: np.ndarray, body: np.ndarray, max_gap_s: float) -> np.ndarray:
    """Return the frames (n,) in which a body arrives at a place that it cannot have moved to.

    Parameters
    ----------
    times
        Times (n,) of the frames in seconds.
    body
        Positions (n, k, 2) of k keypoints of head and shoulders, in the picture but in shoulder
        widths, NaN in frames without the body.
    max_gap_s
        Frames that are further apart are not compared.

    Notes
    -----
    From the start to the end of a window of `WINDOW_S`, or of one frame if that is longer, the body
    is expected to move with its usual velocity. A body that accelerates as much as possible
    deviates by half the acceleration times the squared time. All frames of a window with a larger
    deviation count. The deviation is the median over the keypoints, so that a single wrong keypoint
    does not count.
    """
    jumps = np.zeros(len(times), bool)
    is_present = np.asarray(np.isfinite(body).all(axis=(1, 2)))
    for run in contiguous_runs(times, is_present, max_gap_s):
        if len(run) > 1:
            jumps[run] = _jumps_of_run(times[run], body[run])
    return jumps


def _jumps_of_run(times: np.ndarray, body: np.ndarray) -> np.ndarray:
    """Frames (n,) with a jump, among frames of a body without gaps."""
    velocities = np.median(np.diff(body, axis=0), axis=1) / np.diff(times)[:, None]
    usual = np.column_stack(
        [running_median(times[1:], column, VELOCITY_HALF_WINDOW_S) for column in velocities.T]
    )
    last = np.arange(1, len(times))
    first = np.minimum(np.searchsorted(times, times[last] - WINDOW_S - TIME_TOLERANCE_S), last - 1)
    elapsed_s = times[last] - times[first]
    displacement = np.median(body[last] - body[first], axis=1)
    deviation = np.linalg.norm(displacement - usual * elapsed_s[:, None], axis=1)
    is_jump = deviation > TOLERANCE + MAX_ACCELERATION * elapsed_s**2 / 2
    # Count the windows that contain each frame: they begin after `first` and end with `last`.
    changes = np.zeros(len(times) + 1, int)
    np.add.at(changes, first[is_jump] + 1, 1)
    np.add.at(changes, last[is_jump] + 1, -1)
    return np.cumsum(changes)[:-1] > 0
