"""Two processes may write one file; killed processes leave nothing behind for long."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from corpus.core import atomic_files
from corpus.tables import parquet

PROVENANCE = {"step": "test", "parameters": {}}


@pytest.fixture(autouse=True)
def nothing_cached() -> None:
    atomic_files._partials_at_start.cache_clear()


def ended_process() -> int:
    """The id of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def partial_of(path: Path, process: int, machine: str | None = None) -> Path:
    """A temporary file of `path` as another process would have made it."""
    machine = machine or atomic_files._machine()
    partial = path.with_name(f".partial.{machine}.{process}.abc123.{path.name}")
    partial.write_text("incomplete")
    return partial


@pytest.mark.fault(
    "interruptions",
    "two processes write the same table at the same time",
    "the table is complete, from the one that ended last",
)
def test_two_writers_of_a_table_do_not_disturb_each_other(tmp_path: Path) -> None:
    path = tmp_path / "frames.parquet"
    with parquet.Writer(path, "frames", PROVENANCE) as first:
        first.append({"frame": [1, 2, 3]})
        with parquet.Writer(path, "frames", PROVENANCE) as second:
            second.append({"frame": [4]})
        assert parquet.read(path)["frame"].tolist() == [4]
    assert parquet.read(path)["frame"].tolist() == [1, 2, 3]
    assert [file.name for file in tmp_path.iterdir()] == ["frames.parquet"]


def test_a_name_of_200_characters_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / f"{'a' * 200}.TextGrid"
    atomic_files.write_text(path, "text")
    assert path.read_text() == "text"
    with atomic_files.atomic_path(path) as partial:
        assert partial.suffix == path.suffix
        partial.touch()


@pytest.mark.fault(
    "interruptions",
    "a killed job left an incomplete temporary file",
    "the next job that writes the file removes it",
)
def test_left_over_files_are_removed(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    of_ended = partial_of(path, ended_process())
    of_running = partial_of(path, os.getppid())
    of_other_file = partial_of(tmp_path / "b.csv", ended_process())
    elsewhere = partial_of(path, 1, machine="ffffff")
    old_elsewhere = partial_of(path, 2, machine="ffffff")
    os.utime(old_elsewhere, (0, 0))
    (tmp_path / ".partial.notes.a.csv").touch()
    atomic_files.write_text(path, "new")
    left = {file for file in tmp_path.iterdir() if file.name.startswith(".partial.")}
    assert left == {of_running, of_other_file, elsewhere, tmp_path / ".partial.notes.a.csv"}
    assert of_ended not in left and old_elsewhere not in left
    assert path.read_text() == "new"
