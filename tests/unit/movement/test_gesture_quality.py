"""What is known about the quality of each gesture unit."""

import numpy as np
import pytest

from corpus.movement import gesture_quality
from gesture_trajectories import gesture_trajectory
from movement_settings import SETTINGS
from moving_bodies import (
    RAISED_HAND,
    SCALE,
    WIDTH_M,
    camera_steps,
    frame_times,
    measure_people,
    moving_body,
    read_output,
    rows_of,
)

starts = frame_times(25, 2)


def speeds(*parts: tuple[float, float]) -> np.ndarray:
    """Speeds (50,) that are zero but for some parts: (start in seconds, speed), 0.4 s long."""
    values = np.zeros(len(starts))
    for start_s, speed in parts:
        values[(starts >= start_s) & (starts < start_s + 0.4)] = speed
    return values


def test_shares_are_shares_of_the_time():
    times = np.array([0.0, 0.1, 0.2, 0.6, 0.7])
    sources = np.array(["pose", None, "hand", "hand", "pose"], object)
    interpolated = np.array([False, True, False, False, False])
    trajectory = gesture_trajectory(times, sources=sources, interpolated=interpolated)
    measures = gesture_quality.observation(trajectory)
    assert measures["interpolated_share"] == pytest.approx(0.1 / 0.8)
    assert measures["visible_share"] == pytest.approx(0.7 / 0.8)
    assert measures["hand_model_share"] == pytest.approx(0.5 / 0.7)
    assert measures["source"] == "hand"
    reverse = gesture_trajectory(times, sources=np.where(sources == "hand", "pose", "hand"))
    assert gesture_quality.observation(reverse)["source"] == "pose"
    unknown = gesture_quality.observation(gesture_trajectory(times))
    assert unknown["source"] is unknown["hand_model_share"] is None


def test_a_peak_at_an_end_that_is_not_certain_has_no_time():
    at_end = np.zeros(len(starts), bool)
    at_end[-10:] = True
    certain = gesture_trajectory(starts, speeds=speeds((0.4, 3), (1.6, 2)), extrapolated=at_end)
    assert gesture_quality.peak_time(certain) == {"peak_time_s": pytest.approx(0.4)}
    uncertain = gesture_trajectory(starts, speeds=speeds((0.4, 3), (1.6, 4)), extrapolated=at_end)
    assert gesture_quality.peak_time(uncertain) == {"peak_time_s": None}


@pytest.mark.parametrize(
    ("picture_speeds", "is_trunk", "peak"),
    [
        (speeds(), True, 0),
        (speeds((0.8, 0.9)), True, 0.9),
        (speeds((0.8, 1.1)), False, 1.1),
        (np.where(starts == starts[5], 5.0, 0.0), True, 5),
        (np.full(len(starts), np.nan), None, None),
        (np.where(starts < 1, 0.0, np.nan), None, None),
        (np.where(starts < 1, 1.2, np.nan), False, None),
        (np.where(np.arange(len(starts)) % 10 == 0, np.nan, 0.0), True, 0),
    ],
)
def test_a_hand_that_is_still_in_the_picture_moves_with_the_trunk(picture_speeds, is_trunk, peak):
    trajectory = gesture_trajectory(starts, picture_speeds=picture_speeds)
    measures = gesture_quality.trunk_movement(trajectory, SETTINGS)
    assert measures["trunk_movement"] is is_trunk
    assert measures["picture_peak_speed"] == peak


def test_a_peak_in_the_picture_is_unknown_where_it_is_extrapolated():
    at_end = np.zeros(len(starts), bool)
    at_end[-10:] = True
    for end_speed, peak in ((2.0, 3.0), (4.0, None)):
        in_picture = speeds((0.4, 3), (1.6, end_speed))
        trajectory = gesture_trajectory(starts, picture_speeds=in_picture, extrapolated=at_end)
        measures = gesture_quality.trunk_movement(trajectory, SETTINGS)
        assert measures["picture_peak_speed"] == peak


def measures_of(folder, times, *people, cuts=(), camera=None):
    """The rows of gesture_measures of the right hands."""
    measure_people(folder, times, *people, cuts=cuts, camera=camera)
    return rows_of(read_output(folder, "gesture_measures"), "right")


def test_a_gesture_between_rests_is_seen_from_start_to_end(tmp_path):
    times = frame_times(25, 4)
    [row] = measures_of(tmp_path, times, moving_body(times, right=RAISED_HAND)).itertuples()
    assert row.start_seen and row.end_seen
    assert row.visible_share == 1 and row.interpolated_share == 0
    assert not row.jump
    assert row.speed_cutoff_hz == pytest.approx(SETTINGS.cutoff_hz, rel=0.05)
    # The fastest moment of the first or the second half of the movement.
    assert row.peak_time_s == pytest.approx(1.25, abs=0.05) or row.peak_time_s == pytest.approx(
        2.45, abs=0.05
    )


