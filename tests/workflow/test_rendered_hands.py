"""The hands of a rendered figure are followed with MediaPipe's networks, and lie where they are.

The bodies are made from the ground truth, with the errors that estimated wrists have.
"""

import json
from collections import Counter

import numpy as np
import pytest

from corpus.pose.hand_following import HandFollower
from corpus.pose.pose_networks import open_networks
from corpus.pose.requests import answer
from corpus.video.reader import Frame, Reader
from fake_bodies import fake_body
from portraits import model_file

FIRST, LAST = 140, 214
"""Frames in which both arms are raised, turn outwards, and fall."""
FACE_SIZE = 90.0
FOREARM = 90.0
"""Length of a forearm, pixels."""
APART = 60.0
"""Where the wrists are nearer to each other than this, in pixels, the errors of the body's wrists
do not allow to say which hand is which. The network cannot tell the drawn hands apart either."""
WRIST_NOISE = 0.06
"""Standard deviation of the error of a body's wrist, in face sizes."""


@pytest.fixture(scope="module")
def truth(demo_clips):
    return json.loads((demo_clips / "truth.json").read_text())["clips"]["hands"]["hands"]


@pytest.fixture(scope="module")
def frames(demo_clips):
    numbers = range(FIRST, LAST + 1)
    reader = Reader(demo_clips / "hands.mp4", numbers)
    return [frame for frame in reader if frame.image is not None]


@pytest.fixture(scope="module")
def networks():
    return open_networks(
        model_file("pose_landmarker_bundled"), model_file("hand_landmarker_bundled"), "cpu"
    )


def body_at(frame: Frame, truth):
    """The body in a frame: its forearms and wrists are those of the figure, with an error."""
    joints = {}
    for side, hand in truth.items():
        random = np.random.default_rng([frame.number, side == "left"])
        wrist, centre = (np.array(hand[name][frame.number]) for name in ("wrist", "centre"))
        forearm = FOREARM * (centre - wrist) / np.linalg.norm(centre - wrist)
        joints[f"{side}_wrist"] = wrist + random.normal(0, WRIST_NOISE * FACE_SIZE, 2)
        joints[f"{side}_elbow"] = wrist - forearm
    return fake_body(320, 100, FACE_SIZE, **{name: tuple(at) for name, at in joints.items()})


def follow(frames, truth, networks):
    """The hands of each frame, and the number of requests of each kind."""
    follower, hands, counts = HandFollower(0.5), [], Counter()
    for frame in frames:
        steps = follower.follow(frame, {0: body_at(frame, truth)}, {0: FACE_SIZE})
        try:
            requests = next(steps)
            while True:
                counts.update(type(request).__name__ for request in requests)
                requests = steps.send(answer(networks, requests))
        except StopIteration as stop:
            hands.append(stop.value[0])
    return hands, counts


def centre_errors(hands, frames, truth):
    """Distances (n,) of the hands from the true ones of their side while they are apart, pixels."""
    errors = []
    for frame, parts in zip(frames, hands, strict=True):
        wrists = [np.array(truth[side]["wrist"][frame.number]) for side in ("left", "right")]
        if np.linalg.norm(wrists[0] - wrists[1]) < APART:
            continue
        for part, hand in parts.items():
            true_centre = truth[part.split("_")[0]]["centre"][frame.number]
            errors.append(np.linalg.norm(hand.points[:, :2].mean(axis=0) - true_centre))
    return np.array(errors)


def test_moving_hands_are_found_where_they_are_at_a_low_cost(frames, truth, networks):
    hands, counts = follow(frames, truth, networks)
    errors = centre_errors(hands, frames, truth)
    assert sum(map(len, hands)) >= 0.98 * 2 * len(frames)
    assert np.median(errors) < 2
    # The hands are 70 pixels long: none is taken for the other one.
    assert max(errors) < 20
    assert counts.total() <= 2.5 * len(frames)
    assert counts["FindPalms"] <= 0.1 * len(frames)


def test_moving_hands_are_found_in_five_frames_per_second(frames, truth, networks):
    hands, _ = follow(frames[::5], truth, networks)
    errors = centre_errors(hands, frames[::5], truth)
    assert sum(map(len, hands)) == 2 * len(frames[::5])
    assert np.median(errors) < 2 and max(errors) < 20


def test_two_runs_that_start_at_different_frames_soon_agree(frames, truth, networks):
    (earlier, _), (later, _) = (follow(frames[start:], truth, networks) for start in (10, 22))
    differences = [
        first.keys() != second.keys()
        or any((first[part].points != second[part].points).any() for part in first)
        for first, second in zip(earlier[12:], later, strict=True)
    ]
    # The warm-up of a chunk is 50 frames.
    assert not any(differences[30:])
