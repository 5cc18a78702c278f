"""Detections become tracks frame by frame, in batches of any size."""

import numpy as np
import pandas as pd

from corpus.faces.detector import NO_FACES, FaceDetections
from corpus.faces.face_search import FoundFaces, detect_face_tracks
from corpus.faces.tracking import Tracker
from corpus.video.reader import Frame
from face_tables import frames_table


def one_face(x, score=0.99):
    """Detections of an image with one face at x."""
    box = np.array([[x, 10.0, x + 20, 30]])
    return FaceDetections(box, np.array([score]), np.full((1, 5, 2), 20.0))


def same_person(images, boxes):
    """An embedder to which all faces are of one person; the vector also holds the box's edge."""
    return np.array([[1.0, box[0] * 1e-6] for box in boxes], np.float32).reshape(-1, 2)


def found_faces(frames, samples, detector, batch_size=16, measures=()) -> FoundFaces:
    """The faces of the frames, all of one person."""
    samples = samples.assign(shown_until_s=samples["time_s"] + 0.04)
    tracker = Tracker(max_gap_s=1.0, boundary=0.4, sampling_interval_s=0.2)
    return detect_face_tracks(
        iter(frames), samples, detector, same_person, tracker, batch_size, measures
    )


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

    found = [found_faces(frames, samples, fake_detector, size) for size in (1, 4, 16)]
    faces = found[0].table
    assert list(faces["frame"]) == [0, 2, 3, 4, 5]
    assert list(faces["shot"]) == [0, 0, 1, 1, 1]
    assert list(faces["track"]) == [0, 0, 1, 1, 1]
    assert list(faces["time_s"]) == [0, 0.4, 0.6, 0.8, 1.0]
    assert (found[0].embeddings[:, 1] * 1e6).round().tolist() == [0, 2, 3, 4, 5]
    for other in found[1:]:
        pd.testing.assert_frame_equal(faces, other.table)
        assert (other.embeddings == found[0].embeddings).all()


def test_pixel_measures_see_every_sampled_frame_in_the_order_of_the_rows():
    samples = frames_table(np.arange(4) / 5)
    frames = [frame(frame_number) for frame_number in range(4)]
    seen = []

    def measure(sample, shot, tracks):
        boxes, pixel = sample.detections.boxes, sample.frame.pixels[0, 0, 0]
        seen.append((int(pixel), shot, tracks, boxes[:, 0].tolist(), len(sample.qualities)))

    def fake_detector(images):
        return [NO_FACES if i[0, 0, 0] == 1 else one_face(float(i[0, 0, 0])) for i in images]

    found_faces(frames, samples, fake_detector, 3, (measure,))
    assert seen == [
        (0, 0, [0], [0.0], 1),
        (1, 0, [], [], 0),
        *((n, 0, [0], [n], 1) for n in (2, 3)),
    ]


def test_the_size_of_the_images_may_change_within_a_video():
    samples = frames_table(np.arange(4) / 5)
    frames = [frame(0), frame(1), frame(2, width=80), frame(3)]
    widths = []

    def fake_detector(images):
        widths.append(np.stack(images).shape[2])
        return [one_face(5.0)] * len(images)

    faces = found_faces(frames, samples, fake_detector).table
    assert widths == [64, 80, 64]
    assert list(faces["frame"]) == [0, 1, 2, 3]
