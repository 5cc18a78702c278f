"""Smoothing and derivatives by local polynomials."""

import numpy as np
import pytest

from corpus.movement.local_regression import half_window, local_fit
from moving_bodies import frame_times


def test_half_of_the_power_remains_at_the_cutoff_frequency():
    times = np.arange(-1, 1, 0.0005)
    for cutoff in (4.0, 6.0, 10.0):
        wave = np.cos(2 * np.pi * cutoff * times)[:, None]
        middle = local_fit(times, wave, np.zeros(1), half_window(cutoff))[0, 0, 0]
        assert middle == pytest.approx(np.sqrt(0.5), abs=0.005)


def test_smoothing_has_no_lag():
    times = frame_times(25, 4)
    bump = np.exp(-(((times - 2.0) / 0.15) ** 2))[:, None]
    value, speed, _ = local_fit(times, bump, times, half_window(6.0))[..., 0]
    assert times[value.argmax()] == pytest.approx(2.0)
    assert speed[50] == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5])
def test_derivatives_need_four_samples_and_values_need_two(count):
    times = frame_times(25, 1)[:count]
    fitted = local_fit(times, np.ones((count, 2)), times, half_window(6.0))
    assert fitted.shape == (3, count, 2)
    assert np.isfinite(fitted[0]).all() == (count != 1)
    assert np.isfinite(fitted[1]).all() == (count not in (1, 2, 3))
