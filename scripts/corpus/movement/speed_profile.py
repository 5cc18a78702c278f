"""Measures of the shape of a hand's speed over time: submovements and smoothness.

The speed is first interpolated at a fixed rate, so that the measures do not depend on the frame
rate beyond what it cuts off.
"""

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.signal import find_peaks

RATE_HZ = 100.0
"""Samples per second of the interpolated speed."""
MIN_FRAMES = 5
"""Shorter speed profiles have no measures: fewer samples do not define a curve with a peak."""

MIN_PEAK_SPEED = 0.57
MIN_PROMINENCE = 0.57
"""Lowest speed of a submovement's peak, and lowest difference to the higher one of the slowest
moments that separate it from faster peaks, in shoulder widths per second: 0.2 m/s each in Trujillo,
Vaitonyte, Simanova and Ozyurek (2019, Behavior Research Methods 51, 769-777) and their code, for
shoulders that are 0.35 m apart."""
MIN_PEAK_INTERVAL_S = 5 / 30
"""Shortest time between two peaks in seconds: 5 frames of the 30 per second of their recordings."""

MAX_FREQUENCY_HZ = 20.0
AMPLITUDE_THRESHOLD = 0.05
PADDING = 4
"""Highest frequency, amplitude threshold and level of zero padding of the spectral arc length,
as in Balasubramanian, Melendez-Calderon, Roby-Brami and Burdet (2015, Journal of NeuroEngineering
and Rehabilitation 12, 112)."""


def resample(times: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Interpolate values (n,) at ascending times (n,) in seconds with `RATE_HZ` samples per second.

    The result starts at the first time and ends at or just before the last. The interpolation is a
    cubic spline.
    """
    n_samples = int(np.floor((times[-1] - times[0]) * RATE_HZ + 1e-6)) + 1
    return CubicSpline(times, values)(times[0] + np.arange(n_samples) / RATE_HZ)


def count_submovements(times: np.ndarray, speeds: np.ndarray) -> int | None:
    """Count the submovements of a hand: the peaks of its speed.

    `times` (n,) are in seconds, ascending, and `speeds` (n,) in shoulder widths per second. A
    maximum at the first or last time does not count, because the speed may rise further outside.
    Returns None for fewer than `MIN_FRAMES` frames.
    """
    if len(times) < MIN_FRAMES:
        return None
    peaks, _ = find_peaks(
        resample(times, speeds),
        height=MIN_PEAK_SPEED,
        prominence=MIN_PROMINENCE,
        distance=MIN_PEAK_INTERVAL_S * RATE_HZ,
    )
    return len(peaks)


def spectral_arc_length(
    times: np.ndarray, speeds: np.ndarray, max_frequency_hz: float = MAX_FREQUENCY_HZ
) -> float | None:
    """Return the smoothness of a movement: the spectral arc length (SPARC) of its speed.

    It is the negative length of the curve of the speed's amplitude spectrum, whose amplitude is
    divided by that at frequency 0, and whose frequencies are divided by the highest one at which
    the amplitude reaches `AMPLITUDE_THRESHOLD`, at most `max_frequency_hz`. It has no unit, and
    does not depend on the size of the movement. A single movement with the least jerk has -1.41.
    The more often a movement slows down or stops, the lower the value.

    `times` (n,) are in seconds, ascending, and `speeds` (n,) of any unit. The spectrum of a
    movement that is cut off at high speed is that of the cut: pass whole movements only. Returns
    None for fewer than `MIN_FRAMES` frames, and without any movement. The definition is that of
    Balasubramanian et al. (2015); see `AMPLITUDE_THRESHOLD`.
    """
    if len(times) < MIN_FRAMES:
        return None
    samples = resample(times, speeds)
    n_padded = int(2 ** (np.ceil(np.log2(len(samples))) + PADDING))
    amplitudes = np.abs(np.fft.rfft(samples, n_padded))
    if amplitudes[0] == 0:
        return None
    frequencies = np.fft.rfftfreq(n_padded, 1 / RATE_HZ)
    amplitudes = amplitudes[frequencies <= max_frequency_hz] / amplitudes[0]
    amplitudes = amplitudes[: np.flatnonzero(amplitudes >= AMPLITUDE_THRESHOLD)[-1] + 1]
    if len(amplitudes) < 2:
        return None
    steps = np.full(len(amplitudes) - 1, 1 / (len(amplitudes) - 1))
    return -float(np.hypot(steps, np.diff(amplitudes)).sum())
