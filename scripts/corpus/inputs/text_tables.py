"""Read tables that people write: as text with tabs, or as spreadsheets save them.

The columns are separated by tabs, commas or semicolons, the text is UTF-8, or UTF-16 with a byte
order mark ("Unicode text" of Excel). In a file with tabs in UTF-8, quotes have no special meaning.
In the other files, a cell may be in quotes, as spreadsheets write it. Blank lines and lines that
start with # are skipped.

Every job of the workflow imports this module: use only the standard library.
"""

import codecs
import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from corpus.core.errors import InputError
from corpus.inputs.faults import Fault

SEPARATORS = {"\t": "tabs", ",": "commas", ";": "semicolons"}
"""What can separate the columns, the usual one first."""
BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    # UTF-32 comes first, because its mark begins with that of UTF-16.
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
"""Encodings by the bytes with which a file begins."""
SAVE_AS = 'in a spreadsheet, choose "CSV UTF-8" or "Unicode text"'
"""How to save a table so that it can be read."""

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
"""A line with its end. str.splitlines would also split at other characters, such as U+2028, which
titles may contain."""
_SEPARATOR_LINE = re.compile(r'"?sep=.*', re.IGNORECASE)
"""The first line with which Excel names the separator."""
_LINE_END = re.compile(r"\s*[\r\n]\s*")


@dataclass(frozen=True)
class Row:
    """A row of a table, or a comment or a blank line."""

    line: int
    """Number of its first line in the file, from 1."""
    text: str
    """The lines as in the file, with their ends."""
    cells: list[str]
    """Cells without the white space at their ends; empty for a comment and for a blank line."""


@dataclass(frozen=True)
class Text:
    """The content of a file of text."""

    text: str
    encoding: str
    """Name of Python's codec that gives the bytes of the file, with its byte order mark."""


def read(path: Path | str, columns: Sequence[str], purpose: str = "") -> list[Row]:
    """The rows with cells; the first one is the header. `columns` are names that it should have.

    Raises InputError, as `read_all` does.
    """
    return [row for row in read_all(path, columns, purpose) if row.cells]


def read_all(path: Path | str, columns: Sequence[str], purpose: str = "") -> list[Row]:
    """All rows, also comments and blank lines.

    Raises InputError if the file cannot be read or decoded, or if quotes do not match. `purpose` is
    added to the first message: it says what the file is for.
    """
    return split_rows(read_text(path, purpose), columns, str(path))


def read_text(path: Path | str, purpose: str = "") -> Text:
    """The text of a file and its encoding. Raises InputError if it cannot be read or decoded."""
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}){purpose}") from error
    marks = (mark for mark in BYTE_ORDER_MARKS if content.startswith(mark))
    encoding = BYTE_ORDER_MARKS.get(next(marks, b""), "utf-8")
    if encoding == "utf-8" and b"\0" in content.partition(b"\n")[0]:
        message = f"not UTF-8, but probably UTF-16 without a byte order mark; {SAVE_AS}"
        raise InputError(str(Fault(str(path), message, 1)))
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        name = encoding.removesuffix("-sig").upper()
        message = f"not {name}; save the file as UTF-8: {SAVE_AS}"
        raise InputError(str(Fault(str(path), message, line))) from error
    return Text(text, encoding)


def split_rows(text: Text, columns: Sequence[str], file: str) -> list[Row]:
    """All rows of a text. Raises InputError for the first quotes that do not match."""
    lines = list(enumerate(_LINE.findall(text.text), start=1))
    header = next((line for number, line in lines if not _is_skipped(number, line)), "")
    separator = find_separator(header, columns)
    # People write quotes into such files without a second meaning.
    if separator == "\t" and text.encoding in ("utf-8", "utf-8-sig"):
        return [Row(number, line, _split_at_tabs(number, line)) for number, line in lines]
    return list(_split_quoted(iter(lines), separator, file))


def find_separator(header: str, columns: Sequence[str]) -> str:
    """The separator with which a header names most of the columns; of equal ones, the usual one."""

    def n_columns(separator: str) -> int:
        cells = [cell.strip().strip('"').strip() for cell in header.split(separator)]
        return len(set(columns) & set(cells))

    # max returns the first of equal ones.
    return max(SEPARATORS, key=n_columns)


def _is_skipped(number: int, line: str) -> bool:
    """Whether a line is blank, a comment, or Excel's first line about the separator."""
    if not line.strip() or line.startswith("#"):
        return True
    return number == 1 and bool(_SEPARATOR_LINE.fullmatch(line.strip()))


def _split_at_tabs(number: int, line: str) -> list[str]:
    return [] if _is_skipped(number, line) else [cell.strip() for cell in line.split("\t")]


def _split_quoted(lines: Iterator[tuple[int, str]], separator: str, file: str) -> Iterator[Row]:
    """Rows of a file in which cells may be in quotes. A quoted cell may contain line ends.

    Spreadsheets leave out empty cells at the end of some rows, and add some to others. Each row
    gets as many cells as the header, unless it has more with content.
    """
    n_columns = 0
    for number, line in lines:
        if _is_skipped(number, line):
            yield Row(number, line, [])
            continue
        used: list[str] = []
        reader = csv.reader(_record(line, lines, used), delimiter=separator, strict=True)
        try:
            cells = [_LINE_END.sub(" ", cell).strip() for cell in next(reader)]
        except csv.Error as error:
            raise InputError(str(Fault(file, _quote_fault(error), number))) from error
        # Spreadsheets write a blank line and a comment as rows with all cells.
        if not any(cells) or cells[0].startswith("#"):
            cells = []
        while len(cells) > n_columns and not cells[-1]:
            cells.pop()
        n_columns = n_columns or len(cells)
        filled = cells + [""] * (n_columns - len(cells)) if cells else []
        yield Row(number, "".join(used), filled)


def _record(first: str, lines: Iterator[tuple[int, str]], used: list[str]) -> Iterator[str]:
    """The lines of one row; those that the reader takes are added to `used`.

    The reader takes another line only as long as a quote is open.
    """
    for text in chain([first], (text for _, text in lines)):
        used.append(text)
        yield text


def _quote_fault(error: csv.Error) -> str:
    text = str(error)
    if "unexpected end" in text:
        return "a quotation mark is not closed"
    if "expected after" in text:
        return "text after a closing quotation mark; write a quotation mark in a cell twice"
    return f"cannot be split into cells ({text})"
