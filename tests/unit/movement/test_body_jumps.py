"""Jumps of a skeleton to another body, and movements that are none."""

import numpy as np
import pytest

from corpus.movement.body_jumps import find_jumps
from moving_bodies import frame_times

UPPER_BODY = np.array([[0.0, -0.7], [-0.5, 0.0], [0.5, 0.0]])
"""Nose and shoulders in shoulder widths."""
MAX_GAP_S = 0.2


def body_at(x: np.ndarray, noise: float = 0.02, seed: int = 0) -> np.ndarray:
    """An upper body (n, 3, 2) whose shoulders have the midpoint (x, 0), with jitter."""
    random = np.random.default_rng(seed)
    body = np.tile(UPPER_BODY, (len(x), 1, 1))
    body[:, :, 0] += np.asarray(x)[:, None]
    return body + random.normal(0, noise, body.shape)


@pytest.mark.parametrize("fps", [10, 12.5, 25, 30, 60])
def test_a_jump_to_a_neighbour_is_found_in_its_frames(fps):
    times = frame_times(fps, 4)
    arrival = int(2 * fps)
    jumping = body_at(np.where(np.arange(len(times)) < arrival, 0.0, 1.2))
    found = np.flatnonzero(find_jumps(times, jumping, MAX_GAP_S))
    assert arrival in found
    assert np.abs(times[found] - times[arrival]).max() <= 0.1 + 1e-6


@pytest.mark.parametrize("fps", [25, 60])
def test_a_jump_over_three_frames_is_found(fps):
    times = frame_times(fps, 4)
    jumping = body_at(np.interp(np.arange(len(times)), [2 * fps, 2 * fps + 3], [0.0, 1.2]))
    assert find_jumps(times, jumping, MAX_GAP_S)[int(2 * fps) + 2]


@pytest.mark.parametrize("fps", [5, 10, 12.5, 25, 30, 60, 120])
@pytest.mark.parametrize(
    "path",
    [
        lambda t: 0 * t,
        lambda t: 12 * t,  # a whip pan or a sprinter at 4 m/s
        lambda t: 0.3 * np.sin(2 * np.pi * 2 * t),  # quick rocking
        lambda t: np.where(
            t < 2, 0, 25 * np.clip(t - 2, 0, 0.3) ** 2 + 15 * np.clip(t - 2.3, 0, 9)
        ),
    ],
)
def test_people_who_move_do_not_jump(fps, path):
    times = frame_times(fps, 4)
    assert not find_jumps(times, body_at(path(times)), MAX_GAP_S).any()


def test_one_wrong_keypoint_is_no_jump():
    times = frame_times(25, 4)
    body = body_at(0 * times)
    body[50:, 0, 0] += 3
    assert not find_jumps(times, body, MAX_GAP_S).any()
    body[50:, 1, 0] += 3
    assert find_jumps(times, body, MAX_GAP_S).any()


def test_frames_without_a_body_and_gaps_are_not_compared():
    times = frame_times(25, 4)
    jumping = body_at(np.where(times < 2, 0.0, 2.0))
    jumping[40:60] = np.nan
    assert not find_jumps(times, jumping, MAX_GAP_S).any()
    short_gap = body_at(np.where(times < 2, 0.0, 2.0))
    short_gap[49:51] = np.nan
    assert find_jumps(times, short_gap, MAX_GAP_S)[51]
    assert not find_jumps(times[:1], jumping[:1], MAX_GAP_S).any()
    assert len(find_jumps(times[:0], jumping[:0], MAX_GAP_S)) == 0
    assert not find_jumps(np.zeros(100), jumping, MAX_GAP_S).any()
