"""Configuration files that are not YAML: the line to correct, and what to change."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from corpus.inputs.config_syntax import repeated_keys, syntax_faults
from repository import ROOT

TAB = "a tab; use spaces instead"
QUOTE = "a quotation mark is not closed"
BRACKET = "a comma or a closing bracket is missing in the list or section"
INDENTED = "indented unlike the lines before it; keys of a section begin below each other"
SECOND_COLON = "a second colon; put the value in quotes"
SPECIAL = "a value begins with a special character; put the value in quotes"
AFTER_QUOTE = "text after a closing quotation mark or bracket; put the value in quotes"
COLON = "a colon and a space are missing; write"
NO_KEYS = "no keys; write at least one, such as device: cpu"


def faults(folder: Path, text: str | bytes) -> list[str]:
    """The faults of a file with this content, without the file's name."""
    file = folder / "mine.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return [fault.text for fault in syntax_faults(file)]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("faces:\n\tbest: 3\n", f"line 2: {TAB}"),
        ("faces:\n  best: 1\n\t# most\n  min_size: 1\n", f"line 3: {TAB}"),
        ("faces:\n  best:\t1\n", f"line 2: {TAB}"),
        ("device cpu\nfaces:\n  best: 3\n", f"line 1: {COLON} device: cpu"),
        ("faces:\n  best 3\n\n  # smallest\n  min_size: 0.1\n", f"line 2: {COLON} best: 3"),
        ("device:cpu # here\nfaces:\n  best: 2\n", f"line 1: {COLON} device: cpu"),
        ("device = cpu\nresults: mine\n", f"line 1: {COLON} device: cpu"),
        ("device: cpu\nresults\n", f"line 2: {COLON} results:"),
        ("faces\n  best: 1\n", f"line 1: {COLON} faces:"),
        ("title: Talks: a corpus\n", f"line 1: {SECOND_COLON}"),
        ("title: it's a: b\n", f"line 1: {SECOND_COLON}"),
        ("faces:\n  best: 1\n   min_size: 1\n", f"line 3: {INDENTED}"),
        ("faces:\n  best: 1\n min_size: 1\n", f"line 3: {INDENTED}"),
        ('device: "cpu\nfaces:\n  best: 4\n', f"line 1: {QUOTE}"),
        ("fetch:\n  subtitles: [en, de\n  cookies: x\n", f"line 2: {BRACKET}"),
        ("faces: {best: 1\n", f"line 1: {BRACKET}"),
        ('title: "a" b\n', f"line 1: {AFTER_QUOTE}"),
        ("title: @home\n", f"line 1: {SPECIAL}"),
        ("title: *x\n", f"line 1: {SPECIAL}"),
        ("title: `x`\n", f"line 1: {SPECIAL}"),
        ("device: cpu\n---\ndevice: cuda\n", "line 2: --- begins a second document; remove it"),
        ("a: 1\nb: \x07\n", "line 2: a character that YAML does not allow (#x0007); remove it"),
        (b"a: 1\nb: \xe9\n", "line 2: a character that is not UTF-8; save the file as UTF-8"),
        ("? [a]\n: 1\n", "line 1: not valid YAML (found unhashable key)"),
        ("title: 2026-02-30\n", "not valid YAML (day is out of range for month)"),
        ("", NO_KEYS),
        ("# nothing yet\n", NO_KEYS),
        ("- device\n", NO_KEYS),
        ("device\n", NO_KEYS),
    ],
)
def test_the_message_names_the_line_and_what_to_change(
    tmp_path: Path, text: str | bytes, fault: str
) -> None:
    assert faults(tmp_path, text) == [fault]


def test_keys_that_are_given_twice_are_found_in_every_section(tmp_path: Path) -> None:
    text = (
        "device: cpu\nmodels:\n  dlib:\n    file: a\n    file: b\n"
        "fetch: {cookies: a, cookies: b}\ndevice: auto\nshots:\n  - best: 1\n    best: 2\n"
    )
    assert faults(tmp_path, text) == [
        "line 5, models.dlib.file: given twice, first in line 4; remove one of the two",
        "line 6, fetch.cookies: given twice, first in line 6; remove one of the two",
        "line 7, device: given twice, first in line 1; remove one of the two",
        "line 10, shots.best: given twice, first in line 9; remove one of the two",
    ]
    file = tmp_path / "mine.yaml"
    assert repeated_keys(file) == syntax_faults(file)


def test_the_same_key_in_two_sections_is_no_fault(tmp_path: Path) -> None:
    assert faults(tmp_path, "device: cpu\nclustering:\n  device: cpu\n") == []


def test_json_may_be_indented_with_tabs(tmp_path: Path) -> None:
    assert faults(tmp_path, '{\n\t"device": "cpu"\n}\n') == []
    assert repeated_keys(tmp_path / "mine.yaml") == []


def test_a_missing_file_is_a_fault(tmp_path: Path) -> None:
    [fault] = syntax_faults(tmp_path / "gone.yaml")
    assert str(fault) == f"{tmp_path}/gone.yaml: no such file"


@pytest.mark.parametrize("file", sorted((ROOT / "config").glob("*.yaml")), ids=lambda f: f.stem)
def test_the_configurations_in_the_repository_have_no_faults(file: Path) -> None:
    assert syntax_faults(file) == []


TEXTS = st.text("ab:-# \n\t'\"[]{},&*!|>%@?.1", max_size=40)


@pytest.mark.fault(
    "inputs", "arbitrary text as a configuration file", "read, or a fault with its line"
)
@given(TEXTS.filter(lambda text: not text.strip().startswith("{")))  # not JSON
def test_every_text_is_yaml_or_has_a_fault(tmp_path_factory: pytest.TempPathFactory, text: str):
    found = faults(tmp_path_factory.getbasetemp(), text)
    try:
        is_mapping = isinstance(yaml.safe_load(text), dict)
    except (yaml.YAMLError, ValueError):
        is_mapping = False
    if not found:
        assert is_mapping
    elif is_mapping:
        assert all("given twice" in fault for fault in found)
