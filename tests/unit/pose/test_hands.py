"""Each hand is assigned to the person it belongs to, no matter which landmarker finds it."""

import pytest

from corpus.pose.hands import find_hands
from fake_landmarkers import FakeLandmarkers, fake_body, fake_hand, shift_keypoints, white_frame

SIZE = 20.0
"""Face size of the fake bodies, pixels."""
WRISTS = {"left_hand": (224.0, 132.0), "right_hand": (176.0, 132.0)}
"""Wrists of a fake body with its nose at (200, 60)."""


def hands_of_person(landmarkers, body=None, frame=None, person=None):
    """The hands of one person."""
    body = fake_body(200, 60) if body is None else body
    people = {0: person or landmarkers.for_person()}
    return find_hands({0: body}, {0: SIZE}, frame or white_frame(), people, landmarkers)[0]


def hands_by_track(landmarkers, bodies):
    """The hands of several people, by track."""
    sizes = dict.fromkeys(bodies, SIZE)
    people = {track: landmarkers.for_person() for track in bodies}
    return find_hands(bodies, sizes, white_frame(), people, landmarkers)


# Where hands are searched ------------------------------------------------------------------------


def test_each_hand_is_searched_at_the_end_of_its_forearm():
    left, right = fake_hand(*WRISTS["left_hand"], True), fake_hand(*WRISTS["right_hand"], False)
    landmarkers = FakeLandmarkers(left_hand=[left], right_hand=[right])
    person = landmarkers.for_person()
    hands = hands_of_person(landmarkers, person=person)
    assert hands == {"left_hand": left, "right_hand": right}
    # Four face sizes wide, a third of the forearm beyond the wrist.
    (box,) = person.boxes["left_hand"]
    assert box == (184, 100, 264, 180)


def test_a_long_forearm_does_not_move_the_crop_further():
    landmarkers = FakeLandmarkers()
    person = landmarkers.for_person()
    body = fake_body(200, 60, left_elbow=(224.0, 32.0), left_wrist=(224.0, 132.0))
    hands_of_person(landmarkers, body, person=person)
    assert person.boxes["left_hand"] == [(184, 100, 264, 180)]


def test_a_forearm_towards_the_camera_does_not_move_the_crop():
    left = fake_hand(*WRISTS["left_hand"], True)
    landmarkers = FakeLandmarkers(left_hand=[left])
    person = landmarkers.for_person()
    body = fake_body(200, 60, left_elbow=WRISTS["left_hand"])
    assert hands_of_person(landmarkers, body, person=person) == {"left_hand": left}
    assert person.boxes["left_hand"] == [(184, 92, 264, 172)]


def test_a_hand_that_the_video_landmarker_misses_is_searched_with_the_forearm_up():
    left = fake_hand(*WRISTS["left_hand"], True)
    landmarkers = FakeLandmarkers()
    landmarkers.image_hands = [left]
    assert hands_of_person(landmarkers) == {"left_hand": left}
    (centre, forearm, half_side), _ = landmarkers.hand_searches
    assert centre == pytest.approx([224, 140.4])
    assert forearm == pytest.approx([0, 24])
    assert half_side == 2 * SIZE
    right = fake_hand(*WRISTS["right_hand"], False)
    landmarkers = FakeLandmarkers(left_hand=[left], right_hand=[right])
    hands_of_person(landmarkers)
    assert landmarkers.hand_searches == [], "the video landmarkers found both"


def test_a_wrist_outside_the_image_is_not_searched():
    left = fake_hand(*WRISTS["left_hand"], True)
    for frame in (white_frame(213, 300), white_frame(400, 121)):
        landmarkers = FakeLandmarkers(left_hand=[left])
        person = landmarkers.for_person()
        hands_of_person(landmarkers, frame=frame, person=person)
        assert person.boxes["left_hand"] == []
    # A wrist outside by less than half a face size may be estimated slightly wrong.
    person = landmarkers.for_person()
    hands_of_person(landmarkers, frame=white_frame(215, 300), person=person)
    assert person.boxes["left_hand"] == [(184, 100, 215, 180)]


def test_the_hands_of_a_tiny_person_are_not_searched():
    landmarkers = FakeLandmarkers()
    person = landmarkers.for_person()
    body = fake_body(200, 60, 3.0)
    find_hands({0: body}, {0: 3.0}, white_frame(), {0: person}, landmarkers)
    assert person.boxes["left_hand"] == []


