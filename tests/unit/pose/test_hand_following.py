"""Hands are carried over from frame to frame, and looked for with as few networks as possible."""

from dataclasses import replace

import numpy as np
import pytest

from corpus.pose.hand_following import (
    FAST_WRIST,
    PALM_REACH,
    PALM_SEARCHES_PER_S,
    RECENTLY_S,
    SEARCHES_PER_S,
    HandFollower,
)
from corpus.pose.hand_regions import (
    FIT_OFFSET,
    FIT_SCALE,
    FOREARM_SIDE,
    HAND_GRID,
    KNOWN_HAND,
    PALM_SIDE,
    fits,
    unknown_regions,
)
from corpus.pose.regions import Region
from corpus.pose.requests import FindPalms, TrackHand
from corpus.video.reader import Frame
from fake_bodies import fake_body, fake_hand, white_image
from fake_hands import FakeHand, FakeHandNetworks

SIZE = 20.0
"""Face size of the fake bodies, pixels."""
LEFT, RIGHT = (224.0, 132.0), (176.0, 132.0)
"""Wrists of a fake body with its nose at (200, 60)."""
BODY = fake_body(200, 60)
HALF_STEP = 0.5 * 41 / HAND_GRID.steps_per_side
"""Largest difference of a coordinate from the grid of regions for the side of a fake hand."""


def left_hand(dx=0.0, dy=0.0, **changes):
    return FakeHand(fake_hand(LEFT[0] + dx, LEFT[1] + dy, True), **changes)


def right_hand(dx=0.0, dy=0.0, **changes):
    return FakeHand(fake_hand(RIGHT[0] + dx, RIGHT[1] + dy, False), **changes)


def follow(follower, networks, time_s=0.0, bodies=None, size=SIZE, image=None):
    """The hands of one frame, and the numbers of landmark and palm networks that were run for it.

    Returns ({track: {part: keypoints}}, number of `TrackHand`, number of `FindPalms`).
    """
    bodies = {0: BODY} if bodies is None else bodies
    frame = Frame(0, time_s, white_image() if image is None else image)
    networks.requests.clear()
    hands = networks.run(follower.follow(frame, bodies, dict.fromkeys(bodies, size)))
    return hands, len(networks.regions(TrackHand)), len(networks.regions(FindPalms))


# From frame to frame -----------------------------------------------------------------------------


def test_hands_that_were_found_cost_one_network_each():
    networks = FakeHandNetworks([left_hand(), right_hand()])
    follower = HandFollower(0.5)
    follow(follower, networks)
    hands, n_landmarks, n_palms = follow(follower, networks, 0.04)
    left, right = networks.hands
    assert hands == {0: {"left_hand": left.keypoints, "right_hand": right.keypoints}}
    assert (n_landmarks, n_palms) == (2, 0)
    assert len(networks.requests) == 1, "both in one batch"
    centres = [region.centre for region in networks.regions(TrackHand)]
    assert np.allclose(centres, [left.centre, right.centre], atol=HALF_STEP)


def test_a_hand_is_followed_away_from_the_forearm():
    follower, networks = HandFollower(0.5), FakeHandNetworks()
    for step in range(3):
        networks.hands = [left_hand(7 * step, reach=8, palm_score=0)]
        hands, *_ = follow(follower, networks, 0.04 * step)
        assert hands[0] == {"left_hand": networks.hands[0].keypoints}, step
    # Without the frames before it is not found there.
    assert follow(HandFollower(0.5), networks)[0] == {0: {}}


def test_without_people_nothing_is_asked():
    networks = FakeHandNetworks([left_hand()])
    assert follow(HandFollower(0.5), networks, bodies={}) == ({}, 0, 0)
    assert networks.requests == []


