"""Bodies without a face are found in the whole frame and count if they are seen long enough."""

import numpy as np
import pytest

from corpus.pose.bodies import torso_size
from corpus.pose.confirmed_bodies import keep_confirmed_bodies
from corpus.pose.faceless_bodies import FacelessBodySearch, bodies_without_face
from corpus.pose.keypoints import FrameKeypoints
from corpus.video.reader import Frame
from fake_landmarkers import FakeLandmarkers, face_box, fake_body, shift_keypoints, white_image

FPS = 25
WHOLE_FRAME = (0, 0, 400, 300)


# One image ---------------------------------------------------------------------------------------


def search(landmarkers, faces=(), face_bodies=()):
    return bodies_without_face(white_image(), list(faces), list(face_bodies), landmarkers)


def landmarkers_with_results(*results):
    """Landmarkers that find these bodies in successive searches."""
    landmarkers, remaining = FakeLandmarkers(), iter(results)
    landmarkers.detect_bodies = lambda image, box: next(remaining)
    return landmarkers


def test_a_body_without_a_face_is_searched_twice():
    body = fake_body(200, 60)
    landmarkers = FakeLandmarkers(body)
    assert search(landmarkers) == [body]
    first_crop, second_crop = landmarkers.body_searches
    assert first_crop == WHOLE_FRAME
    # 1.2 times the extent of 148 pixels, from the nose to the feet, clipped to the image.
    assert second_crop == (111, 45, 288, 222)


@pytest.mark.parametrize(("offset", "is_kept"), [(0.2, True), (0.3, False)])
def test_a_body_is_discarded_if_the_second_search_finds_it_elsewhere(offset, is_kept):
    body = fake_body(200, 60)
    second = shift_keypoints(body, offset * torso_size(body))
    assert (search(landmarkers_with_results([body], [second])) == [body]) is is_kept


def test_a_body_is_discarded_if_the_second_search_finds_nothing():
    assert search(landmarkers_with_results([fake_body(200, 60)], [])) == []


def test_any_body_of_the_second_search_may_confirm_the_first():
    body = fake_body(200, 60)
    assert search(
        landmarkers_with_results([body], [fake_body(120, 60), shift_keypoints(body, 1)])
    ) == [body]


def test_only_the_upper_body_has_to_agree():
    body = fake_body(200, 60)
    legs = {f"{side}_{j}": (0.0, 0.0) for side in ("left", "right") for j in ("knee", "ankle")}
    assert search(landmarkers_with_results([body], [fake_body(200, 60, **legs)])) == [body]


def test_people_with_a_face_are_not_found_again():
    with_face, without_face = fake_body(100, 60), fake_body(250, 60)
    face = face_box(with_face)
    landmarkers = FakeLandmarkers(with_face, without_face)
    assert search(landmarkers, faces=[face]) == [without_face], "its face is painted over"
    landmarkers = FakeLandmarkers(shift_keypoints(with_face, 2), without_face)
    assert search(landmarkers, face_bodies=[with_face]) == [without_face], "the same body"
    landmarkers = FakeLandmarkers(without_face, shift_keypoints(without_face, 2))
    assert search(landmarkers) == [without_face], "found twice"
    # The network may place a nose where a face was painted over.
    landmarkers.visible_bodies = lambda image, box: [with_face]
    assert search(landmarkers, faces=[face]) == []


def test_the_second_crop_of_a_body_at_the_edge_is_clipped_to_the_image():
    landmarkers = FakeLandmarkers(fake_body(2, 3), fake_body(398, 200))
    assert len(search(landmarkers)) == 2
    assert landmarkers.body_searches[1][:2] == (0, 0)
    assert landmarkers.body_searches[2][2:] == (400, 300)


# Successive frames -------------------------------------------------------------------------------


def video_frame(frame_number, fps=FPS):
    return Frame(frame_number, frame_number / fps, white_image())


def test_the_whole_frame_is_searched_more_often_while_a_body_is_in_view():
    landmarkers = FakeLandmarkers()
    faceless_search = FacelessBodySearch(landmarkers)
    for frame_number in range(FPS):
        assert faceless_search(video_frame(frame_number), 0, [], []) == {}
    assert landmarkers.body_searches == [WHOLE_FRAME] * 5
    landmarkers.body_searches.clear()
    landmarkers.bodies.append(fake_body(200, 60))
    frames = [n for n in range(25, 50) if faceless_search(video_frame(n), 0, [], [])]
    assert frames == list(range(frames[0], 50)) and frames[0] <= 30
    assert landmarkers.body_searches.count(WHOLE_FRAME) >= 20


def test_bodies_are_still_searched_after_times_jump_back():
    landmarkers = FakeLandmarkers()
    faceless_search = FacelessBodySearch(landmarkers)
    faceless_search(Frame(0, 1000.0, white_image()), 0, [], [])
    landmarkers.bodies.append(fake_body(200, 60))
    frames = [Frame(n, 5 + n / FPS, white_image()) for n in range(1, 4)]
    bodies = [faceless_search(frame, 0, [], []) for frame in frames]
    assert bodies[-1]


def confirmed_tracks(times, shots=None):
    """Confirmed numbers in frames at these times, while one body without a face is in view."""
    faceless_search = FacelessBodySearch(FakeLandmarkers(fake_body(200, 60)))
    shots = shots or [0] * len(times)
    frames = []
    for frame_number, (time_s, shot) in enumerate(zip(times, shots, strict=True)):
        bodies = faceless_search(Frame(frame_number, time_s, white_image()), shot, [], [])
        people = {track: {"pose": body} for track, body in bodies.items()}
        frames.append(FrameKeypoints(frame_number, time_s, shot, people))
    return [list(frame.people) for frame in keep_confirmed_bodies(frames)]


def test_a_body_keeps_its_number_between_frames_that_are_far_apart():
    assert confirmed_tracks(np.arange(6) / 1.0) == [[-1]] * 6
    assert confirmed_tracks(np.arange(6) * 5.0) == [[-1]] * 6
    assert confirmed_tracks([0, 0.04, 0.08, 3.0, 3.04]) == [[-1]] * 5, "a variable frame rate"
    assert confirmed_tracks([0, 5.0], [0, 1]) == [[], []], "but not across a cut"
    assert confirmed_tracks([0]) == [[]]