# Which wrist gets which hand ---------------------------------------------------------------------


def test_a_hand_that_both_landmarkers_find_is_one_hand():
    left = fake_hand(*WRISTS["left_hand"], True)
    landmarkers = FakeLandmarkers(left_hand=[left], right_hand=[shift_keypoints(left, 1, 1)])
    assert hands_of_person(landmarkers) == {"left_hand": left}


def test_hands_are_assigned_to_the_nearest_wrists_whichever_landmarker_finds_them():
    body = fake_body(200, 60, left_wrist=(214.0, 132.0), right_wrist=(186.0, 132.0))
    left, right = fake_hand(216, 134, True), fake_hand(188, 134, False)
    landmarkers = FakeLandmarkers(left_hand=[right, left])
    assert hands_of_person(landmarkers, body) == {"left_hand": left, "right_hand": right}
    # Distance counts more than the network's classification as left or right.
    left, right = fake_hand(216, 134, False), fake_hand(188, 134, True)
    landmarkers = FakeLandmarkers(left_hand=[left], right_hand=[right])
    assert hands_of_person(landmarkers, body) == {"left_hand": left, "right_hand": right}


def test_the_classification_as_left_or_right_decides_where_both_wrists_are_near():
    body = fake_body(200, 60, left_wrist=(202.0, 132.0), right_wrist=(198.0, 132.0))
    for lower_is_left in (True, False):
        lower = fake_hand(202.0, 140.0, lower_is_left)
        upper = fake_hand(198.0, 124.0, not lower_is_left)
        landmarkers = FakeLandmarkers(left_hand=[lower, upper], right_hand=[upper, lower])
        left, right = (lower, upper) if lower_is_left else (upper, lower)
        assert hands_of_person(landmarkers, body) == {"left_hand": left, "right_hand": right}


def test_the_classification_is_weighted_by_its_score():
    body = fake_body(200, 60, left_wrist=(202.0, 132.0), right_wrist=(198.0, 132.0))
    # Nearer to the left wrist by a tenth of a face size.
    for score, part in ((0.1, "left_hand"), (0.9, "right_hand")):
        landmarkers = FakeLandmarkers(left_hand=[fake_hand(201, 132, False, score=score)])
        assert list(hands_of_person(landmarkers, body)) == [part]


def test_hands_too_far_from_any_wrist_are_not_assigned():
    near = fake_hand(224 + 1.4 * SIZE, 132, True)
    far = fake_hand(224 + 1.5 * SIZE, 132, True)
    assert hands_of_person(FakeLandmarkers(left_hand=[near])) == {"left_hand": near}
    assert hands_of_person(FakeLandmarkers(left_hand=[far])) == {}


def test_a_hand_out_of_reach_does_not_move_a_near_hand_to_the_wrong_wrist():
    body = fake_body(200, 60, left_wrist=(210.0, 132.0), right_wrist=(190.0, 132.0))
    right, stranger = fake_hand(198, 132, False), fake_hand(155, 132, True)
    # The total distance would be lower with `right` at the left wrist, `stranger` at the right.
    landmarkers = FakeLandmarkers(right_hand=[right, stranger])
    assert hands_of_person(landmarkers, body) == {"right_hand": right}


def test_a_wrist_gets_at_most_one_hand():
    left = [fake_hand(224 + dx, 132, True) for dx in (12, 0, -12)]
    assert hands_of_person(FakeLandmarkers(left_hand=left))["left_hand"] is left[1]


def test_a_hand_between_two_people_is_assigned_to_the_nearest_only():
    bodies = {0: fake_body(150, 60), 3: fake_body(210, 60)}
    # The left wrist of person 0 is at 174, the right wrist of person 3 at 186.
    hand = fake_hand(176, 132, True)
    landmarkers = FakeLandmarkers(left_hand=[hand], right_hand=[shift_keypoints(hand, 1, 1)])
    assert hands_by_track(landmarkers, bodies) == {0: {"left_hand": hand}, 3: {}}


def test_a_hand_is_assigned_to_a_visible_wrist_before_a_hidden_one():
    hidden, visible = fake_body(150, 60), fake_body(210, 60)
    hidden.visibility[:] = 0.1
    hand = fake_hand(178, 132, False, score=0.0)
    landmarkers = FakeLandmarkers(left_hand=[hand], right_hand=[hand])
    hands = hands_by_track(landmarkers, {0: hidden, 1: visible})
    assert hands == {0: {}, 1: {"right_hand": hand}}
