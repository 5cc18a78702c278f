"""Cuts are detected on the right frame, and the minimum shot length is a time."""

import numpy as np

import synthetic_videos as videos
from corpus.video.frame_index import index_frames
from corpus.video.shots.transitions import find_transitions, shot_starts


def detect_shot_starts(path, min_length_s=0.5):
    index = index_frames(path, threshold=10.0)
    starts = shot_starts(np.frombuffer(index.times), index.transitions, min_length_s)
    return [start.frame for start in starts]


def test_minimum_shot_length_is_measured_in_time(tmp_path):
    # Shots of 10 frames that last 0.2 s, 2 s and 2 s. Counting frames, or assuming a mean frame
    # rate, would treat all three alike.
    times = [*range(0, 200, 20), *range(200, 2200, 200), *range(2200, 4200, 200)]
    path = videos.from_shots(tmp_path / "clip.mp4", [10, 10, 10], times=times)
    assert detect_shot_starts(path, min_length_s=0.5) == [0, 20]
    assert detect_shot_starts(path, min_length_s=0.1) == [0, 10, 20]


def test_shot_of_exactly_the_minimum_length_is_kept(tmp_path):
    times = [round(n * 1000 / 30) for n in range(45)]
    path = videos.from_shots(tmp_path / "clip.mkv", [15, 15, 15], times=times)
    assert detect_shot_starts(path, min_length_s=0.5) == [0, 15, 30]


def test_pans_and_zooms_are_not_cuts(tmp_path):
    wide = np.hstack([videos.scene(seed, 192, 128) for seed in range(12)])
    pan = [wide[32:96, start : start + 96] for start in range(0, 2000, 50)]
    still = [wide[32:96, :96]] * 12
    path = videos.from_pictures(tmp_path / "pan.mp4", still + pan, range(0, 40 * 52, 40))
    assert detect_shot_starts(path) == [0]


def test_video_without_frames_has_no_cuts_and_no_shots():
    assert find_transitions([], threshold=10.0) == []
    assert shot_starts(np.array([]), [], 0.5) == []
