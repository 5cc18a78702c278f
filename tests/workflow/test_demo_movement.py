"""Movement and gestures of the demo agree with its ground truth.

In three clips the portraits are still and only the camera moves. In the clip `hands` a figure moves
its arms: the truth gives the path of each hand, and when it is faster than `offset_speed`.
"""

import json

import numpy as np
import pandas as pd
import pytest

from corpus.movement.smoothing_spline import smooth_path
from corpus.tables import parquet
from moving_bodies import RAISED_HAND, measure

STILL_CLIPS = ("collins", "hopper", "both")
TIME_TOLERANCE_S = 0.08
"""Largest error of the start and end of a movement: two frames. A movement starts with the first
frame above the threshold and ends with the end of the last one, which is up to one frame (0.04 s)
late. The smoothing moves the moment at which the speed crosses the threshold by up to 0.03 s either
way, as computed on the true paths of 300 turns. The rest is left for errors of the keypoints."""
SIZE_TOLERANCE = 0.15
"""Largest relative error of lengths and speeds in shoulder widths. Where exactly the shoulder joint
lies within the jacket is not defined any better; the error is the same in all movements."""
SIZE_SPREAD = 0.05
"""Largest relative deviation of a movement's length from the others', which have the same unit."""
WRIST_TOLERANCE = (0.05, 0.12)
"""Largest median and largest 95th percentile of the distance of a wrist's keypoint from the true
wrist, in shoulder widths."""
PHASES = ["rest", *["movement", "hold", "movement", "hold", "movement", "rest"] * 2]
"""Phases of each hand: it gestures twice, and each gesture has three movements and two holds."""


@pytest.fixture(scope="module")
def truth(demo_clips):
    return json.loads((demo_clips / "truth.json").read_text())["clips"]["hands"]


@pytest.mark.parametrize("clip", STILL_CLIPS)
def test_still_portraits_have_no_movement_while_the_camera_moves(demo, clip):
    phases = parquet.read(demo / "phases" / f"{clip}.parquet")
    assert not (phases["phase"] == "movement").any()
    assert len(parquet.read(demo / "gestures" / f"{clip}.parquet")) == 0


def hand_phases(demo, hand):
    """Return the phases of one hand of the figure."""
    phases = parquet.read(demo / "phases" / "hands.parquet")
    return phases[(phases["hand"] == hand) & (phases["track"] >= 0)].reset_index(drop=True)


def parameters(demo):
    """Return the settings with which the movement was measured."""
    return parquet.read_provenance(demo / "phases" / "hands.parquet")["parameters"]


@pytest.mark.parametrize("hand", ["left", "right"])
def test_each_movement_hold_and_rest_of_the_figure_is_found_at_its_time(demo, truth, hand):
    phases = hand_phases(demo, hand)
    assert phases["phase"].tolist() == PHASES
    assert truth["threshold"] == parameters(demo)["offset_speed"]
    movements = phases[phases["phase"] == "movement"]
    expected = pd.DataFrame(truth["hands"][hand]["movements"])
    for column in ("start_s", "end_s"):
        errors = movements[column].to_numpy() - expected[column].to_numpy()
        assert np.abs(errors).max() <= TIME_TOLERANCE_S, column
    assert phases["start_s"].iloc[0] == 0
    assert phases["end_s"].iloc[-1] == pytest.approx(truth["n_frames"] / truth["fps"])
    assert (phases["start_s"][1:].to_numpy() == phases["end_s"][:-1].to_numpy()).all()


@pytest.mark.parametrize("hand", ["left", "right"])
def test_movements_of_the_figure_have_their_true_size_and_speed(demo, truth, hand):
    phases = hand_phases(demo, hand)
    movements = phases[phases["phase"] == "movement"]
    expected = pd.DataFrame(truth["hands"][hand]["movements"])
    ratios = movements["path_length"].to_numpy() / expected["path_length"].to_numpy()
    assert np.abs(ratios - 1).max() <= SIZE_TOLERANCE
    assert np.abs(ratios / np.median(ratios) - 1).max() <= SIZE_SPREAD
    peaks = movements["peak_speed"].to_numpy() / smoothed_peak_speeds(demo, truth, hand)
    assert np.abs(peaks - 1).max() <= SIZE_TOLERANCE


