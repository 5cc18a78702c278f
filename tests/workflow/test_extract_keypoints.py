"""The script extract_keypoints writes a valid and reproducible table of keypoints."""

import subprocess
import sys
from fractions import Fraction
from functools import partial

import cv2
import numpy as np
import pyarrow.parquet as pq
import pytest

import extract_keypoints
import synthetic_videos
from corpus.core.checksums import sha256
from corpus.core.errors import ModelError
from corpus.inputs.model_catalogue import CATALOGUE, accepted_sha256
from corpus.tables import parquet, schemas
from face_tables import FPS, faces_table, frames_table, shots_table, status_table
from fake_bodies import white_image
from fake_extraction import FakeExtraction
from portraits import FACE_BOXES, model_file, portraits
from script_runs import default_flags, run_script


def write_inputs(folder, images, faces=(), fps=FPS, cuts=()):
    """Write a clip of these images and its input tables; returns arguments for the script."""
    count = len(images)
    times = np.arange(count) / fps
    if count:
        synthetic_videos.from_pictures(folder / "clip.mkv", images, range(count), Fraction(1, fps))
    shots = np.searchsorted(cuts, np.arange(count), side="right")
    frames = frames_table(times, shots)
    ends = [n / fps for n in (*cuts, count)]
    for name, table in (
        ("frames", frames),
        ("shots", shots_table(*ends if count else ())),
        ("faces", faces_table(*faces)),
    ):
        parquet.write(folder / f"{name}.parquet", name, table, {})
    height, width = images[0].shape[:2] if count else (None, None)
    parquet.write(folder / "status.parquet", "status", status_table(width, height), {})
    command = [*default_flags("extract_keypoints", device="cpu"), "--video", folder / "clip.mkv"]
    for name in ("status", "frames", "shots", "faces"):
        command += [f"--{name}", folder / f"{name}.parquet"]
    names = ("pose_landmarker_bundled", "hand_landmarker_bundled")
    for option, name in zip(("--pose-model", "--hand-model"), names, strict=True):
        command += [option, model_file(name)]
    command += ["--sha256", *(accepted_sha256(CATALOGUE[name], model_file(name)) for name in names)]
    return [str(argument) for argument in command]


def extract(monkeypatch, command, output, *options):
    """Run the script with these options and return its table."""
    run_script(monkeypatch, extract_keypoints, *command, "--output", output, *options)
    assert pq.read_schema(output).equals(schemas.SCHEMAS["keypoints"])
    return parquet.read(output)


def images_of_both(count, step=3):
    """Images of both people side by side, moving to the right, and rows of the faces table."""
    portrait = portraits()
    pair = np.hstack([portrait["collins"][:, :420], portrait["hopper"]])
    pair = cv2.resize(pair[:600], None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA)
    boxes = [
        FACE_BOXES["collins"] * 0.6,
        (FACE_BOXES["hopper"] + [420, 0, 420, 0]) * 0.6,
    ]
    images, faces = [], []
    for frame_number in range(count):
        frame = np.full((360, 640, 3), 90, np.uint8)
        shift = frame_number * step
        frame[:, shift : shift + pair.shape[1]] = pair[:, : 640 - shift]
        images.append(frame)
        if frame_number % 5 == 0:
            shifted_boxes = [box + np.array([1, 0, 1, 0]) * shift for box in boxes]
            faces += [
                (frame_number, frame_number / FPS, 0, track, box)
                for track, box in enumerate(shifted_boxes)
            ]
    return images, faces


def test_two_people_in_a_real_video_give_the_same_bytes_twice(tmp_path, monkeypatch):
    images, faces = images_of_both(11)
    command = write_inputs(tmp_path, images, faces)
    table = extract(monkeypatch, command, tmp_path / "a")
    extract(monkeypatch, command, tmp_path / "b")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    noses = table[(table["keypoint"] == "nose")]
    assert noses[["frame", "track"]].values.tolist() == [[n, t] for n in range(11) for t in (0, 1)]
    assert (noses["time_s"] == noses["frame"] / FPS).all()
    for track, rows in noses.groupby("track"):
        x1, y1, x2, y2 = next(box for *_, track_number, box in faces if track_number == track)
        assert (rows["x"] - 3 * rows["frame"]).between(x1, x2).all()
        assert rows["y"].between(y1, y2).all()
        # They move with the image.
        assert np.polyfit(rows["frame"], rows["x"], 1)[0] == pytest.approx(3, abs=0.6)
    provenance = parquet.read_provenance(tmp_path / "a")
    assert provenance["parameters"] == {
        "device": "cpu",
        "frames_per_second": 0.0,
        "full_frame": True,
        "min_confidence": 0.5,
        "samples_per_second": 5.0,
    }
    files = [model_file(f"{part}_landmarker_bundled") for part in ("pose", "hand")]
    assert provenance["models"] == {file.name: sha256(file) for file in files}
    assert {"ai-edge-litert", "av"} <= set(provenance["tools"])


