"""OpenPose JSON: its content, and how the library pose-format reads it."""

import json
import zipfile

import numpy as np
import pytest
from pose_format.utils.openpose import BODY_POINTS, load_openpose_directory

import export_openpose
import processed_video
from corpus.export.openpose import body_25, flatten_points
from corpus.tables.schemas import POSE_KEYPOINTS
from processed_video import ProcessedVideo, table_options
from script_runs import run_script

processed, unavailable = processed_video.processed, processed_video.unavailable

KEYS = [
    "person_id", "pose_keypoints_2d", "face_keypoints_2d", "hand_left_keypoints_2d",
    "hand_right_keypoints_2d", "pose_keypoints_3d", "face_keypoints_3d", "hand_left_keypoints_3d",
    "hand_right_keypoints_3d",
]  # fmt: skip


@pytest.fixture
def write(monkeypatch):
    def run(processed: ProcessedVideo):
        output = processed.folder / "openpose/v.zip"
        options = table_options(processed, "frames", "keypoints", "tracks", "people")
        run_script(monkeypatch, export_openpose, "--video-id", "v", *options, "--output", output)
        return output

    return run


def frames_of(archive) -> list[dict]:
    with zipfile.ZipFile(archive) as files:
        return [json.loads(files.read(name)) for name in files.namelist()]


def test_every_frame_has_a_file(processed, write):
    with zipfile.ZipFile(write(processed)) as files:
        assert files.namelist() == [f"v_{n:012d}_keypoints.json" for n in range(20)]
        assert files.testzip() is None
        assert json.loads(files.comment)["step"] == "export_openpose"
        assert {info.date_time for info in files.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_entries_of_people_have_openposes_keys_and_lengths(processed, write):
    frame = frames_of(write(processed))[3]
    assert frame["version"] == 1.3
    assert [person["person_id"] for person in frame["people"]] == [[1], [2], [-1]]
    for person in frame["people"]:
        assert list(person) == KEYS
        lengths = [len(person[key]) for key in KEYS]
        assert lengths == [1, 75, 210, 63, 63, 0, 0, 0, 0]
    assert frame["people"][1]["hand_left_keypoints_2d"] == [0] * 63, "not found"


def test_points_are_in_the_order_of_openpose(processed, write):
    person = frames_of(write(processed))[4]["people"][0]
    points = dict(zip(BODY_POINTS, np.reshape(person["pose_keypoints_2d"], (25, 3)), strict=True))
    body = processed.people_in(4)[0]["pose"].points
    at = {name: body[row, :2] for row, name in enumerate(POSE_KEYPOINTS)}
    for theirs, ours in {
        "Nose": "nose", "RWrist": "right_wrist", "LWrist": "left_wrist", "LEye": "left_eye",
        "REar": "right_ear", "LKnee": "left_knee", "RBigToe": "right_foot_index",
        "LHeel": "left_heel",
    }.items():  # fmt: skip
        assert points[theirs][:2] == pytest.approx(at[ours]), theirs
    assert points["Neck"][:2] == pytest.approx((at["left_shoulder"] + at["right_shoulder"]) / 2)
    assert points["MidHip"][:2] == pytest.approx((at["left_hip"] + at["right_hip"]) / 2)
    assert points["LSmallToe"].tolist() == points["RSmallToe"].tolist() == [0, 0, 0]
    assert points["Nose"][2] == 1.0, "confidence is visibility"
    hand = np.reshape(person["hand_left_keypoints_2d"], (21, 3))
    assert hand[:, :2] == pytest.approx(
        processed.people_in(4)[0]["left_hand"].points[:, :2], abs=0.006
    )
    assert set(hand[:, 2]) == {0.9}


def test_a_midpoint_has_the_lower_confidence_of_its_two_keypoints():
    pose = np.zeros((33, 8), np.float32)
    pose[:, 3] = 0.9
    pose[POSE_KEYPOINTS.index("left_shoulder"), 3] = 0.2
    assert body_25(pose)[1, 2] == pytest.approx(0.2)


def test_points_that_are_not_finite_are_zero():
    points = np.array([[1, 2, 0.5], [np.nan, 2, 0.5], [1, 2, np.nan]])
    assert flatten_points(points) == [1, 2, 0.5, 0, 0, 0, 0, 0, 0]


def test_pose_format_reads_the_same_points(processed, write, tmp_path):
    with zipfile.ZipFile(write(processed)) as files:
        files.extractall(tmp_path / "json")
    pose = load_openpose_directory(tmp_path / "json", fps=25, width=160, height=120)
    assert pose.body.data.shape == (20, 3, 137, 2)
    assert pose.body.confidence[:, 0, 0].tolist() == [1.0] * 20
    assert pose.body.data[5, 0, 0].tolist() == [45, 30]
    wrist = pose.header.get_point_index("hand_left_keypoints_2d", "BASE")
    assert pose.body.data[5, 0, wrist].tolist() == [69, 90]
    assert pose.body.data.mask[5, 1, wrist].all(), "p0002 has no hands"


def test_frames_without_people_have_a_file(tmp_path, write):
    alone = ProcessedVideo(tmp_path, [0.0, 0.04, 0.08])
    alone.people_in = lambda frame: {}
    alone.write_bodies()
    assert frames_of(write(alone)) == [{"version": 1.3, "people": []}] * 3


def test_a_repeated_export_gives_the_same_bytes(processed, write):
    first = write(processed).read_bytes()
    assert write(processed).read_bytes() == first


def test_an_unavailable_video_has_an_empty_archive(unavailable, write):
    with zipfile.ZipFile(write(unavailable)) as files:
        assert files.namelist() == [] and files.comment
