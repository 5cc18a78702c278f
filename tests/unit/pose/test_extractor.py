"""The keypoints of each person on screen come from separate landmarkers, frame by frame."""

import weakref

import numpy as np

from corpus.pose.extractor import Extractor, extract_keypoints
from corpus.video.reader import Frame
from face_tables import FPS, faces_table, track_boxes
from fake_landmarkers import FakeLandmarkers, face_box, fake_body, fake_hand, white_image


def video_frame(frame_number):
    return Frame(frame_number, frame_number / FPS, white_image())


def extractor_for(landmarkers, *bodies, seconds=9.0, full_frame=True):
    """An extractor for a video in which these bodies have the face tracks 0, 1, ..."""
    rows = [
        (round(time_s * FPS), time_s, 0, track, face_box(body))
        for track, body in enumerate(bodies)
        for time_s in np.arange(0, seconds, 0.2)
    ]
    return Extractor(landmarkers, track_boxes(faces_table(*rows), 99.0), full_frame)


# One frame ---------------------------------------------------------------------------------------


def test_everybody_is_found_with_their_hands():
    bodies = [fake_body(100, 60), fake_body(200, 60), fake_body(320, 60)]
    left = fake_hand(224, 132, True)
    landmarkers = FakeLandmarkers(*bodies, left_hand=[left])
    people = extractor_for(landmarkers, *bodies[:2])(video_frame(0), 0)
    assert people == {
        0: {"pose": bodies[0]},
        1: {"pose": bodies[1], "left_hand": left},
        -1: {"pose": bodies[2]},
    }


def test_a_face_without_a_body_has_no_keypoints():
    assert extractor_for(FakeLandmarkers(), fake_body(100, 60))(video_frame(0), 0) == {}


def test_a_body_with_two_tracks_appears_once():
    body = fake_body(100, 60)
    extractor = extractor_for(FakeLandmarkers(body), body, fake_body(103, 60))
    assert list(extractor(video_frame(0), 0)) == [0]


def test_the_whole_frame_is_not_searched_if_this_is_switched_off():
    with_face, without_face = fake_body(100, 60), fake_body(200, 60)
    landmarkers = FakeLandmarkers(with_face, without_face)
    extractor = extractor_for(landmarkers, with_face, full_frame=False)
    for frame_number in range(20):
        assert list(extractor(video_frame(frame_number), 0)) == [0]
    assert landmarkers.body_searches == []


def test_the_crops_for_the_hands_of_a_body_without_a_face_depend_on_its_torso():
    landmarkers = FakeLandmarkers(fake_body(200, 60))
    extractor_for(landmarkers)(video_frame(0), 0)
    x1, _, x2, _ = landmarkers.people[0].boxes["left_hand"][0]
    # Four times half of three quarters of a torso of 2.8 face sizes: 84 pixels.
    assert x2 - x1 == 84


# The landmarkers of each person ------------------------------------------------------------------


def test_a_person_keeps_the_same_landmarkers_while_on_screen():
    body = fake_body(100, 60)
    landmarkers = FakeLandmarkers(body)
    extractor = extractor_for(landmarkers, body, seconds=0.4)
    for frame_number in range(10):
        assert list(extractor(video_frame(frame_number), 0)) == [0]
    (person,) = landmarkers.people
    assert len(person.boxes["pose"]) == len(person.boxes["left_hand"]) == 10
    assert person.open
    landmarkers.bodies.clear()
    extractor(video_frame(10), 0)
    assert not person.open, "closed at the end of the track"
    assert extractor.landmarkers_of_track == {}


def test_a_person_keeps_the_same_landmarkers_while_the_body_is_lost():
    body = fake_body(100, 60)
    landmarkers = FakeLandmarkers()
    extractor = extractor_for(landmarkers, body)
    assert extractor(video_frame(0), 0) == {}
    landmarkers.bodies.append(body)
    assert list(extractor(video_frame(1), 0)) == [0]
    assert len(landmarkers.people) == 1


def test_all_landmarkers_are_closed_at_the_end():
    bodies = [fake_body(100, 60), fake_body(200, 60), fake_body(320, 60)]
    landmarkers = FakeLandmarkers(*bodies)
    extractor = extractor_for(landmarkers, *bodies[:2])
    extractor(video_frame(0), 0)
    assert [person.open for person in landmarkers.people] == [True] * 3
    extractor.close()
    assert [person.open for person in landmarkers.people] == [False] * 3
    assert not landmarkers.open


def test_only_the_landmarkers_of_people_on_screen_are_open():
    body = fake_body(100, 60)
    rows = [(5 * track, track / 5, 0, track, face_box(body)) for track in range(50)]
    landmarkers = FakeLandmarkers(body)
    extractor = Extractor(landmarkers, track_boxes(faces_table(*rows), 99.0), True)
    for frame_number in range(250):
        extractor(video_frame(frame_number), 0)
        # Two in frames where one track ends and the next begins.
        assert 1 <= sum(person.open for person in landmarkers.people) <= 2
    assert len(landmarkers.people) == 50
    assert not any(person.open for person in landmarkers.people[:49])


def test_a_body_without_a_face_keeps_its_number_until_it_is_lost_or_a_cut():
    landmarkers = FakeLandmarkers(fake_body(100, 60), fake_body(200, 60))
    extractor = extractor_for(landmarkers)
    assert sorted(extractor(video_frame(0), 0)) == [-2, -1]
    people = extractor(video_frame(1), 0)
    assert people[-1]["pose"] is landmarkers.bodies[0], "numbered from left to right"
    assert len(landmarkers.people) == 2
    lost = landmarkers.bodies.pop(0)
    assert list(extractor(video_frame(2), 0)) == [-2]
    assert [person.open for person in landmarkers.people] == [False, True]
    landmarkers.bodies.append(lost)
    assert sorted(extractor(video_frame(9), 0)) == [-2, -1], "back within 0.4 s"
    landmarkers.bodies.pop()
    for frame_number in range(10, 30):
        extractor(video_frame(frame_number), 0)
    landmarkers.bodies.append(lost)
    assert sorted(extractor(video_frame(30), 0)) == [-3, -2], "back too late"
    assert sorted(extractor(video_frame(31), 1)) == [-5, -4], "a new shot"


# All frames of a video ---------------------------------------------------------------------------


def test_frames_without_an_image_are_skipped():
    frames = [video_frame(0), Frame(1, 0.04, None), video_frame(2)]
    shots = {0: 4, 1: 4, 2: 5}
    keypoints = list(extract_keypoints(frames, shots, extractor_for(FakeLandmarkers())))
    assert [(frame.number, frame.time_s, frame.shot) for frame in keypoints] == [
        (0, 0.0, 4),
        (2, 0.08, 5),
    ]


def test_keypoints_are_held_back_for_less_than_a_second_and_images_are_not():
    read, images = [], []
    shots = dict.fromkeys(range(500), 0)

    def source():
        for frame_number in range(500):
            image = np.zeros((40, 40, 3), np.uint8)
            read.append(frame_number)
            images.append(weakref.ref(image))
            yield Frame(frame_number, frame_number / FPS, image)
            del image

    def fake_extractor(frame, shot):
        return {-1: {"pose": fake_body(200, 60)}}

    for frame in extract_keypoints(source(), shots, fake_extractor):
        assert read[-1] - frame.number < FPS
        assert sum(reference() is not None for reference in images) <= 1
