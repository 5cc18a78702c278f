"""Documents, comments, docstrings and messages name only files, functions and rules that exist.

A word with an underscore (`local_fit`), a word in camel case (`TrackBoxes`), a path
(`scripts/write_page.py`) and a dotted name (`corpus.video.reader`) are taken as names. Each must
be a file of the repository, or an identifier of its code, rules, configuration or tables.
"""

import ast
import io
import re
import tokenize
from functools import cache
from pathlib import Path

import pytest

from corpus.inputs import settings
from corpus.tables.schemas import FACE_LANDMARKS, SCHEMAS
from repository import ROOT, repository_files

TEXT = {".md", ".rst"}
"""Suffixes of files in which everything is read as text; in others, comments and docstrings."""

CODE_COMMENT = re.compile(
    r"(?:^|\s)(?:#(?!!)|//)[^\n]*|/\*(?s:.*?)\*/|<!--(?s:.*?)-->", re.MULTILINE
)
SNAKE = re.compile(r"(?<![\w/.{<$@-])[a-z][a-z0-9]*(?:_[a-z0-9]+)+(?![\w/-])")
CAMEL = re.compile(r"(?<![\w/.])[A-Z][a-z0-9]+(?:[A-Z][a-z0-9]+)+(?!\w)")
DOTTED = re.compile(r"(?<![\w.])corpus(?:\.(?!(?:parquet|csv|tsv|sif)\b)[A-Za-z_]\w*)+")
FOLDERS = "benchmarks|config|containers|docs|envs|profiles|rules|scripts|tests|tools"
REPOSITORY_PATH = re.compile(rf"(?<![\w/.}}<-])(?:{FOLDERS})/[\w./-]*\w")
FILE_NAME = re.compile(r"(?<![\w/.{}<>*-])[a-z]\w*\.(?:py|smk)(?!\w)")

CODE = (".smk", "Snakefile", ".js", ".css", ".html", ".yaml", ".tsv", ".sbatch", ".sh", ".ini")
"""Endings of files other than Python whose words are names."""

OWN_PATH = "tests/docs/test_stale_names.py"

EXAMPLE = re.compile(r"mine|my_|example|interview|talk|brightness|known\.parquet|\.sif$")
"""Names of files that the reader creates, among them the images."""

FENCED_CODE = re.compile(r"^ *```(?:r|python)\n.*?^ *```$", re.MULTILINE | re.DOTALL)
"""Blocks of R and Python in documents, which define names of their own."""


@cache
def file_names() -> frozenset[str]:
    """Names of all files of the repository, without their folders."""
    return frozenset(Path(path).name for path in repository_files())


