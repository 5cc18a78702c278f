"""Cuts and gradual transitions are found, with any frame rate and a moving camera."""

import numpy as np
import pytest

from corpus.video.shots.transitions import find_transitions, shot_starts
from corpus.video.shots.window import REACH_S, Window
from filmed_scenes import HEIGHT, WIDTH, film, joined, outdoors, room, view

RATES = (5, 12.5, 60)


def found_in(pictures, rate=25.0, times=None):
    """Times and kinds of the transitions in a film, as the table of shots has them."""
    times = np.arange(len(pictures)) / rate if times is None else np.asarray(times)
    transitions = find_transitions(zip(times.tolist(), pictures, strict=True), threshold=10.0)
    starts = shot_starts(times, transitions, min_length_s=0.5)
    return [(float(times[start.frame]), start.kind) for start in starts[1:]]


def play(name, rate, seconds=1.6, place=room, pan_per_s=0.0):
    return film(place(name), round(seconds * rate), pan_per_s / rate)


@pytest.mark.parametrize("rate", RATES)
def test_cut_between_two_people_in_one_room_is_found(rate):
    pictures = joined(play("collins", rate), play("hopper", rate))
    assert found_in(pictures, rate) == [(round(1.6 * rate) / rate, "cut")]


@pytest.mark.parametrize("rate", RATES[1:])
def test_cut_between_moving_cameras_is_found(rate):
    first = play("collins", rate, place=outdoors, pan_per_s=30)
    second = play("hopper", rate, place=outdoors, pan_per_s=-30)
    assert found_in(joined(first, second), rate) == [(round(1.6 * rate) / rate, "cut")]


@pytest.mark.parametrize("place", [room, outdoors])
@pytest.mark.parametrize("centre", [(0, 0), (0.4, -0.8), (-1, 1)])
@pytest.mark.parametrize("zoom", [1.2, 1.5, 2.0, 3.0])
def test_punch_in_and_punch_out_are_cuts(place, centre, zoom):
    # 0 is the middle of the wide picture; at 1, the close-up touches its edge.
    wide, room_to_move = place("collins"), (1 - 1 / zoom) / 2
    x, y = (share * side for share, side in zip(centre, (WIDTH, HEIGHT), strict=True))
    close = view(wide, x * room_to_move, y * room_to_move, zoom)
    pictures = [*film(wide, 20), *film(close, 20), *film(wide, 20)]
    assert found_in(pictures) == [(0.8, "cut"), (1.6, "cut")]


@pytest.mark.parametrize("rate", RATES)
def test_punch_in_is_found_with_any_frame_rate(rate):
    close = view(room("hopper"), 10, -20, zoom=1.8)
    pictures = [*play("hopper", rate), *film(close, round(1.6 * rate))]
    assert found_in(pictures, rate) == [(round(1.6 * rate) / rate, "cut")]


@pytest.mark.parametrize(
    ("kind", "name", "seconds"),
    [
        ("dissolve", "dissolve", 0.2),
        ("dissolve", "dissolve", 1.0),
        ("black", "fade", 0.4),
        ("black", "fade", 1.0),
        ("white", "fade", 0.6),
        ("right", "wipe", 0.2),
        ("left", "wipe", 1.0),
        ("down", "wipe", 0.5),
        ("diagonal", "wipe", 0.4),
        ("circle", "wipe", 0.8),
    ],
)
def test_gradual_transition_starts_a_shot_in_its_middle(kind, name, seconds):
    n_mixed = round(seconds * 25)
    pictures = joined(play("collins", 25, 1.6), play("hopper", 25, 1.6), n_mixed, kind)
    [(time_s, found_name)] = found_in(pictures)
    # A circle replaces the person in the middle of the picture first.
    middle_s = 1.6 - seconds * (0.75 if kind == "circle" else 0.5)
    assert time_s == pytest.approx(middle_s, abs=0.1)
    assert found_name == name


