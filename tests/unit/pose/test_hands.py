"""Each hand is assigned to the wrist it belongs to, no matter how it was found."""

import numpy as np

from corpus.pose.hands import FoundHands, wrists_in_image
from corpus.pose.regions import Region
from corpus.pose.requests import TrackedHand
from fake_bodies import fake_body, fake_hand, shift_keypoints, white_image

SIZE = 20.0
"""Face size of the fake bodies, pixels."""
WRISTS = {"left_hand": (224.0, 132.0), "right_hand": (176.0, 132.0)}
"""Wrists of a fake body with its nose at (200, 60)."""


def tracked(hand, presence=0.9):
    return TrackedHand(hand, presence, Region(np.zeros(2), 1.0, 0.0))


def hands_by_track(hands, bodies):
    """The people's hands after these were found one after the other, by track."""
    found = FoundHands(
        wrist
        for track, body in bodies.items()
        for wrist in wrists_in_image(track, body, SIZE, white_image())
    )
    for hand in hands:
        found.add(tracked(hand))
    by_track = {track: {} for track in bodies}
    for wrist, hand in found.assigned():
        by_track[wrist.track][wrist.hand] = hand.keypoints
    return by_track


def hands_of_person(*hands, body=None):
    """The hands of one person."""
    return hands_by_track(hands, {0: fake_body(200, 60) if body is None else body})[0]


def test_a_hand_that_is_found_twice_is_one_hand():
    left = fake_hand(*WRISTS["left_hand"], True)
    assert hands_of_person(left, shift_keypoints(left, 1, 1)) == {"left_hand": left}


def test_hands_are_assigned_to_the_nearest_wrists_in_any_order():
    body = fake_body(200, 60, left_wrist=(214.0, 132.0), right_wrist=(186.0, 132.0))
    left, right = fake_hand(216, 134, True), fake_hand(188, 134, False)
    assert hands_of_person(right, left, body=body) == {"left_hand": left, "right_hand": right}
    # Distance counts more than the network's classification as left or right.
    left, right = fake_hand(216, 134, False), fake_hand(188, 134, True)
    assert hands_of_person(left, right, body=body) == {"left_hand": left, "right_hand": right}


def test_the_classification_as_left_or_right_decides_where_both_wrists_are_near():
    body = fake_body(200, 60, left_wrist=(202.0, 132.0), right_wrist=(198.0, 132.0))
    for lower_is_left in (True, False):
        lower = fake_hand(202.0, 140.0, lower_is_left)
        upper = fake_hand(198.0, 124.0, not lower_is_left)
        left, right = (lower, upper) if lower_is_left else (upper, lower)
        expected = {"left_hand": left, "right_hand": right}
        for hands in ((lower, upper), (upper, lower)):
            assert hands_of_person(*hands, body=body) == expected


def test_the_classification_is_weighted_by_its_score():
    body = fake_body(200, 60, left_wrist=(202.0, 132.0), right_wrist=(198.0, 132.0))
    # Nearer to the left wrist by a tenth of a face size.
    for score, part in ((0.1, "left_hand"), (0.9, "right_hand")):
        hand = fake_hand(201, 132, False, score=score)
        assert list(hands_of_person(hand, body=body)) == [part]


def test_hands_too_far_from_any_wrist_are_not_assigned():
    near = fake_hand(224 + 1.4 * SIZE, 132, True)
    far = fake_hand(224 + 1.5 * SIZE, 132, True)
    assert hands_of_person(near) == {"left_hand": near}
    assert hands_of_person(far) == {}


def test_a_hand_out_of_reach_does_not_move_a_near_hand_to_the_wrong_wrist():
    body = fake_body(200, 60, left_wrist=(210.0, 132.0), right_wrist=(190.0, 132.0))
    right, stranger = fake_hand(198, 132, False), fake_hand(155, 132, True)
    # The total distance would be lower with `right` at the left wrist, `stranger` at the right.
    assert hands_of_person(right, stranger, body=body) == {"right_hand": right}


def test_a_wrist_gets_at_most_one_hand():
    left = [fake_hand(224 + dx, 132, True) for dx in (12, 0, -12)]
    assert hands_of_person(*left)["left_hand"] is left[1]


def test_a_hand_between_two_people_is_assigned_to_the_nearest_only():
    bodies = {0: fake_body(150, 60), 3: fake_body(210, 60)}
    # The left wrist of person 0 is at 174, the right wrist of person 3 at 186.
    hand = fake_hand(176, 132, True)
    hands = [hand, shift_keypoints(hand, 1, 1)]
    assert hands_by_track(hands, bodies) == {0: {"left_hand": hand}, 3: {}}


def test_a_hand_is_assigned_to_a_visible_wrist_before_a_hidden_one():
    hidden, visible = fake_body(150, 60), fake_body(210, 60)
    hidden.visibility[:] = 0.1
    hand = fake_hand(178, 132, False, score=0.0)
    hands = hands_by_track([hand, hand], {0: hidden, 1: visible})
    assert hands == {0: {}, 1: {"right_hand": hand}}
