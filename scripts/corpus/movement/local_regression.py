"""Positions, velocities and accelerations from noisy samples at any times.

A polynomial is fitted around each time by weighted least squares, as Savitzky and Golay did (1964,
Analytical Chemistry 36, 1627-1639): it gives derivatives with the smoothed values, and has no phase
lag. The weights are those of Cleveland (1979, Journal of the American Statistical Association 74,
829-836); the times are the frames' own, so that a video of varying rate needs no resampling.
"""

from collections.abc import Iterator

import numpy as np

CUTOFF = 0.713
"""Half a window's seconds times the frequency at which its gain is 0.707 (-3 dB): that of a
quadratic with tricube weights, in the limit of many samples; a test computes it."""
NEIGHBOURS = 5
"""Samples that a fit must reach: where frames are far apart, its window is wider."""
REACH = 1.25
"""How much wider than that, since the weight at a window's very edge is zero."""
MOMENTS = np.arange(5)


def half_window(cutoff_hz: float) -> float:
    """Half a window, seconds, whose fit lets pass what is slower than `cutoff_hz`."""
    return CUTOFF / cutoff_hz


def local_fit(
    times: np.ndarray, values: np.ndarray, at: np.ndarray, half_s: float, degree: int = 2
) -> np.ndarray:
    """Local polynomials of samples (n, d) at ascending `times` (n,), at the times `at` (m,).

    Returns (3, m, d): value, first and second derivative by seconds. Where samples are missing on
    one side, at the ends, the fit is a line, since a parabola would swing there: its second
    derivative is NaN. All is NaN with fewer than two samples, derivatives with fewer than four.
    """
    found = np.full((3, len(at), values.shape[1]), np.nan)
    if not len(at) or len(times) < 2:
        return found
    half = np.maximum(half_s, _reach(times, at))
    window = _windows(times, at, half)
    offset = (times[window] - at[:, None]) / half[:, None]
    weight = np.clip(1 - np.abs(offset) ** 3, 0, None) ** 3 * _inside(window, times, at, half)
    powers = offset[..., None] ** MOMENTS * weight[..., None]
    moments = powers.sum(axis=1)
    sums = np.einsum("mkp,mkd->mpd", powers[..., :3], values[window])

    sides = [((offset * sign > 0) & (weight > 0)).sum(axis=1) for sign in (-1, 1)]
    within = np.minimum(*sides) >= NEIGHBOURS // 2
    whole = within & (degree == 2)
    for rows, order in ((whole, 3), (~whole, 2)):
        normal = moments[rows][:, np.add.outer(np.arange(order), np.arange(order))]
        solved = np.linalg.solve(normal, sums[rows][:, :order])
        found[0, rows] = solved[:, 0]
        found[1, rows] = solved[:, 1] / half[rows, None]
        if order == 3:
            found[2, rows] = 2 * solved[:, 2] / half[rows, None] ** 2
    if len(times) < NEIGHBOURS - 1:
        found[1:] = np.nan
    return found


def _reach(times: np.ndarray, at: np.ndarray) -> np.ndarray:
    """(m,) half window that takes in the nearest `NEIGHBOURS` samples of each time."""
    near = min(NEIGHBOURS, len(times))
    place = np.searchsorted(times, at)
    around = np.clip(place[:, None] + np.arange(-near, near), 0, len(times) - 1)
    apart = np.abs(times[around] - at[:, None])
    # The ends, which clipping repeats, count once.
    apart[:, 1:][around[:, 1:] == around[:, :-1]] = np.inf
    return np.sort(apart, axis=1)[:, near - 1] * REACH


def _windows(times: np.ndarray, at: np.ndarray, half: np.ndarray) -> np.ndarray:
    """(m, k) numbers of the samples in each window, padded to the longest."""
    first = np.searchsorted(times, at - half)
    last = np.searchsorted(times, at + half, side="right")
    return np.minimum(first[:, None] + np.arange((last - first).max()), len(times) - 1)


def _inside(window: np.ndarray, times: np.ndarray, at: np.ndarray, half: np.ndarray) -> np.ndarray:
    """(m, k) whether an entry is a sample of the window, and no padding."""
    fresh = np.ones(window.shape, bool)
    fresh[:, 1:] = window[:, 1:] != window[:, :-1]
    return fresh & (np.abs(times[window] - at[:, None]) <= half[:, None])


def running_median(times: np.ndarray, values: np.ndarray, half_s: float) -> np.ndarray:
    """(n,) median of the values (n,) at ascending `times` that are within `half_s` of each."""
    window = _windows(times, times, np.full(len(times), half_s))
    inside = _inside(window, times, times, np.full(len(times), half_s))
    return np.nanmedian(np.where(inside, values[window], np.nan), axis=1)


def contiguous_runs(times: np.ndarray, seen: np.ndarray, max_gap_s: float) -> Iterator[np.ndarray]:
    """Places where something is seen (n,), cut where it is unseen for longer than `max_gap_s`, and
    where the clock stands still or jumps back: times ascend in each."""
    places = np.flatnonzero(seen)
    steps = np.diff(times)
    broken = np.concatenate([[0], np.cumsum(steps <= 0)])
    gaps = np.diff(times[places]) > max_gap_s + 1e-6
    cuts = np.flatnonzero(gaps | (np.diff(broken[places]) > 0)) + 1
    return (part for part in np.split(places, cuts) if len(part))
