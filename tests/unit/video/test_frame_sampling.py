"""Frames are sampled by their times, in every shot."""

import numpy as np
import pandas as pd
import pytest

from corpus.video.frame_sampling import sample_frames


def frames_table(times, shots=None) -> pd.DataFrame:
    shots = [0] * len(times) if shots is None else shots
    return pd.DataFrame({"frame": range(len(times)), "time_s": times, "shot": shots})


@pytest.mark.parametrize(("fps", "start"), [(25, 0), (30, 0), (30000 / 1001, 7.3), (50, 0.8)])
def test_frames_are_sampled_evenly(fps, start):
    frames = frames_table(start + np.arange(round(fps * 10)) / fps)
    kept = sample_frames(frames, 5)
    assert len(kept) == 50
    assert kept["frame"].iloc[0] == 0
    gaps = kept["time_s"].diff().dropna()
    assert gaps.between(0.2 - 1 / fps - 1e-6, 0.2 + 1 / fps + 1e-6).all()


def test_rounded_clocks_count_as_in_time():
    # 25 frames a second on a clock of milliseconds, each a little early.
    frames = frames_table(np.round(np.arange(100) / 25, 3) - 0.0004 * (np.arange(100) % 5 == 0))
    assert list(sample_frames(frames, 5)["frame"]) == list(range(0, 100, 5))


def test_a_varying_rate_is_sampled_by_time_not_by_number():
    times = np.concatenate([np.arange(100) / 50, 2 + np.arange(20) / 2])
    kept = sample_frames(frames_table(times), 5)
    assert (kept["time_s"] < 2).sum() == 10
    assert (kept["time_s"] >= 2).sum() == 20, "slow frames are all looked at, once"


def test_every_shot_is_looked_at_however_short():
    shots = [0] * 7 + [1] + [2] * 2 + [3] * 10
    kept = sample_frames(frames_table(np.arange(20) / 25, shots), 5)
    assert list(kept["frame"]) == [0, 5, 7, 8, 10, 15]


def test_more_samples_than_frames_take_all():
    assert len(sample_frames(frames_table(np.arange(20) / 10), 1000)) == 20
    assert len(sample_frames(frames_table([]), 5)) == 0
