"""OpenPose JSON, read by pose-format as a second opinion."""

import json
import zipfile

import numpy as np
import pytest
from pose_format.utils.openpose import BODY_POINTS, load_openpose_directory

import export_openpose
import exported_video
from corpus.tables.schemas import POSE_KEYPOINTS
from exported_video import Found, call, named

found, gone = exported_video.found, exported_video.gone

KEYS = [
    "person_id", "pose_keypoints_2d", "face_keypoints_2d", "hand_left_keypoints_2d",
    "hand_right_keypoints_2d", "pose_keypoints_3d", "face_keypoints_3d", "hand_left_keypoints_3d",
    "hand_right_keypoints_3d",
]  # fmt: skip


@pytest.fixture
def write(monkeypatch):
    def run(found: Found):
        output = found.folder / "openpose/v.zip"
        options = named(found, "frames", "keypoints", "tracks", "people")
        call(monkeypatch, export_openpose, "--video-id", "v", *options, "--output", output)
        return output

    return run


def frames_of(archive) -> list[dict]:
    with zipfile.ZipFile(archive) as files:
        return [json.loads(files.read(name)) for name in files.namelist()]


def test_every_frame_has_a_file(found, write):
    with zipfile.ZipFile(write(found)) as files:
        assert files.namelist() == [f"v_{n:012d}_keypoints.json" for n in range(20)]
        assert files.testzip() is None
        assert json.loads(files.comment)["step"] == "export_openpose"
        assert {info.date_time for info in files.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_people_as_openpose_has_them(found, write):
    frame = frames_of(write(found))[3]
    assert frame["version"] == 1.3
    assert [person["person_id"] for person in frame["people"]] == [[1], [2], [-1]]
    for person in frame["people"]:
        assert list(person) == KEYS
        lengths = [len(person[key]) for key in KEYS]
        assert lengths == [1, 75, 210, 63, 63, 0, 0, 0, 0]
    assert frame["people"][1]["hand_left_keypoints_2d"] == [0] * 63, "not found"


def test_points_stand_where_openpose_has_them(found, write):
    person = frames_of(write(found))[4]["people"][0]
    points = dict(zip(BODY_POINTS, np.reshape(person["pose_keypoints_2d"], (25, 3)), strict=True))
    body = found.people_in(4)[0]["pose"].points
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
    assert hand[:, :2] == pytest.approx(found.people_in(4)[0]["left_hand"].points[:, :2], abs=0.006)
    assert set(hand[:, 2]) == {0.9}


def test_a_middle_is_as_sure_as_the_less_sure_side():
    pose = np.zeros((33, 8), np.float32)
    pose[:, 3] = 0.9
    pose[POSE_KEYPOINTS.index("left_shoulder"), 3] = 0.2
    assert export_openpose.body_25(pose)[1, 2] == pytest.approx(0.2)


def test_what_is_not_finite_is_zero():
    points = np.array([[1, 2, 0.5], [np.nan, 2, 0.5], [1, 2, np.nan]])
    assert export_openpose.numbers(points) == [1, 2, 0.5, 0, 0, 0, 0, 0, 0]


def test_another_reader_agrees(found, write, tmp_path):
    with zipfile.ZipFile(write(found)) as files:
        files.extractall(tmp_path / "json")
    pose = load_openpose_directory(tmp_path / "json", fps=25, width=160, height=120)
    assert pose.body.data.shape == (20, 3, 137, 2)
    assert pose.body.confidence[:, 0, 0].tolist() == [1.0] * 20
    assert pose.body.data[5, 0, 0].tolist() == [45, 30]
    wrist = pose.header.get_point_index("hand_left_keypoints_2d", "BASE")
    assert pose.body.data[5, 0, wrist].tolist() == [69, 90]
    assert pose.body.data.mask[5, 1, wrist].all(), "p0002 has no hands"


def test_frames_without_people_are_there(tmp_path, write):
    alone = Found(tmp_path, [0.0, 0.04, 0.08])
    alone.people_in = lambda frame: {}
    alone.write_bodies()
    assert frames_of(write(alone)) == [{"version": 1.3, "people": []}] * 3


def test_the_same_bytes_each_time(found, write):
    first = write(found).read_bytes()
    assert write(found).read_bytes() == first


def test_a_video_that_is_gone_has_an_empty_archive(gone, write):
    with zipfile.ZipFile(write(gone)) as files:
        assert files.namelist() == [] and files.comment