def test_the_hands_of_a_person_who_leaves_are_forgotten():
    follower, networks = HandFollower(0.5), FakeHandNetworks([left_hand(reach=8)])
    follow(follower, networks)
    networks.hands = [left_hand(14, reach=8, palm_score=0)]
    follow(follower, networks, 0.04, bodies={})
    networks.hands = [left_hand(7, reach=8, palm_score=0)]
    _, n_landmarks, _ = follow(follower, networks, 0.2)
    assert n_landmarks == 2 + 1, "at both forearms, and then in its own region"


# At the end of the forearm -----------------------------------------------------------------------


def test_a_new_hand_is_looked_for_at_the_end_of_the_forearm_and_then_in_its_own_region():
    networks = FakeHandNetworks([left_hand(8), right_hand(-8)])
    _, n_landmarks, n_palms = follow(HandFollower(0.5), networks)
    assert (n_landmarks, n_palms) == (4, 0)
    first, second = networks.requests
    # The forearm points down, and the hand is a third of the forearm beyond the wrist.
    assert first[0].region.centre == pytest.approx([224, 140.4])
    assert first[0].region.side == FOREARM_SIDE * SIZE
    assert abs(first[0].region.rotation) == pytest.approx(np.pi)
    assert second[0].region.centre == pytest.approx(networks.hands[0].centre, abs=HALF_STEP)
    assert second[0].region.side == pytest.approx(networks.hands[0].region.side, rel=0.03)


def test_a_hand_that_the_region_of_the_forearm_fits_costs_one_run():
    for presence, n_runs in ((0.51, 1), (0.49, 2)):
        networks = FakeHandNetworks([left_hand(presence=presence, palm_score=0)])
        hands, n_landmarks, _ = follow(HandFollower(0.5), networks)
        assert n_landmarks == 1 + n_runs, "one run for the right hand"
        assert bool(hands[0]) is (presence > 0.5)


def test_a_region_fits_if_the_hand_suggests_nearly_the_same_one():
    region = Region(np.array([100.0, 50.0]), 40.0, 0.3)
    for moved, scale, expected in (
        (FIT_OFFSET - 0.01, 1.0, True),
        (FIT_OFFSET + 0.01, 1.0, False),
        (0.0, FIT_SCALE - 0.01, True),
        (0.0, FIT_SCALE + 0.01, False),
        (0.0, 1 / FIT_SCALE - 0.01, False),
    ):
        suggested = Region(region.centre + [0, 40 * moved], 40 * scale, 0.3)
        assert fits(region, suggested) is expected, (moved, scale)


def test_less_certainty_is_required_in_the_region_of_the_forearm():
    for far_presence, is_found in ((0.29, False), (0.31, True)):
        hand = left_hand(8, far_presence=far_presence, palm_score=0)
        hands, *_ = follow(HandFollower(0.5), FakeHandNetworks([hand]))
        assert bool(hands[0]) is is_found
    hand = left_hand(8, far_presence=0.2, presence=0.25, palm_score=0)
    assert follow(HandFollower(0.2), FakeHandNetworks([hand]))[0][0], "as configured"


def test_a_hand_has_to_reach_the_configured_confidence_in_its_own_region():
    for confidence in (0.4, 0.6, 0.8):
        for difference, is_found in ((-0.01, False), (0.01, True)):
            hand = left_hand(presence=confidence + difference)
            hands, *_ = follow(HandFollower(confidence), FakeHandNetworks([hand]))
            assert bool(hands[0]) is is_found


def test_a_long_forearm_does_not_move_the_region_further():
    networks = FakeHandNetworks()
    body = fake_body(200, 60, left_elbow=(224.0, 32.0), left_wrist=(224.0, 132.0))
    follow(HandFollower(0.5), networks, bodies={0: body})
    assert networks.regions(TrackHand)[0].centre == pytest.approx([224, 140.4])


def test_a_forearm_towards_the_camera_does_not_move_the_region():
    networks = FakeHandNetworks()
    body = fake_body(200, 60, left_elbow=LEFT)
    follow(HandFollower(0.5), networks, bodies={0: body})
    assert networks.regions(TrackHand)[0].centre == pytest.approx(LEFT)


