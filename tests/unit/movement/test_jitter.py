"""Jitter is told from movement, and repeated pictures are no samples."""

import numpy as np
import pytest

from corpus.movement.body_coordinates import PointTrack, offset_between_models
from corpus.movement.jitter import reject_jitter, short_repetitions
from moving_bodies import RAISED_HAND, default_movement, frame_times

GUESSED, SEEN = 0.75, 0.97
"""Visibilities as of guessed wrists in the dark, and of moving wrists in view."""


def accepted(positions, times, visibility) -> np.ndarray:
    """Return where positions (n, 2) with this visibility are accepted."""
    n = len(times)
    points = np.column_stack([positions, np.zeros((n, 3))])
    track = PointTrack(points, np.zeros(n, bool), np.full(n, visibility))
    return reject_jitter(track, np.isfinite(positions[:, 0]), times, default_movement())


@pytest.mark.parametrize("fps", [10, 12.5, 15, 25, 30, 60])
def test_guesses_that_jump_about_are_rejected(fps):
    times = frame_times(fps, 6)
    noise = np.random.default_rng(1).normal(0, 0.1, (len(times), 2))
    assert not accepted(noise, times, GUESSED).any()


@pytest.mark.parametrize("fps", [10, 12.5, 15, 25, 30, 60])
@pytest.mark.parametrize("visibility", [GUESSED, SEEN])
def test_quick_reaches_are_accepted_at_any_frame_rate(fps, visibility):
    times = frame_times(fps, 3)
    noise = np.random.default_rng(2).normal(0, 0.01, (len(times), 2))
    kept = accepted(RAISED_HAND(times * 1.5) + noise, times, visibility)
    # Without certainty, the frame in which the hand starts may be interpolated.
    assert kept.all() if visibility == SEEN else kept.mean() > 0.95


@pytest.mark.parametrize("fps", [10, 12.5, 15, 25, 30, 60])
def test_quick_waving_that_the_model_sees_is_accepted(fps):
    times = frame_times(fps, 3)
    wave = np.column_stack([0.3 * np.sin(2 * np.pi * 4 * times), 0 * times])
    assert accepted(wave, times, SEEN).all()


def test_a_still_hand_with_usual_noise_is_accepted():
    times = frame_times(25, 4)
    noise = np.random.default_rng(3).normal(0, 0.015, (len(times), 2))
    assert accepted(noise, times, GUESSED).all()


def test_a_few_guesses_are_not_enough_to_show_a_movement():
    times = frame_times(30, 4 / 30)
    assert not accepted(np.cumsum([[0.5, 0.2]] * 4, axis=0), times, GUESSED).any()
    assert accepted(np.cumsum([[0.5, 0.2]] * 4, axis=0), times, SEEN).all()


def test_guesses_do_not_reject_what_is_seen_seconds_before():
    times = frame_times(25, 8)
    positions = RAISED_HAND(times)
    random = np.random.default_rng(4)
    positions[150:] += random.normal(0, 0.15, (50, 2))
    kept = accepted(positions, times, GUESSED)
    assert kept[:125].all() and not kept[165:].any()


def test_short_repetitions_are_found_and_frozen_pictures_kept():
    times = frame_times(30, 2)
    doubled = np.arange(60) % 2 == 1
    assert short_repetitions(times, doubled, 0.2).tolist() == doubled.tolist()
    frozen = np.zeros(60, bool)
    frozen[20:40] = True
    assert not short_repetitions(times, frozen, 0.2).any()
    assert short_repetitions(times, frozen, 1.0)[20:40].all()
    at_end = np.arange(60) >= 58
    assert short_repetitions(times, at_end, 0.2).tolist() == at_end.tolist()


def test_a_repetition_at_the_start_of_a_block_has_no_picture_before_it():
    assert not short_repetitions(frame_times(30, 0.1), np.array([True, False, False]), 0.2)[0]


def test_the_two_models_join_without_a_jump():
    times = frame_times(25, 6)
    hand = np.column_stack([0.1 + 0.05 * times, 0 * times])
    used = (times >= 2) & (times < 2.4) | (times >= 2.8) & (times < 3)
    difference = np.where(used[:, None], hand, np.nan)
    offset = offset_between_models(times, difference, used)
    assert np.allclose(offset[used], hand[used])
    between = (times > 2.4) & (times < 2.8)
    assert np.allclose(offset[between], hand[between]), "interpolated"
    assert np.abs(np.diff(offset[:, 0])).max() < 0.02, "no jump"
    assert not offset[(times < 1) | (times > 4)].any(), "fades"


def test_without_the_hand_model_nothing_is_added():
    offset = offset_between_models(frame_times(25, 1), np.ones((25, 5)), np.zeros(25, bool))
    assert not offset.any()
