"""Facts about the input of a job are read from the files that exist."""

import subprocess
import sys

import numpy as np
import pyarrow as pa
import pytest

from corpus.planning import input_facts
from corpus.tables import parquet
from corpus.tables.schemas import SCHEMAS


def test_missing_files_are_not_read_and_import_nothing(root):
    code = (
        "import sys; sys.path.insert(0, 'scripts')\n"
        "from corpus.planning import input_facts, resource_model\n"
        "missing = 'no/such.parquet'\n"
        "facts = [input_facts.from_media(missing), input_facts.from_status(missing)]\n"
        "facts += [input_facts.from_faces(missing), input_facts.from_clusters(missing)]\n"
        "facts += [input_facts.from_embeddings([missing], 128)]\n"
        "assert facts == [{}] * 5, facts\n"
        "resource_model.minutes('cluster_faces', resource_model.InputFacts())\n"
        "assert not {'pyarrow', 'numpy', 'pandas'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=root, check=True)


def test_facts_come_from_the_tables(tmp_path):
    status, faces, clusters = (tmp_path / f"{n}.parquet" for n in ("status", "faces", "clusters"))
    row = {"width": 640, "height": 360, "n_frames": 250, "duration_s": 10.0, "n_shots": 2}
    parquet.write(status, "status", {name: [value] for name, value in row.items()}, {})
    parquet.write(faces, "faces", {"frame": [0, 0, 5, 5, 5, 9], "track": [0, 1, 0, 1, 2, 2]}, {})
    parquet.write(clusters, "clusters", {"track": [0, 1, 2, 0]}, {})
    assert input_facts.from_status(status) == row
    assert input_facts.from_faces(faces) == {"n_faces": 6, "n_tracks": 3, "max_people": 3}
    assert input_facts.from_clusters(clusters) == {"n_tracks": 4}
    assert input_facts.from_media(faces) == {"size_mb": faces.stat().st_size / 1e6}


def test_a_video_without_frames_and_faces_has_facts_too(tmp_path):
    status, faces = tmp_path / "status.parquet", tmp_path / "faces.parquet"
    parquet.write(status, "status", {"status": ["no_video"], "n_frames": [0], "n_shots": [0]}, {})
    parquet.write(faces, "faces", {"frame": [], "track": []}, {})
    facts = input_facts.from_status(status) | input_facts.from_faces(faces)
    assert facts == {"n_frames": 0, "n_shots": 0, "n_faces": 0, "n_tracks": 0, "max_people": 0}


def test_a_damaged_table_gives_no_facts(tmp_path):
    damaged, empty = tmp_path / "damaged.parquet", tmp_path / "empty.parquet"
    damaged.write_bytes(b"PAR1 cut off")
    empty.touch()
    for path in (damaged, empty):
        assert input_facts.from_status(path) == {}
        assert input_facts.from_faces(path) == {}
        assert input_facts.from_clusters(path) == {}


@pytest.mark.parametrize("dimensions", [128, 512])
@pytest.mark.parametrize("n_faces", [0, 6, 600, 10_000])
def test_embedded_faces_are_estimated_from_file_sizes(tmp_path, dimensions, n_faces):
    path = tmp_path / "embeddings.parquet"
    vectors = np.random.default_rng(0).normal(size=(n_faces, dimensions)).astype(np.float32)
    columns = {"track": np.arange(n_faces), "embedding": list(vectors)}
    parquet.write(path, "embeddings", columns, {"parameters": {}}, vector=dimensions)
    facts = input_facts.from_embeddings([path, path, tmp_path / "missing"], dimensions)
    assert 0.7 * n_faces - 10 <= facts["n_embeddings"] / 2 <= 1.25 * n_faces + 10


def test_people_of_one_video_are_counted(tmp_path):
    tracks = tmp_path / "tracks.parquet"
    columns = {"video_id": ["a", "a", "a", "b"], "person": ["P1", "P2", "P1", "P3"]}
    parquet.write(tracks, "tracks", columns, {})
    assert input_facts.count_people(tracks, "a") == 2
    assert input_facts.count_people(tmp_path / "missing.parquet", "a") == 0


@pytest.mark.parametrize("n_gestures", [0, 3, 300, 3000])
def test_gestures_are_estimated_from_file_sizes(tmp_path, n_gestures):
    path = tmp_path / "measures.parquet"
    random = np.random.default_rng(0)
    columns = {"gesture": range(n_gestures), "track": [0] * n_gestures}
    columns |= {"hand": ["left"] * n_gestures, "region": ["center"] * n_gestures}
    fields = [field for field in SCHEMAS["gesture_measures"] if pa.types.is_floating(field.type)]
    columns |= {field.name: random.random(n_gestures) for field in fields}
    parquet.write(path, "gesture_measures", columns, {"parameters": {}})
    estimate = input_facts.count_gestures([path, path, tmp_path / "missing"])
    assert 0.8 * n_gestures - 30 <= estimate / 2 <= 2 * n_gestures + 30