def test_a_wrist_outside_the_image_is_not_searched():
    for image in (white_image(213, 300), white_image(400, 121)):
        networks = FakeHandNetworks([left_hand()])
        hands, *_ = follow(HandFollower(0.5), networks, image=image)
        assert "left_hand" not in hands[0]
        assert all(region.centre[0] < 200 for region in networks.regions(TrackHand))
    # A wrist outside by less than half a face size may be estimated slightly wrong.
    networks = FakeHandNetworks([left_hand()])
    hands, *_ = follow(HandFollower(0.5), networks, image=white_image(215, 300))
    assert "left_hand" in hands[0]


# Palms -------------------------------------------------------------------------------------------


def test_palms_are_searched_where_no_hand_is_at_the_end_of_the_forearm():
    networks = FakeHandNetworks([left_hand(20), right_hand()])
    hands, _, n_palms = follow(HandFollower(0.5), networks)
    assert set(hands[0]) == {"left_hand", "right_hand"}
    assert n_palms == 1, "the right hand was already found"
    (region,) = networks.regions(FindPalms)
    assert region.centre == pytest.approx([224, 140.4])
    assert region.side == PALM_SIDE * SIZE
    assert abs(region.rotation) == pytest.approx(np.pi), "with the forearm pointing up"


def test_palms_of_blurred_hands_need_less_certainty_than_hands():
    for score, is_found in ((0.29, False), (0.31, True)):
        networks = FakeHandNetworks([left_hand(20, palm_score=score)])
        assert bool(follow(HandFollower(0.5), networks)[0][0]) is is_found
    networks = FakeHandNetworks([left_hand(20, palm_score=0.2)])
    assert follow(HandFollower(0.2), networks)[0][0], "as configured"


def test_the_palm_of_a_hand_that_was_found_is_not_tried_again():
    networks = FakeHandNetworks([left_hand(-20, reach=8), left_hand(0)])
    _, n_landmarks, n_palms = follow(HandFollower(0.5), networks)
    assert n_palms == 1, "for the right hand"
    # Two forearms, and the palm that is new.
    assert n_landmarks == 3
    distance = KNOWN_HAND * networks.hands[0].region.side
    assert np.linalg.norm(networks.hands[0].centre - networks.hands[1].centre) > distance


def test_two_searches_that_find_the_same_palm_try_it_once():
    hand = left_hand(-24, 20, palm_score=0.9)
    networks = FakeHandNetworks([hand])
    _, n_landmarks, n_palms = follow(HandFollower(0.5), networks)
    assert (n_landmarks, n_palms) == (2 + 1, 2)


def palm_searches(steps, movement):
    """Palm searches in each frame, 50 frames per second, after the left hand was lost in the second
    one; its wrist moves by `movement` face sizes per frame."""
    follower, networks = HandFollower(0.5), FakeHandNetworks([left_hand(), right_hand()])
    counts = []
    for step in steps:
        place = (LEFT[0], LEFT[1] + movement * SIZE * step)
        body = fake_body(200, 60, left_wrist=place)
        counts.append(follow(follower, networks, 0.02 * step, bodies={0: body})[2])
        networks.hands = [right_hand()]
    return counts


def test_palms_are_searched_when_a_hand_is_lost_and_then_at_fixed_times():
    steps = np.arange(1, 41)
    # The left hand was there in the first frame.
    is_recent = 0.02 * steps - 0.02 < RECENTLY_S
    is_fixed_time = steps % round(1 / 0.02 / SEARCHES_PER_S) == 0
    expected = [0, *(is_recent | is_fixed_time)[1:].astype(int)]
    assert palm_searches(steps, PALM_REACH + 0.01) == expected