def content(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def is_python(path: str) -> bool:
    return path.endswith(".py") or (
        path.startswith("containers/") and content(path).startswith("#!/usr/bin/env python3")
    )


def prose_of_python(source: str, with_messages: bool) -> list[str]:
    """Comments and docstrings of a Python file, and its messages (string literals with a blank)."""
    comments = [
        token.string
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    ]
    nodes = list(ast.walk(ast.parse(source)))
    if not with_messages:
        nodes = [node.value for node in nodes if isinstance(node, ast.Expr)]
    strings = [
        node.value
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value
    ]
    return comments + strings


def prose(path: str) -> str:
    """The part of a file that is written for readers."""
    text = content(path)
    if is_python(path):
        return "\n".join(prose_of_python(text, with_messages=not path.startswith("tests/")))
    if Path(path).suffix in TEXT:
        return FENCED_CODE.sub("", text)
    if path == "docs/flow.svg":
        return "\n".join(re.findall(r"<(?:desc|text)[^>]*>([^<]*)<", text))
    docstrings = []
    if path.endswith((".smk", "Snakefile")):
        docstrings = re.findall(r'"""(.*?)"""', text, re.DOTALL)
    return "\n".join([*docstrings, *CODE_COMMENT.findall(text)])


def identifiers_of_python(source: str) -> set[str]:
    """Names that are defined or used in a Python file, and strings that are a name or names."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        for field in ("id", "attr", "arg", "name", "module"):
            value = getattr(node, field, None)
            if isinstance(value, str):
                names |= set(value.split("."))
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            words = node.value.split()
            # A string of several words is a list of names, such as those of keypoints, or prose.
            if len(words) == 1 or all(re.fullmatch(r"\w+", word) for word in words):
                names |= set(re.findall(r"\w+", node.value))
    return names


def words_of_code(path: str) -> set[str]:
    """Words of a file that is not Python, without its comments and docstrings."""
    code = content(path)
    if path.endswith((".smk", "Snakefile")):
        code = re.sub(r'""".*?"""', "", code, flags=re.DOTALL)
    return set(re.findall(r"\w+", CODE_COMMENT.sub("", code)))


@cache
def identifiers() -> frozenset[str]:
    """Every name that text may use: of code, files, rules, settings, tables and columns."""
    names = {part for path in repository_files() for part in re.findall(r"\w+", path)}
    for path in repository_files():
        if path == OWN_PATH:
            continue
        if is_python(path):
            names |= identifiers_of_python(content(path))
        elif path.endswith(CODE):
            names |= words_of_code(path)
    for table, schema in SCHEMAS.items():
        names |= {table, *schema.names}
    # Columns of the CSV files.
    names |= {f"{landmark}_{axis}" for landmark in FACE_LANDMARKS for axis in "xy"}
    for key in sorted(settings.keys()):
        names |= set(key.split("."))
    return frozenset(names)


OUTSIDE = set(
    "AltGr BlazeFace BlazePose BlinkMacSystemFont CrowdPose DejaVu GitHub KeyboardEvent McInnes "
    "McNeill McPherson NeuroEngineering NumPy OpenPose ProRes PySceneDetect QuickTime "
    "ResNet SciPy TextGrids WebFace YouTube available_gpu_models face_recognition grace_hopper "
    "open_dataset use_deterministic_algorithms x86_64".split()
)
"""Names of people, programs, fonts and settings outside the project that the text refers to."""


def unknown_words(text: str) -> set[str]:
    words = set(SNAKE.findall(text)) | set(CAMEL.findall(text))
    # A workflow that uses this one as a module has its rules with this prefix.
    words = {word for word in words if word.removeprefix("corpus_") not in identifiers()}
    return {word for word in words - identifiers() - OUTSIDE if not EXAMPLE.search(word)}


def unknown_paths(text: str) -> set[str]:
    paths = {path.rstrip(".") for path in REPOSITORY_PATH.findall(text)}
    missing = {path for path in paths if not (ROOT / path).exists() and not EXAMPLE.search(path)}
    return missing | {
        name
        for name in FILE_NAME.findall(text)
        if name not in file_names() and not EXAMPLE.search(name)
    }


def resolves(dotted: str) -> bool:
    """Whether corpus.a.b.c is a package, a module, or a name that a module defines."""
    folder = ROOT / "scripts"
    parts = dotted.split(".")
    for place, part in enumerate(parts):
        folder = folder / part
        if folder.is_dir():
            continue
        module = folder.with_suffix(".py")
        rest = parts[place + 1 :]
        if module.is_file():
            return not rest or rest[0] in identifiers_of_python(module.read_text("utf-8"))
        package = folder.parent / "__init__.py"
        return package.is_file() and part in identifiers_of_python(package.read_text("utf-8"))
    return True


DATA = (".lock", ".tsv", ".bib", ".png", ".jpg", ".webp")
READ = [path for path in repository_files() if not path.endswith(DATA)]
# The changelog names what was renamed, and this file what it must find.
READ = [path for path in READ if path not in ("CHANGELOG.md", OWN_PATH)]


def stale_names(path: str) -> set[str]:
    """Names in the text of a file that do not exist."""
    text = prose(path)
    dotted = {name for name in DOTTED.findall(text) if not resolves(name)}
    return unknown_words(text) | unknown_paths(text) | dotted


@pytest.mark.parametrize("folder", sorted({path.rpartition("/")[0] for path in READ}))
def test_text_names_only_what_exists(folder: str) -> None:
    """One test per folder: one per file would take twice as long."""
    paths = [path for path in READ if path.rpartition("/")[0] == folder]
    stale = {path: sorted(names) for path in paths if (names := stale_names(path))}
    assert stale == {}


def test_names_that_are_gone_are_found() -> None:
    assert unknown_words("see picture_people and FaceBoxes") == {"picture_people", "FaceBoxes"}
    assert unknown_paths("scripts/people.py, rules/lookups.smk, lookups.smk") == {
        "scripts/people.py",
        "rules/lookups.smk",
        "lookups.smk",
    }
    assert not resolves("corpus.naming") and not resolves("corpus.video.reader.Film")
    assert resolves("corpus.video.reader.Reader") and resolves("corpus.tables")
