"""Counts of right and wrong warnings, with values worked out by hand."""

import numpy as np
import pandas as pd
import pytest

from corpus.identity.evidence import Evidence
from warning_measures import (
    RULES,
    Count,
    cut_off_ends,
    displaced,
    jumps,
    merged_by_name,
    mixed_people,
    same_people,
    tracks_of_mixed,
    twice_at_once,
    with_a_wrong_track,
    with_merged_people,
    wrong_tracks,
)


def tracks(*rows: tuple) -> pd.DataFrame:
    """Rows of person, true person, start, probability, other person and its probability."""
    columns = ["person", "true", "start_s", "probability", "other_person", "other_probability"]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(video_id="v", end_s=table["start_s"] + 1, faces=5, kind="person")


def two_people() -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Three tracks of each of two people, four embeddings of each track, and their tracks."""
    random = np.random.default_rng(1)
    centres = np.repeat(random.normal(0, 1, (2, 128)) / np.sqrt(128), [3, 3], axis=0)
    vectors = np.repeat(centres, 4, axis=0) + random.normal(0, 0.02, (24, 128))
    rows = tracks(*[(f"p{n // 3}", "AB"[n // 3], n, 1, None, 0) for n in range(6)])
    return rows, vectors, np.repeat(np.arange(6), 4)


SPLIT = tracks(
    ("p1", "A", 0, 0.9, "p2", 0.8), ("p1", "A", 2, 0.9, "p3", 0.7), ("p2", "A", 4, 1.0, None, 0.0),
    ("p3", "B", 6, 1.0, None, 0.0), ("p4", "B", 8, 1.0, None, 0.0),
)  # fmt: skip
"""A is p1 and p2, B is p3 and p4; p1 seems to be p2, which is right, and p3, which is wrong."""


def test_pairs_are_right_if_both_are_one_and_errors_if_nothing_says_so():
    assert same_people(SPLIT) == Count(warnings=2, right=1, errors=2, warned=1)


def test_a_person_twice_at_once_is_right_if_the_tracks_show_two_people():
    rows = tracks(
        ("p1", "A", 0, 1, None, 0), ("p1", "B", 0.5, 1, None, 0), ("p2", "C", 0, 1, None, 0),
        ("p2", "C", 0.5, 1, None, 0), ("p3", "D", 5, 1, None, 0), ("p3", "E", 7, 1, None, 0),
    )  # fmt: skip
    assert twice_at_once(rows) == Count(warnings=2, right=1, errors=2, warned=1)


def test_merged_people_are_warned_of_only_if_they_share_frames():
    rows = tracks(
        ("p1", "A", 0, 1, None, 0), ("p2", "B", 0.5, 1, None, 0), ("p3", "C", 9, 1, None, 0)
    )
    assert merged_by_name(rows) == Count(warnings=1, right=1, errors=3, warned=1)


def test_a_mixed_person_is_right_if_the_tracks_show_several_people():
    rows = tracks(
        *[(p, true, start, low, None, 0) for p, true in (("p1", "A"), ("p2", "C"))
          for start, low in ((0, 0.2), (2, 0.3), (4, 1))],
        ("p1", "B", 6, 0.1, None, 0), ("p3", "D", 0, 1, None, 0), ("p3", "E", 2, 1, None, 0),
    )  # fmt: skip
    assert mixed_people(rows) == Count(warnings=2, right=1, errors=2, warned=1)


def test_wrong_tracks_are_warned_of_with_their_person():
    rows = tracks(
        *[("p1", true, start, low, None, 0) for true, start, low in
          (("A", 0, 1), ("A", 2, 1), ("B", 4, 0.1), ("C", 6, 0.2))],
        ("p2", "D", 0, 1, None, 0), ("p2", "D", 2, 1, None, 0), ("p2", "E", 4, 0.1, None, 0),
    )  # fmt: skip
    assert tracks_of_mixed(rows) == Count(warnings=1, right=1, errors=3, warned=2)


def test_a_person_with_the_tracks_of_the_most_similar_one_is_warned_of():
    rows, vectors, owners = two_people()
    evidence = Evidence.of_embedder("dlib")
    merged = sum(with_merged_people(rows, vectors, owners, evidence), Count())
    assert merged == Count(warnings=2, right=2, errors=2, warned=2)
    one_person = rows.assign(true="A")
    assert list(with_merged_people(one_person, vectors, owners, evidence)) == []


def test_each_rule_warns_of_other_tracks():
    rows = tracks(
        ("p1", "A", 0, 0.9, "p2", 0.1), ("p1", "A", 0, 0.4, "p2", 0.1),
        ("p1", "B", 0, 0.3, "p2", 0.45), ("p1", "B", 0, 0.1, "p2", 0.9),
        ("p1", "A", 0, 0.9, "p2", 0.1), ("p2", "B", 0, 0.1, "p1", 0.9),
    )  # fmt: skip
    assert [wrong_tracks(rows, rule) for rule in RULES.values()] == [
        Count(3, 2, 2, 2), Count(2, 2, 2, 2), Count(1, 1, 2, 1),
    ]  # fmt: skip


def test_only_new_warnings_and_errors_count_if_an_error_was_put_in():
    before = tracks(
        ("p1", "A", 0, 0.1, "p2", 0.9), ("p1", "B", 2, 0.1, "p2", 0.9), ("p1", "A", 4, 1, None, 0),
        ("p1", "A", 4, 1, None, 0), ("p2", "B", 6, 1, None, 0), ("p2", "B", 8, 1, None, 0),
        ("p2", "B", 9, 1, None, 0),
    )  # fmt: skip
    after = before.copy()
    columns = ["person", "probability", "other_person", "other_probability"]
    after.loc[3, columns] = ["p2", 0.1, "p1", 0.9]
    rule = RULES["another person is likely"]
    assert wrong_tracks(before, rule) == Count(2, 1, 1, 1)
    assert wrong_tracks(after, rule) == Count(3, 2, 2, 2)
    assert wrong_tracks(after, rule, before) == Count(1, 1, 1, 1)


def test_a_track_that_is_put_in_the_wrong_person_rather_shows_another():
    rows, vectors, owners = two_people()
    evidence = Evidence.of_embedder("dlib")
    copies = list(with_a_wrong_track(rows, vectors, owners, evidence))
    assert [int((copy["person"] != rows["person"]).sum()) for copy in copies] == [1] * 6
    rule = RULES["another person is more probable"]
    assert sum((wrong_tracks(copy, rule) for copy in copies), Count()) == Count(6, 6, 6, 6)


def test_an_end_that_is_not_seen_is_right_if_the_mark_says_that_the_hand_is_out():
    mark = {"right_start_s": 1.0, "right_end_s": 2.0, "right_start": "out", "right_end": "seen"}
    mark |= {"left_start_s": np.nan, "left_end_s": np.nan, "left_start": None, "left_end": None}
    gestures = pd.DataFrame(
        {"hand": ["right", "right", "left"], "start_s": [0.9, 3, 1], "end_s": [1.9, 4, 2]}
    ).assign(start_seen=False, end_seen=False)
    assert cut_off_ends(gestures, pd.DataFrame([mark])) == Count(2, 1, 1, 1)


def test_a_displaced_skeleton_moves_by_shoulder_widths():
    names = ["left_shoulder", "right_shoulder", "nose"]
    keypoints = pd.DataFrame(
        {"frame": [0] * 3 + [1] * 3, "time_s": [0.0] * 3 + [1.0] * 3, "keypoint": names * 2}
    ).assign(track=0, part="pose", x=[100.0, 60, 80] * 2)
    assert displaced(keypoints, 0.5, 2)["x"].tolist() == [100, 60, 80, 180, 140, 160]


@pytest.mark.parametrize(("at_s", "expected"), [(1.5, Count(1, 1, 1, 1)), (3.5, Count(1, 0, 1, 0))])
def test_a_jump_is_right_in_the_gesture_during_which_the_skeleton_moves(at_s, expected):
    gestures = pd.DataFrame({"gesture": [0, 1], "start_s": [1, 3], "end_s": [2, 4]})
    measures = pd.DataFrame({"gesture": [0, 1], "jump": [True, False]})
    assert jumps(gestures, measures, at_s) == expected
