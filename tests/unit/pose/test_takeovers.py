"""A skeleton that slides on to somebody else is noticed by the colours of the torso."""

import numpy as np
import pytest

from corpus.pose import takeovers
from corpus.pose.chunks import RUN_OUT_S, WARM_UP_S
from corpus.pose.keypoints import FrameKeypoints
from corpus.pose.takeovers import sightings, split_numbers, takeover_frames
from corpus.video.reader import Frame
from dressed_bodies import GREY, ORANGE, dressed_picture, seen_from_behind
from fake_bodies import fake_body

FPS = 10
BODY = fake_body(100, 30, 10)
CHANGE_S, LENGTH_S = 2.0, 4.0


def share_of(time_s, start_s, length_s):
    """How much of a change has passed, 0 to 1."""
    return float(np.clip((time_s - start_s) / length_s, 0, 1))


def film(picture_at, fps=FPS, body_at=lambda time_s: BODY, length_s=LENGTH_S):
    """Sightings of the body -1 in a film; `picture_at` gives the picture at a time in seconds."""
    seen = []
    for number in range(round(length_s * fps)):
        time_s = number / fps
        frame = Frame(number, time_s, picture_at(time_s))
        seen.append(sightings(frame, {-1: body_at(time_s)})[-1])
    return seen


def change_of_clothes(before, after, overlap_s=0.4):
    """Pictures in which the torso becomes that of somebody who comes from the left."""

    def picture_at(time_s):
        share = share_of(time_s, CHANGE_S - overlap_s / 2, overlap_s)
        people = [(BODY, before)]
        if share:
            people.append((fake_body(100 - 20 * (1 - share), 30, 10), after))
        return dressed_picture(*people)

    return picture_at


@pytest.fixture(scope="module")
def taken_over():
    """Sightings of a body that becomes another one."""
    return film(change_of_clothes(ORANGE, GREY))


def test_somebody_else_is_noticed_when_the_change_happens(taken_over):
    (frame,) = takeover_frames(taken_over)
    assert abs(frame - CHANGE_S * FPS) <= 0.2 * FPS
    assert takeover_frames([]) == []


@pytest.mark.parametrize("fps", [8, 25, 60])
def test_it_is_noticed_from_eight_frames_per_second_on(fps):
    (frame,) = takeover_frames(film(change_of_clothes(ORANGE, GREY), fps))
    assert abs(frame - CHANGE_S * fps) <= 0.25 * fps


@pytest.mark.parametrize("fps", [1, 2, 2.5, 4, 5])
@pytest.mark.parametrize("covered_s", [0.4, 0.5, 0.6])
@pytest.mark.parametrize("phase", [0.0, 0.3, 0.6])
def test_a_passer_by_in_few_frames_is_not_somebody_else(fps, covered_s, phase):
    def picture_at(time_s):
        is_covered = abs(time_s - CHANGE_S - phase / fps) < covered_s / 2
        return dressed_picture((BODY, GREY if is_covered else ORANGE))

    assert takeover_frames(film(picture_at, fps)) == []


def test_two_people_in_the_same_clothes_cannot_be_told_apart():
    assert takeover_frames(film(change_of_clothes(GREY, GREY))) == []


def test_a_passer_by_in_front_is_not_somebody_else():
    def picture_at(time_s):
        passer_by = fake_body(100 + 60 * (time_s - CHANGE_S), 30, 10)
        return dressed_picture((BODY, ORANGE), (passer_by, GREY))

    assert takeover_frames(film(picture_at)) == []


def test_an_arm_in_front_of_the_torso_is_not_somebody_else():
    def picture_at(time_s):
        picture = dressed_picture((BODY, ORANGE))
        if time_s > CHANGE_S:
            picture[45:53, 90:110] = (200, 150, 130)
        return picture

    assert takeover_frames(film(picture_at)) == []


