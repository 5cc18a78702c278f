"""Embeddings: of the right faces, by the right pixels, near for one person and far for two."""

import hashlib
import pickle
import subprocess
import sys
from itertools import combinations

import cv2
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

import embed_faces
import synthetic_videos as odd
from corpus.core.errors import ModelError
from corpus.faces.embedders import EMBEDDERS
from corpus.faces.embedding_networks import load_embedder
from corpus.tables import parquet, schemas
from portraits import detector, faces, model_file, portraits


def track_of(quality, number=0, times=None) -> pd.DataFrame:
    frames = range(0, 5 * len(quality), 5)
    times = np.array(frames) / 25 if times is None else times
    return pd.DataFrame({"track": number, "frame": frames, "time_s": times, "quality": quality})


# Which faces -------------------------------------------------------------------------------------


def test_faces_are_spread_over_the_track():
    # The best ones are all at the start.
    quality = [0.9] * 6 + [0.5, 0.6, 0.5] * 6
    chosen = embed_faces.pick(track_of(quality), 4)
    assert len(chosen) == 4
    assert chosen["frame"].is_monotonic_increasing
    parts = (chosen["time_s"] / (23 / 5) * 4).astype(int)
    assert list(parts) == [0, 1, 2, 3]
    assert list(chosen["quality"]) == [0.9, 0.6, 0.6, 0.6]


def test_short_tracks_are_taken_whole_and_each_track_counts():
    faces_found = pd.concat([track_of([0.1] * 3), track_of(list(np.linspace(0, 1, 20)), 1)])
    chosen = embed_faces.pick(faces_found, 6)
    assert list(chosen["track"]) == [0] * 3 + [1] * 6
    assert list(chosen) == ["track", "frame", "time_s", "quality"]


def test_a_part_without_faces_is_made_up_for_by_the_best_left():
    # Nothing between 1 and 9 seconds.
    times = [0, 0.2, 0.4, 0.6, 0.8, 9.2, 9.4, 9.6, 9.8, 10]
    quality = [0.5, 0.9, 0.8, 0.1, 0.2, 0.3, 0.4, 0.7, 0.1, 0.1]
    chosen = embed_faces.pick(track_of(quality, times=times), 4)
    assert list(chosen["quality"]) == [0.5, 0.9, 0.8, 0.7]


def test_equal_faces_are_chosen_alike_every_time():
    rows = track_of([0.5] * 10)
    shuffled = rows.sample(frac=1, random_state=1).sort_values("time_s")
    assert list(embed_faces.pick(rows, 1)["frame"]) == [0]
    assert list(embed_faces.pick(shuffled, 3)["frame"]) == list(embed_faces.pick(rows, 3)["frame"])


def test_a_clock_that_stands_still_does_no_harm():
    chosen = embed_faces.pick(track_of([0.1, 0.9, 0.5], times=[2.0] * 3), 2)
    assert list(chosen["quality"]) == [0.9, 0.5]


# dlib --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def dlib():
    return load_embedder("dlib", [model_file("dlib"), model_file("dlib_landmarks")], None)


def views(picture):
    """The portrait as a camera could have seen it at other moments."""
    height, width = picture.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), 8, 0.8)
    dark = (picture * 0.6).astype(np.uint8)
    small = cv2.resize(picture, None, fx=0.7, fy=0.7, interpolation=cv2.INTER_AREA)
    padded = np.full_like(picture, 90)
    padded[: small.shape[0], : small.shape[1]] = small
    return [picture, cv2.warpAffine(picture, turn, (width, height)), dark, padded]


def test_dlib_tells_two_people_apart(dlib):
    vectors, people = [], []
    for person, picture in portraits().items():
        for view in views(picture):
            boxes, scores, _ = detector()([view])[0]
            vectors.append(dlib([view], [boxes[scores.argmax()]])[0])
            people.append(person)
    assert vectors[0].dtype == np.float32
    assert vectors[0].shape == (EMBEDDERS["dlib"].dimensions,)
    for (a, one), (b, other) in combinations(zip(vectors, people, strict=True), 2):
        apart = np.linalg.norm(a - b)
        assert apart < 0.4 if one == other else apart > 0.6, (one, other, apart)


def test_dlib_gives_a_face_the_same_vector_in_any_company(dlib):
    pictures = [np.asfortranarray(picture) for picture in portraits().values()]
    boxes = [face[0] for face in faces().values()]
    together = dlib(pictures, boxes)
    assert np.allclose(together[1], dlib(pictures[1:], boxes[1:])[0], atol=1e-5)
    assert np.linalg.norm(together[0] - together[1]) > 0.6


