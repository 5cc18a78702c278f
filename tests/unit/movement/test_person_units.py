"""Gesture units of people, from gestures of single hands with known times."""

import numpy as np
import pandas as pd
import pytest

from corpus.movement.hand_use import hand_use, laterality
from corpus.movement.person_units import merge_hands, number_units

COLUMNS = "person track hand shot start_s end_s peak_speed path_length".split()


def gestures_of(*rows):
    """Return rows of the table gestures, numbered in the given order."""
    table = pd.DataFrame(rows, columns=COLUMNS)
    unknown = dict.fromkeys(["other_gesture", "lag_s", "symmetry", "parallel", "trunk_movement"])
    unknown["jump"] = False
    return table.assign(gesture=range(len(table)), start_seen=True, end_seen=True, **unknown)


def gesture(start_s, end_s, hand, person="p0001", track=0, shot=0, peak=2.0):
    return (person, track, hand, shot, start_s, end_s, peak, 1.0)


def units_of(*rows, ignored_tracks=()):
    gestures = gestures_of(*rows)
    return merge_hands(gestures.assign(unit=number_units(gestures, ignored_tracks)))


def test_a_two_handed_gesture_is_one_unit_and_others_stay_apart():
    units = units_of(
        gesture(0.0, 2.0, "left"),
        gesture(0.5, 3.0, "right", peak=4.0),
        gesture(2.8, 4.0, "left"),
        gesture(6.0, 7.0, "right"),
    )
    assert units["hand"].tolist() == ["both", "left", "right"]
    assert units["unit"].tolist() == [0, 1, 2]
    assert units["start_s"].tolist() == [0.0, 2.8, 6.0]
    assert units["end_s"].tolist() == [3.0, 4.0, 7.0]
    both = units.iloc[0]
    assert (both["left_s"], both["right_s"], both["overlap_s"]) == (2.0, 2.5, 1.5)
    assert (both["n_left"], both["n_right"], both["peak_speed"]) == (1, 1, 4.0)
    assert both["path_length"] == 2.0
    assert units["overlap_s"].tolist()[1:] == [0.0, 0.0]


def test_a_unit_has_the_ends_and_the_pair_of_its_gestures():
    gestures = gestures_of(
        gesture(0.0, 2.0, "left"),
        gesture(0.5, 3.0, "right"),
        gesture(1.9, 5.0, "left"),
    )
    gestures["unit"] = 0
    gestures["start_seen"], gestures["end_seen"] = [True, False, False], [False, False, True]
    gestures["other_gesture"], gestures["overlap_s"] = [1, 0, 1], [1.5, 1.5, 1.1]
    gestures["lag_s"], gestures["symmetry"] = [0.1, -0.1, 0.3], [0.9, 0.9, -0.2]
    [unit] = merge_hands(gestures).to_dict("records")
    assert (unit["start_seen"], unit["end_seen"]) == (True, True)
    assert (unit["lag_s"], unit["symmetry"], unit["parallel"]) == (0.1, 0.9, None)


@pytest.mark.parametrize(
    ("trunk", "jumps", "peaks", "expected"),
    [
        ((True, True), (False, False), (2.0, 3.0), (True, False, 3.0)),
        ((True, False), (False, True), (2.0, None), (False, True, None)),
        ((True, None), (True, True), (None, None), (None, True, None)),
        ((None, False), (False, False), (3.0, 2.0), (False, False, 3.0)),
    ],
)
def test_a_unit_has_the_quality_of_its_gestures(trunk, jumps, peaks, expected):
    gestures = gestures_of(gesture(0.0, 2.0, "left"), gesture(0.0, 2.0, "right"))
    gestures = gestures.assign(unit=0, jump=jumps, peak_speed=peaks)
    gestures["trunk_movement"] = pd.Series(trunk, dtype=object)
    [unit] = merge_hands(gestures).to_dict("records")
    found = [unit[name] for name in ("trunk_movement", "jump", "peak_speed")]
    assert [None if pd.isna(value) else value for value in found] == list(expected)


def test_a_long_gesture_of_one_hand_holds_several_of_the_other():
    rows = [gesture(0.0, 10.0, "left"), *(gesture(t, t + 1, "right") for t in (1.0, 4.0, 7.0))]
    units = units_of(*rows)
    assert units[["hand", "n_left", "n_right"]].values.tolist() == [["both", 1, 3]]
    assert units["overlap_s"].tolist() == [3.0]


def test_hands_of_different_people_shots_and_bodies_are_not_joined():
    units = units_of(
        gesture(0.0, 2.0, "left"),
        gesture(0.0, 2.0, "right", person="p0002", track=1),
        gesture(0.0, 2.0, "right", person=None, track=-1),
        gesture(0.0, 2.0, "left", person=None, track=-2),
        gesture(0.0, 2.0, "right", shot=1),
    )
    assert len(units) == 5 and "both" not in units["hand"].tolist()


def test_a_gesture_seen_in_two_tracks_of_a_person_is_one_unit():
    units = units_of(gesture(0.0, 2.0, "left"), gesture(0.1, 2.1, "left", track=3))
    assert len(units) == 1
    assert units.loc[0, "left_s"] == pytest.approx(2.1) and units.loc[0, "track"] == 0


