"""Faces are found where they are, sampled by time, rated, and chance is dropped."""

import subprocess
import sys
from types import SimpleNamespace

import cv2
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

import detect_faces
import synthetic_videos as odd
from corpus.tables import parquet, schemas
from portraits import detector, faces, portraits

EMPTY = np.zeros((0, 4)), np.zeros(0), np.zeros((0, 5, 2))


def frames_table(times, shots=None) -> pd.DataFrame:
    shots = [0] * len(times) if shots is None else shots
    return pd.DataFrame({"frame": range(len(times)), "time_s": times, "shot": shots})


# Quality -----------------------------------------------------------------------------------------


def rate(image, box, landmarks, score=1.0):
    return detect_faces.quality(image, np.asarray(box, float), np.asarray(landmarks, float), score)


def test_quality_falls_with_each_fault():
    picture = portraits()["collins"]
    box, score, landmarks = faces()["collins"]
    good = rate(picture, box, landmarks, score)
    assert 0.5 < good <= 1
    blurred = [cv2.GaussianBlur(picture, (0, 0), sigma) for sigma in (2, 5)]
    assert good > rate(blurred[0], box, landmarks, score) > rate(blurred[1], box, landmarks, score)
    half = cv2.resize(picture, None, fx=0.3, fy=0.3, interpolation=cv2.INTER_AREA)
    assert rate(half, box * 0.3, landmarks * 0.3, score) < 0.6 * good
    assert rate(picture, box, landmarks, 0.5 * score) == pytest.approx(0.5 * good)
    turned = [landmarks.copy() for _ in range(2)]
    turned[0][2, 0] += 15
    turned[1][2, 0] += 30
    assert good > rate(picture, box, turned[0], score) > rate(picture, box, turned[1], score)
    left = int((box[0] + box[2]) / 2)
    cropped = picture[:, left:]
    shift = np.array([left, 0])
    assert rate(cropped, box - np.tile(shift, 2), landmarks - shift, score) < 0.65 * good


@pytest.mark.parametrize("box", [[-90, -90, -10, -10], [5, 5, 5, 5], [600, 0, 700, 90]])
def test_a_box_without_pixels_has_no_quality(box):
    assert rate(np.zeros((100, 100, 3), np.uint8), box, np.zeros((5, 2))) == 0


# Detection ---------------------------------------------------------------------------------------


def test_each_portrait_has_one_face_with_ordered_landmarks():
    for person, (box, score, points) in faces().items():
        assert score > 0.99
        left_eye, right_eye, nose, mouth_left, mouth_right = points
        assert left_eye[0] < nose[0] < right_eye[0], person
        assert mouth_left[0] < mouth_right[0]
        assert max(left_eye[1], right_eye[1]) < nose[1] < min(mouth_left[1], mouth_right[1])
        assert (points > box[:2]).all() and (points < box[2:]).all()
    assert [len(found[0]) for found in detector()(list(portraits().values()))] == [1, 1]
    x1, y1, x2, y2 = faces()["collins"][0]
    assert x1 < 224 < x2 and y1 < 120 < y2, "where her face is in the picture"


def test_a_batch_may_mix_any_numbers_of_faces():
    pictures = list(portraits().values())
    blank = np.full_like(pictures[0], 90)
    both = np.hstack(pictures)
    wide = [
        np.hstack([blank, blank]),
        np.hstack([pictures[0], blank]),
        both,
        np.hstack([blank] * 2),
    ]
    found = detector()(wide)
    assert [len(boxes) for boxes, _, _ in found] == [0, 1, 2, 0]
    boxes, scores, points = found[2]
    assert boxes[0, 0] < blank.shape[1] < boxes[1, 0], "from left to right"
    assert (boxes.shape, scores.shape, points.shape) == ((2, 4), (2,), (2, 5, 2))
    alone = detector()([both])[0]
    for one, other in zip(alone, found[2], strict=True):
        assert np.allclose(one, other, atol=0.01)


def test_no_batch_of_faces_at_all():
    blank = np.full((100, 100, 3), 90, np.uint8)
    assert [part.shape for part in detector()([blank])[0]] == [part.shape for part in EMPTY]


@pytest.mark.parametrize("shape", [(8, 8), (10, 300), (12, 12), (13, 40)])
def test_tiny_pictures_have_no_faces_and_do_no_harm(shape):
    noise = np.random.default_rng(0).integers(0, 256, (*shape, 3), np.uint8)
    assert [len(boxes) for boxes, _, _ in detector()([noise, noise])] == [0, 0]