def test_a_hand_that_comes_into_view_or_leaves_it_is_not_seen_at_rest(tmp_path):
    times = frame_times(25, 4)
    for name, visible, seen in (
        ("late", times > 1.2, (False, True)),
        ("early", times < 2.4, (True, False)),
        ("cut off", (times > 1.2) & (times < 2.4), (False, False)),
    ):
        body = moving_body(times, right=RAISED_HAND, visibility=visible * 1.0, hands=visible)
        [row] = measures_of(tmp_path / name, times, body).itertuples()
        assert (row.start_seen, row.end_seen) == seen, name


def test_a_cut_ends_what_is_seen(tmp_path):
    times = frame_times(25, 4)
    moving = moving_body(times, right=RAISED_HAND)
    rows = measures_of(tmp_path, times, moving, cuts=(30, 62))
    assert rows["start_seen"].tolist() == [True, False, False]
    assert rows["end_seen"].tolist() == [False, False, True]


def test_interpolated_frames_are_counted(tmp_path):
    times = frame_times(25, 4)
    hidden = (times > 1.2) & (times < 1.33)
    body = moving_body(times, right=RAISED_HAND, visibility=1.0 - hidden, hands=~hidden)
    [row] = measures_of(tmp_path, times, body).itertuples()
    assert row.interpolated_share == pytest.approx(3 * 0.04 / 1.64, abs=0.02)
    assert row.visible_share == pytest.approx(1 - row.interpolated_share)


def test_a_skeleton_that_jumps_is_marked(tmp_path):
    times = frame_times(25, 4)
    pan = np.where(times[:, None] < 1.26, (150.0, 250.0), (450.0, 250.0))
    [row] = measures_of(
        tmp_path, times, moving_body(times, right=RAISED_HAND, pan=pan)
    ).itertuples()
    assert row.jump


STILL_POINT = np.array([320.0, 250.0])
"""Pixel position of the hips of a person who does not move."""


def still_camera(n_frames: int) -> dict:
    """The movement of a camera that does not move."""
    return camera_steps(pan=np.tile(STILL_POINT, (n_frames, 1)))


def moved(x: np.ndarray) -> np.ndarray:
    """Pixel positions (n, 2) of hips that are x (n,) shoulder widths to the right."""
    return STILL_POINT + np.column_stack([x * WIDTH_M * SCALE, np.zeros(len(x))])


@pytest.mark.parametrize(("amplitude", "frequency_hz"), [(0.2, 1.0), (0.1, 2.0)])
def test_a_trunk_that_rocks_over_still_hands_is_marked(tmp_path, amplitude, frequency_hz):
    times = frame_times(25, 8)
    rocking = amplitude * np.sin(2 * np.pi * frequency_hz * times)

    def in_lap(hand_times):
        sway = amplitude * np.sin(2 * np.pi * frequency_hz * hand_times)
        return np.column_stack([-0.2 - sway, np.full(len(hand_times), -1.0)])

    body = moving_body(times, right=in_lap, pan=moved(rocking), noise=0.01)
    rows = measures_of(tmp_path, times, body, camera=still_camera(len(times)))
    assert len(rows) > 0 and rows["trunk_movement"].all()


def test_gestures_are_not_marked_as_movements_of_the_trunk(tmp_path):
    times = frame_times(25, 4)
    walking = moved(1.5 * (times - 2))
    zoom = 1 + 0.1 * times
    for name, pan, camera in (
        ("sitting", STILL_POINT, still_camera(len(times))),
        ("walking", walking, still_camera(len(times))),
        ("camera pans", walking, camera_steps(pan=walking)),
    ):
        body = moving_body(times, right=RAISED_HAND, pan=pan, noise=0.01)
        [row] = measures_of(tmp_path / name, times, body, camera=camera).itertuples()
        assert row.trunk_movement is False, name
        assert row.picture_peak_speed > 2, name
    body = moving_body(times, right=RAISED_HAND, zoom=zoom, noise=0.01)
    [row] = measures_of(tmp_path / "zoom", times, body, camera=camera_steps(zoom=zoom)).itertuples()
    assert row.trunk_movement is False


def test_without_the_movement_of_the_camera_it_is_unknown(tmp_path):
    times = frame_times(25, 4)
    rows = measures_of(tmp_path, times, moving_body(times, right=RAISED_HAND))
    assert rows["trunk_movement"].isna().all() and rows["picture_peak_speed"].isna().all()


def test_the_network_of_a_gesture_is_known(tmp_path):
    times = frame_times(25, 4)
    for name, hands in (("hand", True), ("pose", False)):
        body = moving_body(times, right=RAISED_HAND, hands=hands)
        [row] = measures_of(tmp_path / name, times, body).itertuples()
        assert (row.source, row.hand_model_share) == (name, float(hands))


def test_a_peak_at_the_edge_of_the_view_is_unknown(tmp_path):
    times = frame_times(25, 4)
    visible = times > 1.24  # the fastest moment of the first half of the movement
    body = moving_body(times, right=RAISED_HAND, visibility=visible * 1.0, hands=visible)
    _, phases = measure_people(tmp_path, times, body)
    peaks = rows_of(phases, "right").query("phase == 'movement'")["peak_speed"]
    assert peaks.isna().tolist() == [True, False]
