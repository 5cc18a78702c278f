"""Convert keypoints to a .pose file, for tools of sign language processing.

Format 0.2, written by the library pose-format. Components and points have the names that the
library gives to those of MediaPipe Holistic, without the face. The format has one rate for all
frames. For a video with a constant frame rate, each frame of the video is a frame of the file. For
a variable frame rate, the file contains what is shown at regular steps of time. The format has no
place for provenance. The library holds the whole file in memory, 5 kB per frame and person.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from pose_format import Pose
from pose_format.numpy import NumPyPoseBody
from pose_format.pose_header import PoseHeader, PoseHeaderComponent, PoseHeaderDimensions

from corpus.identity.track_people import TrackPeople
from corpus.pose.keypoint_stream import SCORE, VISIBILITY, WORLD, FramePeople, X, Z, people_by_frame
from corpus.pose.skeleton_topology import HAND_CONNECTIONS, POSE_CONNECTIONS
from corpus.tables import parquet
from corpus.tables.schemas import HAND_KEYPOINTS, POSE_KEYPOINTS
from corpus.video.timestamps import NOMINAL_RATE

VERSION = 0.2
N_POSE, N_HAND = len(POSE_KEYPOINTS), len(HAND_KEYPOINTS)
PIXELS = slice(X, Z + 1)
"""Columns of a part's pixel coordinates, in `corpus.pose.keypoint_stream.VALUES`."""
POINTS_OF_PART = {
    "pose": slice(0, N_POSE),
    "left_hand": slice(N_POSE, N_POSE + N_HAND),
    "right_hand": slice(N_POSE + N_HAND, N_POSE + 2 * N_HAND),
}
"""Position of each part's points among the points of a person."""
WORLD_POINTS = slice(N_POSE + 2 * N_HAND, 2 * N_POSE + 2 * N_HAND)
"""Position of the pose's world points, after those of all parts."""
CLOCK_TOLERANCE_S = 5e-4
"""Half a millisecond, because many containers round times to milliseconds."""


def build_pose(
    keypoints: Path,
    times: np.ndarray,
    is_vfr: bool,
    frame_size: tuple[int, int],
    people: TrackPeople,
) -> Pose:
    """Build the content of a .pose file.

    Parameters
    ----------
    keypoints
        Path of the video's table keypoints.
    times
        (n,) time of each frame, seconds.
    is_vfr
        Whether the frame rate is variable.
    frame_size
        Width and height of the frames, pixels.
    people
        The people in the video's tracks.
    """
    width, height = frame_size
    header = PoseHeader(VERSION, PoseHeaderDimensions(width, height, width), components())
    return Pose(header, build_body(keypoints, times, is_vfr, people))


def components() -> list[PoseHeaderComponent]:
    """The components of a person, as the library's readers of MediaPipe Holistic define them."""

    def component(name: str, points: Sequence[str], connections: list) -> PoseHeaderComponent:
        point_names = [point.upper() for point in points]
        return PoseHeaderComponent(name, point_names, connections, [(255, 0, 0)], "XYZC")

    return [
        component("POSE_LANDMARKS", POSE_KEYPOINTS, POSE_CONNECTIONS),
        component("LEFT_HAND_LANDMARKS", HAND_KEYPOINTS, HAND_CONNECTIONS),
        component("RIGHT_HAND_LANDMARKS", HAND_KEYPOINTS, HAND_CONNECTIONS),
        component("POSE_WORLD_LANDMARKS", POSE_KEYPOINTS, POSE_CONNECTIONS),
    ]


def build_body(
    keypoints: Path, times: np.ndarray, is_vfr: bool, people: TrackPeople
) -> NumPyPoseBody:
    """All points (frames, people, points, x y z) and their confidence, which is 0 if missing.

    The parameters are those of `build_pose`.
    """
    fps = frame_rate(times, is_vfr)
    displayed = displayed_frames(times, fps, is_vfr)
    index_of = people_axis(frame_ranges(keypoints), people)
    shape = (len(displayed), max(index_of.values(), default=0) + 1, WORLD_POINTS.stop)
    data, confidence = np.zeros((*shape, 3), np.float32), np.zeros(shape, np.float32)
    for frame, frame_people in people_by_frame(keypoints):
        first, end = np.searchsorted(displayed, [frame, frame + 1])
        if first < end:
            fill_frame(data[first], confidence[first], frame_people, index_of)
            data[first + 1 : end], confidence[first + 1 : end] = data[first], confidence[first]
    return NumPyPoseBody(fps, data, confidence)


