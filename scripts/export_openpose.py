"""Write keypoints as OpenPose does, a JSON file for every frame, in one archive.

python scripts/export_openpose.py --video-id v --frames frames.parquet \
    --keypoints keypoints.parquet --tracks tracks.parquet --people people.parquet --output v.zip

Format 1.3 with BODY_25 and hands: github.com/CMU-Perceptual-Computing-Lab/openpose,
doc/02_output.md. Points are pixels of the upright frame; what is not known is 0, 0, 0. The
archive's comment says what made it.
"""

import argparse
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from corpus.core.atomic_files import atomic_path
from corpus.core.errors import run
from corpus.core.progress import with_progress
from corpus.identity import track_people
from corpus.inputs import people_file
from corpus.pose.keypoint_stream import (
    SCORE,
    VISIBILITY,
    FramePeople,
    X,
    Y,
    align_to_frames,
    people_by_frame,
)
from corpus.tables import parquet, provenance
from corpus.tables.schemas import POSE_KEYPOINTS

VERSION = 1.3
BODY_25 = (
    *("nose", "neck", "right_shoulder", "right_elbow", "right_wrist", "left_shoulder"),
    *("left_elbow", "left_wrist", "mid_hip", "right_hip", "right_knee", "right_ankle", "left_hip"),
    *("left_knee", "left_ankle", "right_eye", "left_eye", "right_ear", "left_ear"),
    *("left_foot_index", None, "left_heel", "right_foot_index", None, "right_heel"),
)
"""OpenPose's body points, by what stands for them: big toes are MediaPipe's foot indices, and small
toes (None) are not known."""
MIDDLES = {
    "neck": ("left_shoulder", "right_shoulder"),
    "mid_hip": ("left_hip", "right_hip"),
}
"""Points that MediaPipe lacks: the middle of two, as sure as the less sure of them."""
NO_FACE, NO_HAND = [0] * 3 * 70, [0] * 3 * 21
"""What OpenPose writes where it looked and found none. Readers such as pose-format count on as many
numbers; with empty lists they take hands for faces."""
MADE_AT = (1980, 1, 1, 0, 0, 0)
"""Time of every file in the archive, the earliest that ZIP can say."""


def body_25(pose: np.ndarray) -> np.ndarray:
    """(25, 3) x, y, confidence from a pose (33, 8) in the columns of skeleton_stream.VALUES."""
    points = np.zeros((len(BODY_25), 3), np.float32)
    for place, name in enumerate(BODY_25):
        sources = [POSE_KEYPOINTS.index(n) for n in MIDDLES.get(name, (name,)) if n]
        if sources:
            points[place, :2] = pose[sources][:, [X, Y]].mean(axis=0)
            points[place, 2] = pose[sources, VISIBILITY].min()
    return points


def numbers(points: np.ndarray) -> list[float]:
    """x0, y0, c0, x1, ...; what is not finite is 0, 0, 0."""
    points = np.where(np.isfinite(points).all(axis=1, keepdims=True), points, 0).astype(float)
    points = np.column_stack([points[:, :2].round(2), points[:, 2].round(4)])
    return [int(value) if value == int(value) else value for value in points.ravel().tolist()]


def person(number: int, parts: dict[str, np.ndarray]) -> dict:
    """One entry of `people`."""
    hands = {
        side: numbers(parts[f"{side}_hand"][:, [X, Y, SCORE]]) if f"{side}_hand" in parts else None
        for side in ("left", "right")
    }
    return {
        "person_id": [number],
        "pose_keypoints_2d": numbers(body_25(parts["pose"])) if "pose" in parts else [0] * 75,
        "face_keypoints_2d": NO_FACE,
        "hand_left_keypoints_2d": hands["left"] or NO_HAND,
        "hand_right_keypoints_2d": hands["right"] or NO_HAND,
        "pose_keypoints_3d": [],
        "face_keypoints_3d": [],
        "hand_left_keypoints_3d": [],
        "hand_right_keypoints_3d": [],
    }


def entry(people: FramePeople, person_of: dict[int, str]) -> str:
    """Text of one frame's file: people by their number in the corpus, then unknown bodies."""
    numbered = sorted(
        (people_file.person_number(person_of[t]) if t in person_of else t, t) for t in people
    )
    known = [(n, t) for n, t in numbered if n >= 0] + [(n, t) for n, t in numbered[::-1] if n < 0]
    found = [person(number, people[t]) for number, t in known]
    return json.dumps({"version": VERSION, "people": found}, separators=(",", ":"))


def files(
    video: str,
    frames: list[int],
    people: Iterator[tuple[int, FramePeople]],
    person_of: dict[int, str],
) -> Iterator[tuple[str, str]]:
    """(name, text) of every frame's file, also of frames without people, as OpenPose has it."""
    for frame, found in align_to_frames(frames, people):
        yield f"{video}_{frame:012d}_keypoints.json", entry(found, person_of)


def main() -> None:
    """Read the options and tables, write the archive."""
    options = parse_arguments()
    frames = parquet.read(options.frames, ["frame"])["frame"].tolist()
    who = track_people.read(options.tracks, options.people, options.video_id)
    made_by = provenance.describe("export_openpose", {}, ("pandas",))
    with atomic_path(options.output) as partial, zipfile.ZipFile(partial, "w") as archive:
        archive.comment = json.dumps(made_by, sort_keys=True).encode()
        found = files(options.video_id, frames, people_by_frame(options.keypoints), who.person_of)
        for name, text in with_progress(found, "export_openpose", len(frames)):
            about = zipfile.ZipInfo(name, MADE_AT)
            about.compress_type = zipfile.ZIP_DEFLATED
            about.external_attr = 0o644 << 16
            archive.writestr(about, text)


def parse_arguments() -> argparse.Namespace:
    """Options of this script."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--video-id", required=True, help="goes before each file's number")
    parser.add_argument("--frames", required=True, type=Path, help="table of index_frames")
    parser.add_argument("--keypoints", required=True, type=Path, help="table of extract_keypoints")
    parser.add_argument("--tracks", required=True, type=Path, help="table of people")
    parser.add_argument("--people", required=True, type=Path, help="table of people")
    parser.add_argument("--output", required=True, type=Path, help="ZIP file to write")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
