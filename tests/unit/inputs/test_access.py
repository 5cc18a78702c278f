"""Other users of the computer get no access to results unless the user allows it."""

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import fetch_model
from corpus.core.atomic_files import write_text
from corpus.core.checksums import sha256
from corpus.inputs import access


@pytest.fixture(autouse=True)
def umask_restored(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The umask of the process as it was, after the test."""
    # Set first, so that the variable is removed after a test that sets it.
    monkeypatch.setenv(access.UMASK_VARIABLE, "")
    monkeypatch.delenv(access.UMASK_VARIABLE)
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.fault("privacy", "results on a shared disk", "others get no access, the group does")
@pytest.mark.parametrize(("umask", "folder", "file"), [(0o022, 0o750, 0o640), (0, 0o770, 0o660)])
def test_others_are_excluded_and_the_group_is_not(tmp_path: Path, umask, folder, file) -> None:
    os.umask(umask)
    access.exclude_others()
    write_text(tmp_path / "results/faces/v.txt", "biometric")
    assert mode_of(tmp_path / "results") == mode_of(tmp_path / "results/faces") == folder
    assert mode_of(tmp_path / "results/faces/v.txt") == file


@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o027, 0o640)])
def test_a_model_follows_the_umask_of_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, umask: int, mode: int
) -> None:
    (tmp_path / "mine").write_bytes(b"weights")
    digest = sha256(tmp_path / "mine")
    os.umask(umask)
    access.exclude_others()
    access.exclude_others()
    arguments = ["--model", "dlib", "--file", str(tmp_path / "mine"), "--sha256", digest]
    arguments += ["--output", str(tmp_path / "models/dlib.pt")]
    monkeypatch.setattr(sys, "argv", ["fetch_model.py", *arguments])
    fetch_model.main()
    assert mode_of(tmp_path / "models/dlib.pt") == mode


@pytest.mark.fault(
    "privacy", "results that others can read", "one warning with the command, nothing is changed"
)
def test_the_warning_comes_once_for_each_state_of_the_folder(tmp_path: Path) -> None:
    results = tmp_path / "results"
    assert access.warning(results) is None, "it does not exist yet"
    results.mkdir()
    results.chmod(0o755)
    warning = access.warning(results)
    assert warning and f"chmod o-rwx {results}" in warning
    assert access.warning(results) == warning, "a dry run remembers nothing"
    access.note_warning(results)
    assert access.warning(results) is None
    assert mode_of(results) == 0o755
    results.chmod(0o777)
    assert access.warning(results), "another state"
    results.chmod(0o750)
    assert access.warning(results) is None


def test_a_tool_follows_the_folder_of_the_results(tmp_path: Path) -> None:
    for mode, expected in ((0o755, 0o644), (0o750, 0o640)):
        results = tmp_path / f"{mode:o}"
        results.mkdir()
        results.chmod(mode)
        os.umask(0o022)
        access.follow_folder(results)
        write_text(results / "a.txt", "")
        assert mode_of(results / "a.txt") == expected