def test_a_face_at_the_pictures_edge_is_embedded(dlib):
    box, _, _ = faces()["collins"]
    left = int(box[0] + 0.2 * (box[2] - box[0]))
    cut = portraits()["collins"][:, left:]
    vector = dlib([cut], [box - [left, 0, left, 0]])[0]
    assert np.linalg.norm(vector - dlib([portraits()["collins"]], [box])[0]) < 0.6


@pytest.mark.parametrize("broken", ["network", "landmarks"])
def test_files_that_are_not_dlibs(tmp_path, broken):
    files = {name: model_file(name) for name in ("dlib", "dlib_landmarks")}
    fake = tmp_path / "fake.dat"
    fake.write_bytes(files["dlib_landmarks"].read_bytes()[:1000])
    files["dlib" if broken == "network" else "dlib_landmarks"] = fake
    with pytest.raises(ModelError, match="fake.dat is no .* of dlib .*: put dlib's own file there"):
        load_embedder("dlib", list(files.values()), None)


# FaceNet -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """Weights with the keys of facenet-pytorch's release, and the model they were saved from."""
    import torch
    from facenet_pytorch import InceptionResnetV1

    torch.manual_seed(0)
    model = InceptionResnetV1(pretrained=None, classify=True, num_classes=8631).eval()
    path = tmp_path_factory.mktemp("weights") / "facenet.pt"
    torch.save(model.state_dict(), path)
    model.classify = False
    return path, model


@pytest.fixture(scope="module")
def facenet(published):
    from corpus.core.devices import torch_device

    return load_embedder("facenet-vggface2", [published[0]], torch_device("cpu"))


def test_facenet_is_facenet_pytorchs_own_on_its_own_pixels(published, facenet):
    import torch
    from facenet_pytorch import extract_face, fixed_image_standardization

    pictures = list(portraits().values())
    edge = np.array([-20.5, 300.2, 90.7, 640.9])
    cases = [(p, face[0]) for p, face in zip(pictures, faces().values(), strict=True)]
    cases.append((pictures[0], edge))
    chips = [extract_face(p, box, image_size=160, margin=14) for p, box in cases]
    with torch.no_grad():
        expected = published[1](fixed_image_standardization(torch.stack(chips))).numpy()
    found = facenet([p for p, _ in cases], [box for _, box in cases])
    assert found.dtype == np.float32
    assert found.shape == (3, EMBEDDERS["facenet-vggface2"].dimensions)
    assert np.allclose(found, expected, atol=1e-6)
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    assert np.linalg.norm(found[0] - found[2]) > 1e-3, "different pixels, different vectors"


def test_facenet_survives_a_box_outside_the_picture(facenet):
    picture = portraits()["collins"]
    height, width = picture.shape[:2]
    far = np.array([width + 50.0, height + 50, width + 90, height + 90])
    assert np.isfinite(facenet([picture], [far])).all()


class Harmful:
    """An object whose pickle runs code when loaded."""

    def __reduce__(self):
        return exec, ("raise SystemExit('code was run')",)


@pytest.mark.parametrize("fault", ["empty", "truncated", "text", "code", "other keys", "no dict"])
def test_weights_that_cannot_be_used(tmp_path, published, fault):
    import torch

    path = tmp_path / "weights.pt"
    if fault == "truncated":
        path.write_bytes(published[0].read_bytes()[:100_000])
    elif fault == "code":
        path.write_bytes(pickle.dumps(Harmful(), protocol=2))
    elif fault == "other keys":
        torch.save({"layer.weight": torch.zeros(2)}, path)
    elif fault == "no dict":
        torch.save(torch.zeros(2), path)
    else:
        path.write_text("" if fault == "empty" else "<html>not found</html>")
    with pytest.raises(ModelError) as error:
        load_embedder("facenet-vggface2", [path], "cpu")
    message = str(error.value)
    assert message.startswith(f"model {path} holds no weights of InceptionResnetV1 (")
    assert message.endswith("put a state dict of facenet-pytorch there")
    assert "\n" not in message


