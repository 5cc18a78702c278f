"""Reading the networks in .task files."""

import zipfile
from pathlib import Path

import pytest

from corpus.core.errors import ModelError
from corpus.networks.task_files import read_task_file


@pytest.fixture
def task(tmp_path: Path) -> Path:
    path = tmp_path / "model.task"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("b.tflite", b"two" * 1000)
        archive.writestr("a.tflite", b"one" * 1000, zipfile.ZIP_DEFLATED)
        archive.writestr("notes.txt", b"no network")
    return path


def test_all_networks_are_read_and_know_where_they_are_from(task: Path) -> None:
    networks = read_task_file(task)
    assert list(networks) == ["a.tflite", "b.tflite"]
    assert networks["b.tflite"] == (f"{task}: b.tflite", b"two" * 1000)
    assert networks["a.tflite"].content == b"one" * 1000


@pytest.mark.fault("inputs", "a .task file is missing, cut or altered", "an error that names it")
@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda content: None, "cannot be read: No such file or directory"),
        (lambda content: b"", "is damaged, or not a .task file: File is not a zip file"),
        (lambda content: b"<html>not found</html>", "File is not a zip file"),
        (lambda content: content[:-40], "File is not a zip file"),
        (
            lambda content: content.replace(b"twotwo", b"twoTwo", 1),
            "Bad CRC-32 for file 'b.tflite'",
        ),
        (lambda content: content[:200] + content[1200:], "is damaged"),
    ],
)
def test_a_damaged_file_is_an_error_that_names_it(task: Path, damage, message: str) -> None:
    content = damage(task.read_bytes())
    task.unlink()
    if content is not None:
        task.write_bytes(content)
    with pytest.raises(ModelError, match=message) as error:
        read_task_file(task)
    assert str(error.value).startswith(f"model {task} ")


def test_a_zip_file_without_networks_is_an_error(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "mine.task", "w") as archive:
        archive.writestr("model.onnx", b"")
    with pytest.raises(ModelError, match="mine.task is not a .task file: no .tflite file is in it"):
        read_task_file(tmp_path / "mine.task")
