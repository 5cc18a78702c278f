"""Submovements and smoothness of speeds with known shape."""

import numpy as np
import pytest

from corpus.movement.speed_profile import count_submovements, spectral_arc_length

SMOOTHEST = -1.4058
"""Spectral arc length of a movement with the least jerk, computed from its exact speed at 1000
samples per second."""


def reach_speed(times, start_s, duration_s, distance=1.0):
    """Return the speed of a reach with the least jerk (Flash and Hogan 1985)."""
    progress = np.clip((times - start_s) / duration_s, 0, 1)
    return 30 * progress**2 * (1 - progress) ** 2 * distance / duration_s


def reach_times(fps, seconds):
    return np.arange(round(fps * seconds) + 1) / fps


def test_the_published_example_has_its_published_value():
    """The example in the code that the authors of the measure published, with their cutoff."""
    times = np.arange(-1, 1, 0.01)
    assert spectral_arc_length(times, np.exp(-5 * times**2), 10.0) == pytest.approx(
        -1.41403, abs=5e-6
    )


@pytest.mark.parametrize("fps", [12.5, 25, 30, 60])
@pytest.mark.parametrize("duration_s", [0.5, 1.0, 2.0])
def test_smoothness_depends_neither_on_frame_rate_nor_on_duration_nor_on_distance(fps, duration_s):
    times = reach_times(fps, duration_s)
    for distance in (0.5, 3.0):
        speeds = reach_speed(times, 0, duration_s, distance)
        assert spectral_arc_length(times, speeds) == pytest.approx(SMOOTHEST, abs=0.002)


def test_smoothness_of_an_irregular_frame_rate_is_that_of_a_regular_one():
    times = reach_times(50, 1.0)
    kept = np.delete(np.arange(len(times)), [5, 6, 20, 31, 32])
    speeds = reach_speed(times, 0, 1.0)
    assert spectral_arc_length(times[kept], speeds[kept]) == pytest.approx(SMOOTHEST, abs=0.002)


@pytest.mark.parametrize("fps", [25, 60])
def test_each_stop_makes_a_movement_less_smooth(fps):
    times = reach_times(fps, 3.6)
    values = [
        spectral_arc_length(times, sum(reach_speed(times, 0.6 * i, 0.6) for i in range(n)))
        for n in (1, 2, 4, 6)
    ]
    assert values == sorted(values, reverse=True)
    assert min(-np.diff(values)) > 0.2


@pytest.mark.parametrize("fps", [12.5, 15, 25, 30, 60])
@pytest.mark.parametrize("n_reaches", [1, 2, 5])
def test_each_reach_is_a_submovement(fps, n_reaches):
    times = reach_times(fps, 0.5 * n_reaches)
    speeds = sum(reach_speed(times, 0.5 * i, 0.5) for i in range(n_reaches))
    assert count_submovements(times, speeds) == n_reaches


def test_slow_movement_small_ripples_and_a_cut_off_peak_are_no_submovements():
    times = reach_times(25, 2.0)
    assert count_submovements(times, reach_speed(times, 0, 2.0, distance=0.5)) == 0
    ripples = reach_speed(times, 0, 2.0, distance=2.5) + 0.1 * np.sin(2 * np.pi * 5 * times)
    assert count_submovements(times, ripples) == 1
    half = times <= 1.0
    assert count_submovements(times[half], reach_speed(times[half], 0, 2.0, distance=2.5)) == 0


def test_short_and_still_profiles_have_no_smoothness():
    times = reach_times(25, 1.0)
    assert spectral_arc_length(times, np.zeros(len(times))) is None
    assert spectral_arc_length(times[:4], np.ones(4)) is None
    assert count_submovements(times[:4], np.ones(4)) is None
