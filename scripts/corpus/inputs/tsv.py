"""Read tables that people write: UTF-8, cells separated by tabs, comments and blank lines."""

from pathlib import Path

from corpus.core.errors import InputError
from corpus.inputs.faults import Fault


def read_lines(path: Path | str, purpose: str = "") -> list[tuple[int, str]]:
    """Lines with content and their line numbers, from 1; blank lines and comments are skipped.

    Raises InputError, as `all_lines` does.
    """
    return [
        (line_number, line)
        for line_number, line in enumerate(all_lines(path, purpose), start=1)
        if line.strip() and not line.startswith("#")
    ]


def all_lines(path: Path | str, purpose: str = "") -> list[str]:
    """All lines, also blank ones and comments.

    Raises InputError if the file cannot be read or is not UTF-8. `purpose` is added to the first
    message: it says what the file is for.
    """
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}){purpose}") from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        fault = Fault(str(path), "not UTF-8; save the file as UTF-8", line)
        raise InputError(str(fault)) from error
    # splitlines() would also split at other characters, such as U+2028, which titles may contain.
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def split_cells(line: str) -> list[str]:
    """The cells of a line, without the white space at their ends."""
    return [cell.strip() for cell in line.split("\t")]
