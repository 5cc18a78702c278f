"""Detections become tracks frame by frame, in batches of any size."""

import weakref

import numpy as np
import pandas as pd
import pytest

from corpus.core.errors import ModelError
from corpus.faces.detector import NO_FACES, FaceDetections
from corpus.faces.face_search import FaceNetworks, FoundFaces, detect_face_tracks
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


def found_faces(frames, samples, detector, batch_size=16, measures=(), n_threads=1) -> FoundFaces:
    """The faces of the frames, all of one person."""
    samples = samples.assign(shown_until_s=samples["time_s"] + 0.04)
    tracker = Tracker(max_gap_s=1.0, boundary=0.4, sampling_interval_s=0.2)
    networks = [FaceNetworks(detector, same_person)] * n_threads
    return detect_face_tracks(iter(frames), samples, networks, tracker, batch_size, measures)


def frame(frame_number, width=64):
    """A frame with an image in which all pixels have the value `number`."""
    image = np.full((48, width, 3), frame_number, np.uint8)
    return Frame(frame_number, frame_number / 5, image)


def test_faces_get_their_frame_shot_and_track_for_any_batch_size_and_number_of_threads():
    samples = frames_table(np.arange(6) / 5, [0, 0, 0, 1, 1, 1])
    frames = [frame(frame_number) for frame_number in range(6)]
    frames.insert(2, Frame(99, 0.3, None))

    def fake_detector(images):
        return [NO_FACES if i[0, 0, 0] == 1 else one_face(float(i[0, 0, 0])) for i in images]

    found = [
        found_faces(frames, samples, fake_detector, size, n_threads=n)
        for size in (1, 4, 16)
        for n in (1, 2, 3)
    ]
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


@pytest.mark.parametrize("n_threads", [1, 2, 3])
@pytest.mark.parametrize("batch_size", [1, 2])
def test_the_images_of_few_batches_are_in_memory(n_threads, batch_size):
    images, most = [], 0

    class Image(np.ndarray):
        """An image that weak references can point to."""

    def frames():
        nonlocal most
        for number in range(12):
            image = np.zeros((8, 8, 3), np.uint8).view(Image)
            images.append(weakref.ref(image))
            most = max(most, sum(reference() is not None for reference in images))
            yield Frame(number, number / 5, image)
            del image

    def fake_detector(images):
        return [one_face(5.0)] * len(images)

    samples = frames_table(np.arange(12) / 5)
    found_faces(frames(), samples, fake_detector, batch_size, n_threads=n_threads)
    assert most <= (n_threads + 1) * batch_size


@pytest.mark.fault("interruptions", "an error in a thread of detect_faces", "it is that of the job")
def test_an_error_in_a_thread_is_that_of_the_search():
    frames = [frame(frame_number) for frame_number in range(6)]

    def fake_detector(images):
        if any(image[0, 0, 0] >= 2 for image in images):
            raise ModelError(f"the model failed on {images[0][0, 0, 0]}")
        return [NO_FACES] * len(images)

    samples = frames_table(np.arange(6) / 5)
    for n_threads in (1, 2, 3):
        with pytest.raises(ModelError, match="the model failed on 2$"):
            found_faces(frames, samples, fake_detector, 1, n_threads=n_threads)


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
