"""Local lines through samples, and running means."""

import numpy as np
import pytest

from corpus.movement.local_regression import count_near, local_line, running_mean
from moving_bodies import frame_times


def test_lines_are_unchanged_up_to_the_ends():
    times = np.cumsum(np.random.default_rng(0).uniform(0.01, 0.08, 60))
    line = np.column_stack([3 * times - 1, -times])
    assert np.allclose(local_line(times, line, times, 0.5), line)


def test_smoothing_has_no_lag_and_less_noise():
    times = frame_times(25, 4)
    noise = np.random.default_rng(1).normal(0, 1, (len(times), 50))
    bump = np.exp(-(((times - 2.0) / 0.5) ** 2))[:, None]
    assert times[local_line(times, bump, times, 0.5).argmax()] == pytest.approx(2.0)
    # Tricube weights in a window of 25 samples leave about a quarter of the noise.
    assert 0.2 < local_line(times, noise, times, 0.5)[25:75].std() < 0.35


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_a_line_needs_two_samples(count):
    times = frame_times(25, 1)[:count]
    fitted = local_line(times, np.ones((count, 2)), times, 0.1)
    assert fitted.shape == (count, 2)
    assert np.isfinite(fitted).all() == (count != 1)


def test_running_means_and_counts_use_the_samples_in_the_window():
    times, values = np.array([0.0, 1.0, 2.0, 5.0]), np.array([1.0, 2.0, 6.0, 10.0])
    at = np.array([1.0, 3.5, 4.0])
    assert count_near(times, at, 1.0).tolist() == [3, 0, 1]
    assert running_mean(times, values, at, 1.0)[[0, 2]].tolist() == [3, 10]
    assert np.isnan(running_mean(times, values, at, 1.0)[1])
