"""Landmarks at 25 samples per second, from frames at other times."""

import numpy as np
import pytest

from corpus.movement.gesture_score.landmark_samples import Frame, LandmarkSampler, Windows

SPEED = 0.3
"""Metres per second of every landmark."""


def moving(times: np.ndarray, shot: int = 0) -> list[Frame]:
    """Frames of a body that moves at a constant speed."""
    return [Frame(shot, time, np.full((23, 4), SPEED * time, np.float32)) for time in times]


def sample(*calls: list[Frame], max_gap_s: float = 0.2) -> list[Windows]:
    sampler = LandmarkSampler(max_gap_s)
    return [windows for frames in calls for windows in sampler.add(frames)]


def joined(windows: list[Windows]) -> tuple[np.ndarray, np.ndarray]:
    return (
        np.concatenate([part.start_s for part in windows]),
        np.concatenate([part.landmarks for part in windows]),
    )


@pytest.mark.parametrize("start", [0.0, 17.3, 40_000.013])
def test_frames_at_25_per_second_are_used_unchanged(start: float) -> None:
    rng = np.random.default_rng(3)
    landmarks = rng.normal(size=(12, 23, 4)).astype(np.float32)
    frames = [Frame(0, start + number / 25, value) for number, value in enumerate(landmarks)]
    (windows,) = sample(frames)
    np.testing.assert_allclose(windows.start_s, start + np.arange(8) / 25)
    for number, window in enumerate(windows.landmarks):
        np.testing.assert_array_equal(window, landmarks[number : number + 5])


@pytest.mark.parametrize("fps", [8.0, 12.5, 24.0, 29.97, 30.0, 50.0, 60.0, 100.0])
def test_a_movement_has_the_same_steps_at_any_frame_rate(fps: float) -> None:
    """With the frames themselves, a step at 12.5 frames per second would be twice as long."""
    start_s, landmarks = joined(sample(moving(np.arange(0, 2 + 1e-9, 1 / fps))))
    np.testing.assert_allclose(np.diff(landmarks, axis=1), SPEED / 25, atol=1e-6)
    np.testing.assert_allclose(landmarks[:, 0, 0, 0], SPEED * start_s, atol=1e-6)
    assert start_s[-1] + 4 / 25 > 2 - 1 / fps - 1 / 25


def test_a_variable_frame_rate() -> None:
    steps = np.random.default_rng(4).uniform(0.01, 0.15, 60)
    _, landmarks = joined(sample(moving(np.cumsum(steps))))
    np.testing.assert_allclose(np.diff(landmarks, axis=1), SPEED / 25, atol=1e-6)


@pytest.mark.parametrize("size", [1, 2, 7, 39])
@pytest.mark.parametrize("fps", [12.5, 25.0, 30.0])
def test_windows_do_not_depend_on_the_division_into_calls(size: int, fps: float) -> None:
    frames = moving(np.arange(40) / fps)
    calls = [frames[start : start + size] for start in range(0, len(frames), size)]
    for one, other in zip(joined(sample(*calls)), joined(sample(frames)), strict=True):
        np.testing.assert_array_equal(one, other)


def test_windows_do_not_cross_a_gap_a_cut_or_a_jump_of_the_clock() -> None:
    before = np.arange(6) / 25
    parts = {
        "gap": moving(before + 0.2 + 0.21),
        "cut": moving(before + 6 / 25, shot=1),
        "jump": moving(before - 3),
    }
    for name, after in parts.items():
        windows = sample(moving(before) + after)
        assert [len(part.start_s) for part in windows] == [2, 2], name
        assert windows[1].start_s[0] == after[0].time_s, name


def test_a_gap_of_the_longest_length_is_interpolated() -> None:
    times = np.array([0, 0.2, 0.4])
    (windows,) = sample(moving(times))
    np.testing.assert_allclose(windows.start_s, np.arange(7) / 25)


@pytest.mark.parametrize("n_frames", [0, 1, 4])
def test_too_few_frames_give_no_window(n_frames: int) -> None:
    assert sample(moving(np.arange(n_frames) / 25)) == []


def test_an_unknown_landmark_is_unknown_in_the_samples_between_its_neighbours() -> None:
    frames = moving(np.arange(10) / 30)
    frames[5].landmarks[3] = np.nan
    _, landmarks = joined(sample(frames))
    assert np.isnan(landmarks).any()
    assert not np.isnan(landmarks[:, :, [0, 22]]).any()
