"""Bodies without a face count if they are seen long enough."""

import numpy as np
import pytest

from corpus.pose.confirmed_bodies import keep_confirmed_bodies
from corpus.pose.keypoints import FrameKeypoints
from fake_bodies import fake_body

FPS = 25


def frames_with(people_in_frame, count=100, fps=FPS):
    """Keypoints of frames: `people_in_frame` gives the people of each frame by its number."""
    for frame_number in range(count):
        yield FrameKeypoints(frame_number, frame_number / fps, 0, people_in_frame(frame_number))


def make_person():
    """Parts of a person of whom only the body is found."""
    return {"pose": fake_body(200, 60)}


def tracks_in_frames(frames):
    """Sorted tracks of the people in each frame."""
    return [sorted(frame.people) for frame in frames]


@pytest.mark.parametrize(("n_frames", "is_kept"), [(1, False), (10, False), (11, True), (50, True)])
def test_a_body_counts_once_it_was_seen_for_long_enough(n_frames, is_kept):
    body = make_person()
    frames = frames_with(lambda n: {-1: body} if 20 <= n < 20 + n_frames else {})
    confirmed = list(keep_confirmed_bodies(frames))
    with_people = [frame.number for frame in confirmed if frame.people]
    expected = list(range(20, 20 + n_frames)) if is_kept else []
    assert with_people == expected, "from its first frame"
    assert all(frame.people[-1] is body for frame in confirmed if frame.people)


def test_a_body_may_be_missed_in_some_frames():
    frames = frames_with(lambda n: {-1: make_person()} if n in (20, 29, 38, 47) else {})
    confirmed = tracks_in_frames(keep_confirmed_bodies(frames))
    assert [n for n, tracks in enumerate(confirmed) if tracks] == [20, 29, 38, 47]


def test_the_first_frame_is_kept_even_with_the_longest_gaps():
    # Gaps of 0.399 s and 0.401 s: the first frame is held back until the body is confirmed.
    times = enumerate([0.0, 0.399, 0.8])
    frames = [FrameKeypoints(n, time_s, 0, {-1: make_person()}) for n, time_s in times]
    assert tracks_in_frames(keep_confirmed_bodies(frames)) == [[-1]] * 3


def test_confirmed_bodies_are_numbered_without_gaps():
    spans = {-1: (0, 3), -2: (5, 40), -3: (6, 60), -4: (50, 52), -5: (70, 100)}

    def people_in_frame(n):
        return {body: make_person() for body, (start, end) in spans.items() if start <= n < end}

    confirmed = tracks_in_frames(keep_confirmed_bodies(frames_with(people_in_frame)))
    assert confirmed[:5] == [[]] * 5
    assert confirmed[5] == [-1] and confirmed[6] == confirmed[39] == [-2, -1]
    assert confirmed[40] == confirmed[51] == [-2]
    assert confirmed[60:70] == [[]] * 10 and confirmed[70] == confirmed[99] == [-3]


def test_people_with_a_face_count_at_once_and_frames_keep_their_order():
    body = make_person()

    def people_in_frame(frame_number):
        return {3: body, -1: body} if frame_number == 7 else {3: body} if frame_number % 2 else {}

    confirmed = list(keep_confirmed_bodies(frames_with(people_in_frame)))
    assert [frame.number for frame in confirmed] == list(range(100))
    assert [frame.time_s for frame in confirmed] == [n / FPS for n in range(100)]
    assert tracks_in_frames(confirmed) == [[3] if n % 2 else [] for n in range(100)]
    assert list(keep_confirmed_bodies([])) == []


def test_frames_keep_their_shots():
    frames = [FrameKeypoints(n, n / FPS, n // 40, {}) for n in range(100)]
    assert [frame.shot for frame in keep_confirmed_bodies(frames)] == [n // 40 for n in range(100)]


def test_frames_are_not_held_back_after_times_jump_back():
    times = [*np.arange(50) / FPS + 1000, *np.arange(500) / FPS]
    read = []

    def source():
        for frame_number, time_s in enumerate(times):
            read.append(frame_number)
            yield FrameKeypoints(frame_number, time_s, 0, {})

    for frame_number, frame in enumerate(keep_confirmed_bodies(source())):
        assert frame.number == frame_number
        assert read[-1] - frame_number <= 2 * FPS
