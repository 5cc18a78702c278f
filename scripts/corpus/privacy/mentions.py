"""Find files that mention people: their ids or names."""

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

import pandas as pd

MAX_BYTES = 1 << 26
"""Larger files are not searched: they are not text that names people."""
NOT_TEXT = {".parquet", ".zip", ".sif", ".task", ".safetensors", ".dat", ".pt"}
"""Suffixes of files that are not searched. Tables are erased row by row."""

_JSON_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")


def mention_pattern(people: pd.DataFrame) -> re.Pattern:
    """A pattern that finds the id or the name of one of `people` as a whole word."""
    ids_and_names = [*people["person"], *people["name"].dropna()]
    return re.compile("|".join(rf"(?<!\w){re.escape(text)}(?!\w)" for text in ids_and_names))


def files_that_mention(files: Iterable[Path], people: pd.DataFrame) -> list[Path]:
    """Those of the text files that mention one of `people`, sorted."""
    pattern = mention_pattern(people)
    return [path for path in sorted(set(files)) if _is_searched(path) and _mentions(path, pattern)]


def _is_searched(path: Path) -> bool:
    return path.is_file() and path.suffix not in NOT_TEXT and path.stat().st_size <= MAX_BYTES


def _mentions(path: Path, pattern: re.Pattern) -> bool:
    try:
        return any(pattern.search(text) for text in _plain_texts(path.read_bytes()))
    except OSError:  # a file that disappeared or cannot be read is not listed
        return False


def _plain_texts(content: bytes) -> Iterator[str]:
    """The text of a file with characters unescaped and composed, as in people.parquet."""
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    text = content.decode(encoding, errors="replace")
    yield unicodedata.normalize("NFC", html.unescape(text))
    if "\\u" in text:
        unescaped = _JSON_ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
        yield unicodedata.normalize("NFC", unescaped)
