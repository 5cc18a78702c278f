"""The user's own people.tsv, line by line, for the page to write again with new names.

The page offers a whole people.tsv that takes the place of the one there is. So that nothing of it
is lost, every line goes through the page: comments as they are, and the rows of people who were
found with their own points. A row that fits nobody would stop the workflow; it becomes a comment.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from corpus.inputs import people_file
from corpus.inputs.people_file import ANCHOR, COLUMNS, Anchor
from corpus.inputs.tsv import all_lines, cells_of

HEADER = "\t".join(COLUMNS)

Line = str | list
"""A line as it is, or whose row it is (among those found) and the cells of `COLUMNS`."""


def rows_of(
    path: Path, videos: Iterable[str], found: Sequence[list[str]], at: Callable[[Anchor], str]
) -> tuple[dict[int, tuple[int, str]], dict[int, list[str]]]:
    """By line number: whose row it is and its name; and what is wrong with rows that fit nobody.

    `found` are the rows of the results' people.tsv; `at` gives the person at an anchor, or raises
    LookupError. Raises InputError where the file or its header is wrong.
    """
    place = {cells[0]: row for row, cells in enumerate(found)}
    rows, told = people_file.read(path, videos)
    fitting, faults, names = {}, {}, {}
    for row in rows:
        people, more = people_file.resolve([row], set(place), at)
        for person, name in people.items():
            if names.setdefault(person, name) == name:
                fitting[row.line] = place[person], name
            else:
                more = [f"line {row.line}, name: {person} is {names[person]!r} further above"]
        told += more
    for fault in told:
        number = int(fault.split()[1].rstrip(",:"))
        faults.setdefault(number, []).append(fault)
    return fitting, faults


def read(
    path: Path, videos: Iterable[str], found: Sequence[list[str]], at: Callable[[Anchor], str]
) -> tuple[list[Line], list[dict[str, str]]]:
    """Lines for a new people.tsv, and the rows among them that fit nobody: text, and why.

    Given as to `rows_of`. Rows without a name say nothing that is not found again, and are left
    out where they are no row of `found`. Raises InputError where the file or its header is wrong.
    """
    if not path.exists():
        return [HEADER], []
    fitting, faults = rows_of(path, videos, found, at)
    place = {tuple(cells[2:]): row for row, cells in enumerate(found)}
    columns: list[str] = []
    lines: list[Line] = []
    aside = []
    for number, text in enumerate(all_lines(path), start=1):
        if not text.strip() or text.startswith("#"):
            lines.append(text)
            continue
        cells = cells_of(text)
        if not columns:
            columns = cells
            lines.append(HEADER)
            continue
        row = dict(zip(columns, cells, strict=False))
        ordered = [row.get(column, "") for column in COLUMNS]
        if number in faults:
            kept = "\t".join(ordered + cells[len(columns) :]).rstrip()
            lines.append(f"# {kept}")
            aside.append({"row": kept, "why": "; ".join(faults[number])})
        elif number in fitting:
            whose, name = fitting[number]
            where = ordered[2:] if any(row.get(column) for column in ANCHOR) else found[whose][2:]
            lines.append([whose, [found[whose][0], name, *where]])
        elif (whose := place.get(tuple(ordered[2:]))) is not None:
            lines.append([whose, [found[whose][0], "", *ordered[2:]]])
    while lines and not lines[-1]:
        lines.pop()
    return lines, aside