def test_palms_that_are_not_found_are_searched_less_often_while_the_wrist_rests():
    steps = np.arange(1, 61)
    is_fixed_time = steps % round(1 / 0.02 / PALM_SEARCHES_PER_S) == 0
    expected = [0, 1, *is_fixed_time[2:].astype(int)]
    assert palm_searches(steps, 0.0) == expected


def test_the_times_of_searches_do_not_depend_on_the_start():
    times = np.arange(30) * 0.04
    searched = []
    for start in (0, 3, 7):
        follower, networks = HandFollower(0.5), FakeHandNetworks()
        counts = [follow(follower, networks, float(time_s))[1:] for time_s in times[start:]]
        is_search = np.array(counts).any(axis=1)
        searched.append(times[start:][is_search][-4:].tolist())
    assert searched[0] == searched[1] == searched[2]


# Hands that are not there ------------------------------------------------------------------------


def n_searches(hand, wrist_path=(LEFT,) * 10):
    """How often a left hand is looked for at its forearm while its wrist moves on a path."""
    follower, networks = HandFollower(0.5), FakeHandNetworks([right_hand(), hand])
    n_landmarks = []
    for number, wrist in enumerate(wrist_path):
        body = fake_body(200, 60, left_wrist=wrist)
        time_s = 10 + number * 0.4 / SEARCHES_PER_S / len(wrist_path)
        n_landmarks.append(follow(follower, networks, time_s, bodies={0: body})[1])
    # One run is for the right hand.
    return int(np.sum(np.array(n_landmarks) - 1))


def test_a_hand_of_which_there_is_no_trace_is_looked_for_at_fixed_times_only():
    assert n_searches(left_hand(presence=0.005, palm_score=0)) == 1
    assert n_searches(left_hand(presence=0.05, palm_score=0)) == 10, "a trace of a hand"


def test_an_absent_hand_is_looked_for_when_its_wrist_moves():
    hand = left_hand(presence=0.005, far_presence=0.005, palm_score=0)
    # Half a face size of 20 pixels is 10 pixels.
    assert n_searches(hand, [(LEFT[0], LEFT[1] + 4 * step) for step in range(10)]) == 4
    assert n_searches(hand, [(LEFT[0], LEFT[1] + step) for step in range(10)]) == 1


def test_an_absent_hand_that_appears_is_found_at_the_next_fixed_time():
    follower, networks = HandFollower(0.5), FakeHandNetworks()
    interval = 1 / SEARCHES_PER_S

    def found(time, hands):
        networks.hands = hands
        return set(follow(follower, networks, time * interval)[0][0])

    assert found(0, []) == set()
    assert found(0.95, [left_hand()]) == set()
    assert found(1, [left_hand()]) == {"left_hand"}
    # A hand that was there recently is absent only some time later.
    recent = RECENTLY_S / interval
    assert found(1.1, []) == set()
    assert found(2.1 + recent, []) == set()
    assert found(2.9 + recent, [left_hand()]) == set()


# Fast movement -----------------------------------------------------------------------------------


def test_a_hand_is_looked_for_at_its_forearm_after_a_fast_movement():
    for moved, is_carried in ((6, True), (10, False)):
        follower, networks = HandFollower(0.5), FakeHandNetworks([left_hand()])
        follow(follower, networks)
        region = networks.hands[0].region
        body = fake_body(200, 60, left_wrist=(LEFT[0] + moved, LEFT[1]))
        # Too far from the forearm for one run there.
        networks.hands = [left_hand(moved + (0 if is_carried else 8))]
        hands, *_ = follow(follower, networks, 0.01, bodies={0: body})
        assert set(hands[0]) == {"left_hand"}
        (first, *_), *others = networks.requests
        if is_carried:
            assert first.region.centre == pytest.approx(region.centre, abs=HALF_STEP)
            assert others == []
        else:
            assert first.region.side == FOREARM_SIDE * SIZE
            assert others[0][0].region.centre == pytest.approx(
                networks.hands[0].centre, abs=HALF_STEP
            )
    assert 6 < FAST_WRIST * region.side < 10


