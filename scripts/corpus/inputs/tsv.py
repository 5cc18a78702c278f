"""Tables that people write: cells separated by tabs, UTF-8, empty and comment lines passed over."""

from pathlib import Path

from corpus.core.errors import InputError


def read_lines(path: Path | str, what: str = "") -> list[tuple[int, str]]:
    """Lines with content and their numbers, from 1. Raises InputError, as `all_lines`."""
    return [
        (number, line)
        for number, line in enumerate(all_lines(path, what), start=1)
        if line.strip() and not line.startswith("#")
    ]


def all_lines(path: Path | str, what: str = "") -> list[str]:
    """All lines, also empty ones and comments.

    Raises InputError where the file cannot be read, with `what` it is for, or is not UTF-8.
    """
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}){what}") from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(f"{path}, line {line}: not UTF-8; save the file as UTF-8") from error
    # Not splitlines(): it also breaks at characters that a title may hold.
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def cells_of(line: str) -> list[str]:
    """The cells of a line, without blanks around them."""
    return [cell.strip() for cell in line.split("\t")]
