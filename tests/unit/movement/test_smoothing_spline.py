"""The smoothing spline: its gain, its lag, its ends, and what frame rates allow."""

import numpy as np
import pytest

from corpus.movement.smoothing_spline import (
    effective_cutoffs,
    is_extrapolated,
    reach_s,
    smooth_path,
    time_constant,
)
from moving_bodies import frame_times, minimum_jerk_path


def irregular_times(seconds: float, seed: int = 0) -> np.ndarray:
    """Return frame times with steps from 5 to 45 ms."""
    steps = np.random.default_rng(seed).uniform(0.005, 0.045, int(seconds / 0.025))
    return 100 + np.cumsum(steps)


@pytest.mark.parametrize("cutoff_hz", [3.4, 6.0, 10.0])
@pytest.mark.parametrize("derivative", [0, 1, 2])
def test_each_derivative_has_the_gain_of_the_formula(cutoff_hz, derivative):
    times = np.arange(-2, 2, 0.002)
    for frequency in (0.5 * cutoff_hz, cutoff_hz, 1.5 * cutoff_hz):
        angular = 2 * np.pi * frequency
        wave = np.cos(angular * times + derivative * np.pi / 2)[:, None]
        middle = smooth_path(times, wave, np.zeros(1), cutoff_hz)[derivative, 0, 0]
        gain = middle / (np.cos(derivative * np.pi) * angular**derivative)
        expected = 1 / (1 + (np.sqrt(2) - 1) * (frequency / cutoff_hz) ** 6)
        assert gain == pytest.approx(expected, rel=0.005)


@pytest.mark.parametrize("fps", [24, 25, 30, 50, 60])
def test_speed_and_position_have_the_cutoff_of_the_setting_at_usual_frame_rates(fps):
    position, speed, acceleration = effective_cutoffs([frame_times(fps, 4)], 6.0)
    assert position == pytest.approx(6.0, rel=0.03)
    assert speed == pytest.approx(6.0, rel=0.03)
    assert acceleration == pytest.approx(6.0, rel=0.03)


def test_irregular_frames_have_the_cutoff_of_the_setting():
    assert effective_cutoffs(
        [irregular_times(6), irregular_times(3, seed=1)], 6.0
    ) == pytest.approx(6.0, rel=0.05)


@pytest.mark.parametrize("cutoff_hz", [6.0, 12.0, 24.0])
def test_what_a_frame_rate_does_not_allow_is_measured(cutoff_hz):
    position, speed, _ = effective_cutoffs([frame_times(10, 6)], cutoff_hz)
    assert position == pytest.approx(5.0), "half the frame rate"
    # The derivative of a spline through all samples keeps -3 dB up to 0.42 of the frame rate.
    assert speed == pytest.approx(4.2, abs=0.1)


def test_a_higher_cutoff_gives_more_where_the_frame_rate_allows_it():
    speeds = [effective_cutoffs([frame_times(60, 4)], cutoff)[1] for cutoff in (6.0, 12.0, 24.0)]
    assert speeds == pytest.approx([6.0, 12.0, 22.4], rel=0.03)


def test_too_few_samples_have_no_cutoff():
    assert np.isnan(effective_cutoffs([], 6.0)).all()
    for count in (0, 1, 4):
        assert np.isnan(effective_cutoffs([frame_times(25, 1)[:count]], 6.0)).all()


def test_parabolas_are_unchanged_away_from_the_ends():
    times = irregular_times(4)
    offset = times - times[0]
    parabola = np.column_stack([1 + 2 * offset - 3 * offset**2])
    value, speed, acceleration = smooth_path(times, parabola, times, 6.0)[..., 0]
    inner = (offset > 1) & (offset < offset[-1] - 1)
    assert np.allclose(value[inner], parabola[inner, 0], atol=1e-6)
    assert np.allclose(speed[inner], (2 - 6 * offset)[inner], atol=1e-4)
    assert np.allclose(acceleration[inner], -6, atol=1e-2)


def test_lines_are_unchanged_up_to_the_ends():
    times = irregular_times(2)
    line = np.column_stack([3 * (times - 100)])
    value, speed, acceleration = smooth_path(times, line, times, 6.0)[..., 0]
    assert np.allclose(value, line[:, 0], atol=1e-8)
    assert np.allclose(speed, 3, atol=1e-6)
    assert np.allclose(acceleration, 0, atol=1e-4)


def test_smoothing_has_no_lag():
    times = frame_times(25, 4)
    bump = np.exp(-(((times - 2.0) / 0.15) ** 2))[:, None]
    value, speed, _ = smooth_path(times, bump, times, 6.0)[..., 0]
    assert times[value.argmax()] == pytest.approx(2.0)
    assert speed[50] == pytest.approx(0, abs=1e-6)


