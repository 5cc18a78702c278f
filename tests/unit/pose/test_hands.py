"""Hands go to whom they belong, whoever finds them."""

import pytest

from corpus.pose.hands import find_hands
from fake_landmarkers import Stage, hand, picture, puppet

SIZE = 20.0


def shifted(body, dx, dy=0.0):
    return type(body)(body.points + [dx, dy, 0], body.world, body.visibility, body.score, body.left)


WRISTS = {"left_hand": (224.0, 132.0), "right_hand": (176.0, 132.0)}
"""Of a puppet with its nose at (200, 60)."""


def hands(stage, body=None, image=None, crew=None):
    body = puppet(200, 60) if body is None else body
    image = picture() if image is None else image
    return find_hands({0: (body, SIZE)}, image, 0.0, {0: crew or stage.follow()}, stage)[0]


def test_each_hand_is_looked_for_at_the_end_of_its_forearm():
    left, right = hand(*WRISTS["left_hand"], True), hand(*WRISTS["right_hand"], False)
    stage = Stage(left_hand=[left], right_hand=[right])
    crew = stage.follow()
    found = hands(stage, crew=crew)
    assert found == {"left_hand": left, "right_hand": right}
    # Four face sizes wide, a third of the forearm beyond the wrist.
    (box,) = crew.boxes["left_hand"]
    assert box == (184, 100, 264, 180)


def test_a_long_forearm_moves_the_crop_no_further():
    stage = Stage()
    crew = stage.follow()
    hands(stage, puppet(200, 60, left_elbow=(224.0, 32.0), left_wrist=(224.0, 132.0)), crew=crew)
    assert crew.boxes["left_hand"] == [(184, 100, 264, 180)]


def test_a_forearm_towards_the_camera_has_no_direction():
    left = hand(*WRISTS["left_hand"], True)
    stage = Stage(left_hand=[left])
    crew = stage.follow()
    body = puppet(200, 60, left_elbow=WRISTS["left_hand"])
    assert hands(stage, body, crew=crew) == {"left_hand": left}
    assert crew.boxes["left_hand"] == [(184, 92, 264, 172)]


def test_a_hand_that_both_followers_find_is_one():
    left = hand(*WRISTS["left_hand"], True)
    stage = Stage(left_hand=[left], right_hand=[shifted(left, 1, 1)])
    assert hands(stage) == {"left_hand": left}


def test_hands_go_to_the_nearest_wrists_whoever_finds_them():
    body = puppet(200, 60, left_wrist=(214.0, 132.0), right_wrist=(186.0, 132.0))
    left, right = hand(216, 134, True), hand(188, 134, False)
    stage = Stage(left_hand=[right, left])
    assert hands(stage, body) == {"left_hand": left, "right_hand": right}
    # The network's opinion on left and right is only an opinion.
    left, right = hand(216, 134, False), hand(188, 134, True)
    stage = Stage(left_hand=[left], right_hand=[right])
    assert hands(stage, body) == {"left_hand": left, "right_hand": right}


def test_where_both_wrists_are_near_the_networks_opinion_decides():
    body = puppet(200, 60, left_wrist=(202.0, 132.0), right_wrist=(198.0, 132.0))
    lower, upper = (202.0, 140.0), (198.0, 124.0)
    for left in (True, False):
        one, other = hand(*lower, left), hand(*upper, not left)
        stage = Stage(left_hand=[one, other], right_hand=[other, one])
        found = hands(stage, body)
        assert found == {
            "left_hand": one if left else other,
            "right_hand": other if left else one,
        }


def test_an_opinion_counts_as_much_as_the_network_is_sure():
    body = puppet(200, 60, left_wrist=(202.0, 132.0), right_wrist=(198.0, 132.0))
    # Nearer to the left wrist by a tenth of a face size.
    for score, side in ((0.1, "left_hand"), (0.9, "right_hand")):
        stage = Stage(left_hand=[hand(201, 132, False, score=score)])
        assert list(hands(stage, body)) == [side]


def test_hands_too_far_from_any_wrist_are_somebody_elses():
    near, far = hand(224 + 1.4 * SIZE, 132, True), hand(224 + 1.5 * SIZE, 132, True)
    assert hands(Stage(left_hand=[near])) == {"left_hand": near}
    assert hands(Stage(left_hand=[far])) == {}


def test_somebody_elses_hand_does_not_drive_the_own_one_to_the_wrong_wrist():
    body = puppet(200, 60, left_wrist=(210.0, 132.0), right_wrist=(190.0, 132.0))
    own, others = hand(198, 132, False), hand(155, 132, True)
    # In sum, own to left and the other's to right would be nearer.
    stage = Stage(right_hand=[own, others])
    assert hands(stage, body) == {"right_hand": own}


def test_a_wrist_outside_the_picture_is_not_looked_at():
    left = hand(*WRISTS["left_hand"], True)
    for image in (picture(213, 300), picture(400, 121)):
        stage = Stage(left_hand=[left])
        crew = stage.follow()
        hands(stage, image=image, crew=crew)
        assert crew.boxes["left_hand"] == []
    # By less than half a face size, it may be a guess that is a little off.
    crew = stage.follow()
    hands(stage, image=picture(215, 300), crew=crew)
    assert crew.boxes["left_hand"] == [(184, 100, 215, 180)]


def test_nobody_has_more_hands_than_wrists():
    left = [hand(224 + dx, 132, True) for dx in (12, 0, -12)]
    assert hands(Stage(left_hand=left))["left_hand"] is left[1]


def test_the_hands_of_a_tiny_person_are_not_looked_for():
    stage = Stage()
    crew = stage.follow()
    find_hands({0: (puppet(200, 60, 3.0), 3.0)}, picture(), 0.0, {0: crew}, stage)
    assert crew.boxes["left_hand"] == []


def test_a_hand_between_two_people_is_one_persons_and_the_nearest():
    people = {0: (puppet(150, 60), SIZE), 3: (puppet(210, 60), SIZE)}
    # Person 0's left wrist is at 174, person 3's right wrist at 186.
    shared = hand(176, 132, True)
    stage = Stage(left_hand=[shared], right_hand=[shifted(shared, 1, 1)])
    crews = {0: stage.follow(), 3: stage.follow()}
    found = find_hands(people, picture(), 0.0, crews, stage)
    assert found == {0: {"left_hand": shared}, 3: {}}


def test_a_hand_is_rather_that_of_a_wrist_that_is_seen():
    hidden, seen = puppet(150, 60), puppet(210, 60)
    hidden.visibility[:] = 0.1
    shared = hand(178, 132, False, score=0.0)
    stage = Stage(left_hand=[shared], right_hand=[shared])
    crews = {0: stage.follow(), 1: stage.follow()}
    found = find_hands({0: (hidden, SIZE), 1: (seen, SIZE)}, picture(), 0.0, crews, stage)
    assert found == {0: {}, 1: {"right_hand": shared}}


def test_a_hand_that_is_not_followed_is_looked_for_anew_with_the_forearm_up():
    left = hand(*WRISTS["left_hand"], True)
    stage = Stage()
    stage.turned = [left]
    assert hands(stage) == {"left_hand": left}
    (middle, forearm, half), _ = stage.turns
    assert middle == pytest.approx([224, 140.4])
    assert forearm == pytest.approx([0, 24])
    assert half == 2 * SIZE
    stage = Stage(left_hand=[left], right_hand=[hand(*WRISTS["right_hand"], False)])
    hands(stage)
    assert stage.turns == [], "both were followed"
