"""Measures of gesture units of people with known movement, as measure_movement.py writes them."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from corpus.movement.hand_pairs import HandPairs, find_partners
from corpus.tables import parquet
from moving_bodies import (
    RAISED_HAND,
    frame_times,
    measure_people,
    minimum_jerk_path,
    moving_body,
)

BEATS = minimum_jerk_path(
    (0.0, -0.6, -1.7),
    (1.0, -0.6, -1.7),
    (1.5, -0.3, -0.4),
    (1.9, -0.9, -0.4),
    (2.4, -0.3, -0.4),
    (3.0, -0.6, -1.7),
)
"""A right hand that rises, beats to the outside and back, and falls: four movements."""


def measures_of(folder, *people, times):
    """Return the table gesture_measures of a video with these people."""
    measure_people(folder, times, *people)
    return parquet.read(folder / "gesture_measures" / "v.parquet").astype({"hand": str})


def mirrored(path, delay_s=0.0):
    """Return the mirror image of a path on the other side of the body, some time later."""
    return lambda times: path(np.maximum(times - delay_s, 0)) * [-1, 1]


@pytest.mark.parametrize("fps", [25, 60])
def test_a_raised_hand_has_its_extent_heights_region_and_shape(tmp_path, fps):
    times = frame_times(fps, 4)
    [row] = measures_of(tmp_path, moving_body(times, right=RAISED_HAND), times=times).to_dict(
        "records"
    )
    assert row["extent"] == pytest.approx(np.hypot(0.6, 1.5), abs=0.06)
    assert row["height_max"] == pytest.approx(-0.2, abs=0.02)
    # It is held at -0.2, at the border of the inner region, for 0.7 s of about 1.65 s.
    assert row["height_mean"] == pytest.approx(-0.6, abs=0.1)
    assert row["n_submovements"] == 2
    assert row["smoothness"] < -2
    shares = ["center_center_share", "center_share", "periphery_share", "extreme_share"]
    assert sum(row[name] for name in shares) == pytest.approx(1)
    assert row["extreme_share"] == 0
    assert pd.isna(row["other_gesture"]) and pd.isna(row["overlap_s"])
    assert pd.isna(row["lag_s"]) and pd.isna(row["symmetry"])


def test_measures_do_not_depend_on_the_frame_rate(tmp_path):
    rows = []
    for fps in (25, 30, 60):
        times = frame_times(fps, 4)
        (tmp_path / str(fps)).mkdir()
        rows.append(measures_of(tmp_path / str(fps), moving_body(times, right=BEATS), times=times))
    table = pd.concat(rows)
    assert table["n_submovements"].tolist() == [4, 4, 4]
    for column, spread in (("extent", 0.03), ("height_mean", 0.05), ("smoothness", 0.35)):
        assert np.ptp(table[column]) <= spread, column
    assert np.ptp(table["center_share"]) <= 0.05


def test_without_a_visible_start_the_smoothness_is_unknown(tmp_path):
    times = frame_times(25, 3)
    visibility = np.where(times < 1.24, 0.0, 1.0)
    body = moving_body(times, right=RAISED_HAND, visibility=visibility, hands=times >= 1.24)
    [row] = measures_of(tmp_path, body, times=times).to_dict("records")
    assert not row["start_seen"] and pd.isna(row["smoothness"])
    assert not pd.isna(row["extent"])


@pytest.mark.parametrize("delay_s", [0.0, 0.2])
def test_two_hands_that_mirror_each_other_are_a_pair_with_their_lag(tmp_path, delay_s):
    times = frame_times(25, 4.5)
    body = moving_body(times, right=BEATS, left=mirrored(BEATS, delay_s))
    table = measures_of(tmp_path, body, times=times)
    rows = table.set_index("hand")
    assert rows.loc["left", "other_gesture"] == rows.loc["right", "gesture"]
    assert rows.loc["right", "other_gesture"] == rows.loc["left", "gesture"]
    assert rows["overlap_s"].nunique() == 1
    assert rows.loc["right", "overlap_s"] == pytest.approx(2.0 - delay_s, abs=0.15)
    assert rows.loc["right", "lag_s"] == pytest.approx(delay_s, abs=0.021)
    assert rows.loc["left", "lag_s"] == pytest.approx(-delay_s, abs=0.021)
    if not delay_s:
        assert rows["symmetry"].tolist() == pytest.approx([1, 1], abs=0.02)


def test_two_hands_that_move_to_the_same_side_are_parallel(tmp_path):
    times = frame_times(25, 4)
    right = minimum_jerk_path(*((1 + 0.5 * i, -0.9 + 0.6 * (i % 2), -0.5) for i in range(5)))
    body = moving_body(times, right=right, left=lambda t: right(t) + [1.2, 0])
    table = measures_of(tmp_path, body, times=times)
    assert len(table) == 2
    assert table["symmetry"].tolist() == pytest.approx([-1, -1], abs=0.02)
    assert table["parallel"].tolist() == pytest.approx([1, 1], abs=0.02)


def test_hands_of_different_people_are_no_pair(tmp_path):
    times = frame_times(25, 4)
    first = moving_body(times, right=BEATS)
    second = moving_body(times, left=mirrored(BEATS), track=1)
    table = measures_of(tmp_path, first, second, times=times)
    assert len(table) == 2 and table["other_gesture"].isna().all()


def fake_trajectory(number, side, start_s, end_s):
    """Return what HandPairs needs of the trajectory of a hand that moves to and fro."""
    hand = SimpleNamespace(shot=0, track=0, side=side)
    times = start_s + np.arange(round((end_s - start_s) * 25)) / 25
    angle = 2 * np.pi * times * (1 + 0.05 * times)
    return SimpleNamespace(
        unit=SimpleNamespace(number=number, hand=hand, start_s=start_s, end_s=end_s),
        times=times,
        positions=np.column_stack([0.3 * np.sin(angle), 0.2 * np.cos(angle)]),
        speeds=np.abs(np.sin(angle)),
    )


@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4), (4, 3, 2, 1, 0), (2, 0, 4, 1, 3)])
def test_pairs_do_not_depend_on_the_order_of_trajectories_and_are_forgotten(order):
    """A long gesture of the left hand accompanies three of the right hand, and not the last."""
    spans = [("left", 0, 10), ("right", 1, 3), ("right", 4, 8), ("right", 9, 10), ("right", 20, 22)]
    trajectories = [fake_trajectory(number, *span) for number, span in enumerate(spans)]
    pairs = HandPairs([trajectory.unit for trajectory in trajectories])
    measures = dict(row for index in order for row in pairs.add(trajectories[index]))
    partners = [measures[number]["other_gesture"] for number in range(5)]
    assert partners == [2, 0, 0, 0, None]
    assert [measures[number]["overlap_s"] for number in range(5)] == [4, 2, 4, 1, None]
    assert measures[2]["lag_s"] == 0.0 and measures[2]["parallel"] == pytest.approx(1)
    assert pairs._movements == {}, "memory does not grow with the length of the video"


def test_no_gestures_give_no_partners():
    assert find_partners([]) == {}
