"""Detections become tracks frame by frame, in batches of any size."""

import numpy as np
import pandas as pd

from corpus.faces.detector import FaceDetections, detect_face_tracks
from corpus.video.reader import Frame
from face_tables import frames_table

NO_FACES = FaceDetections(np.zeros((0, 4)), np.zeros(0), np.zeros((0, 5, 2)))


def one_face(x, score=0.99):
    """Detections of an image with one face at x."""
    box = np.array([[x, 10.0, x + 20, 30]])
    return FaceDetections(box, np.array([score]), np.full((1, 5, 2), 20.0))


def frame(frame_number, width=64):
    """A frame with an image in which all pixels have the value `number`."""
    image = np.full((48, width, 3), frame_number, np.uint8)
    return Frame(frame_number, frame_number / 5, image)


def test_faces_get_their_frame_shot_and_track_for_any_batch_size():
    samples = frames_table(np.arange(6) / 5, [0, 0, 0, 1, 1, 1])
    frames = [frame(frame_number) for frame_number in range(6)]
    frames.insert(2, Frame(99, 0.3, None))

    def fake_detector(images):
        return [NO_FACES if i[0, 0, 0] == 1 else one_face(float(i[0, 0, 0])) for i in images]

    tables = [
        detect_face_tracks(iter(frames), samples, fake_detector, batch_size, 1.0)
        for batch_size in (1, 4, 16)
    ]
    faces = tables[0]
    assert list(faces["frame"]) == [0, 2, 3, 4, 5]
    assert list(faces["shot"]) == [0, 0, 1, 1, 1]
    assert list(faces["track"]) == [0, 0, 1, 1, 1]
    assert list(faces["time_s"]) == [0, 0.4, 0.6, 0.8, 1.0]
    for table in tables[1:]:
        pd.testing.assert_frame_equal(faces, table)


def test_the_size_of_the_images_may_change_within_a_video():
    samples = frames_table(np.arange(4) / 5)
    frames = [frame(0), frame(1), frame(2, width=80), frame(3)]
    widths = []

    def fake_detector(images):
        widths.append(np.stack(images).shape[2])
        return [one_face(5.0)] * len(images)

    faces = detect_face_tracks(iter(frames), samples, fake_detector, 16, 1.0)
    assert widths == [64, 80, 64]
    assert list(faces["frame"]) == [0, 1, 2, 3]
