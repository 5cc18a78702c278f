"""The accuracy benchmark measures keypoints, times and tables, on small made-up tables."""

import math

import numpy as np
import pandas as pd
import pytest

import accuracy_measures as measures
from corpus.tables import parquet, schemas

SHOWINFO = """\
[Parsed_showinfo_0 @ 0x7fe2c0001a40] config in time_base: 1/11988, frame_rate: 2997/100
[Parsed_showinfo_0 @ 0x7fe2c0001a40] config out time_base: 0/0, frame_rate: 0/0
[Parsed_showinfo_0 @ 0x7fe2c0001a40] n:   0 pts:  10214 pts_time:0.852019 duration:    400
[Parsed_showinfo_0 @ 0x7fe2c0001a40]   side data - User Data Unregistered: n: 7 pts: 3
[Parsed_showinfo_0 @ 0x7fe2c0001a40] n:   1 pts: NOPTS pts_time:NOPTS duration:    400
[Parsed_showinfo_0 @ 0x7fe2c0001a40] n:1000 pts: -11988 pts_time:-1 duration:    400
"""


def person(frame, track, hands=(), **positions):
    """A person in a frame, with all keypoints in the middle of the image except `positions`."""
    points = dict.fromkeys(sorted(measures.HANDS | {"nose"}), (50.0, 40.0)) | positions
    rows = [(frame, track, "pose", name, *position) for name, position in points.items()]
    return rows + [(frame, track, hand, tip, 1.0, 1.0) for hand in hands for tip in ("wrist", "x")]


def keypoints(*people):
    """The keypoints table of these people."""
    columns = ["frame", "track", "part", "keypoint", "x", "y"]
    return pd.DataFrame([row for rows in people for row in rows], columns=columns)


# Keypoints ---------------------------------------------------------------------------------------


def test_hands_are_counted_for_people_with_visible_wrists():
    table = keypoints(
        person(0, 0, ("left_hand", "right_hand")),
        person(0, 1, left_wrist=(50.0, 80.0)),
        person(1, 0, ("left_hand",), right_thumb=(-0.1, 5.0)),
        person(3, -1, left_wrist=(100.0, 5.0)),
    )
    skeletons = measures.hands_of_skeletons(table, width=100, height=80)
    assert skeletons.to_numpy().tolist() == [
        [0, 0, True, True, 2],
        [0, 1, False, False, 0],
        [1, 0, True, False, 1],
        [3, -1, False, False, 0],
    ]
    counts = measures.count(skeletons, n_frames=5)
    assert list(counts.values()) == [5, 4, 2, 2, 2, 1, 1, 1, 1, 1]
    assert set(counts) == set(measures.COUNTS)
    shares = measures.shares(counts)
    assert list(shares.values()) == [0.8, 0.4, 1.0, 0.5, 0.2, 1.0, 1.0]


def test_the_shares_of_a_clip_without_people_are_missing():
    skeletons = measures.hands_of_skeletons(keypoints(), math.nan, math.nan)
    counts = measures.count(skeletons, n_frames=2)
    assert counts == dict.fromkeys(measures.COUNTS, 0) | {"frames": 2}
    shares = measures.shares(counts)
    assert shares["skeletons_per_frame"] == shares["wrists_in"] == 0
    assert math.isnan(shares["wrists_in_one_found"])
    assert math.isnan(measures.shares(counts | {"frames": 0})["skeletons_per_frame"])


def test_a_hand_assigned_to_two_people_is_counted_for_both():
    def hands(frame, track, at):
        points = [(frame, track, "left_hand", "x", at + step, at) for step in (0.0, 10.0, 20.0)]
        return [*points, (frame, track, "pose", "nose", 0.0, 0.0)]

    near = hands(0, 0, 50.0), hands(0, -1, 52.0), hands(0, 2, 90.0), hands(1, 2, 50.0)
    assert measures.count_shared_hands(keypoints(*near)) == (2, 4)
    assert measures.count_shared_hands(keypoints()) == (0, 0)


# Times and tables --------------------------------------------------------------------------------


def test_times_are_computed_from_unrounded_timestamps():
    times = measures.parse_showinfo(SHOWINFO)
    assert times == pytest.approx([10214 / 11988, math.nan, -1.0], abs=0, nan_ok=True)
    assert measures.parse_showinfo("not a video") == []


def test_times_are_compared_over_the_common_frames():
    assert measures.max_time_difference_us(np.array([0.0, 0.04, 0.08]), [0.0, 0.040003]) == 3
    assert math.isnan(measures.max_time_difference_us(np.array([]), [0.0]))
    assert math.isnan(measures.max_time_difference_us(np.array([0.0]), [math.nan]))


def test_missing_unreadable_and_wrong_tables_are_reported(tmp_path):
    for table in measures.VIDEO_TABLES:
        vector = 128 if table == "embeddings" else None
        empty = {name: [] for name in schemas.SCHEMAS[table].names}
        parquet.write(tmp_path / f"{table}/v.parquet", table, empty, {}, vector=vector)
    assert measures.table_faults(tmp_path, "v") == []
    assert measures.count_people_rows(tmp_path, "v")["keypoints"] == 0
    (tmp_path / "faces/v.parquet").write_bytes(b"")
    (tmp_path / "shots/v.parquet").unlink()
    (tmp_path / "frames/v.parquet").write_bytes((tmp_path / "status/v.parquet").read_bytes())
    faults = measures.table_faults(tmp_path, "v")
    assert [fault.split(":")[0] for fault in faults] == ["faces", "frames", "shots"]
    assert measures.table_faults(tmp_path, "v", {"embeddings", "status"}) == []