# Hands that meet ---------------------------------------------------------------------------------


def test_a_hand_that_drifts_onto_the_other_is_looked_for_again():
    follower, networks = HandFollower(0.5), FakeHandNetworks([left_hand(-14), right_hand(14)])
    follow(follower, networks)
    # In the next frame both regions contain the right hand only; the left hand is at its forearm.
    hidden = left_hand(0, reach=9)
    networks.hands = [right_hand(26, reach=25, presence=0.95, far_presence=0.95), hidden]
    hands, n_landmarks, _ = follow(follower, networks, 0.04)
    assert n_landmarks > 2
    keypoints = [hand.keypoints for hand in networks.hands]
    assert hands[0] == {"right_hand": keypoints[0], "left_hand": keypoints[1]}


def test_one_hand_in_the_regions_of_two_belongs_to_one_wrist():
    follower, networks = HandFollower(0.5), FakeHandNetworks([left_hand(-14), right_hand(14)])
    follow(follower, networks)
    networks.hands = [left_hand(-18, reach=30, palm_score=0)]
    for step in (1, 2, 3):
        hands, *_ = follow(follower, networks, 0.04 * step)
        assert hands == {0: {"left_hand": networks.hands[0].keypoints}}


def test_a_hand_that_is_found_for_the_other_wrist_is_followed_there():
    crossed = fake_body(200, 60, left_wrist=(180.0, 132.0), right_wrist=(220.0, 132.0))
    left, right = fake_hand(180, 132, True), fake_hand(220, 132, False)
    networks = FakeHandNetworks([FakeHand(left), FakeHand(right)])
    follower = HandFollower(0.5)
    for step in range(2):
        hands, *_ = follow(follower, networks, 0.04 * step, bodies={0: crossed})
        assert hands == {0: {"left_hand": left, "right_hand": right}}


def test_a_hand_between_two_people_is_assigned_to_the_nearest_only():
    bodies = {0: fake_body(150, 60), 3: fake_body(210, 60)}
    # The left wrist of person 0 is at 174, the right wrist of person 3 at 186.
    hand = FakeHand(fake_hand(176, 132, True))
    networks, follower = FakeHandNetworks([hand]), HandFollower(0.5)
    for step in range(3):
        hands, *_ = follow(follower, networks, 0.04 * step, bodies=bodies)
        assert hands == {0: {"left_hand": hand.keypoints}, 3: {}}


def test_hands_do_not_depend_on_the_order_of_people():
    bodies = {0: fake_body(150, 60), 3: fake_body(210, 60)}
    networks = FakeHandNetworks([FakeHand(fake_hand(180, 132, True, score=0.0))])
    results = []
    for order in (bodies, dict(reversed(bodies.items()))):
        results.append(follow(HandFollower(0.5), networks, bodies=order)[0])
    assert [set(results[0][track]) for track in bodies] == [
        set(results[1][track]) for track in bodies
    ]


def test_the_more_certain_of_two_findings_of_a_hand_is_kept():
    follower, networks = HandFollower(0.5), FakeHandNetworks()
    worse, better = left_hand(0, presence=0.6), left_hand(1, presence=0.8)
    networks.hands = [replace(worse, reach=30), better]
    hands, *_ = follow(follower, networks)
    assert len(hands[0]) == 1


def test_hands_that_lie_on_one_another_have_regions_of_their_own():
    known = Region(np.zeros(2), 40.0, 0.0)
    same = Region(np.array([5.0, 0.0]), 40.0, 0.3)
    turned = Region(np.array([5.0, 0.0]), 40.0, -np.pi + 0.1)
    assert unknown_regions([same, turned], [known]) == [turned]
    assert unknown_regions([turned, turned], []) == [turned]
    far = Region(np.array([1.01 * KNOWN_HAND * 40, 0.0]), 40.0, 0.0)
    assert unknown_regions([far], [known]) == [far]
