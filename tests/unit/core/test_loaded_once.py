"""Models are read once per process, and again when their file changes."""

import os
from pathlib import Path

import pytest

from corpus.core.loaded_once import MOST_KEPT, loaded_once


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "model"
    path.write_text("a")
    return path


def test_a_file_is_read_once_until_it_changes(model: Path) -> None:
    calls = []

    @loaded_once
    def load(files: list[Path], device: str) -> str:
        calls.append(device)
        return files[0].read_text()

    assert load([model], "cpu") == load([model], "cpu") == "a"
    assert calls == ["cpu"]
    model.write_text("bc")
    assert load([model], "cpu") == "bc"
    os.utime(model, (1, 1))
    assert load([model], "cpu") == "bc"
    assert load([model], "cuda") == "bc"
    assert calls == ["cpu", "cpu", "cpu", "cuda"]


def test_an_exception_is_not_kept(model: Path) -> None:
    load = loaded_once(Path.read_bytes)
    missing = model.with_name("missing")
    with pytest.raises(FileNotFoundError):
        load(missing)
    missing.write_bytes(b"x")
    assert load(missing) == b"x"


def test_only_the_last_results_are_kept() -> None:
    calls = []
    load = loaded_once(lambda name: calls.append(name))
    for name in (*range(MOST_KEPT + 1), MOST_KEPT, 0):
        load(name)
    assert calls == [*range(MOST_KEPT + 1), 0]
