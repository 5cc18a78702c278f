"""Every shot is sampled at regular times."""

import numpy as np
import pytest

from corpus.video.frame_sampling import sample_frames, shown_until
from face_tables import frames_table, shots_table


@pytest.mark.parametrize(("fps", "start"), [(25, 0), (30, 0), (30000 / 1001, 7.3), (50, 0.8)])
def test_frames_are_sampled_evenly(fps, start):
    frames = frames_table(start + np.arange(round(fps * 10)) / fps)
    sampled = sample_frames(frames, 5)
    assert len(sampled) == 50
    assert sampled["frame"].iloc[0] == 0
    gaps = sampled["time_s"].diff().dropna()
    assert gaps.between(0.2 - 1 / fps - 1e-6, 0.2 + 1 / fps + 1e-6).all()


def test_time_rounded_down_counts_as_on_time():
    # 25 frames per second, times rounded to milliseconds, every fifth frame slightly early.
    frames = frames_table(np.round(np.arange(100) / 25, 3) - 0.0004 * (np.arange(100) % 5 == 0))
    assert list(sample_frames(frames, 5)["frame"]) == list(range(0, 100, 5))


def test_varying_rate_is_sampled_by_time_not_by_frame_number():
    times = np.concatenate([np.arange(100) / 50, 2 + np.arange(20) / 2])
    sampled = sample_frames(frames_table(times), 5)
    assert (sampled["time_s"] < 2).sum() == 10
    assert (sampled["time_s"] >= 2).sum() == 20, "each slow frame is sampled once"


def test_every_shot_is_sampled_even_if_short():
    shots = [0] * 7 + [1] + [2] * 2 + [3] * 10
    sampled = sample_frames(frames_table(np.arange(20) / 25, shots), 5)
    assert list(sampled["frame"]) == [0, 5, 7, 8, 10, 15]


def test_rate_above_the_frame_rate_keeps_all_frames():
    assert len(sample_frames(frames_table(np.arange(20) / 10), 1000)) == 20
    assert len(sample_frames(frames_table([]), 5)) == 0


def test_a_frame_that_stays_on_screen_is_sampled():
    # A screen recording: the third frame comes soon after the second, and stays for five seconds.
    times = [0.0, 0.2, 0.25, 5.25, 5.27, 5.45]
    assert list(sample_frames(frames_table(times), 5)["frame"]) == [0, 1, 2, 3, 5]


def test_a_frame_is_shown_until_the_next_one_or_the_end_of_its_shot():
    frames = frames_table([0.0, 0.5, 6.0, 6.2, 7.0], [0, 0, 0, 1, 1])
    assert shown_until(frames, shots_table(6.2, 7.04)).tolist() == [0.5, 6.0, 6.2, 7.0, 7.04]
    assert shown_until(frames_table([]), shots_table()).tolist() == []
