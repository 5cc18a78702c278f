"""Positions, velocities and accelerations from noisy samples at irregular times.

The path is the function f that minimises

    sum of w (y - f(t))^2 over the samples y at t  +  tau^6 times the integral of f'''(t)^2 dt,

a smoothing spline of the fifth degree (Woltring 1985, Human Movement Science 4, 229-245; Craven and
Wahba 1979, Numerische Mathematik 31, 377-403). The weight w is the time in seconds for which the
sample stands, so the sum approximates an integral and the filter does not depend on the frame rate:
its gain at the frequency f is 1 / (1 + (2 pi f tau)^6), without lag, as of a Butterworth filter of
third order that runs forwards and backwards. Velocity and acceleration are the derivatives of the
same function and have the same gain. Where the frame rate is too low for the cutoff, the spline
passes through the samples; `effective_cutoffs` says what is left.

f is represented by B-splines of the fifth degree on a grid of `KNOTS_PER_TAU` knots per tau. The
equations are then well conditioned even where samples are close together in time. The grid starts
at time 0 and not at the first sample, so parts of a recording give the same values as the whole.
"""

from collections.abc import Sequence

import numpy as np
from scipy.interpolate import BSpline
from scipy.linalg import solveh_banded
from scipy.sparse import csr_array

DEGREE = 5
N_BASES = DEGREE + 1
"""B-splines that differ from zero at any one time."""
PENALISED_DERIVATIVE = 3
KNOTS_PER_TAU = 4
"""With 4, positions agree with those on a grid of 8 to 1e-4 of the noise, accelerations to 1 %."""
END_WEIGHT = 0.5
"""Weight of (tau^2 f'')^2 at the first and last sample, in units of tau. A fit from one side is
noisy and overshoots. This term reduces both by a seventh to a quarter; a larger one would bend the
path where the hand turns at the edge of the image."""
END_PERIODS = 0.45
"""Periods of the cutoff frequency from an end within which values are extrapolated. Farther away,
the noise of the velocity is within 10 % of that in the middle at all frame rates up to 60."""
TIME_TOLERANCE_S = 1e-6
"""Timestamps are rounded."""
END_SAMPLES = 2
"""Samples at an end that are extrapolated at any frame rate."""
HALF_POWER = np.sqrt(0.5)
"""Gain at -3 dB."""
TESTED_FREQUENCIES = 40
"""Frequencies at which the gain is measured; between them it is interpolated."""
HIGHEST_TESTED = 1.5
"""Highest of these frequencies as a multiple of the cutoff, if half the frame rate is higher."""
MIN_SAMPLES = 2
"""Fewer samples define no line."""


def time_constant(cutoff_hz: float) -> float:
    """Return tau in seconds: at the cutoff, the gain is the square root of a half (-3 dB)."""
    return (1 / HALF_POWER - 1) ** (1 / 6) / (2 * np.pi * cutoff_hz)


def reach_s(cutoff_hz: float) -> float:
    """Return how many seconds away a sample still matters, to nine digits.

    The influence of a sample falls by the factor exp(-t / (2 tau)) with its distance in time t.
    """
    return 2 * time_constant(cutoff_hz) * np.log(1e9)


def smooth_path(
    times: np.ndarray, values: np.ndarray, at: np.ndarray, cutoff_hz: float
) -> np.ndarray:
    """Smooth samples and differentiate the smooth path.

    `times` (n,) are ascending sample times in seconds, `values` (n, d) the samples and `at` (m,)
    times from the first to the last sample. Returns an array (3, m, d): the value, and the first
    and second derivatives with respect to seconds. All are NaN with fewer than two samples.
    """
    if len(times) < MIN_SAMPLES:
        return np.full((3, len(at), values.shape[1]), np.nan)
    spacing_s = time_constant(cutoff_hz) / KNOTS_PER_TAU
    origin = np.floor(times[0] / spacing_s)
    knots = times / spacing_s - origin
    n_intervals = int(knots[-1]) + 1
    n_coefficients = n_intervals + DEGREE
    normal = _penalty(n_intervals)
    first_basis, basis = _basis_values(knots, derivative=0)
    weights = sample_durations(times) / spacing_s
    _add_squares(normal, first_basis, basis, weights)
    first_end, end_basis = _basis_values(knots[[0, -1]], derivative=2)
    end_weight = END_WEIGHT * KNOTS_PER_TAU * KNOTS_PER_TAU**4
    _add_squares(normal, first_end, end_basis, np.full(2, end_weight))
    columns = first_basis[:, None] + np.arange(N_BASES)
    row_starts = np.arange(len(times) + 1) * N_BASES
    design = csr_array((basis.ravel(), columns.ravel(), row_starts), (len(times), n_coefficients))
    coefficients = solveh_banded(normal, design.T @ (weights[:, None] * values), lower=True)
    path = BSpline(np.arange(-DEGREE, n_intervals + N_BASES, dtype=float), coefficients, DEGREE)
    at_knots = at / spacing_s - origin
    return np.stack([path(at_knots, order) / spacing_s**order for order in range(3)])


def sample_durations(times: np.ndarray) -> np.ndarray:
    """Return the time in seconds (n,) for which each of at least two ascending samples stands.

    It is half the time between the samples before and after; at the ends, the time to the one
    neighbour.
    """
    steps = np.diff(times)
    return (np.append(steps[:1], steps) + np.append(steps, steps[-1:])) / 2