@pytest.fixture(scope="module")
def clip_without_faces(tmp_path_factory):
    """Arguments of the script for a second of a person without a face track."""
    small = cv2.resize(portraits()["hopper"][:600], None, fx=0.8, fy=0.8)
    images = [np.pad(small, ((0, 0), (60 + n, 90 - n), (0, 0))) for n in range(10)]
    return write_inputs(tmp_path_factory.mktemp("clip_without_faces"), images, fps=10)


def test_a_person_without_a_face_is_found_in_the_whole_frame(clip_without_faces, tmp_path):
    script = extract_keypoints.__file__
    command = [sys.executable, script, *clip_without_faces, "--output", str(tmp_path / "k.parquet")]
    process = subprocess.run(command, check=True, capture_output=True, text=True)
    # Libraries could also fail while the process ends.
    assert "Traceback" not in process.stderr and "Error" not in process.stderr
    assert "extract_keypoints: 10 frames in " in process.stderr
    assert process.stdout == ""
    table = parquet.read(tmp_path / "k.parquet")
    bodies = table[table["part"] == "pose"]
    assert set(bodies["track"]) == {-1}
    assert bodies["frame"].drop_duplicates().tolist() == list(range(10)), "from the first frame"
    noses = bodies[bodies["keypoint"] == "nose"]
    x1, y1, x2, y2 = 0.8 * FACE_BOXES["hopper"]
    assert (noses["x"] - noses["frame"] - 60).between(x1, x2).all()
    assert noses["y"].between(y1, y2).all()
    assert [path.name for path in tmp_path.iterdir()] == ["k.parquet"]


def test_frames_can_be_sampled(clip_without_faces, tmp_path, monkeypatch):
    for per_second, frames in ((5, [0, 2, 4, 6, 8]), (1.5, [0, 7])):
        options = ("--frames-per-second", per_second)
        table = extract(monkeypatch, clip_without_faces, tmp_path / "k", *options)
        assert table["frame"].drop_duplicates().tolist() == frames, per_second
        assert set(table["time_s"]) == {frame / 10 for frame in frames}


def test_a_rate_of_zero_means_every_frame(clip_without_faces, tmp_path, monkeypatch):
    monkeypatch.setattr(extract_keypoints, "Extraction", FakeExtraction)
    table = extract(monkeypatch, clip_without_faces, tmp_path / "k", "--frames-per-second", 0)
    assert table["frame"].drop_duplicates().tolist() == list(range(10))


def test_the_search_of_the_whole_frame_can_be_switched_off(
    clip_without_faces, tmp_path, monkeypatch
):
    assert len(extract(monkeypatch, clip_without_faces, tmp_path / "k", "--no-full-frame")) == 0
    parameters = parquet.read_provenance(tmp_path / "k")["parameters"]
    assert parameters["full_frame"] is False


def test_nobody_is_found_in_images_without_people(tmp_path, monkeypatch):
    random = np.random.default_rng(0)
    noise = [random.integers(0, 256, (180, 320, 3), np.uint8) for _ in range(6)]
    clouds = [cv2.GaussianBlur(image, (0, 0), 9) for image in noise]
    gradient = np.repeat(np.tile(np.linspace(0, 255, 320), (180, 1))[:, :, None], 3, axis=2)
    blocks = [synthetic_videos.scene(seed, 320, 180) for seed in range(6)]
    blocks = [cv2.resize(block, (320, 180)) for block in blocks]
    images = [*noise, *clouds, *[gradient.astype(np.uint8)] * 6, *blocks]
    command = write_inputs(tmp_path, images, fps=10, cuts=(6, 12, 18))
    assert len(extract(monkeypatch, command, tmp_path / "k")) == 0


