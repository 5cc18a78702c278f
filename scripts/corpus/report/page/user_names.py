"""The lines of the user's people.tsv, for the page to write the file again with new names.

The people.tsv that the page offers replaces the user's file. So that the user loses nothing, the
page contains every line of it: comments unchanged, and rows of known people with the points that
the user gave. A row that matches no person would stop the workflow, so it becomes a comment.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypedDict

from corpus.inputs import people_file
from corpus.inputs.faults import Fault
from corpus.inputs.people_file import ANCHOR, COLUMNS, Anchor

HEADER = "\t".join(COLUMNS)

Line = str | list
"""A line to keep unchanged, or the index of a cluster and the cells of its row in `COLUMNS`."""

NameOfLine = dict[int, tuple[int, str]]
"""By line number: the index of the cluster that the row names, and the name."""


class UnmatchedRow(TypedDict):
    """A row that matches no person: its text and the reason."""

    row: str
    why: str


def match_rows(
    path: Path,
    videos: Iterable[str],
    cluster_rows: Sequence[list[str]],
    person_at: Callable[[Anchor], str],
) -> tuple[NameOfLine, dict[int | None, list[str]]]:
    """Match the rows of the user's file to clusters: matches and faults, both by line number.

    `cluster_rows` are the rows of the results' people.tsv; `person_at` returns the person at an
    anchor or raises LookupError. Raises InputError if the file or its header is invalid.
    """
    index_of = {cells[0]: index for index, cells in enumerate(cluster_rows)}
    rows, faults = people_file.read(path, videos)
    matches: NameOfLine = {}
    names: dict[str, str] = {}
    for row in rows:
        people, row_faults = people_file.names_by_person([row], set(index_of), person_at)
        for person, name in people.items():
            if names.setdefault(person, name) == name:
                matches[row.line] = index_of[person], name
            else:
                message = f"{person} already has the name {names[person]!r} on an earlier line"
                row_faults = [Fault(row.file, message, row.line, "name")]
        faults += row_faults
    faults_by_line: dict[int | None, list[str]] = {}
    for fault in faults:
        faults_by_line.setdefault(fault.line, []).append(fault.text)
    return matches, faults_by_line


def read(
    path: Path,
    videos: Iterable[str],
    cluster_rows: Sequence[list[str]],
    person_at: Callable[[Anchor], str],
) -> tuple[list[Line], list[UnmatchedRow]]:
    """Lines for a new people.tsv, and the rows that match no person.

    The parameters are those of `match_rows`. Rows without a name are left out unless their anchor
    is that of a cluster: they contain nothing that the workflow would not find again. Raises
    InputError if the file or its header is invalid.
    """
    if not path.exists():
        return [HEADER], []
    matches, faults = match_rows(path, videos, cluster_rows, person_at)
    index_at = {tuple(cells[2:]): index for index, cells in enumerate(cluster_rows)}
    columns: list[str] = []
    lines: list[Line] = []
    unmatched: list[UnmatchedRow] = []
    for line in people_file.read_rows(path):
        line_number, cells = line.line, line.cells
        if not cells:
            lines.append(_kept_line(line.text))
            continue
        if not columns:
            columns = cells
            lines.append(HEADER)
            continue
        row = dict(zip(columns, cells, strict=False))
        ordered = [row.get(column, "") for column in COLUMNS]
        if line_number in faults:
            kept = "\t".join(ordered + cells[len(columns) :]).rstrip()
            lines.append(f"# {kept}")
            unmatched.append({"row": kept, "why": "; ".join(faults[line_number])})
        elif line_number in matches:
            index, name = matches[line_number]
            person, _, *cluster_anchor = cluster_rows[index]
            has_anchor = any(row.get(column) for column in ANCHOR)
            lines.append([index, [person, name, *(ordered[2:] if has_anchor else cluster_anchor)]])
        elif (index := index_at.get(tuple(ordered[2:]))) is not None:
            lines.append([index, [cluster_rows[index][0], "", *ordered[2:]]])
    while lines and not lines[-1]:
        lines.pop()
    return lines, unmatched


def _kept_line(text: str) -> str:
    """A comment or a blank line, as in a file with tabs."""
    text = text.strip("\r\n")
    if text.startswith("#"):
        return text
    # A spreadsheet writes separators into blank lines, and may write a comment in quotes.
    content = " ".join(text.strip(' \t,;"').split())
    return f"# {content.lstrip('# ')}" if content else ""
