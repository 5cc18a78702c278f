"""The source files of a script are those that it imports, and determine its checksum."""

from pathlib import Path

import pytest

from corpus.planning.code_version import data_files, source_checksum, source_files
from repository import SCRIPTS


def test_source_files_follow_every_kind_of_import(tmp_path: Path) -> None:
    files = {
        "step.py": "import json\nimport numpy\nfrom corpus import a\nimport helper",
        "helper.py": "def f():\n    from corpus.sub import deep",
        "other.py": "",
        "corpus/__init__.py": "",
        "corpus/a.py": "from corpus.b import thing\nfrom . import c",
        "corpus/b.py": "import corpus.a",
        "corpus/c.py": "",
        "corpus/unused.py": "",
        "corpus/sub/__init__.py": "from .. import d",
        "corpus/sub/deep.py": "from .near import x",
        "corpus/sub/near.py": "",
        "corpus/d.py": "",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    paths = [path.relative_to(tmp_path).as_posix() for path in source_files(tmp_path / "step.py")]
    assert paths[0] == "step.py"
    assert paths[1:] == sorted(set(files) - {"step.py", "other.py", "corpus/unused.py"})


def test_a_missing_script_is_named_in_the_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="step.py"):
        source_files(tmp_path / "step.py")


def write_script(folder: Path) -> Path:
    """Write a script that imports one of two modules; return its path."""
    (folder / "corpus").mkdir(parents=True)
    for name in ("__init__", "a", "other"):
        (folder / "corpus" / f"{name}.py").touch()
    script = folder / "step.py"
    script.write_text("from corpus import a\n")
    return script


def test_a_checksum_depends_only_on_contents_and_names(tmp_path: Path) -> None:
    script, copied_script = write_script(tmp_path / "one"), write_script(tmp_path / "two")
    checksum = source_checksum(script)
    assert source_checksum(copied_script) == checksum, (
        "the folder and the modification time do not matter"
    )
    (tmp_path / "one" / "corpus" / "other.py").write_text("x = 1\n")
    assert source_checksum(script) == checksum, "the script does not import this module"
    (tmp_path / "one" / "corpus" / "a.py").write_text("x = 1\n")
    assert source_checksum(script) != checksum
    assert len(source_files(script)) == 3


def test_data_files_of_imported_packages_count(tmp_path: Path) -> None:
    (tmp_path / "step.py").write_text("from corpus.page import render\n")
    code = ("corpus/__init__.py", "corpus/page/__init__.py", "corpus/page/render.py")
    data = ("corpus/page/text.j2", "corpus/page/assets/main.js", "corpus/page/assets/parts/a.css")
    ignored = ("corpus/page/.main.js.swp", "corpus/page/assets/main.js~", "notes.txt")
    ignored += ("corpus/page/__pycache__/render.pyc", "corpus/other/__init__.py")
    for name in (*code, *data, *ignored, "corpus/other/table.tsv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert data_files(tmp_path / "step.py") == sorted(tmp_path / name for name in data)
    checksum = source_checksum(tmp_path / "step.py")
    (tmp_path / "corpus/page/.main.js.swp").write_text("x")
    assert source_checksum(tmp_path / "step.py") == checksum
    (tmp_path / "corpus/page/assets/main.js").write_text("x")
    assert source_checksum(tmp_path / "step.py") != checksum


def test_the_page_and_the_methods_depend_on_their_assets() -> None:
    page = {path.name for path in data_files(SCRIPTS / "write_page.py")}
    assert page >= {"index.html", "main.js", "controls.css", "base.css"}
    methods = {path.name for path in data_files(SCRIPTS / "write_methods.py")}
    assert methods == {"methods.md.j2", "references.bib", "base.css", "documents.css"}


@pytest.mark.parametrize("script", ["compare_gestures", "write_skeletons"])
def test_an_edit_of_the_page_does_not_run_steps_again_that_write_side_files(script: str) -> None:
    files = source_files(SCRIPTS / f"{script}.py")
    assert SCRIPTS / "corpus/core/side_files.py" in files
    assert not [path for path in files if "report" in path.parts]
