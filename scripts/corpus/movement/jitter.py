"""Which positions are samples of a movement: not guesses that jump about, nor repeated pictures."""

import numpy as np

from corpus.movement.body_coordinates import PointTrack
from corpus.movement.local_regression import (
    GAP_TOLERANCE_S,
    NEIGHBOURS,
    contiguous_runs,
    count_near,
    running_mean,
)
from corpus.movement.settings import MovementSettings
from corpus.movement.smoothing_spline import TIME_TOLERANCE_S

MIN_SAMPLES = NEIGHBOURS - 1
"""Shorter runs of positions give no kinematics."""
JITTER_HALF_WINDOW_S = 0.5
"""Half the window in seconds over which jitter is judged. It contains ten samples or more at any
usual frame rate."""
PERSISTENCE = 0.25
"""Correlation of successive displacements, halfway between -0.5 of white noise (von Neumann 1941,
Annals of Mathematical Statistics 12, 367-395) and 1 of movement in a straight line."""
MIN_PAIRS = 6
"""Smallest number of pairs of displacements for a correlation. With 6 pairs, white noise exceeds
`PERSISTENCE` in 1 of 700 cases."""
CERTAIN_VISIBILITY = 0.9
"""Jumps with at least this mean visibility count as movement. Guesses in a dark audience have a
visibility of 0.87 or less, moving wrists in view of 0.93 or more."""


def reject_jitter(
    track: PointTrack, is_sample: np.ndarray, times: np.ndarray, settings: MovementSettings
) -> np.ndarray:
    """Return which samples (n,) are positions of a real hand, and not guesses.

    The pose model also estimates hands that it cannot see. Guesses jump about. They can be as fast
    as a movement, but only guesses have all three of these properties over one second:

    - they are large: the root mean square of the displacements between samples, divided by the
      square root of two, exceeds `max_jitter`; for white noise, this is its standard deviation;
    - they go back: the correlation of successive displacements is below `PERSISTENCE`, or there
      are fewer than `MIN_PAIRS` of them to compute it from;
    - the model is not certain: the mean visibility is below `CERTAIN_VISIBILITY`.
    """
    is_accepted = np.zeros(len(is_sample), bool)
    for run in contiguous_runs(times, is_sample, settings.max_gap_s):
        if len(run) < MIN_SAMPLES:
            continue
        step = np.diff(track.positions[run, :2], axis=0)
        middles = (times[run[1:]] + times[run[:-1]]) / 2
        squares = (step**2).sum(axis=1)
        products = (step[1:] * step[:-1]).sum(axis=1)
        # Near an end, the window is shifted to stay inside the run, so that it is never short.
        half_s = min(JITTER_HALF_WINDOW_S, float(times[run[-1]] - times[run[0]]) / 2)
        centres = np.clip(times[run], times[run[0]] + half_s, times[run[-1]] - half_s)
        window = (centres, half_s + TIME_TOLERANCE_S)
        mean_square = running_mean(middles, squares, *window)
        mean_product = running_mean(times[run[1:-1]], products, *window)
        visibility = running_mean(times[run], track.visibility[run], *window)
        is_large = mean_square > 2 * settings.max_jitter**2
        n_pairs = count_near(times[run[1:-1]], *window)
        goes_back = (mean_product < PERSISTENCE * mean_square) | (n_pairs < MIN_PAIRS)
        is_accepted[run] = ~(is_large & goes_back & (visibility < CERTAIN_VISIBILITY))
    return is_accepted


def short_repetitions(times: np.ndarray, repeated: np.ndarray, max_gap_s: float) -> np.ndarray:
    """Return which frames (n,) only repeat the picture before, for a short time.

    `times` (n,) are in seconds; `repeated` (n,) says which frames show the same picture as the one
    before. They show no new position, and would make a hand look as if it stopped and jumped. If
    the new pictures before and after are more than `max_gap_s` apart, the picture is frozen, and
    its frames count like others.
    """
    new = np.flatnonzero(~repeated)
    previous = np.searchsorted(new, np.arange(len(times)), side="right") - 1
    is_after_new = repeated & (previous >= 0)
    before = previous[is_after_new]
    # The last picture has no successor: it lasts until the last frame.
    edges = np.append(times[new], times[-1:])
    gap_s = edges[before + 1] - edges[before]
    is_short = np.zeros(len(times), bool)
    is_short[is_after_new] = gap_s <= max_gap_s + GAP_TOLERANCE_S
    return is_short
