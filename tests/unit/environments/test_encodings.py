"""No program of the workflow reads or writes text in the encoding of the user's locale."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from repository import ROOT, repository_files

FOLDERS = ("scripts", "tools", "containers", "benchmarks")
OPENERS = {"open", "fdopen", "read_text", "write_text", "TextIOWrapper", "NamedTemporaryFile"}
"""Functions that open a text in the encoding of the locale unless they get another."""
OTHER_FILES = {"os", "av", "Image", "zipfile", "tarfile"}
"""Modules and classes whose `open` opens no text."""
STARTERS = {"run", "Popen", "check_output", "check_call", "call"}
"""Functions that start a program, and decode its output if `text` is set."""


def programs() -> list[Path]:
    """Files of Python in the folders, also those without a suffix."""
    files = [ROOT / name for name in repository_files() if name.split("/")[0] in FOLDERS]
    return [file for file in files if file.suffix == ".py" or is_script(file)]


def is_script(file: Path) -> bool:
    """Whether a file without a suffix is a program in Python."""
    return not file.suffix and file.is_file() and b"python" in file.read_bytes().split(b"\n")[0]


def calls_in_locale_encoding(source: str) -> Iterator[int]:
    """Lines of calls that read, write or decode text in the encoding of the locale."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        owner = getattr(getattr(node.func, "value", None), "id", "")
        options = {word.arg: word.value for word in node.keywords}
        if "encoding" in options or None in options:
            continue
        if name in OPENERS and owner not in OTHER_FILES:
            if not is_binary(name, node.args, options):
                yield node.lineno
        elif name in STARTERS and {"text", "universal_newlines"} & set(options):
            yield node.lineno


def is_binary(name: str, arguments: list[ast.expr], options: dict) -> bool:
    """Whether a call opens a file as bytes."""
    if name == "read_text":
        return bool(arguments)
    if name in ("write_text", "TextIOWrapper"):
        return len(arguments) > 1
    modes = [*arguments, options.get("mode")]
    default = {"NamedTemporaryFile": "w+b"}.get(name, "r")
    texts = [getattr(mode, "value", None) for mode in modes if isinstance(mode, ast.Constant)]
    given = [text for text in texts if isinstance(text, str) and set(text) <= set("rwaxbt+")]
    return "b" in (given or [default])[-1]


@pytest.mark.fault(
    "environment",
    "a locale whose encoding is not UTF-8 (ISO-8859-1, ISO-8859-9, EUC-JP)",
    "no file and no output of a program is read or written in its encoding",
)
def test_every_text_has_an_encoding() -> None:
    found = [
        f"{file.relative_to(ROOT)}:{line}"
        for file in programs()
        for line in calls_in_locale_encoding(file.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ('open("a")\nopen("a", "w")\nopen("a", "rb")\nopen("a", encoding="utf-8")', [1, 2]),
        ('path.read_text()\npath.read_text("utf-8")\npath.write_text(a)', [1, 3]),
        ('path.open()\npath.open("wb")\nos.open("a", 0)\nos.fdopen(1, "wb")', [1]),
        ("run(a, text=True)\nrun(a)\nrun(a, text=True, encoding='utf-8')\nPopen(a, **b)", [1]),
        ('NamedTemporaryFile()\nNamedTemporaryFile("w")\nTextIOWrapper(a)', [2, 3]),
    ],
)
def test_calls_without_an_encoding_are_found(source: str, lines: list[int]) -> None:
    assert list(calls_in_locale_encoding(source)) == lines
