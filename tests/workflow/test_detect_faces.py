"""The script detect_faces writes a valid and reproducible table of faces."""

import subprocess
import sys

import cv2
import numpy as np
import pyarrow.parquet as pq
import pytest

import detect_faces
import synthetic_videos
from corpus.tables import parquet, schemas
from face_detection_runs import DLIB_MODELS, command, write_tables
from portraits import model_file, portraits
from scenes_of_faces import Face, Scene, at


@pytest.mark.fault("media", "nobody is in a video", "an empty table")
def test_a_video_without_faces_has_an_empty_table(tmp_path, monkeypatch):
    synthetic_videos.silent(
        tmp_path / "clip.mp4", *synthetic_videos.X264, size="96x64", seconds=0.4
    )
    write_tables(tmp_path, np.arange(10) / 25, (96, 64))
    output = tmp_path / "faces.parquet"
    monkeypatch.setattr("sys.argv", command(tmp_path, "clip.mp4", output))
    detect_faces.main()
    assert pq.read_schema(output).equals(schemas.SCHEMAS["faces"])
    assert len(parquet.read(output)) == 0
    provenance = parquet.read_provenance(output)
    assert provenance["parameters"]["device"] == "cpu"
    assert {"facenet-pytorch", "torch", "av", "dlib-bin"} <= set(provenance["tools"])
    assert sorted(provenance["models"]) == sorted(model_file(n).name for n in DLIB_MODELS)


@pytest.mark.fault(
    "media", "faces in pixels that are not square", "the same faces at the same places"
)
def test_faces_are_at_the_same_places_with_pixels_that_are_not_square(tmp_path, monkeypatch):
    image_of_both = np.hstack(list(portraits().values()))
    image_of_both = cv2.resize(image_of_both, (640, 380), interpolation=cv2.INTER_AREA)
    square = tmp_path / "square.mp4"
    synthetic_videos.from_pictures(square, [image_of_both] * 3, [0, 200, 400])
    narrow = ("-vf", "scale=480:380,setsar=4/3", "-c:v", "libx264", "-crf", 4)
    synthetic_videos.ffmpeg("-i", square, *narrow, tmp_path / "narrow.mp4")
    write_tables(tmp_path, np.arange(3) / 5, (640, 380))
    tables = []
    for name in ("square", "narrow"):
        output = tmp_path / f"{name}.parquet"
        monkeypatch.setattr("sys.argv", command(tmp_path, f"{name}.mp4", output))
        detect_faces.main()
        tables.append(parquet.read(output))
    assert len(tables[0]) == len(tables[1]) == 6
    edges = ["x1", "y1", "x2", "y2"]
    differences = np.abs(tables[0][edges] - tables[1][edges]).to_numpy().max(axis=1)
    # MTCNN rounds boxes to cells of its smallest image: a tenth of a face's width is allowed.
    assert (differences < 0.1 * (tables[0]["x2"] - tables[0]["x1"])).all()


def test_two_people_in_a_real_video_give_the_same_bytes_twice(tmp_path, monkeypatch):
    image_of_both = np.hstack(list(portraits().values()))
    image_of_both = cv2.resize(image_of_both, (640, 380), interpolation=cv2.INTER_AREA)
    images = [np.roll(image_of_both, 4 * n, axis=1) for n in range(4)]
    synthetic_videos.from_pictures(tmp_path / "clip.mkv", images, [0, 200, 400, 600])
    write_tables(tmp_path, np.arange(4) / 5, (640, 380))
    for name in ("a", "b"):
        arguments = command(tmp_path, "clip.mkv", tmp_path / name, "--batch-size", 3)
        monkeypatch.setattr("sys.argv", arguments)
        detect_faces.main()
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    faces = parquet.read(tmp_path / "a")
    assert list(faces["frame"]) == [0, 0, 1, 1, 2, 2, 3, 3]
    assert list(faces["track"]) == [0, 1] * 4
    movement = faces[faces["track"] == 0]["x1"].diff().dropna()
    assert movement.between(1, 7).all()
    assert pq.read_schema(tmp_path / "a").equals(schemas.SCHEMAS["faces"])


def test_a_video_without_frames_does_not_load_pytorch(tmp_path):
    write_tables(tmp_path, [], (None, None))
    (tmp_path / "clip.mp4").touch()
    (tmp_path / "torch.py").write_text("raise RuntimeError('loaded')")
    script = detect_faces.__file__
    code = f"import sys, runpy; sys.path.insert(0, {str(tmp_path)!r}); sys.argv = sys.argv[1:]; "
    code += f"sys.path.insert(0, {script.rsplit('/', 1)[0]!r}); "
    code += f"runpy.run_path({script!r}, run_name='__main__'); assert 'torch' not in sys.modules"
    output = tmp_path / "faces.parquet"
    arguments = command(tmp_path, "clip.mp4", output)
    subprocess.run([sys.executable, "-c", code, *arguments], check=True, capture_output=True)
    assert pq.read_schema(output).equals(schemas.SCHEMAS["faces"])
    assert len(parquet.read(output)) == 0
    assert parquet.read_provenance(output)["parameters"]["device"] is None


def test_a_poster_beside_a_living_person_is_a_picture(tmp_path, monkeypatch):
    speaker = Face("hopper", at(50, 40, 0.7), alive=1, bordered=False)
    scene = Scene([speaker, Face("collins", at(230, 30, 0.9))])
    random = np.random.default_rng(0)
    times = np.arange(21) / 5
    images = [np.ascontiguousarray(scene.draw(time, random)[0][:, :, ::-1]) for time in times]
    synthetic_videos.from_pictures(tmp_path / "clip.mkv", images, list(range(0, 4200, 200)))
    write_tables(tmp_path, times, images[0].shape[1::-1])
    monkeypatch.setattr("sys.argv", command(tmp_path, "clip.mkv", tmp_path / "faces.parquet"))
    detect_faces.main()
    faces = parquet.read(tmp_path / "faces.parquet")
    kinds = faces.groupby("track").agg(x1=("x1", "median"), kind=("kind", "unique"))
    assert [list(kind) for kind in kinds.sort_values("x1")["kind"]] == [["person"], ["picture"]]
    assert faces["copy_of"].isna().all()
