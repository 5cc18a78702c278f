"""Write keypoints in OpenPose's JSON format, one file per frame, in one ZIP archive.

Format 1.3 with BODY_25 and hands: github.com/CMU-Perceptual-Computing-Lab/openpose,
doc/02_output.md. Points are pixels of the upright frame. Missing points are 0, 0, 0. The archive's
comment contains its provenance.
"""

import json
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from corpus.core.atomic_files import atomic_path
from corpus.inputs.people_file import person_number
from corpus.pose.keypoint_stream import SCORE, VISIBILITY, FramePeople, X, Y, align_to_frames
from corpus.tables.schemas import POSE_KEYPOINTS

VERSION = 1.3
BODY_25 = (
    *("nose", "neck", "right_shoulder", "right_elbow", "right_wrist", "left_shoulder"),
    *("left_elbow", "left_wrist", "mid_hip", "right_hip", "right_knee", "right_ankle", "left_hip"),
    *("left_knee", "left_ankle", "right_eye", "left_eye", "right_ear", "left_ear"),
    *("left_foot_index", None, "left_heel", "right_foot_index", None, "right_heel"),
)
"""OpenPose's body points in order, named after the keypoint that gives their position. MediaPipe's
foot index stands for the big toe. None: the small toes, which MediaPipe does not have."""
MIDPOINTS = {
    "neck": ("left_shoulder", "right_shoulder"),
    "mid_hip": ("left_hip", "right_hip"),
}
"""Points that MediaPipe does not have: the midpoint of two keypoints, with the lower of their two
confidences."""
NO_BODY, NO_FACE, NO_HAND = ([0] * 3 * n_points for n_points in (len(BODY_25), 70, 21))
"""What OpenPose writes for parts that it searched but did not find. Readers such as pose-format
rely on the number of values; with empty lists they read hands as faces."""
FILE_TIME = (1980, 1, 1, 0, 0, 0)
"""Time of every file in the archive, so that the same data give the same bytes. It is the earliest
time that ZIP can represent."""
PERMISSIONS = 0o644 << 16
"""Permissions of the files in the archive, as ZIP stores them: rw-r--r--."""


def write_archive(output: Path, documents: Iterable[tuple[str, str]], made_by: dict) -> None:
    """Write (file name, text) pairs into a ZIP archive with the provenance as its comment."""
    with atomic_path(output) as partial, zipfile.ZipFile(partial, "w") as archive:
        archive.comment = json.dumps(made_by, sort_keys=True).encode()
        for name, text in documents:
            info = zipfile.ZipInfo(name, FILE_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = PERMISSIONS
            archive.writestr(info, text)


def frame_documents(
    video: str,
    frames: Iterable[int],
    people_by_frame: Iterable[tuple[int, FramePeople]],
    person_of: dict[int, str],
) -> Iterator[tuple[str, str]]:
    """Yield (file name, JSON text) for every frame, also for frames without people.

    Parameters
    ----------
    video
        Id of the video, with which the file names begin.
    frames
        All frame numbers of the video, ascending.
    people_by_frame
        Keypoints of the frames with people (`corpus.pose.keypoint_stream.people_by_frame`).
    person_of
        Person of each track.
    """
    for frame, people in align_to_frames(frames, people_by_frame):
        yield f"{video}_{frame:012d}_keypoints.json", frame_json(people, person_of)


def frame_json(people: FramePeople, person_of: dict[int, str]) -> str:
    """JSON text of one frame: people by their number, then bodies without a detected face."""
    numbered = sorted(
        (person_number(person_of[track]) if track in person_of else track, track)
        for track in people
    )
    with_face = [(number, track) for number, track in numbered if number >= 0]
    faceless = [(number, track) for number, track in reversed(numbered) if number < 0]
    entries = [person_entry(number, people[track]) for number, track in with_face + faceless]
    return json.dumps({"version": VERSION, "people": entries}, separators=(",", ":"))


def person_entry(number: int, parts: dict[str, np.ndarray]) -> dict:
    """Entry of one person in `people`; `number` becomes `person_id`.

    `parts` holds the keypoints by part, as in `corpus.pose.keypoint_stream.FramePeople`.
    """
    hands = {
        side: flatten_points(parts[f"{side}_hand"][:, [X, Y, SCORE]])
        if f"{side}_hand" in parts
        else NO_HAND
        for side in ("left", "right")
    }
    return {
        "person_id": [number],
        "pose_keypoints_2d": flatten_points(body_25(parts["pose"])) if "pose" in parts else NO_BODY,
        "face_keypoints_2d": NO_FACE,
        "hand_left_keypoints_2d": hands["left"],
        "hand_right_keypoints_2d": hands["right"],
        "pose_keypoints_3d": [],
        "face_keypoints_3d": [],
        "hand_left_keypoints_3d": [],
        "hand_right_keypoints_3d": [],
    }


def body_25(pose: np.ndarray) -> np.ndarray:
    """(25, 3) x, y, confidence of OpenPose's body points; missing points are 0.

    `pose` holds (33, 8) keypoints with the columns of `corpus.pose.keypoint_stream.VALUES`.
    """
    points = np.zeros((len(BODY_25), 3), np.float32)
    for index, name in enumerate(BODY_25):
        if name is not None:
            sources = [POSE_KEYPOINTS.index(n) for n in MIDPOINTS.get(name, (name,))]
            points[index, :2] = pose[sources][:, [X, Y]].mean(axis=0)
            points[index, 2] = pose[sources, VISIBILITY].min()
    return points


def flatten_points(points: np.ndarray) -> list[float]:
    """x0, y0, c0, x1, ... of (n, 3) points; points with a value that is not finite are 0, 0, 0."""
    points = np.where(np.isfinite(points).all(axis=1, keepdims=True), points, 0).astype(float)
    points = np.column_stack([points[:, :2].round(2), points[:, 2].round(4)])
    return [int(value) if value == int(value) else value for value in points.ravel().tolist()]
