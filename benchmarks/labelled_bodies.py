"""Pictures of people with labelled joints, from annotation files in the formats of COCO and MPII.

COCO's format (https://cocodataset.org/#format-data) is also that of AI Challenger, CrowdPose and
OCHuman: the names of the joints are in the file. The list of MPII has a fixed order of joints. Only
joints that the pose network also has are used, so no neck and no top of the head.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from corpus.core.errors import InputError
from corpus.tables.schemas import POSE_KEYPOINTS

MPII_JOINTS = (
    "right_ankle", "right_knee", "right_hip", "left_hip", "left_knee", "left_ankle",
    "pelvis", "thorax", "upper_neck", "head_top",
    "right_wrist", "right_elbow", "right_shoulder", "left_shoulder", "left_elbow", "left_wrist",
)  # fmt: skip
"""Order of joints in annotations of MPII (http://human-pose.mpi-inf.mpg.de)."""
TORSO_SHARE = 0.3
"""Length of a torso / longer side of the box of a person, where shoulders or hips are not
labelled: shoulders to hips are about 0.3 of a standing person."""


class LabelledPerson(NamedTuple):
    """One person in a picture; coordinates are pixels of the picture."""

    joints: dict[str, np.ndarray]
    """(2,) x and y by name of the joint, with the names of the table keypoints."""
    box: np.ndarray
    """(4,) x1, y1, x2, y2."""


class LabelledPicture(NamedTuple):
    """A picture and the people labelled in it. There can be others, without a label."""

    path: Path
    people: list[LabelledPerson]


def torso_length(person: LabelledPerson) -> float:
    """Longest distance between a labelled shoulder and a labelled hip, pixels.

    Where either is not labelled, `TORSO_SHARE` of the longer side of the box.
    """
    sides = ("left", "right")
    joints = person.joints
    lengths = [
        float(np.linalg.norm(joints[f"{a}_shoulder"] - joints[f"{b}_hip"]))
        for a in sides
        for b in sides
        if f"{a}_shoulder" in joints and f"{b}_hip" in joints
    ]
    return max(lengths) if lengths else TORSO_SHARE * float((person.box[2:] - person.box[:2]).max())


def read_pictures(folder: Path) -> list[LabelledPicture]:
    """All labelled pictures of the annotation files (*.json) below a folder, sorted by path.

    A picture is beside its annotation file. Files in other formats are skipped, and so are people
    without labelled joints and pictures without people. Raises InputError if nothing remains, or if
    a picture does not exist.
    """
    pictures: dict[Path, list[LabelledPerson]] = {}
    for file in sorted(folder.rglob("*.json")):
        for name, person in _people(json.loads(file.read_text(encoding="utf-8"))):
            path = file.parent / name
            if not path.exists():
                raise InputError(f"{file}: the picture {name} is not beside it")
            if person.joints:
                pictures.setdefault(path, []).append(person)
    if not pictures:
        raise InputError(f"{folder}: no annotations in the format of COCO or MPII")
    return [LabelledPicture(path, people) for path, people in sorted(pictures.items())]


def _people(content: object) -> list[tuple[str, LabelledPerson]]:
    """The people of an annotation file, each with the name of the picture."""
    if isinstance(content, dict) and "annotations" in content:
        return _coco_people(content)
    if isinstance(content, list) and content and "joints" in content[0]:
        return [(entry["image"], _mpii_person(entry)) for entry in content]
    return []


def _coco_people(content: Mapping) -> list[tuple[str, LabelledPerson]]:
    names = {image["id"]: image["file_name"] for image in content["images"]}
    joints = {category["id"]: category["keypoints"] for category in content["categories"]}
    people = []
    for annotation in content["annotations"]:
        points = np.array(annotation["keypoints"], dtype=float).reshape(-1, 3)
        labelled = _named_joints(joints[annotation["category_id"]], points[:, :2], points[:, 2])
        x, y, width, height = annotation["bbox"]
        box = np.array([x, y, x + width, y + height], dtype=float)
        people.append((names[annotation["image_id"]], LabelledPerson(labelled, box)))
    return people


def _mpii_person(entry: Mapping) -> LabelledPerson:
    """A person of MPII. MPII has no boxes, so the box is the one around all joints."""
    points = np.array(entry["joints"], dtype=float)
    is_labelled = np.array(entry["joints_vis"]) > 0
    shown = points[is_labelled]
    box = np.concatenate([shown.min(axis=0), shown.max(axis=0)])
    return LabelledPerson(_named_joints(MPII_JOINTS, points, is_labelled), box)


def _named_joints(
    names: Sequence[str], points: np.ndarray, labelled: np.ndarray
) -> dict[str, np.ndarray]:
    named = zip((name.lower().replace(" ", "_") for name in names), points, labelled, strict=True)
    return {name: point for name, point, flag in named if flag and name in POSE_KEYPOINTS}
