"""Phases of hands with known movement, as measure_movement.py writes them."""

import numpy as np
import pytest

from moving_bodies import (
    RAISED_HAND,
    WIDTH_M,
    HandPath,
    frame_times,
    measure,
    measure_people,
    minimum_jerk_path,
    moving_body,
    phase_names,
    rows_of,
)


def test_a_gesture_with_a_hold_has_three_phases(tmp_path):
    times = frame_times(25, 4)
    _, phases = measure_people(tmp_path, times, moving_body(times, right=RAISED_HAND))
    right = rows_of(phases, "right")
    assert right["phase"].tolist() == ["rest", "movement", "hold", "movement", "rest"]
    assert right["start_s"].tolist() == pytest.approx([0.0, 1.04, 1.48, 2.24, 2.68], abs=0.09)
    assert right["end_s"].tolist() == [*right["start_s"][1:], pytest.approx(4.0)]
    assert right["gesture"].isna().tolist() == [True, False, False, False, True]
    assert right["gesture"].nunique() == 1
    distance = np.hypot(0.6, 1.5)
    assert right["path_length"].tolist() == pytest.approx([0, distance, 0, distance, 0], abs=0.1)
    assert right.loc[1, "world_path_length"] == pytest.approx(distance * WIDTH_M, abs=0.03)
    # The peak of a movement with the least jerk is 1.875 times its mean speed.
    assert right.loc[1, "peak_speed"] == pytest.approx(1.875 * distance / 0.5, rel=0.1)
    assert right.loc[1, "mean_speed"] == pytest.approx(
        right.loc[1, "path_length"] / (right.loc[1, "end_s"] - right.loc[1, "start_s"])
    )
    assert phase_names(phases, "left") == ["rest"]


def test_a_rest_separates_two_gestures(tmp_path):
    times = frame_times(25, 6)
    twice = minimum_jerk_path(
        (0.0, -0.6, -1.7),
        (0.5, -0.6, -1.7),
        (1.0, 0.0, -0.5),
        (1.5, -0.6, -1.7),
        (2.0, -0.6, -1.7),
        (2.5, 0.2, -0.2),
        (3.0, -0.6, -1.7),
        (6.0, -0.6, -1.7),
    )
    _, phases = measure_people(tmp_path, times, moving_body(times, right=twice))
    right = rows_of(phases, "right")
    assert right["phase"].tolist() == ["rest", "movement", "rest", "movement", "rest"]
    assert right["gesture"].dropna().tolist() == [0, 1]


def hand_at_belly_height(still_s: float) -> HandPath:
    """Path of a hand that stays at belly height, with two movements `still_s` seconds apart."""
    return minimum_jerk_path(
        (0.0, -0.2, -0.8),
        (1.0, -0.2, -0.8),
        (1.5, 0.2, 0.0),
        (2.0, -0.2, -0.8),
        (2.0 + still_s, -0.2, -0.8),
        (2.5 + still_s, 0.2, 0.0),
        (3.0 + still_s, -0.2, -0.8),
        (20.0, -0.2, -0.8),
    )


def test_a_long_still_phase_is_rest_and_so_are_short_ones_at_the_same_position(tmp_path):
    times = frame_times(25, 5)
    _, phases = measure_people(
        tmp_path / "a", times, moving_body(times, right=hand_at_belly_height(0.6))
    )
    assert phase_names(phases) == ["hold", "movement", "hold", "movement", "hold"]
    times = frame_times(25, 9)
    _, phases = measure_people(
        tmp_path / "b", times, moving_body(times, right=hand_at_belly_height(0.6))
    )
    assert phase_names(phases) == ["rest", "movement", "rest", "movement", "rest"]
    _, phases = measure_people(
        tmp_path / "c", times, moving_body(times, right=hand_at_belly_height(3.5))
    )
    # A stay that is little longer than the longest hold does not change the others.
    assert phase_names(phases) == ["hold", "movement", "rest", "movement", "hold"]
    times = frame_times(25, 16)
    _, phases = measure_people(
        tmp_path / "d", times, moving_body(times, right=hand_at_belly_height(10.0))
    )
    assert phase_names(phases) == ["rest", "movement", "rest", "movement", "rest"]


@pytest.mark.parametrize("fps", [5, 12, 30])
def test_successive_phases_have_no_gaps(tmp_path, fps):
    times = frame_times(fps, 8, start=0.852)
    moving = moving_body(times, right=lambda t: RAISED_HAND(t - 0.852))
    _, phases = measure_people(tmp_path, times, moving)
    right = rows_of(phases, "right")
    assert {"rest", "movement"} <= set(right["phase"])
    assert right["start_s"].tolist() == [0.852, *right["end_s"][:-1]]
    assert right["end_s"].iloc[-1] == pytest.approx(8.852, abs=1e-5)
    assert (right["end_s"] > right["start_s"]).all()