def test_a_part_of_the_samples_gives_the_same_values_as_the_whole():
    times = irregular_times(20)
    values = np.random.default_rng(1).normal(0, 1, (len(times), 2))
    whole = smooth_path(times, values, times, 6.0)
    part = times > times[0] + 5
    from_part = smooth_path(times[part], values[part], times[part], 6.0)
    inner = times[part] > times[part][0] + reach_s(6.0)
    difference = np.abs(whole[:, part][:, inner] - from_part[:, inner]).max(axis=(1, 2))
    assert (difference < [1e-8, 1e-6, 1e-4]).all()


@pytest.mark.parametrize("gap_s", [1e-6, 1e-4, 0.9])
def test_frames_close_together_and_gaps_do_no_harm(gap_s):
    times = np.concatenate([frame_times(30, 2), 2 - 1 / 30 + gap_s + frame_times(30, 2)])
    path = minimum_jerk_path((1.0, 0.0, 0.0), (3.5, 1.0, 1.0))(times)
    value, speed, _ = smooth_path(times, path, times, 6.0)
    assert np.allclose(value, path, atol=0.01)
    assert np.abs(speed).max() < 1.1 * 1.875 / 2.5


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4])
def test_two_samples_define_a_line(count):
    times = frame_times(25, 1)[:count]
    smoothed = smooth_path(times, np.ones((count, 2)), times, 6.0)
    assert smoothed.shape == (3, count, 2)
    assert np.isfinite(smoothed).all() == (count != 1)
    if count > 1:
        assert np.allclose(smoothed[0], 1) and np.allclose(smoothed[1], 0, atol=1e-6)


def test_a_step_does_not_overshoot_at_an_end():
    # A hand that stops just before it goes out of view must not be carried on by the fit.
    times = frame_times(30, 1)
    path = np.minimum(times, times[-3])[:, None]
    value, speed, _ = smooth_path(times, path, times, 6.0)
    assert value.max() < path.max() + 0.01
    assert speed[-1] > -0.3 and speed.max() < 1.1


@pytest.mark.parametrize(("fps", "frames"), [(10, 2), (25, 2), (30, 3), (60, 5)])
def test_frames_near_an_end_are_extrapolated(fps, frames):
    times = frame_times(fps, 3)
    extrapolated = is_extrapolated(times, times, 6.0)
    assert extrapolated[:frames].all() and extrapolated[-frames:].all()
    assert not extrapolated[frames:-frames].any()


PEAK_SHARES = {
    0.2: {10: 0.60, 15: 0.74, 25: 0.87, 30: 0.89, 50: 0.93, 60: 0.93},
    0.3: {10: 0.75, 15: 0.89, 25: 0.95, 30: 0.95, 50: 0.95, 60: 0.95},
    0.5: {10: 0.92, 15: 0.95, 25: 0.95, 30: 0.95, 50: 0.95, 60: 0.95},
    0.8: {10: 0.95, 15: 0.95, 25: 0.95, 30: 0.95, 50: 0.95, 60: 0.95},
}
"""Least share of the true peak speed that is left, by duration in seconds and frames per second."""


@pytest.mark.parametrize("duration_s", PEAK_SHARES)
def test_peaks_of_reaches_keep_their_height(duration_s):
    reach = minimum_jerk_path((0.0, 0.0, 0.0), (duration_s, 1.0, 0.0))
    for fps, least in PEAK_SHARES[duration_s].items():
        for offset in np.linspace(0, 1 / fps, 5):
            times = frame_times(fps, 3, start=offset - 1)
            speed = np.linalg.norm(smooth_path(times, reach(times), times, 6.0)[1], axis=1)
            share = speed.max() / (1.875 / duration_s)
            assert least <= share < 1.025, (fps, offset)


def test_noise_of_the_speed_follows_the_bandwidth():
    # White noise of variance s^2 at n samples per second has the spectral density 2 s^2 / n.
    times = frame_times(60, 40)
    noise = np.random.default_rng(2).normal(0, 0.01, (len(times), 20))
    speed = smooth_path(times, noise, times, 6.0)[1, 60:-60]
    frequency = np.arange(0, 30, 0.01)
    gain = 1 / (1 + (2 * np.pi * frequency * time_constant(6.0)) ** 6)
    variance = np.sum((2 * np.pi * frequency * gain) ** 2) * 0.01 * 2 * 0.01**2 / 60
    assert speed.std() == pytest.approx(np.sqrt(variance), rel=0.05)
