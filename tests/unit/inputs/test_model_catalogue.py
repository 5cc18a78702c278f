"""The catalogue of models, and the check of a model file."""

import hashlib
import re
from dataclasses import replace

import pytest
import yaml

from corpus.core.errors import ModelError
from corpus.faces.embedders import EMBEDDERS
from corpus.inputs.model_catalogue import CATALOGUE, Model, Package, accepted_sha256, verify


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


CONTENT = b"weights" * 1000
TINY = Model("tiny.pt", digest(CONTENT), len(CONTENT), "http://127.0.0.1:9/tiny.pt", "MIT")


@pytest.fixture(autouse=True)
def catalogue(monkeypatch):
    """Add a small model to the catalogue."""
    monkeypatch.setitem(CATALOGUE, "tiny", TINY)


# The catalogue -----------------------------------------------------------------------------------


def test_every_model_is_pinned_and_has_a_unique_name():
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


def test_the_configuration_names_the_models_of_the_catalogue(root):
    schema = yaml.safe_load((root / "config/schemas/config.schema.yaml").read_text())["properties"]
    assert set(schema["models"]["properties"]) == set(CATALOGUE) - {"tiny"}
    assert set(schema["faces"]["properties"]["embedder"]["enum"]) == set(EMBEDDERS)
    assert {name for embedder in EMBEDDERS.values() for name in embedder.models} <= set(CATALOGUE)
    for part in ("pose", "hand"):
        for kind in schema["keypoints"]["properties"][f"{part}_model"]["enum"]:
            assert f"{part}_landmarker_{kind}" in CATALOGUE


# Checking ----------------------------------------------------------------------------------------


def test_the_expected_file_is_accepted(tmp_path):
    (tmp_path / "tiny.pt").write_bytes(CONTENT)
    assert verify(tmp_path / "tiny.pt", TINY.sha256) == TINY.sha256


@pytest.mark.fault("inputs", "a model file is cut or another one", "refused with what to do")
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
def test_the_error_for_another_file_says_what_to_do(tmp_path, content, state):
    path = tmp_path / "tiny.pt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelError) as error:
        verify(path, TINY.sha256)
    message = str(error.value)
    assert message.startswith(f"model {path} is {state}")
    assert f"Put a file (0.0 MB) with sha256 {TINY.sha256} there, or delete it" in message
    assert "`models` in the configuration" in message


def test_a_folder_is_rejected(tmp_path):
    with pytest.raises(ModelError, match="is missing"):
        verify(tmp_path, "0" * 64)


FORMER = replace(TINY, former_sha256=digest(b"the same, packed differently"))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"the same, packed differently", FORMER.former_sha256),
        (CONTENT, FORMER.sha256),
        (b"another file", FORMER.sha256),
        (None, FORMER.sha256),
    ],
)
def test_a_file_that_an_earlier_version_packed_stays_in_use(tmp_path, content, expected):
    path = tmp_path / FORMER.file
    if content is not None:
        path.write_bytes(content)
    assert accepted_sha256(FORMER, path) == expected
    assert accepted_sha256(TINY, path) == TINY.sha256


def test_no_checksum_stands_for_two_models():
    digests = [model.sha256 for model in CATALOGUE.values()]
    digests += [model.former_sha256 for model in CATALOGUE.values() if model.former_sha256]
    assert len(set(digests)) == len(digests)
