""".pose files, read with the library pose-format."""

import numpy as np
import pytest
from pose_format import Pose
from pose_format.utils.generic import detect_known_pose_format

import export_pose
import processed_video
from corpus.export.pose_format import displayed_frames, frame_rate, people_axis
from corpus.identity import track_people
from corpus.pose import skeleton_topology
from corpus.tables.schemas import HAND_KEYPOINTS, POSE_KEYPOINTS
from mediapipe_reference import mediapipe_module
from processed_video import ProcessedVideo, table_options
from script_runs import run_script

processed, unavailable = processed_video.processed, processed_video.unavailable


@pytest.fixture
def write(monkeypatch):
    def run(processed: ProcessedVideo):
        output = processed.folder / "pose/v.pose"
        options = table_options(processed, "status", "frames", "keypoints", "tracks", "people")
        run_script(monkeypatch, export_pose, *options, "--output", output)
        return output

    return run


def read(path) -> Pose:
    return Pose.read(path.read_bytes())


def test_points_equal_those_of_the_table(processed, write):
    pose = read(write(processed))
    assert pose.body.fps == pytest.approx(25) and pose.body.data.shape == (20, 3, 108, 3)
    assert (pose.header.dimensions.width, pose.header.dimensions.height) == (160, 120)
    for frame in (0, 9, 10, 19):
        parts = processed.people_in(frame)[2 * processed.shot_of[frame]]
        for name, component, keypoints in (
            ("pose", "POSE_LANDMARKS", POSE_KEYPOINTS),
            ("left_hand", "LEFT_HAND_LANDMARKS", HAND_KEYPOINTS),
            ("right_hand", "RIGHT_HAND_LANDMARKS", HAND_KEYPOINTS),
        ):
            start = pose.header.get_point_index(component, keypoints[0].upper())
            points = pose.body.data[frame, 0, start : start + len(keypoints)]
            assert points.filled(-1) == pytest.approx(parts[name].points, abs=0.006), (frame, name)
    wrist = pose.header.get_point_index("POSE_WORLD_LANDMARKS", "LEFT_WRIST")
    assert pose.body.data[0, 0, wrist, 0] == pytest.approx((40 + 24) / 100, abs=1e-4)


def test_people_keep_their_index_and_bodies_without_a_face_follow(processed, write):
    pose = read(write(processed))
    nose = pose.body.data[:, :, 0, 0]
    assert nose[:, 0].tolist() == list(range(40, 60)), "p0001 in both shots"
    assert nose[:, 1].tolist() == [110] * 20
    assert nose[:, 2].tolist() == [None] * 2 + [75] * 8 + [None] * 10
    left = pose.header.get_point_index("LEFT_HAND_LANDMARKS", "WRIST")
    assert pose.body.data.mask[:, 1, left].all() and not pose.body.data.mask[:, 0, left].any()


def test_confidence_is_visibility_and_score(processed, write):
    pose = read(write(processed))
    left = pose.header.get_point_index("LEFT_HAND_LANDMARKS", "WRIST")
    assert pose.body.confidence[0, 0, [0, left]] == pytest.approx([1.0, 0.9])
    assert (pose.body.confidence[:2, 2] == 0).all()


def test_pose_format_recognises_mediapipe_holistic(processed, write):
    pose = read(write(processed))
    assert detect_known_pose_format(pose) == "holistic"
    assert len(pose.normalize(pose.header.normalization_info(
        p1=("POSE_LANDMARKS", "RIGHT_SHOULDER"), p2=("POSE_LANDMARKS", "LEFT_SHOULDER")
    )).body.data) == 20  # fmt: skip


def test_connections_equal_those_of_mediapipe():
    def pairs(connections):
        return {frozenset((line.start, line.end)) for line in connections}

    hand_landmarker = mediapipe_module("tasks.python.vision.hand_landmarker")
    pose_landmarker = mediapipe_module("tasks.python.vision.pose_landmarker")
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


def test_a_variable_frame_rate_becomes_constant(tmp_path, write):
    times = [5.0, 5.04, 5.08, 5.12, 5.24, 5.28, 5.32]
    pose = read(write(ProcessedVideo(tmp_path, times, cut=7)))
    assert pose.body.fps == pytest.approx(25)
    nose = pose.body.data[:, 0, 0, 0]
    assert nose.tolist() == [40, 41, 42, 43, 43, 43, 44, 45, 46], (
        "a frame is repeated as long as it is shown"
    )


def test_rounded_times_give_a_constant_rate():
    times = np.round(np.arange(300) * 1001 / 30000, 3)
    assert frame_rate(times, False) == pytest.approx(29.97, abs=0.002)
    assert displayed_frames(times, 29.97, False).tolist() == list(range(300))


def test_bodies_share_an_index_if_they_are_not_visible_together():
    who = track_people.without_people()
    extents = {-1: (0, 5), -2: (3, 9), -3: (6, 8)}
    assert people_axis(extents, who) == {-1: 0, -2: 1, -3: 0}


def test_a_repeated_export_gives_the_same_bytes(processed, write):
    first = write(processed).read_bytes()
    assert write(processed).read_bytes() == first


def test_videos_without_people_or_frames_give_valid_files(tmp_path, unavailable, write):
    assert read(write(unavailable)).body.data.shape == (0, 1, 108, 3)
    alone = ProcessedVideo(tmp_path / "alone", [0.0, 0.04, 0.08])
    alone.people_in = lambda frame: {}
    alone.write_bodies()
    body = read(write(alone)).body
    assert body.data.mask.all() and len(body.data) == 3


def test_a_video_of_one_frame_is_exported(tmp_path, write):
    assert read(write(ProcessedVideo(tmp_path, [1.0]))).body.data.shape[0] == 1
