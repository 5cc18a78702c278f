"""All files of the workflow are written through corpus.core.atomic_files."""

import ast
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.core import atomic_files

CONTENT = b"a file of the user"
TEMPORARY = {"partial", "requirements"}
"""Variables with the path of a temporary file, which nothing links to."""


def direct_writes(path: Path) -> Iterator[str]:
    """Calls such as `path.write_text(...)` on a path that is not temporary, as `file:line`."""
    for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)):
            continue
        name = call.func.value.id if isinstance(call.func.value, ast.Name) else ""
        if call.func.attr in ("write_text", "write_bytes") and name not in TEMPORARY:
            yield f"{path.name}:{call.lineno}"


@pytest.mark.fault(
    "downloads", "an output of a script is a link to a file of the user", "the file is unchanged"
)
@pytest.mark.parametrize("link", [os.symlink, os.link])
def test_a_file_behind_a_link_is_not_written(tmp_path: Path, link) -> None:
    own, output = tmp_path / "own.txt", tmp_path / "output.txt"
    own.write_bytes(CONTENT)
    link(own, output)
    atomic_files.write_text(output, "new")
    assert own.read_bytes() == CONTENT
    assert output.read_bytes() == b"new" and not output.is_symlink()


def test_scripts_write_only_through_this_module(root: Path) -> None:
    allowed = {"atomic_files.py", "model_download.py"}  # the second writes to a path of the first
    files = [path for path in (root / "scripts").rglob("*.py") if path.name not in allowed]
    assert len(files) > 100
    assert [write for path in files for write in direct_writes(path)] == []
