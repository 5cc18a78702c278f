"""The benchmark of agreement counts who finds what, and measures differences in pixels."""

import numpy as np
import pytest

import keypoint_agreement as benchmark
from corpus.pose import requests
from corpus.pose.keypoints import Keypoints
from fake_bodies import fake_body, fake_hand, shift_keypoints
from reference_landmarkers import Reference


def reference(keypoints: Keypoints) -> Reference:
    zeros = np.zeros(len(keypoints.points))
    return Reference(keypoints.points, keypoints.world, zeros, zeros)


def mirror(hand: Keypoints, width: int) -> Keypoints:
    points = hand.points * [-1, 1, 1] + [width - 1, 0, 0]
    return Keypoints(points, hand.world, None, hand.score, hand.left)


def test_a_row_counts_what_both_find_and_what_only_one_finds():
    hand = fake_hand(50, 50, True)
    own = [hand, shift_keypoints(hand, 3, 4), hand, None, None]
    references = [[reference(hand)], [reference(hand)], [], [reference(hand)], []]
    row = benchmark.report_row("hands", own, references)
    assert row == "| hands | 5 | 2 | 1 | 1 | 2.500 | 5.000 | 5.00 |"


def test_mirrored_pictures_are_compared_after_mirroring_back():
    picture = np.zeros((80, 100, 3), np.uint8)
    hand = fake_hand(30, 20, True)
    other = mirror(hand, 100)
    hands = benchmark.Hands([picture] * 2, [hand, None], [hand, hand])
    mirrored = benchmark.Hands([picture] * 2, [other, other], [shift_keypoints(other, 2), None])
    *_, turned, upright = benchmark.mirror_report(hands, mirrored)
    assert turned == "| MediaPipe's rotation | 2 of 2 | 2.00 | 2.00 |"
    assert upright == "| workflow | 1 of 2 | 0.00 | 0.00 |"


def test_the_rotation_of_the_workflow_is_restored(monkeypatch):
    direction, seen = requests.PALM_DIRECTION, []

    def fail(networks, picture):
        seen.append(requests.PALM_DIRECTION)
        if len(seen) == 2:
            raise ValueError

    monkeypatch.setattr(benchmark, "find_hand", fail)
    with pytest.raises(ValueError):
        benchmark.find_hands(None, [None])
    assert seen == [direction, benchmark.MEDIAPIPE_DIRECTION]
    assert direction == requests.PALM_DIRECTION


def test_hands_are_searched_at_the_ends_of_forearms():
    image = np.zeros((300, 400, 3), np.uint8)
    body = fake_body(200, 60, left_elbow=(370, 132), left_wrist=(380, 132))
    left, right = benchmark.hand_pictures(image, body)
    # Shoulders are 40 pixels apart; the left hand is cut off by the edge of the image.
    assert right.shape[:2] == (64, 64)
    assert left.shape[0] == 64 and left.shape[1] < 64
