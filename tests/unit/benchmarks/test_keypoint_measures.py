"""Measures of the benchmark keypoint_accuracy.py on keypoints that are placed exactly."""

import numpy as np
import pandas as pd
import pytest

import keypoint_measures as measures
from placed_bodies import SKELETON, TORSO, body, person, rows


def test_each_body_is_matched_to_one_person() -> None:
    people = [person(), person(8)]
    assert measures.match_people([body(7), body(1)], people) == {0: 1, 1: 0}
    assert measures.match_people([body(4)], people) in ({0: 0}, {1: 0})
    assert measures.match_people([body(300)], people) == {}


def test_similarity_falls_with_the_distance() -> None:
    assert measures.similarity(body(), person()) == 1
    values = [measures.similarity(body(dx), person()) for dx in (0, 5, 10, 20)]
    assert values == sorted(values, reverse=True)


def test_errors_are_torso_lengths_and_people_not_found_have_no_correct_joint() -> None:
    score = measures.score_people([body(0.1 * TORSO), body(500)], [person(), person(200)])
    assert score.errors == pytest.approx([0.1] * len(SKELETON))
    assert (score.people, score.found, score.others) == (2, 1, 1)
    assert (score.joints, score.correct) == (2 * len(SKELETON), len(SKELETON))


def test_a_still_film_counts_the_share_of_its_frames() -> None:
    score = measures.mean_score({0: [body()], 2: [body(), body(400)]}, 4, [person()])
    assert (score.found, score.others) == (0.5, 0.25)
    assert score.correct == len(SKELETON) / 2


def test_the_signer_is_recognised_beside_others() -> None:
    table = pd.concat([rows(0, 3, body(400)), rows(0, 5, body(2)), rows(1, 3, body(400))])
    reference = {0: [body()], 1: [body()]}
    assert measures.frames_with_body(measures.poses(table), reference) == {0}
    own = measures.rows_of_person(table, reference)
    assert own["track"].unique().tolist() == [5] and own["frame"].unique().tolist() == [0]


def test_hands_are_counted_once() -> None:
    hand = np.zeros((21, 2))
    table = pd.concat(
        [rows(0, 0, body()), rows(0, 0, hand, "left_hand"), rows(1, 0, hand, "right_hand")]
    )
    assert measures.count_hands(table) == 2


def test_jitter_of_steady_movement_is_zero_and_gaps_are_left_out() -> None:
    frames = (0, 1, 2, 4, 5, 6)
    steady = pd.concat([rows(frame, 0, body(3 * frame)) for frame in frames])
    names = ("left_wrist",)
    jitter = measures.second_differences(measures.paths(steady, ("pose",), names))
    assert jitter.tolist() == pytest.approx([0, 0])
    shaken = pd.concat([rows(frame, 0, body(dy=frame == 1)) for frame in (0, 1, 2)])
    jitter = measures.second_differences(measures.paths(shaken, ("pose",), names))
    assert jitter.tolist() == pytest.approx([2])
    assert measures.second_differences(measures.paths(shaken, ("left_hand",))).empty


def test_hidden_keypoints_have_no_path() -> None:
    table = pd.concat([rows(frame, 0, body()) for frame in range(3)]).assign(visibility=0.2)
    assert measures.paths(table, ("pose",)).empty


def test_versions_are_compared_where_all_have_a_value() -> None:
    a, b = pd.Series({1: 1.0, 2: 5.0}), pd.Series({2: 3.0, 3: 1.0})
    assert [one.to_dict() for one in measures.common([a, b])] == [{2: 5.0}, {2: 3.0}]
