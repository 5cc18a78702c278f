"""Times of a video's frames as runs of equally spaced frames."""

import numpy as np
import pytest

from corpus.report.page.frame_times import MAX_RUNS, TOLERANCE_MS, frame_runs, shortest_frame


def times_of_runs(runs):
    """Times in ms, as the page computes them."""
    return np.concatenate([first + period * np.arange(count) for first, period, count in runs])


@pytest.mark.parametrize("rate", [25, 30000 / 1001, 59.94])
@pytest.mark.parametrize("digits", [3, 6])
def test_a_constant_rate_is_one_run_also_with_rounded_times(rate, digits):
    times = 1.4 + np.arange(5000) / rate
    runs = frame_runs(times.round(digits))
    assert [count for _, _, count in runs] == [5000]
    assert runs[0][1] == pytest.approx(1000 / rate, abs=1e-3)
    assert np.abs(times_of_runs(runs) - times * 1000).max() < TOLERANCE_MS + 0.5


def test_a_change_of_the_rate_and_a_pause_begin_runs():
    times = np.concatenate([np.arange(100) / 50, 5 + np.arange(200) / 25])
    runs = frame_runs(times)
    assert [count for _, _, count in runs] == [100, 200]
    assert [first for first, _, _ in runs] == [0.0, 5000.0]
    assert times_of_runs(runs) == pytest.approx(times * 1000, abs=TOLERANCE_MS)


def test_every_time_is_within_the_tolerance():
    random = np.random.default_rng(5)
    times = np.cumsum(random.choice([0.02, 0.04], 150))
    runs = frame_runs(times)
    assert 1 < len(runs) <= MAX_RUNS
    assert np.abs(times_of_runs(runs) - times * 1000).max() <= TOLERANCE_MS + 1e-3


def test_too_irregular_times_have_no_runs():
    random = np.random.default_rng(6)
    assert frame_runs(np.cumsum(random.uniform(0.01, 0.05, 2000))) == []


def test_short_videos():
    assert frame_runs(np.array([])) == []
    assert frame_runs(np.array([2.5])) == [(2500.0, 0.0, 1)]
    assert shortest_frame(np.array([2.5])) is None
    assert shortest_frame(np.array([0, 0.04, 0.0567, 0.1])) == pytest.approx(16.7)
