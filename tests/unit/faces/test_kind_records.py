"""Records of faces: one per face, for any order of shots, gaps and sizes of images."""

import numpy as np
import pandas as pd

from corpus.faces.detector import FaceDetections
from corpus.faces.face_search import SampledFaces
from corpus.faces.kinds.copies import Movement, match_movements
from corpus.faces.kinds.decision import add_kinds
from corpus.faces.kinds.patches import SIDE, face_patch, similarity
from corpus.faces.kinds.records import KindRecords
from corpus.video.reader import Frame

BOX = np.array([20.0, 20, 60, 70])
LANDMARKS = np.array([[30.0, 40], [50, 40], [40, 50], [32, 60], [48, 60]])


def sample(number, n_faces, size=(120, 160)):
    """A sampled frame of a gradient, with faces beside each other."""
    image = np.broadcast_to(np.arange(size[1], dtype=np.uint8)[None, :, None], (*size, 3))
    shift = 70 * np.arange(n_faces)
    boxes = BOX + shift[:, None] * np.array([1, 0, 1, 0])
    landmarks = LANDMARKS + shift[:, None, None] * np.array([1, 0])
    detections = FaceDetections(boxes, np.ones(n_faces), landmarks)
    frame = Frame(number, number / 5, np.ascontiguousarray(image))
    return SampledFaces(frame, detections, np.ones(n_faces), np.zeros((n_faces, 2)))


def test_there_is_one_record_per_face_in_order():
    records = KindRecords()
    for number in range(10):
        records(sample(number, number % 3), 0, list(range(number % 3)))
    measures, patches = records.collected()
    assert len(measures) == len(patches) == sum(number % 3 for number in range(10))
    assert patches.shape[1:] == (SIDE, SIDE)


def test_faces_are_compared_within_a_shot_and_a_size():
    for shots, sizes in (([0] * 8, [160] * 8), ([0, 1] * 4, [160] * 8), ([0] * 8, [160, 176] * 4)):
        records = KindRecords()
        for number in range(8):
            records(sample(number, 1, (120, sizes[number])), shots[number], [0])
        n_compared = records.collected().measures["displacement"].notna().sum()
        changes = len(set(shots)) > 1
        assert (n_compared > 0) != changes


def test_a_video_without_faces_has_no_records():
    records = KindRecords()
    records(sample(0, 0), 0, [])
    measures, patches = records.collected()
    assert len(measures) == len(patches) == 0
    faces = pd.DataFrame({"track": [], "frame": [], "time_s": [], "x1": [], "x2": []})
    decided = add_kinds(faces, records.collected(), np.zeros((0, 2)), 0.6)
    assert {"kind", "copy_of"} <= set(decided.columns)
    assert decided.empty


def test_patches_follow_the_landmarks():
    random = np.random.default_rng(0)
    image = random.integers(0, 255, (12, 16)).astype(np.uint8).repeat(10, axis=0).repeat(10, axis=1)
    turned = np.rot90(image)
    moved = np.stack([LANDMARKS[:, 1], image.shape[1] - 1 - LANDMARKS[:, 0]], axis=1)
    difference = face_patch(image, LANDMARKS).astype(int) - face_patch(turned.copy(), moved)
    assert np.abs(difference).max() <= 3
    expected = [[2, 0, 5], [0, 2, 5]]
    np.testing.assert_allclose(similarity(LANDMARKS, LANDMARKS * 2 + 5), expected, atol=1e-9)


def test_lag_and_mirror_of_a_movement_are_measured():
    random = np.random.default_rng(1)
    times = np.arange(40) / 5
    smooth = np.cumsum(random.normal(size=(60, 16, 16)), axis=0).astype(np.float32)

    def at(shift):
        return Movement(times, smooth[10 - shift : 50 - shift])

    for shift, is_mirrored in ((0, False), (2, False), (-3, True)):
        second = at(shift)
        patches = second.patches[:, :, ::-1] if is_mirrored else second.patches
        match = match_movements(at(0), Movement(times, patches))
        assert round(match.lag_s, 1) == shift / 5
        assert match.is_mirrored == is_mirrored
        assert match.correlation > 0.9
    other = Movement(times, random.normal(size=(40, 16, 16)).astype(np.float32))
    assert match_movements(at(0), other).correlation < 0.2
