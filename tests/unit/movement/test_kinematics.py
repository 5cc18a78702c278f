"""Kinematics of bodies with known movement, as measure_movement.py writes them."""

import numpy as np
import pytest

from corpus.tables import schemas
from moving_bodies import (
    HANGING,
    RAISED_HAND,
    SCALE,
    WIDTH_M,
    fixed_position,
    frame_times,
    measure_people,
    moving_body,
    phase_names,
    rows_of,
)


@pytest.mark.parametrize("fps", [10, 12, 25, 29.97, 60])
def test_speed_is_correct_at_any_frame_rate(tmp_path, fps):
    def path(times):
        return np.column_stack([-1.5 + 1.6 * times, -1.5 + 1.2 * times])

    times = frame_times(fps, 1.5)
    kinematics, _ = measure_people(tmp_path, times, moving_body(times, right=path))
    for point in ("right_wrist", "right_hand"):
        rows = rows_of(kinematics, point)
        assert len(rows) == len(times) and not rows["interpolated"].any()
        assert np.allclose(rows["speed"], 2.0, atol=0.02)
        assert np.allclose(rows["world_speed"], 2.0 * WIDTH_M, atol=0.01)
        assert np.allclose(rows[["x", "y"]], path(times), atol=0.03)
    assert np.allclose(rows_of(kinematics, "left_hand")["speed"], 0, atol=0.01)


def test_speed_is_correct_at_a_variable_frame_rate(tmp_path):
    random = np.random.default_rng(1)
    times = np.cumsum(random.uniform(0.01, 0.08, 60))
    moving = moving_body(times, right=lambda t: np.column_stack([-1 + 0.8 * t, -1 + 0.6 * t]))
    kinematics, _ = measure_people(tmp_path, times, moving)
    assert np.allclose(rows_of(kinematics, "right_wrist")["speed"], 1.0, atol=0.01)


def test_acceleration_is_the_length_of_the_vector(tmp_path):
    times = frame_times(50, 1.2)
    # On a circle the speed is constant and only the direction changes.
    turning = moving_body(
        times, right=lambda t: 0.5 * np.column_stack([np.cos(4 * t), np.sin(4 * t)])
    )
    kinematics, _ = measure_people(tmp_path, times, turning)
    rows = rows_of(kinematics, "right_wrist")
    inner = rows[rows["acceleration"].notna()]
    assert 50 < len(inner) < 60, "undefined at the ends"
    assert np.allclose(inner["speed"], 2.0, rtol=0.03)
    assert np.allclose(inner["acceleration"], 8.0, rtol=0.05)
    assert np.allclose(inner["world_acceleration"], 8.0 * WIDTH_M, rtol=0.05)


def test_axes_point_right_upwards_and_towards_the_camera(tmp_path):
    times = frame_times(25, 1)
    kinematics, _ = measure_people(
        tmp_path, times, moving_body(times, right=fixed_position(-0.4, -0.6))
    )
    rows = rows_of(kinematics, "right_wrist").iloc[12]
    assert np.allclose(rows[["x", "y"]].astype(float), [-0.4, -0.6], atol=0.01)
    assert np.allclose(rows[["world_x", "world_y"]].astype(float), [-0.14, -0.21], atol=0.01)
    assert rows["world_z"] == pytest.approx(0.1, abs=0.01)


def test_camera_distance_zoom_and_pan_do_not_change_the_result(tmp_path):
    times = frame_times(25, 4)
    still, _ = measure_people(tmp_path / "still", times, moving_body(times, right=RAISED_HAND))
    pan = np.column_stack([150 + 60 * times, 150 + 20 * np.sin(times)])
    filmed = moving_body(times, right=RAISED_HAND, zoom=0.5 * 1.25**times, pan=pan)
    kinematics, _ = measure_people(tmp_path / "filmed", times, filmed)
    assert len(kinematics) == len(still)
    assert np.allclose(kinematics[["x", "y"]], still[["x", "y"]], atol=0.02)
    assert np.allclose(kinematics["speed"], still["speed"], atol=0.1)


def test_turning_the_torso_is_not_hand_movement(tmp_path):
    times = frame_times(25, 4)
    yaw = np.radians(60) * np.sin(2 * np.pi * times / 2)
    kinematics, phases = measure_people(tmp_path, times, moving_body(times, yaw=yaw))
    assert kinematics["speed"].max() < 0.1
    assert set(phases["phase"]) == {"rest"}


def test_the_pose_model_is_used_where_the_hand_model_finds_no_hand(tmp_path):
    times = frame_times(25, 2)
    hands = times < 1
    kinematics, _ = measure_people(tmp_path, times, moving_body(times, hands=hands))
    rows = rows_of(kinematics, "left_hand")
    assert len(rows) == len(times)
    assert np.allclose(rows[["x", "y"]], HANGING["left"], atol=0.03)


@pytest.mark.parametrize("share", [0.3, 0.9])
def test_switching_between_hand_model_and_pose_model_is_not_movement(tmp_path, share):
    times = frame_times(25, 8)
    detected = np.random.default_rng(3).uniform(size=len(times)) < share
    still = moving_body(times, left=fixed_position(0.3, -0.8), hands=detected, noise=0.01)
    still.loc[still["part"] == "left_hand", "y"] += 0.15 * WIDTH_M * SCALE
    kinematics, phases = measure_people(tmp_path, times, still)
    height = rows_of(kinematics, "left_hand")["y"].median()
    assert height == pytest.approx(-0.8 if share < 0.5 else -0.95, abs=0.02)
    assert phase_names(phases, "left") == ["rest"]


