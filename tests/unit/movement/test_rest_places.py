"""Which stays of a hand are rests, and how little one stay changes about the others."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.movement.movement_runs import Run
from corpus.movement.phases import classify_runs
from corpus.movement.rest_places import rest_balance, rest_share, stay_balance
from movement_settings import SETTINGS

TABLE, CHEST, HIP = (0.4, -0.9), (0.0, -0.3), (-0.6, -1.7)
"""Positions in shoulder widths; the hip is below `rest_height`."""

Stay = tuple[float, tuple[float, float]]
"""Duration in seconds and mean position of a still hand."""


def run_at(start_s: float, duration_s: float, position: tuple, is_moving: bool) -> Run:
    """A run whose positions are all the same."""
    place = np.array(position, float)
    return Run(
        is_moving=is_moving,
        first_frame=round(start_s * 25),
        last_frame=round((start_s + duration_s) * 25) - 1,
        start_s=start_s,
        end_s=start_s + duration_s,
        peak_speed=3.0 if is_moving else 0.1,
        peak_phase_speed=3.0 if is_moving else 0.1,
        peak_extrapolated=False,
        path_length=0.0,
        world_path_length=0.0,
        low=place,
        high=place,
        position_integral=place * duration_s,
    )


def phases_of(stays: list[Stay]) -> list[str]:
    """Phases of the stays of a hand that moves for half a second between them."""
    runs, time = [], 0.0
    for duration_s, position in stays:
        runs += [run_at(time, duration_s, position, False)]
        runs += [run_at(time + duration_s, 0.5, position, True)]
        time += duration_s + 0.5
    names = [phase.name for phase in classify_runs([runs], SETTINGS)]
    return [name for name in names if name != "movement"]


def balance_of(stays: list[Stay]) -> np.ndarray:
    """The balance of each stay."""
    durations, positions = zip(*stays, strict=True)
    return rest_balance(np.array(durations), np.array(positions), SETTINGS)


def test_one_longer_hold_does_not_change_the_others():
    def gestures(last_s: float) -> list[Stay]:
        holds = [(1.0, CHEST)] * 5 + [(last_s, CHEST)]
        return [stay for hold in holds for stay in ((4.0, HIP), hold)] + [(4.0, HIP)]

    assert phases_of(gestures(2.5)) == ["rest", "hold"] * 6 + ["rest"]
    for last_s in (3.3, 4.5, 5.0):
        assert phases_of(gestures(last_s)) == ["rest", "hold"] * 5 + ["rest"] * 3


def test_a_hand_that_rests_on_the_table_for_long_also_rests_there_briefly():
    brief = [stay for _ in range(5) for stay in ((0.8, CHEST), (1.0, TABLE))]
    one_long_rest = [(60.0, TABLE), *brief]
    assert phases_of(one_long_rest) == ["rest"] + ["hold", "rest"] * 5
    several_rests = [(5.0, TABLE), *brief[:4], (4.5, TABLE), *brief[4:], (8.0, TABLE)]
    assert phases_of(several_rests) == (
        ["rest"] + ["hold", "rest"] * 2 + ["rest"] + ["hold", "rest"] * 3 + ["rest"]
    )


def test_a_place_that_is_often_visited_briefly_is_a_place_of_holds():
    assert phases_of([(1.0, CHEST)] * 30) == ["hold"] * 30
    # One very long stay at the same place outweighs holds that are shorter in total, and no more.
    assert phases_of([(20.0, CHEST)] + [(1.0, CHEST)] * 15) == ["rest"] * 16
    assert phases_of([(20.0, CHEST)] + [(1.0, CHEST)] * 25) == ["rest"] + ["hold"] * 25


def test_a_short_shot_has_only_the_rules_for_single_stays():
    assert phases_of([(1.0, CHEST)]) == ["hold"]
    assert phases_of([(1.0, CHEST), (2.9, TABLE), (1.0, HIP)]) == ["hold", "hold", "rest"]
    assert phases_of([(1.0, CHEST), (3.1, TABLE), (1.0, HIP)]) == ["hold", "rest", "rest"]


def test_two_rest_places_are_judged_separately():
    stays = [(20.0, TABLE), (1.0, CHEST), (20.0, (-0.9, -0.9)), (1.0, TABLE), (1.0, (-0.9, -0.9))]
    assert phases_of(stays) == ["rest", "hold", "rest", "rest", "rest"]


def test_longer_stays_count_more_and_more_as_rests():
    limit = SETTINGS.max_hold_s
    assert rest_share(limit * np.array([0.1, 1, 1.5, 2, 9]), limit).tolist() == [0, 0, 0.5, 1, 1]
    assert stay_balance(limit * np.array([1, 1.5, 2]), limit).tolist() == [-limit, 0, 2 * limit]


durations = st.floats(0.1, 40.0)
positions = st.tuples(st.floats(-1.0, 1.0), st.floats(-1.1, 0.6))
many_stays = st.lists(st.tuples(durations, positions), min_size=2, max_size=12)
TOLERANCE = 1e-9
"""Rounding of sums of some hundred seconds."""


def others_change_only_within(
    before: list[Stay], after: list[Stay], index: int, bound_s: float
) -> None:
    """Check that a change of one stay by at most `bound_s` changes others only if they are close.

    `index` is the position of the stay that changes; all other stays are the same.
    """
    phases_before, phases_after = phases_of(before), phases_of(after)
    for other, balance in enumerate(balance_of(before)):
        if other != index and abs(balance) > bound_s + TOLERANCE:
            assert phases_after[other] == phases_before[other]


@given(many_stays, st.data(), durations)
def test_the_duration_of_one_stay_changes_others_only_near_a_tie(stays, data, duration_s):
    index = data.draw(st.integers(0, len(stays) - 1))
    changed = [*stays]
    changed[index] = (duration_s, stays[index][1])
    old, new = stay_balance(np.array([stays[index][0], duration_s]), SETTINGS.max_hold_s)
    others_change_only_within(stays, changed, index, abs(new - old))


@given(many_stays, st.data(), st.floats(0, 0.3), st.floats(0, 6.3))
def test_the_position_of_one_stay_changes_others_only_near_a_tie(stays, data, step, angle):
    index = data.draw(st.integers(0, len(stays) - 1))
    duration_s, (x, y) = stays[index]
    changed = [*stays]
    changed[index] = (duration_s, (x + step * np.cos(angle), y + step * np.sin(angle)))
    [balance] = stay_balance(np.array([duration_s]), SETTINGS.max_hold_s)
    others_change_only_within(stays, changed, index, abs(balance) * step / SETTINGS.rest_radius)


@given(many_stays, durations, positions)
def test_one_more_visit_changes_others_only_near_a_tie(stays, duration_s, position):
    [balance] = stay_balance(np.array([duration_s]), SETTINGS.max_hold_s)
    more = [*stays, (duration_s, position)]
    others_change_only_within(stays, more, len(stays), abs(balance))
    others_change_only_within(more, stays, len(stays), abs(balance))


@given(many_stays, st.floats(0.1, 1.5), positions)
def test_one_stay_below_the_limit_never_turns_holds_into_rests(stays, share, position):
    before = phases_of(stays)
    after = phases_of([*stays, (share * SETTINGS.max_hold_s, position)])
    assert not any(old == "hold" and new == "rest" for old, new in zip(before, after, strict=False))


@given(many_stays, durations)
def test_distant_stays_have_no_influence(stays, duration_s):
    more = [*stays, (duration_s, (3.0, 0.0))]
    assert phases_of(more)[:-1] == phases_of(stays)


@given(many_stays)
def test_the_order_of_stays_does_not_matter(stays):
    balance, reverse = balance_of(stays), balance_of(stays[::-1])[::-1]
    assert balance == pytest.approx(reverse, abs=TOLERANCE)


def test_a_trajectory_knows_whether_rests_are_seen_around_it():
    runs = [
        run_at(0, 0.5, HIP, True),
        run_at(0.5, 4, HIP, False),
        run_at(4.5, 0.5, HIP, True),
        run_at(5, 0.5, CHEST, False),
        run_at(5.5, 0.5, HIP, True),
        run_at(6, 4, HIP, False),
        run_at(10, 1, HIP, True),
    ]
    phases = classify_runs([runs], SETTINGS)
    seen = [(phase.gesture, phase.after_rest, phase.before_rest) for phase in phases]
    assert seen == [
        (0, False, True),
        (None, False, False),
        (1, True, False),
        (1, False, False),
        (1, False, True),
        (None, False, False),
        (2, True, False),
    ]