def test_boxes_are_in_the_pictures_own_pixels_whatever_its_size():
    picture = portraits()["hopper"]
    large = cv2.resize(picture, None, fx=2.5, fy=2.5, interpolation=cv2.INTER_CUBIC)
    box, _, points = (part[0] for part in detector()([large])[0])
    assert np.allclose(box / 2.5, faces()["hopper"][0], atol=8)
    assert np.allclose(points / 2.5, faces()["hopper"][2], atol=6)


def test_smaller_faces_than_asked_for_are_not_found():
    picture = portraits()["collins"]
    width = np.ptp(faces()["collins"][0][[0, 2]])
    coarse = detect_faces.Detector("cpu", 2 * width / min(picture.shape[:2]), 0.9)
    assert len(coarse([picture])[0][0]) == 0


def test_doubtful_faces_are_left_out():
    strict = SimpleNamespace(min_size=0.06, min_score=1.1, model=detector().model)
    assert len(detect_faces.Detector.__call__(strict, [portraits()["collins"]])[0][0]) == 0


# A whole video -----------------------------------------------------------------------------------


def seen(x, score=0.99):
    """One face at x, as a detector tells it."""
    box = np.array([[x, 10.0, x + 20, 30]])
    return box, np.array([score]), np.full((1, 5, 2), 20.0)


def picture_of(number, width=64):
    return SimpleNamespace(
        number=number, time_s=number / 5, image=np.full((48, width, 3), number, np.uint8)
    )


def test_faces_get_their_frame_shot_and_track_in_any_batch():
    samples = frames_table(np.arange(6) / 5, [0, 0, 0, 1, 1, 1])
    pictures = [picture_of(number) for number in range(6)]
    pictures.insert(2, SimpleNamespace(number=99, time_s=0.3, image=None))

    def look(images):
        return [EMPTY if i[0, 0, 0] == 1 else seen(float(i[0, 0, 0])) for i in images]

    tables_found = [
        detect_faces.detect(iter(pictures), samples, look, batch, 1.0) for batch in (1, 4, 16)
    ]
    found = tables_found[0]
    assert list(found["frame"]) == [0, 2, 3, 4, 5]
    assert list(found["shot"]) == [0, 0, 1, 1, 1]
    assert list(found["track"]) == [0, 0, 1, 1, 1]
    assert list(found["time_s"]) == [0, 0.4, 0.6, 0.8, 1.0]
    for other in tables_found[1:]:
        pd.testing.assert_frame_equal(found, other)


def test_a_video_that_changes_its_size_on_the_way():
    samples = frames_table(np.arange(4) / 5)
    pictures = [picture_of(0), picture_of(1), picture_of(2, 80), picture_of(3)]
    shapes = []

    def look(images):
        shapes.append(np.stack(images).shape[2])
        return [seen(5.0)] * len(images)

    found = detect_faces.detect(iter(pictures), samples, look, 16, 1.0)
    assert shapes == [64, 80, 64]
    assert list(found["frame"]) == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("times", "per_second", "shortest"),
    [
        (np.arange(100) / 25, 5, 2),
        (np.arange(100) * 1.001 / 30, 5, 2),
        (np.arange(100) / 25, 100, 10),
        (np.arange(100) / 4, 10, 2),
        ([0.0], 5, 2),
    ],
)
def test_a_short_track_is_counted_in_samples_that_there_are(times, per_second, shortest):
    assert detect_faces.shortest_track(frames_table(times), per_second, 0.4) == shortest


def test_chance_detections_are_dropped_and_tracks_numbered_anew():
    rows = [
        # frame, shot, track, score
        (0, 0, 0, 0.95),  # seen twice but never surely
        (0, 0, 1, 0.99),
        (1, 0, 0, 0.96),
        (1, 0, 1, 0.91),
        (1, 0, 2, 0.99),  # seen once
        (2, 0, 4, 0.99),
        (3, 0, 4, 0.99),
        (4, 1, 3, 0.98),  # seen once, in a shot with one sample
    ]
    faces_found = pd.DataFrame(rows, columns=["frame", "shot", "track", "score"])
    samples = frames_table(np.arange(5) / 5, [0, 0, 0, 0, 1])
    kept = detect_faces.drop_chance(faces_found, samples, 2, 0.97)
    assert kept[["frame", "track"]].values.tolist() == [[0, 0], [1, 0], [2, 1], [3, 1], [4, 2]]
    none = detect_faces.drop_chance(faces_found[:0], samples, 2, 0.97)
    assert len(none) == 0 and list(none) == list(faces_found)


