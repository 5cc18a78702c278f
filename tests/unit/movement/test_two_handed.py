"""Pairs, symmetry and lag of two hands with known movement."""

import numpy as np
import pytest

from corpus.movement.two_handed import (
    HandMovement,
    are_together,
    find_partner,
    speed_lag,
    velocity_agreement,
)
from moving_bodies import frame_times


def movement(times, x, y):
    """Return the movement of a hand along x and y (n,) in body coordinates."""
    positions = np.column_stack([np.broadcast_to(axis, times.shape) for axis in (x, y)])
    velocity = np.gradient(positions, times, axis=0)
    return HandMovement(times, positions, np.linalg.norm(velocity, axis=1))


def circle(times, phase=0.0):
    """Return x and y of a hand that circles once per second."""
    angle = 2 * np.pi * times + phase
    return 0.3 * np.cos(angle), 0.3 * np.sin(angle)


def bursts(times, delay_s=0.0):
    """Return x of a hand that reaches to and fro at irregular intervals."""
    starts = np.array([0.6, 1.3, 2.5, 3.1]) + delay_s
    steps = [np.clip((times - start) / 0.4, 0, 1) for start in starts]
    smooth = [step**3 * (10 - 15 * step + 6 * step**2) for step in steps]
    return sum(sign * step for sign, step in zip((1, -1, 1, -1), smooth, strict=True))


@pytest.mark.parametrize(
    ("second", "together"),
    [
        ((0.0, 2.0), True),
        ((1.0, 3.0), True),
        ((1.1, 3.1), False),
        ((0.5, 0.9), True),
        ((-4.0, 1.0), True),
        ((2.0, 3.0), False),
        ((5.0, 6.0), False),
    ],
)
def test_units_are_together_from_half_of_the_shorter_one(second, together):
    assert are_together((0.0, 2.0), second) == together
    assert are_together(second, (0.0, 2.0)) == together


def test_the_partner_is_the_unit_with_the_longest_overlap():
    others = {3: (0.0, 0.5), 4: (0.6, 2.0), 7: (1.9, 9.0), 8: (20.0, 21.0)}
    assert find_partner((0.0, 2.0), others) == 4
    assert find_partner((8.0, 30.0), others) == 8
    assert find_partner((40.0, 41.0), others) is None
    assert find_partner((0.0, 2.0), {5: (1.0, 2.0), 2: (0.0, 1.0)}) == 2


@pytest.mark.parametrize(
    ("other", "agreement"),
    [
        (lambda t: (-circle(t)[0], circle(t)[1]), (1.0, 0.0)),
        (lambda t: (circle(t)[0], -circle(t)[1]), (-1.0, 0.0)),
        (lambda t: circle(t), (0.0, 1.0)),
        (lambda t: (-circle(t)[0], -circle(t)[1]), (0.0, -1.0)),
        (lambda t: circle(2 * t), (0.0, 0.0)),
    ],
    ids=["mirrored", "opposite of mirrored", "parallel", "opposite", "other frequency"],
)
def test_symmetry_and_parallelism_of_two_circling_hands(other, agreement):
    times = frame_times(25, 4)
    left, right = movement(times, *circle(times)), movement(times, *other(times))
    assert velocity_agreement(left, right) == pytest.approx(agreement, abs=0.02)
    assert velocity_agreement(right, left) == velocity_agreement(left, right)


def test_symmetry_of_hands_that_move_along_a_line_and_of_different_sizes():
    times = frame_times(25, 4)
    path = bursts(times)
    left = movement(times, path, 0.0)
    assert velocity_agreement(left, movement(times, 0.5 * path, 0.0)) == pytest.approx((-1, 1))
    assert velocity_agreement(left, movement(times, -2 * path, 0.0)) == pytest.approx((1, -1))
    up = movement(times, 0.0, path)
    assert velocity_agreement(up, movement(times, 0.2, 3 * path)) == pytest.approx((1, 1))


def test_symmetry_uses_common_frames_and_is_unknown_without_movement():
    times = frame_times(25, 4)
    left, right = movement(times, *circle(times)), movement(times, -circle(times)[0], 0.0)
    assert velocity_agreement(left, right.within(1.0, 1.08)) is None
    assert velocity_agreement(left, movement(times, 0.4, 0.2)) is None
    part = velocity_agreement(left.within(1.0, 2.0), right)
    assert part == pytest.approx(velocity_agreement(left, right), abs=0.05)


@pytest.mark.parametrize("fps", [15, 25, 60])
@pytest.mark.parametrize("delay_s", [-0.2, 0.0, 0.07, 0.3])
def test_the_lag_is_the_delay_of_the_other_hand_at_any_frame_rate(fps, delay_s):
    times = frame_times(fps, 4)
    own, other = movement(times, bursts(times), 0), movement(times, 0, 0.6 * bursts(times, delay_s))
    assert speed_lag(own, other) == pytest.approx(delay_s, abs=0.02)
    assert speed_lag(other, own) == pytest.approx(-delay_s, abs=0.02)


def test_the_lag_is_unknown_for_short_overlaps_long_lags_and_still_hands():
    times = frame_times(25, 4)
    own = movement(times, bursts(times), 0)
    assert speed_lag(own, own.within(3.1, 4.0)) is None
    assert speed_lag(own, movement(times, 0.3, 0.3)) is None
    single = movement(times, np.clip(times - 0.5, 0, 0.5), 0)
    late = movement(times, np.clip(times - 1.2, 0, 0.5), 0)
    assert speed_lag(single, late) is None
    assert speed_lag(own.within(0, 0.01), own) is None
