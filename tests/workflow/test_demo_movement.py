"""Movement and gestures of the demo. Its portraits are still; only the camera moves."""

import numpy as np
import pytest

from corpus.tables import parquet
from moving_bodies import RAISED_HAND, measure


@pytest.mark.parametrize("clip", ["collins", "hopper", "both"])
def test_still_portraits_have_no_movement_while_the_camera_moves(demo, clip):
    phases = parquet.read(demo / "phases" / f"{clip}.parquet")
    assert not (phases["phase"] == "movement").any()


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