@pytest.mark.parametrize(
    ("change", "n_units"),
    [
        ({}, 1),
        ({"start_s": [0.0, 1.9], "end_s": [2.0, 3.9]}, 1),
        ({"end_seen": [True, False]}, 2),
        ({"start_seen": [False, True]}, 2),
        ({"hand": ["left", "right"]}, 2),
        ({"track": [0, 0]}, 2),
        ({"person": ["p0001", "p0002"]}, 2),
        ({"shot": [0, 1]}, 2),
        ({"start_s": [0.0, 2.3]}, 2),
        ({"person": [None, None]}, 2),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else str(value),
)
def test_a_gesture_that_continues_in_a_new_track_is_one_unit(change, n_units):
    parts = gestures_of(gesture(0.0, 2.0, "left"), gesture(2.1, 4.0, "left", track=1, peak=3.0))
    parts["start_seen"], parts["end_seen"] = [True, False], [False, True]
    parts = parts.assign(**change)
    units = merge_hands(parts.assign(unit=number_units(parts, ())))
    assert len(units) == n_units
    if n_units == 1:
        [unit] = units.to_dict("records")
        assert (unit["start_s"], unit["end_s"], unit["track"]) == (0.0, parts["end_s"][1], 0)
        assert (unit["start_seen"], unit["end_seen"]) == (True, True)
        assert (unit["left_s"], unit["n_left"], unit["hand"]) == (3.9, 2, "left")


def test_copies_have_no_unit():
    gestures = gestures_of(gesture(0.0, 2.0, "left"), gesture(0.0, 2.0, "left", track=3))
    numbers = number_units(gestures, {3})
    assert numbers.fillna(-1).tolist() == [0, -1]
    assert len(merge_hands(gestures.assign(unit=numbers))) == 1


def test_units_do_not_depend_on_the_order_of_the_rows():
    random = np.random.default_rng(1)
    starts = random.uniform(0, 60, 40)
    rows = [
        gesture(start, start + random.uniform(0.3, 4), ["left", "right"][i % 2], track=i % 3)
        for i, start in enumerate(starts)
    ]
    gestures = gestures_of(*rows)
    numbers = number_units(gestures, ())
    shuffled = gestures.sample(frac=1, random_state=2)
    assert number_units(shuffled, ()).sort_index().tolist() == numbers.tolist()
    assert 1 < numbers.nunique() < len(rows)


def test_no_gestures_give_no_units():
    assert len(units_of()) == 0


def phases_of(*rows):
    columns = ["track", "hand", "phase", "start_s", "end_s"]
    return pd.DataFrame(rows, columns=columns)


PHASES = phases_of(
    (0, "left", "rest", 0.0, 6.0),
    (0, "left", "movement", 6.0, 8.0),
    (0, "right", "movement", 4.0, 10.0),
    (0, "right", "hold", 10.0, 14.0),
    (1, "right", "rest", 12.0, 20.0),
    (7, "right", "rest", 0.0, 50.0),
)
TRACKS = pd.DataFrame(
    {
        "track": [0, 1, 2],
        "person": ["p0001", "p0001", "p0002"],
        "start_s": [0.0, 12.0, 0.0],
        "end_s": [14.0, 20.0, 5.0],
    }
)


def test_hand_use_counts_seconds_units_and_rates_once():
    units = units_of(
        gesture(6.0, 8.0, "left"), gesture(4.0, 14.0, "right"), gesture(15.0, 16.0, "right")
    )
    use = hand_use(PHASES, units, TRACKS)
    assert use["person"].tolist() == ["p0001", "p0002"]
    one = use.iloc[0]
    assert one["screen_s"] == 20.0, "the tracks overlap by 2 s"
    seconds = ["left_visible_s", "right_visible_s", "visible_s", "both_visible_s"]
    assert one[seconds].tolist() == [8.0, 16.0, 20.0, 4.0]
    movement = ["left_movement_s", "right_movement_s", "movement_s"]
    assert one[movement].tolist() == [2.0, 6.0, 6.0]
    assert one["movement_share"] == pytest.approx(0.3)
    assert one[["n_left", "n_right", "n_both", "n_units"]].tolist() == [0, 1, 1, 2]
    assert one["units_per_minute"] == pytest.approx(6.0)
    assert one["two_handed_share"] == 0.5
    assert one["handedness"] == pytest.approx(1 / 3)
    # While both hands are seen (4 to 8 s), the right one moves for 4 s and the left one for 2 s.
    assert one["movement_handedness"] == pytest.approx(1 / 3)


def test_without_hands_in_view_there_are_no_rates():
    other = hand_use(PHASES, units_of(), TRACKS).iloc[1]
    assert other["screen_s"] == 5.0 and other["visible_s"] == 0.0 and other["n_units"] == 0
    unknown = ["units_per_minute", "two_handed_share", "handedness", "movement_share"]
    assert other[[*unknown, "movement_handedness"]].isna().all()


@pytest.mark.parametrize(
    ("right", "left", "value"), [(3, 0, 1.0), (0, 3, -1.0), (2, 2, 0.0), (3, 1, 0.5), (0, 0, None)]
)
def test_laterality(right, left, value):
    assert laterality(right, left) == value
