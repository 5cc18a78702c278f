""".pose files, read back by their own library."""

import numpy as np
import pytest
from mediapipe.tasks.python.vision import hand_landmarker, pose_landmarker
from pose_format import Pose
from pose_format.utils.generic import detect_known_pose_format

import export_pose
import exported_video
from corpus.identity import track_people
from corpus.pose import skeleton_topology
from corpus.tables.schemas import HAND_KEYPOINTS, POSE_KEYPOINTS
from exported_video import Found, call, named

found, gone = exported_video.found, exported_video.gone


@pytest.fixture
def write(monkeypatch):
    def run(found: Found):
        output = found.folder / "pose/v.pose"
        options = named(found, "status", "frames", "keypoints", "tracks", "people")
        call(monkeypatch, export_pose, *options, "--output", output)
        return output

    return run


def read(path) -> Pose:
    return Pose.read(path.read_bytes())


def test_points_come_back(found, write):
    pose = read(write(found))
    assert pose.body.fps == pytest.approx(25) and pose.body.data.shape == (20, 3, 108, 3)
    assert (pose.header.dimensions.width, pose.header.dimensions.height) == (160, 120)
    for frame in (0, 9, 10, 19):
        parts = found.people_in(frame)[2 * found.shot_of[frame]]
        for name, component, known in (
            ("pose", "POSE_LANDMARKS", POSE_KEYPOINTS),
            ("left_hand", "LEFT_HAND_LANDMARKS", HAND_KEYPOINTS),
            ("right_hand", "RIGHT_HAND_LANDMARKS", HAND_KEYPOINTS),
        ):
            start = pose.header.get_point_index(component, known[0].upper())
            points = pose.body.data[frame, 0, start : start + len(known)]
            assert points.filled(-1) == pytest.approx(parts[name].points, abs=0.006), (frame, name)
    wrist = pose.header.get_point_index("POSE_WORLD_LANDMARKS", "LEFT_WRIST")
    assert pose.body.data[0, 0, wrist, 0] == pytest.approx((40 + 24) / 100, abs=1e-4)


def test_people_keep_their_place_and_bodies_follow(found, write):
    pose = read(write(found))
    nose = pose.body.data[:, :, 0, 0]
    assert nose[:, 0].tolist() == list(range(40, 60)), "p0001 in both shots"
    assert nose[:, 1].tolist() == [110] * 20
    assert nose[:, 2].tolist() == [None] * 2 + [75] * 8 + [None] * 10
    left = pose.header.get_point_index("LEFT_HAND_LANDMARKS", "WRIST")
    assert pose.body.data.mask[:, 1, left].all() and not pose.body.data.mask[:, 0, left].any()


def test_confidence_is_visibility_and_score(found, write):
    pose = read(write(found))
    left = pose.header.get_point_index("LEFT_HAND_LANDMARKS", "WRIST")
    assert pose.body.confidence[0, 0, [0, left]] == pytest.approx([1.0, 0.9])
    assert (pose.body.confidence[:2, 2] == 0).all()


def test_tools_take_it_for_mediapipe_holistic(found, write):
    pose = read(write(found))
    assert detect_known_pose_format(pose) == "holistic"
    assert len(pose.normalize(pose.header.normalization_info(
        p1=("POSE_LANDMARKS", "RIGHT_SHOULDER"), p2=("POSE_LANDMARKS", "LEFT_SHOULDER")
    )).body.data) == 20  # fmt: skip


def test_lines_are_mediapipes_own():
    def pairs(found):
        return {frozenset((line.start, line.end)) for line in found}

    for ours, theirs in (
        (
            skeleton_topology.POSE_CONNECTIONS,
            pose_landmarker.PoseLandmarksConnections.POSE_LANDMARKS,
        ),
        (
            skeleton_topology.HAND_CONNECTIONS,
            hand_landmarker.HandLandmarksConnections.HAND_CONNECTIONS,
        ),
    ):
        assert set(map(frozenset, ours)) == pairs(theirs) and len(ours) == len(theirs)


def test_a_varying_rate_becomes_even(tmp_path, write):
    times = [5.0, 5.04, 5.08, 5.12, 5.24, 5.28, 5.32]
    pose = read(write(Found(tmp_path, times, cut=7)))
    assert pose.body.fps == pytest.approx(25)
    nose = pose.body.data[:, 0, 0, 0]
    assert nose.tolist() == [40, 41, 42, 43, 43, 43, 44, 45, 46], "what is shown goes on"


def test_a_rounded_clock_is_an_even_rate():
    times = np.round(np.arange(300) * 1001 / 30000, 3)
    assert export_pose.rate(times, False) == pytest.approx(29.97, abs=0.002)
    assert export_pose.steps(times, 29.97, False).tolist() == list(range(300))


def test_bodies_share_places():
    who = track_people.without_people()
    extents = {-1: (0, 5), -2: (3, 9), -3: (6, 8)}
    assert export_pose.slots(extents, who) == {-1: 0, -2: 1, -3: 0}


def test_the_same_bytes_each_time(found, write):
    first = write(found).read_bytes()
    assert write(found).read_bytes() == first


def test_nobody_and_no_video_are_valid(tmp_path, gone, write):
    assert read(write(gone)).body.data.shape == (0, 1, 108, 3)
    alone = Found(tmp_path / "alone", [0.0, 0.04, 0.08])
    alone.people_in = lambda frame: {}
    alone.write_bodies()
    body = read(write(alone)).body
    assert body.data.mask.all() and len(body.data) == 3


def test_one_frame(tmp_path, write):
    assert read(write(Found(tmp_path, [1.0]))).body.data.shape[0] == 1
