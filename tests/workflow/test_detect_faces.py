"""The script detect_faces writes a valid and reproducible table of faces."""

import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pyarrow.parquet as pq
import pytest

import detect_faces
import synthetic_videos
from corpus.core.errors import ModelError
from corpus.faces.embedding_networks import load_embedder
from corpus.tables import parquet, schemas
from corpus.video.reader import Reader
from face_detection_runs import DLIB_MODELS, command, sha256_of, write_tables
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
    assert {"facenet-pytorch", "ai-edge-litert", "av", "dlib-bin"} <= set(provenance["tools"])
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
    first, second = (tmp_path / f"{name}_embeddings" for name in ("a", "b"))
    assert first.read_bytes() == second.read_bytes()
    faces = parquet.read(tmp_path / "a")
    assert list(faces["frame"]) == [0, 0, 1, 1, 2, 2, 3, 3]
    assert list(faces["track"]) == [0, 1] * 4
    movement = faces[faces["track"] == 0]["x1"].diff().dropna()
    assert movement.between(1, 7).all()
    assert pq.read_schema(tmp_path / "a").equals(schemas.SCHEMAS["faces"])


@pytest.mark.parametrize("batch_size", [1, 3])
def test_the_bytes_do_not_depend_on_the_cores(tmp_path, monkeypatch, batch_size):
    filmed_portraits(tmp_path, 5)
    outputs = []
    for n in (1, 2, 3):
        output = tmp_path / f"faces{n}"
        options = ("--batch-size", batch_size, "--threads", n)
        monkeypatch.setattr("sys.argv", command(tmp_path, "clip.mkv", output, *options))
        detect_faces.main()
        embeddings = output.with_name(f"{output.name}_embeddings")
        outputs.append((output.read_bytes(), embeddings.read_bytes()))
    assert len(parquet.read(output)) == 10
    assert outputs[0] == outputs[1] == outputs[2]


@pytest.mark.parametrize(("device", "n_threads"), [("cpu", 3), ("cuda", 1)])
def test_each_thread_has_its_own_networks_and_a_gpu_has_one(monkeypatch, device, n_threads):
    for module, name in (
        (detect_faces.detectors, "load_detector"),
        (detect_faces, "load_embedder"),
    ):
        monkeypatch.setattr(module, name, lambda *_, thread: thread)
    arguments = detect_faces.parse_arguments(
        command(Path("x"), "clip.mkv", Path("faces"), "--threads", 3)[1:]
    )
    networks = detect_faces.load_networks(arguments, device)
    assert networks == [(thread, thread) for thread in range(n_threads)]


def filmed_portraits(folder, n_frames):
    """A video of both people side by side, with its tables; returns the image of each frame."""
    image_of_both = np.hstack(list(portraits().values()))
    image_of_both = cv2.resize(image_of_both, (640, 380), interpolation=cv2.INTER_AREA)
    times_ms = [200 * number for number in range(n_frames)]
    synthetic_videos.from_pictures(folder / "clip.mkv", [image_of_both] * n_frames, times_ms)
    write_tables(folder, np.arange(n_frames) / 5, (640, 380))


def test_the_embeddings_of_the_best_faces_are_written(tmp_path, monkeypatch):
    filmed_portraits(tmp_path, 4)
    output = tmp_path / "faces"
    monkeypatch.setattr("sys.argv", command(tmp_path, "clip.mkv", output, "--best", 2))
    detect_faces.main()
    faces, best = parquet.read(output), parquet.read(tmp_path / "faces_embeddings")
    path = tmp_path / "faces_embeddings"
    assert pq.read_schema(path).equals(schemas.schema("embeddings", vector=128))
    assert list(best["track"]) == [0, 0, 1, 1]
    assert len(best.merge(faces, on=["track", "frame", "time_s"])) == 4
    vectors = np.stack(best["embedding"])
    assert np.linalg.norm(vectors[0] - vectors[1]) < 0.1
    assert np.linalg.norm(vectors[0] - vectors[2]) > 0.6
    provenance = parquet.read_provenance(path)
    assert provenance == parquet.read_provenance(output)
    assert provenance["parameters"]["best"] == 2
    assert provenance["parameters"]["detector"] == "fast-mtcnn"
    assert set(provenance["models"]) == {model_file(name).name for name in DLIB_MODELS}