def frame_rate(times: np.ndarray, is_vfr: bool) -> float:
    """Frames per second.

    This is the mean rate. For a variable frame rate it is the rate of the median distance between
    frames.
    """
    if len(times) < 2 or times[-1] <= times[0]:
        return float(NOMINAL_RATE)
    distance = np.median(np.diff(times)) if is_vfr else (times[-1] - times[0]) / (len(times) - 1)
    return round(float(1 / distance), 6)


def displayed_frames(times: np.ndarray, fps: float, is_vfr: bool) -> np.ndarray:
    """Number of the video's frame that is displayed at each frame of the file."""
    if not is_vfr or len(times) < 2:
        return np.arange(len(times))
    last_step = round((times[-1] - times[0]) * fps)
    step_times = times[0] + np.arange(last_step + 1) / fps + CLOCK_TOLERANCE_S
    frame_times = np.maximum.accumulate(times)
    return np.maximum(np.searchsorted(frame_times, step_times, side="right") - 1, 0)


def people_axis(ranges: dict[int, tuple[int, int]], people: TrackPeople) -> dict[int, int]:
    """Index of each track on the axis of people.

    People come first, in the order of their ids, and keep their index throughout the video. Bodies
    without a detected face share the indices after them: two bodies that are visible at the same
    time have different indices.

    Parameters
    ----------
    ranges
        First and last frame of each track with keypoints.
    people
        The people in the video's tracks.
    """
    index_of_person = {person: index for index, person in enumerate(people.people)}
    index_of = {track: index_of_person[person] for track, person in people.person_of.items()}
    last_frames: list[int] = []
    for track, (first, last) in sorted(ranges.items(), key=lambda item: (item[1], item[0])):
        if track in index_of:
            continue
        free = [index for index, last_frame in enumerate(last_frames) if last_frame < first]
        if not free:
            free = [len(last_frames)]
            last_frames.append(last)
        last_frames[free[0]] = last
        index_of[track] = len(index_of_person) + free[0]
    return index_of


def frame_ranges(keypoints: Path) -> dict[int, tuple[int, int]]:
    """First and last frame of each track in a keypoints table."""
    ranges: dict[int, tuple[int, int]] = {}
    with parquet.open_file(keypoints, ["frame", "track"]) as file:
        for batch in file.iter_batches(columns=["frame", "track"]):
            for track, frames in batch.to_pandas().groupby("track")["frame"]:
                first, last = ranges.get(track, (frames.min(), frames.max()))
                ranges[int(track)] = int(min(first, frames.min())), int(max(last, frames.max()))
    return ranges


def fill_frame(
    data: np.ndarray, confidence: np.ndarray, people: FramePeople, index_of: dict[int, int]
) -> None:
    """Write the people of one frame into `data` and `confidence`.

    `data` is (people, points, 3), `confidence` (people, points). If two tracks of one person are
    visible at the same time, which happens only if two people were given the same name by mistake,
    the lower track number is used. Points without a position or a certainty are left out.
    """
    for track in sorted(people, reverse=True):
        index = index_of[track]
        data[index], confidence[index] = 0, 0
        for part, points in people[track].items():
            certainty = points[:, VISIBILITY if part == "pose" else SCORE]
            copies = [(POINTS_OF_PART[part], points[:, PIXELS])]
            if part == "pose":
                copies.append((WORLD_POINTS, points[:, WORLD]))
            for rows, positions in copies:
                is_finite = np.isfinite(positions).all(axis=1) & np.isfinite(certainty)
                data[index, rows][is_finite] = positions[is_finite]
                confidence[index, rows][is_finite] = certainty[is_finite]