def test_a_video_in_which_nobody_is_seen(tmp_path, monkeypatch):
    odd.silent(tmp_path / "clip.mp4", *odd.X264, size="96x64", seconds=0.4)
    parquet.write(tmp_path / "frames.parquet", "frames", frames_table(np.arange(10) / 25), {})
    command = ["x", "--video", tmp_path / "clip.mp4", "--frames", tmp_path / "frames.parquet"]
    command += ["--output", tmp_path / "faces.parquet", "--device", "cpu"]
    monkeypatch.setattr("sys.argv", [str(part) for part in command])
    detect_faces.main()
    assert pq.read_schema(tmp_path / "faces.parquet").equals(schemas.SCHEMAS["faces"])
    assert len(parquet.read(tmp_path / "faces.parquet")) == 0
    made_by = parquet.read_provenance(tmp_path / "faces.parquet")
    assert made_by["parameters"]["device"] == "cpu"
    assert {"facenet-pytorch", "torch", "av"} <= set(made_by["tools"])


def test_two_people_in_a_real_video_twice_the_same_bytes(tmp_path, monkeypatch):
    both = np.hstack(list(portraits().values()))
    both = cv2.resize(both, (640, 380), interpolation=cv2.INTER_AREA)
    pictures = [np.roll(both, 4 * number, axis=1) for number in range(4)]
    odd.from_pictures(tmp_path / "clip.mkv", pictures, [0, 200, 400, 600])
    frames = frames_table(np.arange(4) / 5)
    parquet.write(tmp_path / "frames.parquet", "frames", frames, {})
    command = ["x", "--video", tmp_path / "clip.mkv", "--frames", tmp_path / "frames.parquet"]
    for name in ("a", "b"):
        options = ["--output", tmp_path / name, "--device", "cpu", "--batch-size", "3"]
        monkeypatch.setattr("sys.argv", [str(part) for part in command + options])
        detect_faces.main()
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    found = parquet.read(tmp_path / "a")
    assert list(found["frame"]) == [0, 0, 1, 1, 2, 2, 3, 3]
    assert list(found["track"]) == [0, 1] * 4
    moved = found[found["track"] == 0]["x1"].diff().dropna()
    assert moved.between(1, 7).all()
    assert pq.read_schema(tmp_path / "a").equals(schemas.SCHEMAS["faces"])


def test_a_video_without_frames_needs_no_network_loaded(tmp_path):
    parquet.write(tmp_path / "frames.parquet", "frames", frames_table([]), {})
    (tmp_path / "clip.mp4").touch()
    (tmp_path / "torch.py").write_text("raise RuntimeError('loaded')")
    options = ["--video", "clip.mp4", "--frames", tmp_path / "frames.parquet"]
    script = detect_faces.__file__
    code = f"import sys, runpy; sys.path.insert(0, {str(tmp_path)!r}); sys.argv = sys.argv[1:]; "
    code += f"sys.path.insert(0, {script.rsplit('/', 1)[0]!r}); "
    code += f"runpy.run_path({script!r}, run_name='__main__'); assert 'torch' not in sys.modules"
    command = [sys.executable, "-c", code, "x", *options, "--output", tmp_path / "faces.parquet"]
    subprocess.run(list(map(str, command)), check=True, capture_output=True)
    assert pq.read_schema(tmp_path / "faces.parquet").equals(schemas.SCHEMAS["faces"])
    assert len(parquet.read(tmp_path / "faces.parquet")) == 0
    assert parquet.read_provenance(tmp_path / "faces.parquet")["parameters"]["device"] is None


def test_cuda_that_is_not_there_is_said(monkeypatch):
    import torch

    from corpus.core.devices import torch_device
    from corpus.core.errors import InputError

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert torch_device("auto").type == "cpu"
    with pytest.raises(InputError, match="device: cuda, but PyTorch finds no CUDA device here"):
        torch_device("cuda")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert torch_device("auto").type == "cuda"
    assert torch.get_num_threads() == 1, "sums must not depend on the number of cores"
