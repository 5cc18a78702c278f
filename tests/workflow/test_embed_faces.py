"""The script embed_faces writes a valid and reproducible table of embeddings."""

import hashlib
import subprocess
import sys

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

import embed_faces
import synthetic_videos
from corpus.core.errors import ModelError
from corpus.tables import parquet, schemas
from face_tables import status_table
from portraits import model_file, portrait_faces, portraits
from script_runs import default_flags


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """A video with both people in four frames, its faces table, and an empty faces table."""
    folder = tmp_path_factory.mktemp("clip")
    image_of_both = np.hstack(list(portraits().values()))
    synthetic_videos.from_pictures(folder / "clip.mkv", [image_of_both] * 4, [0, 200, 400, 600])
    box, points = (
        np.stack([face[index] for face in portrait_faces().values()]) for index in (0, 2)
    )
    box[1, [0, 2]] += image_of_both.shape[1] / 2
    rows = [
        (frame, frame / 5, 0, track, *box[track], 0.99, points[track], 0.5 + frame / 10)
        for frame in range(4)
        for track in range(2)
    ]
    columns = schemas.SCHEMAS["faces"].names
    table = pd.DataFrame(rows, columns=columns[: columns.index("kind")])
    parquet.write(folder / "faces.parquet", "faces", table, {})
    status = status_table(image_of_both.shape[1], image_of_both.shape[0])
    parquet.write(folder / "status.parquet", "status", status, {})
    parquet.write(folder / "no_faces.parquet", "faces", table[:0], {})
    return folder


def options(clip, embedder, files, output, *extra_options, table="faces", checksums=None):
    """Command line of the script for the clip."""
    checksums = checksums or [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]
    command = ["x", "--video", clip / "clip.mkv", "--status", clip / "status.parquet"]
    command += ["--faces", clip / f"{table}.parquet"]
    command += [*default_flags("embed_faces", embedder=embedder, device="cpu")]
    command += ["--model", *files, "--sha256", *checksums, "--output", output, *extra_options]
    return [str(argument) for argument in command]


def run_main(monkeypatch, command):
    monkeypatch.setattr("sys.argv", command)
    embed_faces.main()


def test_the_table_is_valid_and_has_the_same_bytes_each_time(clip, tmp_path, monkeypatch):
    files = [model_file("dlib"), model_file("dlib_landmarks")]
    for name in ("a", "b"):
        command = options(clip, "dlib", files, tmp_path / name, "--best", "2")
        run_main(monkeypatch, command)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert pq.read_schema(tmp_path / "a").equals(schemas.schema("embeddings", vector=128))
    table = parquet.read(tmp_path / "a")
    assert table[["track", "frame"]].values.tolist() == [[0, 1], [0, 3], [1, 1], [1, 3]]
    assert list(table["time_s"]) == [0.2, 0.6] * 2
    vectors = np.stack(table["embedding"])
    assert np.linalg.norm(vectors[0] - vectors[1]) < 0.1
    assert np.linalg.norm(vectors[0] - vectors[2]) > 0.6
    provenance = parquet.read_provenance(tmp_path / "a")
    assert set(provenance["models"]) == {file.name for file in files}
    assert provenance["parameters"] == {
        "best": 2,
        "batch_size": 16,
        "device": "cpu",
        "embedder": "dlib",
    }
    assert {"dlib-bin", "av"} <= set(provenance["tools"])


def test_facenet_embeds_all_faces(clip, tmp_path, monkeypatch, facenet_weights):
    command = options(
        clip, "facenet-vggface2", [facenet_weights[0]], tmp_path / "e", "--batch-size", "3"
    )
    run_main(monkeypatch, command)
    table = parquet.read(tmp_path / "e")
    assert list(table["track"]) == [0] * 4 + [1] * 4
    assert np.allclose(np.linalg.norm(np.stack(table["embedding"]), axis=1), 1, atol=1e-5)
    assert parquet.read_provenance(tmp_path / "e")["parameters"]["device"] == "cpu"


@pytest.mark.fault(
    "inputs", "a model has another checksum, or is missing", "refused before anything is written"
)
def test_a_wrong_model_is_refused_before_anything_is_written(clip, tmp_path, monkeypatch):
    files = [model_file("dlib"), tmp_path / "missing.dat"]
    command = options(clip, "dlib", files, tmp_path / "e", checksums=["0" * 64, "1" * 64])
    with pytest.raises(ModelError, match="is not the expected file"):
        run_main(monkeypatch, command)
    sha256 = hashlib.sha256(files[0].read_bytes()).hexdigest()
    command = options(clip, "dlib", files, tmp_path / "e", checksums=[sha256, "1" * 64])
    with pytest.raises(ModelError, match="missing.dat is missing"):
        run_main(monkeypatch, command)
    assert not (tmp_path / "e").exists()


def test_a_video_without_faces_loads_no_network(clip, tmp_path):
    (tmp_path / "weights.pt").write_bytes(b"never opened as weights")
    command = options(
        clip, "facenet-vggface2", [tmp_path / "weights.pt"], tmp_path / "e", table="no_faces"
    )
    script = embed_faces.__file__
    code = f"import runpy, sys; sys.path.insert(0, {script.rsplit('/', 1)[0]!r}); "
    code += f"sys.argv = sys.argv[1:]; runpy.run_path({script!r}, run_name='__main__'); "
    code += "assert 'torch' not in sys.modules and 'dlib' not in sys.modules"
    subprocess.run([sys.executable, "-c", code, *command], check=True, capture_output=True)
    assert pq.read_schema(tmp_path / "e").equals(schemas.schema("embeddings", vector=512))
    assert len(parquet.read(tmp_path / "e")) == 0
    assert parquet.read_provenance(tmp_path / "e")["parameters"]["device"] is None