def smoothed_peak_speeds(demo, truth, hand):
    """Return the peak speed of each true movement after the smoothing of the movement stage.

    Smoothing lowers the peaks of quick movements.
    """
    times = np.arange(truth["n_frames"]) / truth["fps"]
    corners = np.array([frame["hopper"] for frame in truth["frames"]])[:, :, 2]
    path = (np.array(truth["hands"][hand]["centre"]) - corners) / truth["shoulder_width"]
    cutoff_hz = parameters(demo)["cutoff_hz"]
    speeds = np.linalg.norm(smooth_path(times, path, times, cutoff_hz)[1], axis=1)
    return [
        speeds[(times >= movement["start_s"]) & (times <= movement["end_s"])].max()
        for movement in truth["hands"][hand]["movements"]
    ]


@pytest.mark.parametrize("hand", ["left", "right"])
def test_wrists_of_the_figure_are_followed_in_every_frame(demo, truth, hand):
    keypoints = parquet.read(demo / "keypoints" / "hands.parquet")
    is_wrist = (keypoints["part"] == "pose") & (keypoints["keypoint"] == f"{hand}_wrist")
    wrist = keypoints[is_wrist & (keypoints["track"] >= 0)]
    assert wrist["frame"].tolist() == list(range(truth["n_frames"]))
    expected = np.array(truth["hands"][hand]["wrist"])
    errors = np.linalg.norm(wrist[["x", "y"]].to_numpy() - expected, axis=1)
    errors /= truth["shoulder_width"]
    assert np.percentile(errors, 50) <= WRIST_TOLERANCE[0]
    assert np.percentile(errors, 95) <= WRIST_TOLERANCE[1]
    kinematics = parquet.read(demo / "kinematics" / "hands.parquet")
    assert (kinematics["point"] == f"{hand}_hand").sum() == truth["n_frames"], "no gap in the curve"


def test_gestures_of_the_figure_have_its_person_the_right_hand_and_their_holds(demo, truth):
    gestures = parquet.read(demo / "gestures" / "hands.parquet").astype({"hand": str})
    gestures = gestures.sort_values(["hand", "start_s"])
    tracks = parquet.read(demo / "tracks.parquet")
    [hopper] = set(tracks.loc[tracks["video_id"] == "hopper", "person"])
    assert set(gestures["person"]) == {hopper}
    assert gestures["hand"].tolist() == ["left", "left", "right", "right"]
    assert gestures["n_movements"].tolist() == [3] * 4
    for hand, rows in gestures.groupby("hand"):
        movements = pd.DataFrame(truth["hands"][hand]["movements"])
        for row, first in zip(rows.itertuples(), (0, 3), strict=True):
            movement = movements[first : first + 3]
            start_s, end_s = movement["start_s"].to_numpy(), movement["end_s"].to_numpy()
            assert row.start_s == pytest.approx(start_s[0], abs=TIME_TOLERANCE_S)
            assert row.end_s == pytest.approx(end_s[-1], abs=TIME_TOLERANCE_S)
            hold_s = (start_s[1:] - end_s[:-1]).sum()
            assert row.hold_s == pytest.approx(hold_s, abs=2 * TIME_TOLERANCE_S)


def true_path(truth, hand):
    """Return the positions (n, 2) of a hand of the figure in shoulder widths, up to an offset."""
    corners = np.array([frame["hopper"] for frame in truth["frames"]])[:, :, 2]
    return (np.array(truth["hands"][hand]["centre"]) - corners) / truth["shoulder_width"] * [1, -1]