# The script --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """A video with both people in four frames, and its table of faces."""
    folder = tmp_path_factory.mktemp("clip")
    both = np.hstack(list(portraits().values()))
    odd.from_pictures(folder / "clip.mkv", [both] * 4, [0, 200, 400, 600])
    box, points = (np.stack([face[part] for face in faces().values()]) for part in (0, 2))
    box[1, [0, 2]] += both.shape[1] / 2
    rows = [
        (frame, frame / 5, 0, track, *box[track], 0.99, points[track], 0.5 + frame / 10)
        for frame in range(4)
        for track in range(2)
    ]
    table = pd.DataFrame(rows, columns=schemas.SCHEMAS["faces"].names)
    parquet.write(folder / "faces.parquet", "faces", table, {})
    parquet.write(folder / "none.parquet", "faces", table[:0], {})
    return folder


def options(clip, embedder, files, output, *more, table="faces", digests=None):
    digests = digests or [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]
    command = ["x", "--video", clip / "clip.mkv", "--faces", clip / f"{table}.parquet"]
    command += ["--embedder", embedder, "--model", *files, "--sha256", *digests]
    return [str(part) for part in (*command, "--device", "cpu", "--output", output, *more)]


def run_main(monkeypatch, command):
    monkeypatch.setattr("sys.argv", command)
    embed_faces.main()


def test_the_script_writes_the_contract_and_the_same_bytes_again(clip, tmp_path, monkeypatch):
    files = [model_file("dlib"), model_file("dlib_landmarks")]
    for name in ("a", "b"):
        command = options(clip, "dlib", files, tmp_path / name, "--best", "2")
        run_main(monkeypatch, command)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert pq.read_schema(tmp_path / "a").equals(schemas.schema("embeddings", vector=128))
    found = parquet.read(tmp_path / "a")
    assert found[["track", "frame"]].values.tolist() == [[0, 1], [0, 3], [1, 1], [1, 3]]
    assert list(found["time_s"]) == [0.2, 0.6] * 2
    vectors = np.stack(found["embedding"])
    assert np.linalg.norm(vectors[0] - vectors[1]) < 0.1
    assert np.linalg.norm(vectors[0] - vectors[2]) > 0.6
    made_by = parquet.read_provenance(tmp_path / "a")
    assert set(made_by["models"]) == {file.name for file in files}
    assert made_by["parameters"] == {
        "best": 2,
        "batch_size": 16,
        "device": "cpu",
        "embedder": "dlib",
    }
    assert {"dlib-bin", "av"} <= set(made_by["tools"])


def test_the_script_with_facenet(clip, tmp_path, monkeypatch, published):
    command = options(clip, "facenet-vggface2", [published[0]], tmp_path / "e", "--batch-size", "3")
    run_main(monkeypatch, command)
    found = parquet.read(tmp_path / "e")
    assert list(found["track"]) == [0] * 4 + [1] * 4
    assert np.allclose(np.linalg.norm(np.stack(found["embedding"]), axis=1), 1, atol=1e-5)
    assert parquet.read_provenance(tmp_path / "e")["parameters"]["device"] == "cpu"


def test_a_wrong_model_is_refused_before_anything_is_done(clip, tmp_path, monkeypatch):
    files = [model_file("dlib"), tmp_path / "missing.dat"]
    command = options(clip, "dlib", files, tmp_path / "e", digests=["0" * 64, "1" * 64])
    with pytest.raises(ModelError, match="is not the expected file"):
        run_main(monkeypatch, command)
    right = hashlib.sha256(files[0].read_bytes()).hexdigest()
    command = options(clip, "dlib", files, tmp_path / "e", digests=[right, "1" * 64])
    with pytest.raises(ModelError, match="missing.dat is missing"):
        run_main(monkeypatch, command)
    assert not (tmp_path / "e").exists()


def test_a_video_without_faces_needs_no_network_loaded(clip, tmp_path):
    (tmp_path / "weights.pt").write_bytes(b"never opened as weights")
    command = options(
        clip, "facenet-vggface2", [tmp_path / "weights.pt"], tmp_path / "e", table="none"
    )
    script = embed_faces.__file__
    code = f"import runpy, sys; sys.path.insert(0, {script.rsplit('/', 1)[0]!r}); "
    code += f"sys.argv = sys.argv[1:]; runpy.run_path({script!r}, run_name='__main__'); "
    code += "assert 'torch' not in sys.modules and 'dlib' not in sys.modules"
    subprocess.run([sys.executable, "-c", code, *command], check=True, capture_output=True)
    assert pq.read_schema(tmp_path / "e").equals(schemas.schema("embeddings", vector=512))
    assert len(parquet.read(tmp_path / "e")) == 0
    assert parquet.read_provenance(tmp_path / "e")["parameters"]["device"] is None