def test_a_turning_point_is_not_a_hold(tmp_path):
    times = frame_times(25, 4)
    waving = moving_body(times, right=lambda t: np.column_stack([0.3 * np.sin(8 * t), 0 * t - 0.5]))
    _, phases = measure_people(tmp_path, times, waving)
    assert phase_names(phases) == ["movement"]


@pytest.mark.parametrize("fps", [12, 25, 50])
def test_jitter_is_not_a_movement(tmp_path, fps):
    # On real clips the keypoints of still hands jitter by 0.005 to 0.02.
    times = frame_times(fps, 20)
    kinematics, phases = measure_people(tmp_path, times, moving_body(times, noise=0.02))
    assert set(kinematics["track"]) == {0}
    assert set(phases["phase"]) == {"rest"}


def test_jumping_guesses_are_not_a_hand(tmp_path):
    times = frame_times(25, 10)
    random = np.random.default_rng(2)

    def guess(times):
        return np.column_stack(
            [random.normal(0, 0.1, len(times)), random.normal(-0.6, 0.3, len(times))]
        )

    visible = moving_body(times, right=guess, left=guess, hands=False, visibility=0.9)
    kinematics, phases = measure_people(tmp_path / "visible", times, visible)
    assert len(kinematics) == len(phases) == 0
    in_half_of_the_frames = random.uniform(size=len(times)) < 0.5
    flicker = moving_body(times, hands=False, visibility=np.where(in_half_of_the_frames, 0.9, 0.2))
    _, phases = measure_people(tmp_path / "flicker", times, flicker)
    assert len(phases) == 0


def test_small_and_slow_movements_are_discarded(tmp_path):
    times = frame_times(50, 4)
    for name, path in {
        "small": minimum_jerk_path((0, 0, -0.5), (1, 0, -0.5), (1.15, 0.15, -0.5), (4, 0.15, -0.5)),
        "slow": minimum_jerk_path((0, 0, -0.5), (1, 0, -0.5), (3, 0.6, -0.5), (4, 0.6, -0.5)),
    }.items():
        _, phases = measure_people(tmp_path / name, times, moving_body(times, right=path))
        assert phase_names(phases) == ["rest"], name
    _, phases = measure(tmp_path / "slow", "--onset-speed", "0.45")
    assert "movement" in phase_names(phases)
    _, phases = measure(tmp_path / "small", "--min-extent", "0.05")
    assert "movement" in phase_names(phases)


@pytest.mark.parametrize("seed", range(5))
def test_the_gesture_of_a_realistic_signer_is_found(tmp_path, seed):
    """The clip is as difficult as real clips of signing.

    Keypoints jitter, fast hands are lost, raised arms narrow the shoulders, and hands hang at the
    edge of the image with low visibility.
    """
    random = np.random.default_rng(seed)
    times = frame_times(30, 2.5)
    start, end = 0.4 + random.uniform(0, 0.1), 2.0 + random.uniform(0, 0.1)
    up, across = random.uniform(-0.5, 0.4), random.uniform(-0.3, 0.3)
    path = minimum_jerk_path(
        (0.0, -0.6, -1.75),
        (start, -0.6, -1.75),
        (start + 0.45, across, up),
        (start + 0.6, across, up),
        (start + 0.8, across + 0.3, up - 0.1),
        (end - 0.5, across + 0.3, up - 0.1),
        (end, -0.6, -1.75),
        (2.5, -0.6, -1.75),
    )
    speed = np.linalg.norm(np.gradient(path(times), times, axis=0), axis=1)
    detected = (speed < 4) & (random.uniform(size=len(times)) < 0.85)
    raised = path(times)[:, 1] > -1.2
    signer = moving_body(
        times,
        right=path,
        noise=0.012,
        hands=detected,
        visibility=np.where(raised, 0.99, random.uniform(0.45, 0.95, len(times))),
        yaw=np.radians(25) * raised,
        seed=seed,
    )
    _, phases = measure_people(tmp_path, times, signer)
    gesture = rows_of(phases, "right")[rows_of(phases, "right")["gesture"].notna()]
    assert gesture["gesture"].nunique() == 1
    assert gesture["start_s"].min() == pytest.approx(start, abs=0.15)
    assert gesture["end_s"].max() == pytest.approx(end, abs=0.15)
    assert phase_names(phases, "left") == ["rest"]