def test_measures_of_the_figures_gestures_are_those_of_its_path(demo, truth):
    """Each gesture has three reaches; the last ones of both hands are mirror images."""
    gestures = parquet.read(demo / "gestures.parquet").astype({"hand": str})
    assert set(gestures["video_id"]) == {"hands"} and len(gestures) == 4
    times = np.arange(truth["n_frames"]) / truth["fps"]
    for row in gestures.itertuples():
        path = true_path(truth, row.hand)[(times >= row.start_s) & (times < row.end_s)]
        size = np.linalg.norm(np.ptp(path, axis=0))
        assert row.extent == pytest.approx(size, rel=SIZE_TOLERANCE)
        rise = path[:, 1].max() - np.mean(path[:, 1])
        assert row.height_max - row.height_mean == pytest.approx(rise, abs=SIZE_TOLERANCE)
        assert (row.n_submovements, row.n_holds) == (3, 2)
    # The left forearm is in front of the belly, which the other gestures are not.
    regions = gestures.sort_values(["hand", "start_s"])["region"].astype(str).tolist()
    assert regions[0] == "center-center" and "center-center" not in regions[1:]


def test_the_figure_gestures_with_its_right_hand_its_left_hand_and_both(demo):
    units = parquet.read(demo / "gesture_units.parquet").astype({"hand": str})
    assert units["hand"].tolist() == ["right", "left", "both"]
    both = units.iloc[2]
    assert both["symmetry"] > 0.9 and abs(both["lag_s"]) <= 0.04
    assert units["symmetry"].isna().tolist() == [True, True, False]
    use = parquet.read(demo / "hand_use.parquet").set_index("video_id")
    assert use.loc["hands", ["n_left", "n_right", "n_both"]].tolist() == [1, 1, 1]
    assert use.loc["hands", "visible_s"] == pytest.approx(8.6, abs=0.1)
    assert use.loc["hands", "handedness"] == 0
    assert use.drop(index="hands")["units_per_minute"].isna().all()


def test_a_hand_added_to_the_demo_is_found(demo, tmp_path):
    """The clip pans and zooms over a portrait; a moving wrist is added in body coordinates."""
    keypoints = parquet.read(demo / "keypoints" / "collins.parquet").astype(
        {"part": str, "keypoint": str}
    )
    keypoints = keypoints[keypoints["part"] == "pose"].reset_index(drop=True)
    by_frame = keypoints.pivot(index="frame", columns="keypoint", values=["x", "y"])
    shoulders = by_frame["x"]["left_shoulder"] - by_frame["x"]["right_shoulder"]
    unit = shoulders.rolling(25, center=True, min_periods=1).mean()
    last = keypoints["shot"].max()
    first_s = keypoints.loc[keypoints["shot"] == last, "time_s"].min()
    times = keypoints.groupby("frame")["time_s"].first()
    x, y = RAISED_HAND(np.clip(times - first_s - 0.2, 0, None).to_numpy() + 0.5).T * 0.5
    midpoint = (by_frame.xs("left_shoulder", 1, 1) + by_frame.xs("right_shoulder", 1, 1)) / 2
    for name in ("wrist", "pinky", "index", "thumb"):
        rows = keypoints["keypoint"] == f"right_{name}"
        at_frame = keypoints.loc[rows, "frame"]
        keypoints.loc[rows, "x"] = (midpoint["x"] + x * unit).loc[at_frame].to_numpy(np.float32)
        keypoints.loc[rows, "y"] = (midpoint["y"] - y * unit).loc[at_frame].to_numpy(np.float32)
        keypoints.loc[rows, "visibility"] = np.float32(0.9)
    for name in ("frames", "shots", "status"):
        (tmp_path / name).mkdir()
        source = demo / name / "collins.parquet"
        (tmp_path / name / "v.parquet").write_bytes(source.read_bytes())
    (tmp_path / "keypoints").mkdir()
    parquet.write(tmp_path / "keypoints" / "v.parquet", "keypoints", keypoints, {})
    _, phases = measure(tmp_path)
    right = phases[(phases["hand"] == "right") & (phases["shot"] == last)]
    assert "movement" in right["phase"].tolist()
    assert not (phases[phases["hand"] == "left"]["phase"] == "movement").any()
