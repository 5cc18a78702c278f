"""The picture speed is that of a point relative to the background, whatever the camera does."""

import numpy as np
import pytest

from corpus.movement.stabilised_picture import CameraPath
from moving_bodies import (
    RAISED_HAND,
    SCALE,
    WIDTH_M,
    camera_steps,
    frame_times,
    measure,
    measure_people,
    moving_body,
    rows_of,
    write_results,
)

TIMES = frame_times(25, 4)
UNIT = SCALE * WIDTH_M
"""Pixels per shoulder width."""
HIPS = np.array([320.0, 250.0])
STILL = camera_steps(pan=np.tile(HIPS, (len(TIMES), 1)))


def path_x(pixels: np.ndarray) -> np.ndarray:
    """Positions (n, 2) of the hips that move sideways by so many pixels (n,)."""
    return np.column_stack([HIPS[0] + pixels, np.full(len(pixels), HIPS[1])])


def hand_in_lap(offset_x: np.ndarray | float = 0.0):
    """Path of a hand that lies in the lap, or keeps its place while the trunk moves."""
    return lambda times: np.column_stack(
        [-0.2 + np.broadcast_to(offset_x, len(times)), np.full(len(times), -1.3)]
    )


def measured(tmp_path, *bodies, times=TIMES, camera=STILL, point="right_hand"):
    return rows_of(measure_people(tmp_path, times, *bodies, camera=camera)[0], point)


def test_still_hands_of_a_walking_person_have_the_speed_of_walking(tmp_path):
    walk = moving_body(TIMES, right=hand_in_lap(), pan=path_x(0.5 * UNIT * TIMES))
    rows = measured(tmp_path, walk)
    assert rows["speed"].max() < 0.01
    assert rows["picture_speed"].to_numpy() == pytest.approx(np.full(len(rows), 0.5), abs=0.01)


def test_hands_that_lie_still_while_the_trunk_rocks_have_no_picture_speed(tmp_path):
    rocking = 0.2 * np.sin(2 * np.pi * TIMES)
    body = moving_body(TIMES, right=hand_in_lap(-rocking), pan=path_x(rocking * UNIT))
    rows = measured(tmp_path, body)
    assert rows["speed"].max() > 1
    assert rows["picture_speed"].max() < 0.01


def test_panning_camera_over_a_still_person(tmp_path):
    pan = path_x(40 * np.sin(2 * np.pi * TIMES))
    body = moving_body(TIMES, right=hand_in_lap(), pan=pan)
    assert measured(tmp_path, body, camera=camera_steps(pan=pan))["picture_speed"].max() < 0.01
    as_if_still = measured(tmp_path, body)["picture_speed"]
    assert as_if_still.max() > 1


def test_zooming_camera_over_a_still_person(tmp_path):
    zoom = np.exp(0.3 * np.sin(2 * np.pi * TIMES / 2))
    body = moving_body(TIMES, right=hand_in_lap(), zoom=zoom)
    rows = measured(tmp_path, body, camera=camera_steps(zoom=zoom))
    assert rows["picture_speed"].max() < 0.01


def test_gesture_has_its_speed_while_the_camera_zooms_and_pans(tmp_path):
    zoom, pan = np.exp(0.2 * TIMES - 0.5), path_x(60 * TIMES - 100)
    body = moving_body(TIMES, right=RAISED_HAND, zoom=zoom, pan=pan)
    rows = measured(tmp_path, body, camera=camera_steps(pan=pan, zoom=zoom))
    peak = rows["speed"].max()
    assert peak > 2
    assert rows["picture_speed"].max() == pytest.approx(peak, rel=0.03)


def test_picture_speed_is_unknown_where_the_movement_of_the_camera_is(tmp_path):
    camera = {name: values.copy() for name, values in STILL.items()}
    for values in camera.values():
        values[40:60] = np.nan
    rows = measured(tmp_path, moving_body(TIMES, right=RAISED_HAND), camera=camera)
    unknown = rows.loc[rows["picture_speed"].isna(), "frame"]
    assert unknown.tolist() == list(range(40, 59))
    assert rows["speed"].notna().all()
    assert (
        measured(tmp_path / "none", moving_body(TIMES, right=hand_in_lap()), camera=None)[
            "picture_speed"
        ]
        .isna()
        .all()
    )


@pytest.mark.parametrize("share_known", [0.0, 0.5])
def test_a_camera_that_is_said_to_stand_still_does_so_where_its_movement_is_unknown(
    tmp_path, share_known
):
    camera = {name: values.copy() for name, values in STILL.items()}
    for values in camera.values():
        values[round(share_known * len(TIMES)) :] = np.nan
    rocking = 0.2 * np.sin(2 * np.pi * TIMES)
    body = moving_body(TIMES, right=hand_in_lap(-rocking), pan=path_x(rocking * UNIT))
    results = write_results(tmp_path, TIMES, body, camera=camera)
    rows = rows_of(measure(results, "--still-camera")[0], "right_hand")
    assert rows["picture_speed"].max() < 0.01
    assert rows["picture_speed"].notna().all()


def test_a_camera_that_is_said_to_stand_still_moves_where_its_movement_is_seen(tmp_path):
    pan = path_x(40 * np.sin(2 * np.pi * TIMES))
    body = moving_body(TIMES, right=hand_in_lap(), pan=pan)
    results = write_results(tmp_path, TIMES, body, camera=camera_steps(pan=pan))
    rows = rows_of(measure(results, "--still-camera")[0], "right_hand")
    assert rows["picture_speed"].max() < 0.01


def test_a_short_gap_in_the_movement_of_the_camera_is_interpolated(tmp_path):
    pan = path_x(60 * TIMES)
    camera = camera_steps(pan=pan)
    for values in camera.values():
        values[40:43] = np.nan
    body = moving_body(TIMES, right=hand_in_lap(), pan=pan)
    assert measured(tmp_path, body, camera=camera)["picture_speed"].max() < 0.01


def test_path_of_the_camera_starts_again_at_unknown_movement():
    nan = np.nan
    steps = np.array([[nan] * 4, [2, 0, 1, 0], [0, 0, 2, 0], [nan] * 4, [0, 3, 1, np.pi / 2]])
    path = CameraPath.from_steps(steps, np.arange(5.0), max_gap_s=0.2)
    assert path.parts.tolist() == [1, 1, 1, 2, 2]
    assert path.turns == pytest.approx(np.array([1, 1, 2, 1, 1j]))
    assert path.shifts == pytest.approx(np.array([0, 2, 4, 0, 3j]))
    start = 5 + 1j
    later = np.array([start, start + 2, 2 * (start + 2), start, start * 1j + 3j])
    assert path.stabilise(later) == pytest.approx(np.full(5, start))