def test_a_video_without_frames_has_an_empty_table(tmp_path, monkeypatch):
    table = extract(monkeypatch, write_inputs(tmp_path, []), tmp_path / "new" / "k")
    assert len(table) == 0
    assert not (tmp_path / "clip.mkv").exists(), "the video is not opened either"
    assert parquet.read_provenance(tmp_path / "new" / "k")["parameters"]["device"] == "cpu"


def test_bodies_without_a_face_are_renumbered_at_cuts(tmp_path, monkeypatch):
    monkeypatch.setattr(extract_keypoints, "Extraction", FakeExtraction)
    command = write_inputs(tmp_path, [white_image()] * 20, fps=10, cuts=(10,))
    table = extract(monkeypatch, command, tmp_path / "k")
    tracks = table.loc[table["track"] < 0, ["shot", "track"]].drop_duplicates().values.tolist()
    assert tracks == [[0, -1], [1, -2]]


def small_chunks(monkeypatch, chunk_s=0.3, warm_up_s=0.15):
    """Let the script cut videos into small chunks, each of them work for a process."""
    cut, extract_chunks = extract_keypoints.cut_into_chunks, extract_keypoints.extract_keypoints
    monkeypatch.setattr(
        extract_keypoints, "cut_into_chunks", partial(cut, chunk_s=chunk_s, warm_up_s=warm_up_s)
    )
    monkeypatch.setattr(
        extract_keypoints, "extract_keypoints", partial(extract_chunks, group_s=0.0)
    )


def test_the_bytes_do_not_depend_on_the_cores(tmp_path, monkeypatch):
    small_chunks(monkeypatch)
    images, faces = images_of_both(20)
    command = write_inputs(tmp_path, images, faces)
    table = extract(monkeypatch, command, tmp_path / "1", "--threads", 1)
    assert table["frame"].nunique() == 20 and {0, 1} <= set(table["track"])
    extract(monkeypatch, command, tmp_path / "3", "--threads", 3)
    assert (tmp_path / "3").read_bytes() == (tmp_path / "1").read_bytes()


def test_rows_are_written_during_extraction(tmp_path, monkeypatch):
    """Neither rows nor frames without rows accumulate in memory in a long video."""
    small_chunks(monkeypatch, chunk_s=0.5)
    command = write_inputs(tmp_path, [white_image()] * 200, fps=FPS)
    monkeypatch.setattr(parquet, "ROW_GROUP", 500)
    monkeypatch.setattr(extract_keypoints, "Extraction", partial(FakeExtraction, people_from=100))
    pending, append = [], parquet.Writer.append

    def append_and_record(self, columns):
        append(self, columns)
        pending.append((self._rows, len(self._pending)))

    monkeypatch.setattr(parquet.Writer, "append", append_and_record)
    table = extract(monkeypatch, command, tmp_path / "k")
    assert len(pending) == table["frame"].nunique() == 100, "none for frames without people"
    assert max(rows for rows, _ in pending) < 500
    assert pq.ParquetFile(tmp_path / "k").num_row_groups == -(-len(table) // 500)


@pytest.mark.fault(
    "interruptions", "an error in the middle of extract_keypoints", "no half table is left"
)
def test_an_error_leaves_no_table(tmp_path, monkeypatch):
    monkeypatch.setattr(extract_keypoints, "Extraction", FakeExtraction)
    monkeypatch.setattr(extract_keypoints, "keypoint_rows", lambda *_: 1 / 0)
    command = write_inputs(tmp_path, [white_image()] * 30)
    before = {path.name for path in tmp_path.iterdir()}
    with pytest.raises(ZeroDivisionError):
        extract(monkeypatch, command, tmp_path / "k")
    assert {path.name for path in tmp_path.iterdir()} == before


@pytest.mark.fault("inputs", "a keypoint model has another checksum", "it is not used")
def test_a_model_with_another_checksum_is_not_used(tmp_path, monkeypatch):
    command = write_inputs(tmp_path, [])
    command[command.index("--sha256") + 2] = "0" * 64
    with pytest.raises(ModelError, match=r"hand_landmarker_bundled\.task"):
        extract(monkeypatch, command, tmp_path / "k")
    assert not (tmp_path / "k").exists()
