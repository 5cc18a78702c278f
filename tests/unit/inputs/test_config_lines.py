"""The file and line that set a configuration key."""

from pathlib import Path

from corpus.inputs.config_lines import locate_key


def test_a_key_is_located_in_the_file_that_wins(tmp_path: Path) -> None:
    first, last = tmp_path / "first.yaml", tmp_path / "last.yaml"
    first.write_text("device: gpu\nfaces:\n  # chosen\n  embedder: dlip\n  best: 0\n")
    last.write_text("\nfaces: {embedder: dlop}\n")
    assert locate_key("faces.embedder", [first, last]) == (str(last), 2)
    assert locate_key("faces.best", [first, last]) == (str(first), 5)
    assert locate_key("device", [first, last]) == (str(first), 1)


def test_the_command_line_wins_over_files(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("device: gpu\n")
    assert locate_key("device", [file], {"device": "gpu"}) == ("--config", None)


def test_a_key_that_is_set_nowhere_is_located_in_the_configuration(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("faces: {embedder: dlib}\n")
    assert locate_key("faces.missing", [file]) == ("config", None)
    assert locate_key("x", []) == ("config", None)


def test_empty_files_set_no_key(tmp_path: Path) -> None:
    first, last = tmp_path / "first.yaml", tmp_path / "last.yaml"
    first.write_text("device: gpu\n")
    last.write_text("")
    assert locate_key("device", [first, last]) == (str(first), 1)