def is_extrapolated(times: np.ndarray, at: np.ndarray, cutoff_hz: float) -> np.ndarray:
    """Return which of the times `at` (m,) are so close to an end that the filter is cut off.

    These are the times within `END_PERIODS` of the cutoff from the first or last of the samples at
    `times` (n,), and those before the second or after the second last sample. Derivatives are less
    certain there.
    """
    to_end_s = np.minimum(at - times[0], times[-1] - at)
    n_before = np.searchsorted(times, at)
    n_after = len(times) - np.searchsorted(times, at, side="right")
    is_near_end = to_end_s < END_PERIODS / cutoff_hz - TIME_TOLERANCE_S
    return is_near_end | (np.minimum(n_before, n_after) < END_SAMPLES)


def effective_cutoffs(runs: Sequence[np.ndarray], cutoff_hz: float) -> np.ndarray:
    """Return the frequencies (3,) in Hz at which position, speed and acceleration lose 3 dB.

    They are measured: oscillations at the sample times of each run (n,) are smoothed as movement
    is, and compared with their true values and derivatives, away from the ends. A frequency is at
    most half the sampling rate, above which samples define no oscillation. NaN if no run has a
    sample away from its ends.
    """
    runs = [run for run in runs if len(run)]
    inner = [~is_extrapolated(run, run, cutoff_hz) for run in runs]
    n_inner = sum(int(mask.sum()) for mask in inner)
    if not n_inner:
        return np.full(3, np.nan)
    highest_hz = min(sampling_rate(runs) / 2, HIGHEST_TESTED * cutoff_hz)
    frequencies = np.linspace(0, highest_hz, TESTED_FREQUENCIES + 1)[1:]
    gains = np.zeros((3, TESTED_FREQUENCIES))
    for run, mask in zip(runs, inner, strict=True):
        if mask.any():
            gains += _summed_gains(run, mask, frequencies, cutoff_hz)
    return np.array([_first_fall(frequencies, gain) for gain in gains / n_inner])


def sampling_rate(runs: Sequence[np.ndarray]) -> float:
    """Return samples per second: one by the median time between samples of the same run.

    NaN if no run has two samples.
    """
    steps = np.concatenate([np.diff(run) for run in runs]) if runs else np.zeros(0)
    return float(1 / np.median(steps)) if len(steps) else np.nan


def _summed_gains(
    times: np.ndarray, is_inner: np.ndarray, frequencies: np.ndarray, cutoff_hz: float
) -> np.ndarray:
    """Gains (3, k) of position, speed and acceleration at k frequencies, summed over samples."""
    angular = 2 * np.pi * frequencies
    phase = (times - times[0])[:, None] * angular
    waves = np.hstack([np.cos(phase), np.sin(phase)])
    smoothed = smooth_path(times, waves, times, cutoff_hz)[:, is_inner]
    real, imaginary = np.split(smoothed, 2, axis=2)
    expected = np.exp(1j * phase[is_inner])[None] * (1j * angular) ** np.arange(3)[:, None, None]
    return np.sum((real + 1j * imaginary) / expected, axis=1).real


def _first_fall(frequencies: np.ndarray, gain: np.ndarray) -> float:
    """The frequency at which the gain (n,) first falls below -3 dB; the highest if it does not."""
    is_below = gain < HALF_POWER
    if not is_below.any():
        return float(frequencies[-1])
    index = int(np.argmax(is_below))
    before = (0.0, 1.0) if index == 0 else (frequencies[index - 1], gain[index - 1])
    share = (before[1] - HALF_POWER) / (before[1] - gain[index])
    return float(before[0] + share * (frequencies[index] - before[0]))


def _basis_values(knots: np.ndarray, derivative: int) -> tuple[np.ndarray, np.ndarray]:
    """The first B-spline that is not zero at each place (n,), and the values (n, 6) from it on.

    Places are in units of the grid. B-spline number k extends from k - 5 to k + 1.
    """
    interval = np.floor(knots)
    offset = knots - interval
    values = np.stack([piece(offset, derivative) for piece in _PIECES], axis=1)
    return interval.astype(int), values


def _add_squares(
    normal: np.ndarray, first_basis: np.ndarray, basis: np.ndarray, weights: np.ndarray
) -> None:
    """Add weighted squares of sums of B-splines to the lower bands (6, n) of a matrix."""
    for row in range(N_BASES):
        for column in range(row + 1):
            products = weights * basis[:, row] * basis[:, column]
            sums = np.bincount(first_basis + column, products, normal.shape[1])
            normal[row - column] += sums


def _penalty(n_intervals: int) -> np.ndarray:
    """Lower bands (6, n) of the integral of the squared third derivative over the grid.

    It contains the factor of tau^6 in units of the grid.
    """
    bands = np.zeros((N_BASES, n_intervals + DEGREE))
    for row in range(N_BASES):
        for column in range(row + 1):
            bands[row - column, column : column + n_intervals] += _INTERVAL_PENALTY[row, column]
    return bands * float(KNOTS_PER_TAU) ** (2 * PENALISED_DERIVATIVE)


_PIECES = [
    BSpline.basis_element(np.arange(index - DEGREE, index + 2.0)) for index in range(N_BASES)
]
"""The B-splines that are not zero from 0 to 1, in units of the grid."""


def _interval_penalty() -> np.ndarray:
    """Integrals (6, 6) from 0 to 1 of the products of third derivatives of the B-splines."""
    # Three points integrate the products, polynomials of the fourth degree, exactly.
    places, weights = np.polynomial.legendre.leggauss(3)
    derivatives = np.stack([piece((places + 1) / 2, PENALISED_DERIVATIVE) for piece in _PIECES])
    return (derivatives * weights / 2) @ derivatives.T


_INTERVAL_PENALTY = _interval_penalty()
