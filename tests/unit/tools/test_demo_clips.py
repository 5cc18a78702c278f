"""The portraits of the demo are the documented files; the drawn arms move as their truth says."""

import itertools
import re

import cv2
import numpy as np
import pytest

import render_demo
from corpus.core.errors import InputError
from demo_clips import arm_motion, portraits
from demo_clips.arm_motion import Posture, Turn, arm_joints, fast_intervals
from demo_clips.gesture_clip import HANDS
from repository import TOOLS

HANGING, INWARDS = Posture(0, 0), Posture(0, 90)
BEND = (Turn(0.5, 1.5, HANGING, INWARDS),)
"""The forearm turns by 90 degrees in one second."""


# Portraits ---------------------------------------------------------------------------------------


def test_the_portraits_have_the_sizes_that_the_clips_expect():
    shapes = {person: picture.shape for person, picture in portraits.portraits().items()}
    assert shapes == {"collins": (512, 512, 3), "hopper": (600, 512, 3)}


def test_a_portrait_that_was_changed_is_refused(tmp_path, monkeypatch):
    for name, _ in portraits.FILES.values():
        (tmp_path / name).write_bytes((portraits.FOLDER / name).read_bytes())
    picture = cv2.imread(str(tmp_path / "collins.png"))
    cv2.imwrite(str(tmp_path / "collins.png"), 255 - picture)
    monkeypatch.setattr(portraits, "FOLDER", tmp_path)
    with pytest.raises(InputError, match=r"collins\.png: the sha256 is"):
        portraits.portraits()


def test_source_licence_and_checksum_of_each_portrait_are_documented():
    text = (TOOLS / "portraits" / "README.md").read_text()
    [files] = re.findall(r"^\| \| `(.+)` \| `(.+)` \|$", text, re.M)
    assert files == tuple(name for name, _ in portraits.FILES.values())
    [checksums] = re.findall(r"^\| sha256 \| `(.+)` \| `(.+)` \|$", text, re.M)
    assert checksums == tuple(expected for _, expected in portraits.FILES.values())
    for row in ("by", "published", "licence"):
        assert re.search(rf"^\| {row} \| \S.* \| \S.* \|$", text, re.M), row
    others = {path.name for path in portraits.FOLDER.iterdir()} - {"README.md"}
    assert others == set(files)


def test_the_tool_needs_no_package_for_the_portraits():
    sources = [TOOLS / "render_demo.py", *(TOOLS / "demo_clips").glob("*.py")]
    assert len(sources) > 5
    for path in sources:
        assert not re.search(r"\b(skimage|matplotlib)\b", path.read_text()), path


def test_a_change_of_a_drawing_module_or_a_portrait_renders_the_clips_again(tmp_path, monkeypatch):
    for path in ("render_demo.py", "demo_clips/figure.py", "portraits/hopper.jpg"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes((TOOLS / path).read_bytes())
    monkeypatch.setattr(render_demo, "__file__", str(tmp_path / "render_demo.py"))
    checksums = {render_demo.source_sha256()}
    for path in ("render_demo.py", "demo_clips/figure.py", "portraits/hopper.jpg"):
        with (tmp_path / path).open("ab") as file:
            file.write(b"\n")
        checksums.add(render_demo.source_sha256())
    assert len(checksums) == 4


# Arms --------------------------------------------------------------------------------------------


def test_left_and_right_are_the_persons_own():
    hands = {side: arm_joints(side, BEND, np.array([0.0])).wrist[0] for side in ("left", "right")}
    assert hands["right"][0] < hands["left"][0], "the right hand is on the left of the image"
    bent = {side: arm_joints(side, BEND, np.array([2.0])).wrist[0] for side in ("left", "right")}
    assert bent["right"][0] - hands["right"][0] == pytest.approx(arm_motion.FOREARM)
    assert hands["left"][0] - bent["left"][0] == pytest.approx(arm_motion.FOREARM)


def test_bones_keep_their_length_and_joints_turn_smoothly():
    times = np.linspace(0, HANDS.n_frames / 25, 2000)
    for side, turns in HANDS.arms.items():
        arm = arm_joints(side, turns, times)
        for start, end, length in (
            (arm.shoulder, arm.elbow, arm_motion.UPPER_ARM),
            (arm.elbow, arm.wrist, arm_motion.FOREARM),
        ):
            assert np.linalg.norm(end - start, axis=1) == pytest.approx(length)
        steps = np.linalg.norm(np.diff(arm.hand_centre(), axis=0), axis=1)
        speeds = steps / np.diff(times) / arm_motion.SHOULDER_WIDTH
        assert speeds.max() < 9
        assert np.abs(np.diff(speeds)).max() < 0.5, "no jump between the turns"


def test_a_hand_crosses_a_speed_when_minimum_jerk_says_so():
    """The hand's speed is radius * angle * 30 p^2 (1 - p)^2, at the share p of a turn of 1 s."""
    p = np.linspace(0, 1, 100001)
    arm = arm_joints("right", BEND, np.array([0.0]))
    radius = np.linalg.norm(arm.hand_centre() - arm.elbow) / arm_motion.SHOULDER_WIDTH
    speed = radius * np.pi / 2 * 30 * p**2 * (1 - p) ** 2
    fast = 0.5 + p[speed > 0.4]
    [movement] = fast_intervals("right", BEND, 2.0, 0.4)
    assert movement["start_s"] == pytest.approx(fast[0], abs=0.002)
    assert movement["end_s"] == pytest.approx(fast[-1], abs=0.002)
    assert movement["peak_speed"] == pytest.approx(speed.max(), abs=0.002)
    path_length = np.trapezoid(speed[speed > 0.4], p[speed > 0.4])
    assert movement["path_length"] == pytest.approx(path_length, abs=0.002)


def test_an_arm_that_does_not_turn_has_no_movement():
    assert fast_intervals("left", (Turn(0.5, 1.0, HANGING, HANGING),), 2.0, 0.4) == []


def test_the_truth_has_a_movement_for_each_turn():
    truth = HANDS.truth()
    for side, turns in HANDS.arms.items():
        movements = truth["hands"][side]["movements"]
        assert len(movements) == len(turns)
        for movement, turn in zip(movements, turns, strict=True):
            assert turn.start_s < movement["start_s"] < movement["end_s"] < turn.end_s
        for values in (truth["hands"][side]["wrist"], truth["hands"][side]["centre"]):
            assert len(values) == truth["n_frames"] == HANDS.n_frames


def test_hands_are_drawn_where_the_truth_says():
    """The middle of each hand has the colour of skin."""
    truth = HANDS.truth()
    images = itertools.islice(HANDS.images(portraits.portraits()), 45)
    for number, image in enumerate(images):
        for side in ("left", "right"):
            x, y = np.rint(truth["hands"][side]["centre"][number]).astype(int)
            red, green, blue = image[y - 3 : y + 4, x - 3 : x + 4].mean(axis=(0, 1))
            assert red > 130 and red > green + 25 > blue + 25, (number, side)