def test_an_embedding_is_that_of_the_face_in_the_table(tmp_path, monkeypatch):
    """The vector of a written box is the written vector, to the last bit."""
    filmed_portraits(tmp_path, 3)
    output = tmp_path / "faces"
    monkeypatch.setattr("sys.argv", command(tmp_path, "clip.mkv", output))
    detect_faces.main()
    faces, best = parquet.read(output), parquet.read(tmp_path / "faces_embeddings")
    embed = load_embedder("dlib", [model_file(name) for name in DLIB_MODELS], "cpu")
    images = {frame.number: frame.pixels for frame in Reader(tmp_path / "clip.mkv", {0, 1, 2})}
    rows = best.merge(faces, on=["track", "frame"])
    for _, row in rows.iterrows():
        box = row[["x1", "y1", "x2", "y2"]].to_numpy(dtype=np.float64)
        assert np.array_equal(embed([images[row["frame"]]], [box])[0], row["embedding"])
    assert len(rows) == 6


def test_facenet_embeds_the_faces(tmp_path, monkeypatch, facenet_weights):
    filmed_portraits(tmp_path, 2)
    arguments = command(tmp_path, "clip.mkv", tmp_path / "faces", "--batch-size", 3)
    weights = facenet_weights[0]
    at = arguments.index("--model")
    arguments[at : at + 6] = ["--model", str(weights), "--sha256", sha256_of(weights)]
    arguments += ["--embedder", "facenet-vggface2"]
    monkeypatch.setattr("sys.argv", arguments)
    detect_faces.main()
    best = parquet.read(tmp_path / "faces_embeddings")
    assert np.allclose(np.linalg.norm(np.stack(best["embedding"]), axis=1), 1, atol=1e-5)
    assert "torch" in parquet.read_provenance(tmp_path / "faces")["tools"]


@pytest.mark.fault(
    "inputs", "a model has another checksum, or is missing", "refused before anything is written"
)
def test_a_wrong_model_is_refused_before_anything_is_written(tmp_path, monkeypatch):
    write_tables(tmp_path, [0], (64, 48))
    arguments = command(tmp_path, "clip.mkv", tmp_path / "faces")
    at = arguments.index("--sha256")
    arguments[at + 1] = "0" * 64
    monkeypatch.setattr("sys.argv", arguments)
    with pytest.raises(ModelError, match="is not the expected file"):
        detect_faces.main()
    arguments[at - 1] = str(tmp_path / "missing.dat")
    arguments[at + 1] = sha256_of(model_file("dlib"))
    with pytest.raises(ModelError, match="missing.dat is missing"):
        detect_faces.main()
    assert not (tmp_path / "faces").exists()


def test_pytorch_is_not_loaded_on_a_cpu(tmp_path):
    filmed_portraits(tmp_path, 2)
    run_without_pytorch(tmp_path, command(tmp_path, "clip.mkv", tmp_path / "faces"))
    assert len(parquet.read(tmp_path / "faces")) == 4


def run_without_pytorch(folder, arguments):
    """Run the script in a process that fails if it imports PyTorch."""
    (folder / "torch.py").write_text("raise RuntimeError('loaded')")
    script = detect_faces.__file__
    code = f"import sys, runpy; sys.path.insert(0, {str(folder)!r}); sys.argv = sys.argv[1:]; "
    code += f"sys.path.insert(0, {script.rsplit('/', 1)[0]!r}); "
    code += f"runpy.run_path({script!r}, run_name='__main__'); assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code, *arguments], check=True, capture_output=True)


def test_a_video_without_frames_loads_no_network(tmp_path):
    write_tables(tmp_path, [], (None, None))
    (tmp_path / "clip.mp4").touch()
    output = tmp_path / "faces.parquet"
    run_without_pytorch(tmp_path, command(tmp_path, "clip.mp4", output))
    embeddings = pq.read_schema(tmp_path / "faces_embeddings.parquet")
    assert embeddings.equals(schemas.schema("embeddings", vector=128))
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
