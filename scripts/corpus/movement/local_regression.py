"""Local lines through noisy samples at irregular times, running means, and runs of samples.

A line is fitted around each time by weighted least squares, with the weights of Cleveland (1979,
Journal of the American Statistical Association 74, 829-836). The times are the frames' own.
"""

from collections.abc import Iterator

import numpy as np

NEIGHBOURS = 5
"""Samples that each window must contain. Where frames are far apart, the window is widened."""
WIDENING = 1.25
"""Factor from the distance of the last of these samples to the half window. It is above 1 because
the weight at the very edge of a window is zero."""
GAP_TOLERANCE_S = 1e-6
"""A gap may exceed its limit by this much: timestamps are rounded."""


def local_line(times: np.ndarray, values: np.ndarray, at: np.ndarray, half_s: float) -> np.ndarray:
    """Fit local lines to samples and evaluate them at given times.

    `times` (n,) are ascending sample times in seconds, `values` (n, d) the samples, `at` (m,) the
    times to evaluate and `half_s` half the window in seconds. Returns an array (m, d), which is NaN
    with fewer than two samples.
    """
    if not len(at) or len(times) < 2:
        return np.full((len(at), values.shape[1]), np.nan)
    half = np.maximum(half_s, _minimum_half_window(times, at))
    window = _window_indices(times, at, half)
    offset = (times[window] - at[:, None]) / half[:, None]
    in_window = _is_in_window(window, times, at, half)
    weight = np.clip(1 - np.abs(offset) ** 3, 0, None) ** 3 * in_window
    powers = offset[..., None] ** np.arange(3) * weight[..., None]
    moments = powers.sum(axis=1)
    sums = np.einsum("mkp,mkd->mpd", powers[..., :2], values[window])
    normal = moments[:, np.add.outer(np.arange(2), np.arange(2))]
    return np.linalg.solve(normal, sums)[:, 0]


def _minimum_half_window(times: np.ndarray, at: np.ndarray) -> np.ndarray:
    """(m,) half windows in seconds that contain the `NEIGHBOURS` samples nearest to each time."""
    n_nearest = min(NEIGHBOURS, len(times))
    insertion = np.searchsorted(times, at)
    candidates = insertion[:, None] + np.arange(-n_nearest, n_nearest)
    candidates = np.clip(candidates, 0, len(times) - 1)
    distance = np.abs(times[candidates] - at[:, None])
    # Clipping repeats the first and last sample; count each of them once.
    distance[:, 1:][candidates[:, 1:] == candidates[:, :-1]] = np.inf
    return np.sort(distance, axis=1)[:, n_nearest - 1] * WIDENING


def _window_indices(times: np.ndarray, at: np.ndarray, half: np.ndarray) -> np.ndarray:
    """(m, k) indices of the samples in each window, padded to the length of the longest."""
    first = np.searchsorted(times, at - half)
    last = np.searchsorted(times, at + half, side="right")
    return np.minimum(first[:, None] + np.arange((last - first).max()), len(times) - 1)


def _is_in_window(
    window: np.ndarray, times: np.ndarray, at: np.ndarray, half: np.ndarray
) -> np.ndarray:
    """(m, k) whether each entry of `window` is a sample of the window and not padding."""
    is_first_use = np.ones(window.shape, bool)
    is_first_use[:, 1:] = window[:, 1:] != window[:, :-1]
    return is_first_use & (np.abs(times[window] - at[:, None]) <= half[:, None])


def count_near(times: np.ndarray, at: np.ndarray, half_s: float) -> np.ndarray:
    """Return how many of the ascending times (n,) are within `half_s` seconds of each `at` (m,)."""
    first, last = np.searchsorted(times, at - half_s), np.searchsorted(times, at + half_s, "right")
    return last - first


def running_mean(
    times: np.ndarray, values: np.ndarray, at: np.ndarray, half_s: float
) -> np.ndarray:
    """Return the mean of the values (n,) within `half_s` seconds of each of the times `at` (m,).

    The times (n,) of the values ascend. NaN where there are none.
    """
    first, last = np.searchsorted(times, at - half_s), np.searchsorted(times, at + half_s, "right")
    sums = np.concatenate([[0.0], np.cumsum(values)])
    with np.errstate(invalid="ignore"):
        return (sums[last] - sums[first]) / (last - first)


def running_median(times: np.ndarray, values: np.ndarray, half_s: float) -> np.ndarray:
    """Return the median (n,) of the values (n,) within `half_s` seconds of each ascending time."""
    half = np.full(len(times), half_s)
    window = _window_indices(times, times, half)
    in_window = _is_in_window(window, times, times, half)
    return np.nanmedian(np.where(in_window, values[window], np.nan), axis=1)


def contiguous_runs(
    times: np.ndarray, observed: np.ndarray, max_gap_s: float
) -> Iterator[np.ndarray]:
    """Yield the indices of each contiguous run of observed samples.

    `times` (n,) are in seconds and `observed` (n,) is boolean. A run ends where nothing is observed
    for longer than `max_gap_s`, and where the time stands still or jumps back, so the times within
    a run ascend.
    """
    indices = np.flatnonzero(observed)
    steps = np.diff(times)
    n_clock_breaks = np.concatenate([[0], np.cumsum(steps <= 0)])
    is_gap = np.diff(times[indices]) > max_gap_s + GAP_TOLERANCE_S
    cuts = np.flatnonzero(is_gap | (np.diff(n_clock_breaks[indices]) > 0)) + 1
    return (run for run in np.split(indices, cuts) if len(run))