@pytest.mark.parametrize("exponent", [0.5, 2.0])
@pytest.mark.parametrize("colour", [ORANGE, GREY])
def test_light_that_changes_within_a_second_is_not_somebody_else(colour, exponent):
    def picture_at(time_s):
        gamma = exponent ** share_of(time_s, CHANGE_S - 0.5, 1.0)
        picture = dressed_picture((BODY, colour)) / 255
        return (255 * picture**gamma).astype(np.uint8)

    assert takeover_frames(film(picture_at)) == []


@pytest.mark.parametrize("light", [(1.2, 1.0, 0.5), (0.6, 1.0, 1.2), (0.1, 0.1, 0.1)])
@pytest.mark.parametrize("colour", [ORANGE, GREY])
def test_a_coloured_light_that_is_switched_on_is_not_somebody_else(colour, light):
    def picture_at(time_s):
        picture = dressed_picture((BODY, colour))
        return (picture * (light if time_s > CHANGE_S else 1.0)).clip(0, 255).astype(np.uint8)

    assert takeover_frames(film(picture_at)) == []


def test_somebody_who_walks_into_the_shade_is_not_somebody_else():
    def picture_at(time_s):
        shade = 1 - share_of(time_s, CHANGE_S, 0.3) * np.array([0.55, 0.5, 0.45])
        return dressed_picture((BODY, tuple((np.array(ORANGE) * shade).astype(int))))

    assert takeover_frames(film(picture_at)) == []


def test_somebody_who_turns_round_may_look_different_from_behind():
    def body_at(time_s):
        return BODY if time_s < CHANGE_S else seen_from_behind(BODY)

    pictures = change_of_clothes(ORANGE, GREY, overlap_s=0.04)
    assert takeover_frames(film(pictures, body_at=body_at)) == []


def test_takeovers_do_not_depend_on_where_a_chunk_begins_or_ends(taken_over):
    (expected,) = takeover_frames(taken_over)
    for first in range(expected - round(WARM_UP_S * FPS) + 1):
        assert takeover_frames(taken_over[first:]) == [expected]
    for end in range(expected + round(RUN_OUT_S * FPS), len(taken_over)):
        assert takeover_frames(taken_over[:end]) == [expected]
    assert takeovers.OFFSETS_S[-1] + 0.5 <= WARM_UP_S
    assert takeovers.OFFSETS_S[-1] < RUN_OUT_S


@pytest.mark.parametrize("count", [1, 2, 3, 8])
def test_short_sightings_are_of_one_person(taken_over, count):
    assert takeover_frames(taken_over[18 : 18 + count]) == []


def test_times_that_jump_back_are_not_compared():
    before, after = (film(lambda _, c=c: dressed_picture((BODY, c))) for c in (ORANGE, GREY))
    assert takeover_frames([*before, *after]) == []


def test_only_bodies_in_the_picture_are_looked_at():
    frame = Frame(0, 0.0, dressed_picture((BODY, ORANGE)))
    assert list(sightings(frame, {0: BODY, -1: BODY, -2: fake_body(-50, 30, 10)})) == [0, -1]


def test_the_last_person_keeps_a_number_that_was_taken_over():
    parts = {"pose": BODY}
    frames = [FrameKeypoints(n, n / FPS, 0, {0: parts, -1: parts, -3: parts}) for n in range(10)]
    split, additional = split_numbers(frames, {-1: [4, 6], -3: []})
    assert additional == [-4, -5]
    people = [list(frame.people) for frame in split]
    assert people == [[0, -4, -3]] * 4 + [[0, -5, -3]] * 2 + [[0, -1, -3]] * 4
    assert [frame.number for frame in split] == list(range(10))
    assert split_numbers([], {}) == ([], [])


def test_the_first_person_keeps_the_number_of_a_face_track():
    frames = [FrameKeypoints(n, n / FPS, 0, {3: {"pose": BODY}}) for n in range(10)]
    split, additional = split_numbers(frames, {3: [4, 6]})
    assert additional == [-1, -2]
    assert [list(frame.people) for frame in split] == [[3]] * 4 + [[-1]] * 2 + [[-2]] * 4
