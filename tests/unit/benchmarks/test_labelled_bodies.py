"""Labelled people are read from annotation files of COCO and MPII."""

import json
from pathlib import Path

import numpy as np
import pytest

import labelled_bodies
from corpus.core.errors import InputError
from labelled_bodies import LabelledPerson, read_pictures, torso_length

COCO = {
    "images": [{"id": 7, "file_name": "a.jpg"}],
    "categories": [
        {"id": 1, "keypoints": ["Right Shoulder", "right_hip", "Head top", "left_wrist"]}
    ],
    "annotations": [
        {
            "image_id": 7,
            "category_id": 1,
            "bbox": [10, 20, 30, 60],
            "keypoints": [12, 30, 2, 15, 60, 1, 20, 20, 2, 0, 0, 0],
        },
        {"image_id": 7, "category_id": 1, "bbox": [0, 0, 5, 5], "keypoints": [0] * 12},
    ],
}
MPII = [
    {
        "image": "b.jpg",
        "joints": [[float(n), 2.0 * n] for n in range(16)],
        "joints_vis": [1] * 10 + [0] * 6,
    }
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, content in (("coco", COCO), ("mpii", MPII), ("boxes", [{"bbox": [1, 2, 3, 4]}])):
        (tmp_path / f"{name}.json").write_text(json.dumps(content))
    for name in ("a.jpg", "b.jpg"):
        (tmp_path / name).touch()
    return tmp_path


def test_joints_have_the_names_of_the_keypoints_table(folder: Path) -> None:
    first, second = read_pictures(folder)
    assert (first.path.name, second.path.name) == ("a.jpg", "b.jpg")
    [person] = first.people
    joints = {name: point.tolist() for name, point in person.joints.items()}
    assert joints == {"right_shoulder": [12, 30], "right_hip": [15, 60]}
    assert person.box.tolist() == [10, 20, 40, 80]
    [other] = second.people
    assert set(other.joints) == {
        f"{side}_{joint}" for side in ("left", "right") for joint in ("ankle", "knee", "hip")
    }
    assert other.joints["left_ankle"].tolist() == [5, 10]
    assert other.box.tolist() == [0, 0, 9, 18]


def test_a_missing_picture_is_named(folder: Path) -> None:
    (folder / "b.jpg").unlink()
    with pytest.raises(InputError, match=r"mpii.json: the picture b.jpg is not beside it"):
        read_pictures(folder)


def test_a_folder_without_annotations_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no annotations in the format of COCO or MPII"):
        read_pictures(tmp_path)


def test_a_torso_without_hips_is_a_share_of_the_box() -> None:
    box = np.array([0.0, 0.0, 50.0, 100.0])
    shoulder = {"left_shoulder": np.array([10.0, 10.0])}
    assert torso_length(LabelledPerson(shoulder, box)) == 100 * labelled_bodies.TORSO_SHARE
    joints = shoulder | {"right_hip": np.array([40.0, 50.0])}
    assert torso_length(LabelledPerson(joints, box)) == pytest.approx(50)