def test_a_hand_of_the_hand_model_needs_no_visible_wrist(tmp_path):
    times = frame_times(25, 2)
    kinematics, _ = measure_people(tmp_path, times, moving_body(times, visibility=0.1))
    assert set(kinematics["point"]) == {"left_hand", "right_hand"}


@pytest.mark.parametrize("hidden", [{"visibility": 0.3, "hands": False}, {"pan": (320.0, 460.0)}])
def test_hidden_points_and_points_outside_the_image_are_not_observed(tmp_path, hidden):
    times = frame_times(25, 2)
    low = {"right": fixed_position(-0.6, -2.3), "left": fixed_position(0.6, -2.3)}
    kinematics, phases = measure_people(tmp_path, times, moving_body(times, **low, **hidden))
    assert len(kinematics) == len(phases) == 0


def test_only_short_gaps_are_interpolated(tmp_path):
    times = frame_times(25, 4)
    observed = np.ones(len(times), bool)
    observed[20:24] = observed[60:70] = False
    detection = {"visibility": np.where(observed, 0.9, 0.1), "hands": observed}
    moving = moving_body(
        times, right=lambda t: np.column_stack([t / 2 - 1, t * 0 - 0.5]), **detection
    )
    kinematics, phases = measure_people(tmp_path, times, moving)
    for point in ("right_wrist", "right_hand"):
        rows = rows_of(kinematics, point)
        assert rows["frame"].tolist() == [*range(60), *range(70, 100)]
        assert rows.loc[rows["interpolated"], "frame"].tolist() == [20, 21, 22, 23]
        assert np.allclose(rows["x"], rows["time_s"] / 2 - 1, atol=0.03)
        assert np.allclose(rows["speed"], 0.5, atol=0.03)
    right = rows_of(phases, "right")
    assert right["start_s"].tolist() == pytest.approx([0.0, 2.8])
    assert right["end_s"].tolist() == pytest.approx([2.4, 4.0])


def test_no_movement_is_measured_across_a_cut(tmp_path):
    times = frame_times(25, 4)
    jumping = moving_body(times, right=lambda t: np.where(t[:, None] < 2, (-0.6, -1.0), (0.6, 0.5)))
    kinematics, phases = measure_people(tmp_path, times, jumping, cuts=(50,))
    assert kinematics["speed"].max() < 0.05
    assert set(phases["phase"]) == {"rest"}
    right = rows_of(phases, "right")
    assert right["shot"].tolist() == [0, 1]
    assert right["end_s"].tolist() == pytest.approx([2.0, 4.0])
    _, uncut = measure_people(tmp_path / "uncut", times, jumping)
    assert "movement" in phase_names(uncut)


def test_a_clock_that_jumps_back_ends_a_trajectory(tmp_path):
    times = np.concatenate([frame_times(25, 2), frame_times(25, 2)])
    kinematics, phases = measure_people(tmp_path, times, moving_body(times, right=RAISED_HAND))
    assert np.isfinite(kinematics["speed"]).all()
    assert len(rows_of(phases, "left")) == 2
    assert (phases["end_s"] >= phases["start_s"]).all()
    assert phases["start_s"].tolist() == sorted(phases["start_s"])


def test_a_clock_that_stands_still_gives_no_rows(tmp_path):
    times = np.zeros(50)
    kinematics, phases = measure_people(tmp_path, times, moving_body(times))
    assert len(kinematics) == len(phases) == 0


def test_each_person_is_measured_separately(tmp_path):
    times = frame_times(25, 4)
    moving = moving_body(times, right=RAISED_HAND, track=0, zoom=0.4, pan=(160.0, 250.0))
    resting = moving_body(times, track=7, zoom=0.6, pan=(450.0, 250.0))
    faceless = moving_body(times, left=RAISED_HAND, track=-1, zoom=0.5, pan=(320.0, 250.0))
    kinematics, phases = measure_people(tmp_path, times, moving, resting, faceless)
    assert kinematics["track"].unique().tolist() == [-1, 0, 7]
    assert phase_names(phases, track=0).count("movement") == 2
    assert phase_names(phases, track=7) == ["rest"] and phase_names(phases, "left", 7) == ["rest"]
    assert phase_names(phases, "left", -1).count("movement") == 2
    gesture_phases = phases[phases["gesture"].notna()]
    assert gesture_phases.groupby("gesture")[["track", "hand"]].nunique().eq(1).all(axis=None)


def test_rows_are_sorted_by_frame_track_and_point(tmp_path):
    times = frame_times(25, 1)
    bodies = moving_body(times, track=3), moving_body(times, track=1, pan=(400.0, 250.0))
    kinematics, _ = measure_people(tmp_path, times, *bodies)
    order = {point: position for position, point in enumerate(schemas.KINEMATIC_POINTS)}
    keys = kinematics.assign(point=kinematics["point"].astype(str).map(order))
    keys = list(keys[["frame", "track", "point"]].itertuples(index=False))
    assert keys == sorted(keys) and len(keys) == 25 * 2 * 4
