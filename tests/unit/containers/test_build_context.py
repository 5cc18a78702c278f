"""The build context has all files of the workflow that the images need, and no others."""

import subprocess
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from bridge import context
from repository import ROOT, repository_files

LEFT_OUT = ("tests/", "benchmarks/", "docs/", ".")
"""Beginnings of the paths of files that only developers and readers of the documentation need."""
ALSO_LEFT_OUT = {"CONTRIBUTING.md", "Makefile", "mkdocs.yml"}
TEMPLATES = {"config/people.tsv", "config/videos.tsv"}
"""Files that users fill in."""


def is_named(path: str, lines: list[str]) -> bool:
    """Whether .dockerignore names a file. Its patterns match within one folder."""
    patterns = [line[1:] for line in lines if line.startswith("!")]
    folder, _, name = path.rpartition("/")
    return any(
        pattern.rpartition("/")[0] == folder and fnmatchcase(name, pattern.rpartition("/")[2])
        for pattern in patterns
    )


def test_every_file_that_the_image_needs_is_named() -> None:
    """If this fails, add a line for the new file or folder to .dockerignore."""
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert next(line for line in lines if line and not line.startswith("#")) == "*"
    needed = {path for path in repository_files() if not path.startswith(LEFT_OUT)}
    unnamed = {path for path in needed if not is_named(path, lines)}
    assert unnamed == ALSO_LEFT_OUT | TEMPLATES


def test_each_line_names_a_file() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for line in lines:
        if line.startswith("!"):
            assert any(is_named(path, [line]) for path in repository_files()), line
            assert "*" not in line.rpartition("/")[0], "podman searches no folder that * matches"


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", folder, *arguments], check=True, capture_output=True)


@pytest.fixture
def workflow(tmp_path: Path) -> Path:
    """A folder with a recipe, code, and a file of the user."""
    folder = tmp_path / "workflow"
    for name in ("containers/Dockerfile", "scripts/a b.py", "scripts/old.py", "config/mine.tsv"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    return folder


def copied(workflow: Path) -> set[str]:
    with context.tracked_files(str(workflow)) as folder:
        files = [path for path in Path(folder).rglob("*") if path.is_file()]
        return {path.relative_to(folder).as_posix() for path in files}


def test_only_tracked_files_are_in_the_context(
    workflow: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    git(workflow, "init", "-q")
    git(workflow, "add", "containers", "scripts/a b.py", "scripts/old.py")
    (workflow / "scripts/old.py").unlink()
    (workflow / "scripts/new.py").touch()
    (workflow / "scripts/a b.py").write_text("edited")
    with context.tracked_files(str(workflow)) as folder:
        assert Path(folder, "scripts/a b.py").read_text() == "edited"
    assert copied(workflow) == {"containers/Dockerfile", "scripts/a b.py"}
    assert "because git does not track it: scripts/new.py\n" in capsys.readouterr().out


def test_without_git_the_folder_itself_is_the_context(workflow: Path) -> None:
    with context.tracked_files(str(workflow)) as folder:
        assert folder == str(workflow)


def test_a_copy_in_another_repository_is_not_taken_from_there(workflow: Path) -> None:
    """A downloaded archive that was unpacked in a folder of a repository that does not track it."""
    git(workflow.parent, "init", "-q")
    with context.tracked_files(str(workflow)) as folder:
        assert folder == str(workflow)