def waving(pictures, phase, colour):
    """The pictures with a hand that moves up and down beside the person, twice a second."""
    waved = []
    for number, picture in enumerate(pictures):
        picture = picture.copy()
        y = round(HEIGHT * (0.45 + 0.35 * np.sin(2 * np.pi * 2 * number / 25 + phase)))
        picture[max(y - 30, 0) : y + 30, WIDTH * 3 // 4 : WIDTH * 3 // 4 + 60] = colour
        waved.append(picture)
    return waved


@pytest.mark.parametrize("kind", ["dissolve", "black", "down"])
@pytest.mark.parametrize("phase", [0.0, 2.0])
def test_gradual_transition_between_people_who_move_their_hands_is_found(kind, phase):
    before = waving(play("collins", 25, 1.6), phase, (240, 200, 180))
    after = waving(play("hopper", 25, 1.6), phase + 1, (90, 60, 40))
    [(time_s, _)] = found_in(joined(before, after, 12, kind))
    assert time_s == pytest.approx(1.6 - 0.24, abs=0.2)


def test_short_fade_between_people_who_move_is_in_its_middle():
    before = waving(play("collins", 25, 2.0), 0.5, (240, 200, 180))
    after = waving(play("hopper", 25, 2.0), 1.5, (90, 60, 40))
    [(time_s, kind)] = found_in(joined(before, after, 5, "black"))
    assert (time_s, kind) == (pytest.approx(1.9, abs=0.1), "fade")


@pytest.mark.parametrize("rate", RATES)
def test_dissolve_is_found_with_any_frame_rate(rate):
    pictures = joined(play("collins", rate), play("hopper", rate), round(0.6 * rate))
    [(time_s, kind)] = found_in(pictures, rate)
    assert time_s == pytest.approx(1.3, abs=0.2)
    assert kind == "dissolve"


@pytest.mark.parametrize("kind", ["dissolve", "black", "left"])
def test_transition_between_moving_cameras_is_found(kind):
    first = play("collins", 25, 2.0, outdoors, pan_per_s=25)
    second = play("hopper", 25, 2.0, outdoors, pan_per_s=-25)
    [(time_s, _)] = found_in(joined(first, second, 12, kind))
    assert time_s == pytest.approx(1.76, abs=0.2)


def test_variable_frame_rate_does_not_matter():
    pictures = joined(play("collins", 20, 2.4), play("hopper", 20, 2.4), 12)
    steps = np.tile([0.02, 0.08], len(pictures))[: len(pictures) - 1]
    times = np.concatenate([[0], np.cumsum(steps)])
    [(time_s, kind)] = found_in(pictures, times=times)
    assert times[36] <= time_s <= times[48]
    assert kind == "dissolve"


def test_cut_is_found_in_a_film_with_repeated_frames():
    first = [picture for picture in play("collins", 12, pan_per_s=40) for _ in range(5)]
    second = [picture for picture in play("hopper", 12, pan_per_s=40) for _ in range(5)]
    assert found_in(joined(first, second), 60) == [(len(first) / 60, "cut")]


def test_cut_through_one_black_frame_is_one_cut():
    black = np.zeros_like(room("collins"))
    pictures = [*play("collins", 25), black, *play("hopper", 25)]
    assert found_in(pictures) == [(1.6, "cut")]


def test_black_bars_do_not_hide_a_cut():
    pictures = joined(play("collins", 25), play("hopper", 25))
    bars = ((0, 0), (128, 128), (0, 0))
    assert found_in([np.pad(picture, bars) for picture in pictures]) == [(1.6, "cut")]


def test_result_does_not_depend_on_what_was_read_before():
    # The longer film moves the window many times before the transition.
    end = joined(play("collins", 25, 2.4), play("hopper", 25, 2.4), 12)
    before = film(room("collins"), 100)
    [(early_s, kind)] = found_in(end)
    assert found_in([*before, *end]) == [(pytest.approx(early_s + 4, abs=0.05), kind)]


def test_window_stays_short():
    window, frame = Window(), 0
    picture = room("collins")[::8, ::8]
    for number in range(200):
        window.append(number / 30, picture)
        while window.is_complete(frame):
            frame = window.trim(frame) + 1
        assert len(window.times) <= 2 * REACH_S * 30 + 10
    assert window.first > 80
