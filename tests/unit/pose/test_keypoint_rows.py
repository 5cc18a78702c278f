"""The keypoints of a frame become valid rows of the keypoints table."""

import numpy as np
import pyarrow.parquet as pq

from corpus.pose.keypoint_rows import keypoint_rows
from corpus.pose.keypoints import FrameKeypoints
from corpus.tables import parquet, schemas
from fake_bodies import fake_body, fake_hand


def test_rows_are_valid_rounded_and_sorted(tmp_path):
    body = fake_body(100.123456, 60)
    left = fake_hand(120.987654, 130, True, score=0.987654)
    people = {2: {"pose": body}, -1: {"left_hand": left, "pose": body}, 0: {"pose": body}}
    columns = keypoint_rows(FrameKeypoints(7, 0.28, 3, people))
    parquet.write(tmp_path / "t", "keypoints", columns, {})
    assert pq.read_schema(tmp_path / "t").equals(schemas.SCHEMAS["keypoints"])
    table = parquet.read(tmp_path / "t")
    assert len(table) == 3 * 33 + 21
    assert [set(table[name]) for name in ("frame", "time_s", "shot")] == [{7}, {0.28}, {3}]
    order = table[["track", "part"]].drop_duplicates().values.tolist()
    assert order == [[-1, "pose"], [-1, "left_hand"], [0, "pose"], [2, "pose"]]
    for (_, part), rows in table.groupby(["track", "part"], observed=True):
        assert list(rows["keypoint"]) == schemas.PARTS[part]
    wrist = table[table["part"] == "left_hand"].iloc[0]
    assert wrist["x"] == np.float32(120.99) and wrist["world_x"] == np.float32(0.121)
    assert wrist["score"] == np.float32(0.9877) and np.isnan(wrist["visibility"])
    nose = table.iloc[0]
    assert (nose["x"], nose["y"], nose["z"]) == (np.float32(100.12), 60, 0)
    assert nose["world_x"] == np.float32(1.0012)
    assert (nose["visibility"], nose["score"]) == (np.float32(1.0), np.float32(0.8))


def test_the_visibility_of_hands_is_null_in_the_file_and_not_nan(tmp_path):
    people = {0: {"right_hand": fake_hand(100, 100, False)}}
    columns = keypoint_rows(FrameKeypoints(0, 0.0, 0, people))
    parquet.write(tmp_path / "t", "keypoints", columns, {})
    stored = pq.read_table(tmp_path / "t")["visibility"]
    assert stored.null_count == 21 == len(stored)


def test_a_frame_without_people_has_no_rows():
    columns = keypoint_rows(FrameKeypoints(0, 0.0, 0, {}))
    assert list(columns) == schemas.SCHEMAS["keypoints"].names
    assert all(values == [] for values in columns.values())
