"""Faults in the files that users write, with the place where each must be corrected."""

from collections.abc import Sequence
from dataclasses import dataclass

from corpus.core.errors import InputError


@dataclass(frozen=True)
class Fault:
    """One fault in a file: where it is, and what to change."""

    file: str
    """The file as text, or `--config` for a value from the command line."""
    message: str
    line: int | None = None
    """Line number, starting at 1; None if the fault belongs to no line."""
    key: str = ""
    """Column of a table or key of the configuration; empty if the fault belongs to none."""

    @property
    def text(self) -> str:
        """The fault without its file: `line 2, source: empty`."""
        line = f"line {self.line}" if self.line else ""
        place = ", ".join(part for part in (line, self.key) if part)
        return f"{place}: {self.message}" if place else self.message

    def __str__(self) -> str:
        separator = ", " if self.line or self.key else ": "
        return f"{self.file}{separator}{self.text}"


def raise_faults(faults: Sequence[Fault], most: int | None = None) -> None:
    """Raise InputError with one line per fault, if there are any.

    At most `most` faults are shown; a last line counts the others.
    """
    if not faults:
        return
    shown = faults[:most]
    lines = [str(fault) for fault in shown]
    if more := len(faults) - len(shown):
        lines.append(f"... and {more} more")
    raise InputError("\n".join(lines))
