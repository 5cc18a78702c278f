"""The checksum of a script follows from the files that it imports."""

from pathlib import Path

from corpus.planning.code_version import source_checksum, source_files


def write_script(folder: Path) -> Path:
    """Write a script that imports one of two modules; return its path."""
    (folder / "corpus").mkdir(parents=True)
    for name in ("__init__", "a", "other"):
        (folder / "corpus" / f"{name}.py").touch()
    script = folder / "step.py"
    script.write_text("from corpus import a\n")
    return script


def test_a_checksum_depends_only_on_contents_and_names(tmp_path: Path) -> None:
    one, two = write_script(tmp_path / "one"), write_script(tmp_path / "two")
    first = source_checksum(one)
    assert source_checksum(two) == first, "another folder and another time change nothing"
    (tmp_path / "one" / "corpus" / "other.py").write_text("x = 1\n")
    assert source_checksum(one) == first, "the script does not import this module"
    (tmp_path / "one" / "corpus" / "a.py").write_text("x = 1\n")
    assert source_checksum(one) != first
    assert len(source_files(one)) == 3
