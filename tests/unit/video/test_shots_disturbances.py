"""What is no transition starts no shot: flashes, lamps, cameras, people who walk by, subtitles."""

import numpy as np
import pytest

from corpus.video.shots.transitions import find_transitions, shot_starts
from filmed_scenes import HEIGHT, WIDTH, film, outdoors, room, view

COLOURS = {"white": (255, 255, 255), "red": (255, 90, 60), "dim": (70, 70, 70)}


def times_found(pictures, rate=25.0):
    times = np.arange(len(pictures)) / rate
    transitions = find_transitions(zip(times.tolist(), pictures, strict=True), threshold=10.0)
    return [float(times[start.frame]) for start in shot_starts(times, transitions, 0.5)[1:]]


def brightened(picture, light):
    return np.clip(picture + np.asarray(light, float), 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    ("flashed", "colour", "rate"),
    [
        ([30], "white", 25),
        ([30], "dim", 60),
        ([30, 31], "red", 10),
        ([30, 31], "white", 60),
        ([30, 31, 34, 36, 37, 45], "white", 25),
        ([30, 31, 34, 36, 37, 45], "dim", 25),
    ],
)
def test_flashes_are_no_cuts(flashed, colour, rate):
    pictures = film(room("collins"), 55)
    for number in flashed:
        pictures[number] = brightened(pictures[number], COLOURS[colour])
    assert times_found(pictures, rate) == []


def test_flash_on_a_part_of_the_picture_is_no_cut():
    pictures = film(room("collins"), 60)
    for number in (30, 31):
        pictures[number][:, : WIDTH // 2] = brightened(pictures[number][:, : WIDTH // 2], 150)
    assert times_found(pictures) == []


def test_cut_at_a_flash_is_found_once():
    pictures = [*film(room("collins"), 40), *film(room("hopper"), 40)]
    pictures[39] = brightened(pictures[39], 150)
    assert len(times_found(pictures)) == 1


def test_lamp_that_is_switched_on_and_off_is_no_cut():
    x = np.linspace(0, 1, WIDTH)[None, :, None]
    lit = 0.3 + 0.8 * (1 - x) ** 2 * np.array([1.1, 1.0, 0.8])
    pictures = [
        (picture * (lit if 25 <= n < 60 else 0.3)).astype(np.uint8)
        for n, picture in enumerate(film(room("collins"), 90))
    ]
    assert times_found(pictures) == []


@pytest.mark.parametrize("seconds", [0.2, 1.0])
def test_change_of_exposure_is_no_transition(seconds):
    pictures = film(outdoors("hopper"), 90)
    gains = 0.5 + 1.2 * np.clip((np.arange(90) / 25 - 1) / seconds, 0, 1)
    exposed = [brightened(one * gain, 0) for one, gain in zip(pictures, gains, strict=True)]
    assert times_found(exposed) == []


def eased(n_frames, start, end):
    """Numbers from `start` to `end` with a soft start and stop."""
    share = np.linspace(0, 1, n_frames)
    return start + (end - start) * share**2 * (3 - 2 * share)


@pytest.mark.parametrize(("seconds", "rate"), [(0.3, 25), (1.0, 12.5), (0.6, 60)])
def test_fast_pan_is_no_transition(seconds, rate):
    wide = np.hstack([outdoors("collins"), outdoors("hopper"), room("collins")])
    rest = np.zeros(round(0.8 * rate))
    x = np.concatenate([rest, eased(round(seconds * rate), 0, 300), rest + 300])
    assert times_found([wide[:, int(left) : int(left) + WIDTH] for left in x], rate) == []


@pytest.mark.parametrize(
    ("seconds", "rate"), [(0.4, 25), (0.16, 25), (1.0, 12.5), (0.6, 60), (0.8, 5)]
)
def test_fast_zoom_is_no_transition(seconds, rate):
    rest = np.ones(round(0.8 * rate))
    zoom = np.concatenate([rest, eased(round(seconds * rate), 1, 2.4), rest * 2.4])
    assert times_found([view(room("hopper"), zoom=one) for one in zoom], rate) == []


def test_shaking_camera_is_no_transition():
    random = np.random.default_rng(3)
    pushes = random.normal(0, 12, (90, 2)) * (random.random((90, 1)) < 0.2)
    pictures = [view(outdoors("collins"), x, y, zoom=1.3) for x, y in pushes.cumsum(0) % 30]
    assert times_found(pictures) == []


@pytest.mark.parametrize("seconds", [0.5, 1.2])
def test_person_who_walks_by_is_no_transition(seconds):
    passer_by = room("hopper")[40:, 80:176]
    pictures = film(room("collins"), 75)
    for number, left in enumerate(np.linspace(-96, WIDTH, round(seconds * 25)).astype(int)):
        first, last = max(left, 0), min(left + 96, WIDTH)
        pictures[25 + number][40:, first:last] = passer_by[:, first - left : last - left]
    assert times_found(pictures) == []


def test_subtitles_and_moving_text_are_no_transitions():
    random = np.random.default_rng(5)
    pictures = film(room("collins"), 100)
    text = np.kron(random.integers(0, 2, (4, 400)), np.ones((5, 3)))[..., None] * 255
    for number, picture in enumerate(pictures):
        if number % 40 < 25:
            picture[150:170, 30:226] = text[:, 200 * (number // 40) :][:, :196]
        picture[172:192] = text[:, 4 * number : 4 * number + WIDTH]
    assert times_found(pictures) == []


def test_scrolling_page_is_no_transition():
    random = np.random.default_rng(6)
    page = np.full((HEIGHT * 5, WIDTH, 3), 245, np.uint8)
    for top in range(10, len(page) - 20, 22):
        page[top : top + 9, 12 : random.integers(120, WIDTH - 12)] = random.integers(0, 120, 3)
    tops = np.concatenate([np.zeros(25), eased(30, 0, 400), np.full(25, 400), eased(8, 400, 600)])
    assert times_found([page[int(top) : int(top) + HEIGHT] for top in [*tops, *[600] * 25]]) == []


@pytest.mark.parametrize("pixels_per_frame", [6, 9, 13])
def test_picture_that_scrolls_fast_is_no_wipe(pixels_per_frame):
    # What leaves at the top comes back at the bottom, so all parts are replaced one by one.
    rolled = [np.roll(outdoors("collins"), -pixels_per_frame * n, axis=0) for n in range(60)]
    assert times_found(rolled) == []
