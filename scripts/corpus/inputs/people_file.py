"""people.tsv: names for people, and who is the same person.

A table in one of the forms of corpus.inputs.text_tables, with the columns person, name, video_id,
time_s, x and y in any order. Required are name, and either person or the other four. Rows without a
name are skipped. A cell that a spreadsheet could run as a formula begins with an apostrophe, which
is removed when the file is read.

Every job of the workflow imports this module: use only the standard library.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

from corpus.core.errors import InputError
from corpus.core.safe_text import guard_cell, unguard_cell
from corpus.inputs import faults as input_faults
from corpus.inputs import text_tables
from corpus.inputs.faults import Fault

ANCHOR = ("video_id", "time_s", "x", "y")
COLUMNS = ("person", "name", *ANCHOR)
_PERSON = re.compile(r"p(?!0000)\d{4}|p[1-9]\d{4,}")
"""A person id as `person_id` writes it."""
_DECIMAL_COMMA = re.compile(r"^([+-]?[0-9]*),([0-9]+)$")


@dataclass(frozen=True)
class Anchor:
    """A point inside a face, at a time on the video's clock."""

    video_id: str
    time_s: float
    """Seconds."""
    x: float
    """Pixels from the left edge of the frame."""
    y: float
    """Pixels from the top edge of the frame."""


@dataclass(frozen=True)
class PeopleRow:
    """A row with a name. The anchor says who has the name; without one, the person id does."""

    file: str
    line: int
    name: str
    person: str
    anchor: Anchor | None


def person_id(cluster: int) -> str:
    """Id of the person that a cluster of faces stands for: p0001 for cluster 0."""
    return f"p{cluster + 1:04d}"


def person_number(person: str) -> int:
    """Number in a person id, to sort ids correctly also after p9999."""
    return int(person[1:])


def anchored_videos(path: Path | str) -> set[str]:
    """Video ids in the rows with a name. Empty if the file is invalid, which `read` reports."""
    try:
        _, rows = _read_cells(path)
    except InputError:
        return set()
    return {cells.get("video_id", "") for _, cells in rows if cells.get("name")} - {""}


def read(path: Path | str, videos: Iterable[str]) -> tuple[list[PeopleRow], list[Fault]]:
    """Valid rows that have a name, and the faults of the invalid ones.

    `videos` are the video ids of the manifest. Raises InputError if the file cannot be read or its
    header is invalid.
    """
    file = str(path)
    columns, lines = _read_cells(path)
    video_ids = set(videos)
    rows: list[PeopleRow] = []
    faults: list[Fault] = []
    for line, cells in lines:
        if "surplus" in cells:
            message = f"{cells['surplus']!r} is beyond the {len(columns)} columns of the header"
            faults.append(Fault(file, message, line))
        elif cells.get("name"):
            anchor, messages = _read_anchor(cells, video_ids)
            if not (anchor or messages or cells.get("person")):
                messages = [("", "neither a person nor an anchor (video_id, time_s, x, y)")]
            faults += [Fault(file, message, line, column) for column, message in messages]
            if not messages:
                name = unicodedata.normalize("NFC", cells["name"])
                rows.append(PeopleRow(file, line, name, cells.get("person", ""), anchor))
    return rows, faults


def check(path: Path | str, videos: Iterable[str]) -> None:
    """Raise InputError for all faults that can be known before there are results.

    Whether a person exists, and whether a face is at an anchor, is known when people are named.
    """
    rows, faults = read(path, videos)
    first_use: dict[str | Anchor, PeopleRow] = {}
    for row in rows:
        if not row.anchor and not _PERSON.fullmatch(row.person):
            message = f"{row.person!r} is not the id of a person; ids are p0001, p0002, ..."
            faults.append(Fault(row.file, message, row.line, "person"))
        first = first_use.setdefault(row.anchor or row.person, row)
        if first.name != row.name:
            message = f"{row.name!r} here and {first.name!r} on line {first.line} are one person"
            faults.append(Fault(row.file, message, row.line, "name"))
    raise_faults(faults)


def names_by_person(
    rows: list[PeopleRow], people: set[str], person_at: Callable[[Anchor], str]
) -> tuple[dict[str, str], list[Fault]]:
    """Names by person id, and the faults of rows that match nobody or contradict another row.

    `people` are all person ids. `person_at` returns the person at an anchor, or raises LookupError
    with a message that says what is there instead.
    """
    names: dict[str, tuple[str, int]] = {}
    faults = []
    for row in rows:
        try:
            person = person_at(row.anchor) if row.anchor else _check_person(row.person, people)
        except LookupError as error:
            column = "anchor" if row.anchor else "person"
            faults.append(Fault(row.file, error.args[0], row.line, column))
            continue
        name, line = names.setdefault(person, (row.name, row.line))
        if name != row.name:
            message = f"{person} is {row.name!r} here and {name!r} on line {line}"
            faults.append(Fault(row.file, message, row.line, "name"))
    return {person: name for person, (name, _) in names.items()}, faults


def merge_by_name(names: dict[str, str]) -> dict[str, str]:
    """For each named person, the lowest id among all people with the same name."""
    lowest_id: dict[str, str] = {}
    for person in sorted(names, key=person_number):
        lowest_id.setdefault(names[person], person)
    return {person: lowest_id[name] for person, name in names.items()}


def raise_faults(faults: Iterable[Fault]) -> None:
    """Raise InputError with one line per fault, sorted by line, if there are any."""
    # `read` and `names_by_person` each report faults of all rows: sort them together.
    input_faults.raise_faults(sorted(faults, key=lambda fault: fault.line or 0))


def template(rows: Iterable[tuple[str, str, Anchor]]) -> str:
    """Text of a people.tsv with one row per (person, name, anchor)."""
    lines = ["\t".join(COLUMNS)]
    for person, name, anchor in rows:
        # Rounded up, because a time before the first frame of a track may be in the previous shot.
        time_s = math.ceil(anchor.time_s * 1000) / 1000
        point = (anchor.video_id, f"{time_s:.3f}", f"{anchor.x:.0f}", f"{anchor.y:.0f}")
        lines.append("\t".join(map(guard_cell, (person, name, *point))))
    return "\n".join(lines) + "\n"


def _read_cells(path: Path | str) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    """Columns of the header, and line number and cells of each row, by column.

    Cells beyond the last column are under the key `surplus`.
    """
    lines = [row for row in read_rows(path) if row.cells]
    columns = lines[0].cells if lines else []
    if message := _header_fault(columns):
        raise InputError(str(Fault(str(path), message, lines[0].line if lines else 1)))
    rows = []
    for line in lines[1:]:
        cells = line.cells
        # Spreadsheets omit empty cells at the end of a line.
        filled = cells + [""] * (len(columns) - len(cells))
        row = dict(zip(columns, filled, strict=False))
        if len(cells) > len(columns):
            row["surplus"] = "\t".join(cells[len(columns) :])
        rows.append((line.line, row))
    return columns, rows


def read_rows(path: Path | str) -> list[text_tables.Row]:
    """All rows of a people.tsv, also comments; cells are without the guards against formulas.

    Raises InputError if the file cannot be read.
    """
    return split_rows(text_tables.read_text(path), str(path))


def split_rows(text: text_tables.Text, file: str) -> list[text_tables.Row]:
    """All rows of the text of a people.tsv, as `read_rows` returns them."""
    rows = text_tables.split_rows(text, COLUMNS, file)
    return [replace(row, cells=list(map(unguard_cell, row.cells))) for row in rows]


def _header_fault(columns: list[str]) -> str | None:
    allowed = f"it must be one of {', '.join(COLUMNS)}, separated by tabs, commas or semicolons"
    for column in columns:
        if column not in COLUMNS:
            similar = get_close_matches(column, COLUMNS, 1)
            hint = f"did you mean {similar[0]}?" if similar else allowed
            return f"{column!r}: no such column; {hint}"
        if columns.count(column) > 1:
            return f"column {column} occurs twice"
    if "name" not in columns:
        return "no column name"
    missing = [column for column in ANCHOR if column not in columns]
    if "person" not in columns and missing:
        return f"no column person, nor {', '.join(missing)} of an anchor"
    return None


def _read_anchor(
    cells: dict[str, str], videos: set[str]
) -> tuple[Anchor | None, list[tuple[str, str]]]:
    """The anchor of a row, if it has one, and column and message of each fault in it."""
    texts = {column: cells.get(column, "") for column in ANCHOR}
    if not any(texts.values()):
        return None, []
    all_columns = ", ".join(ANCHOR)
    faults = [
        (column, f"empty; an anchor needs {all_columns}") for column in ANCHOR if not texts[column]
    ]
    video = texts["video_id"]
    if video and video not in videos:
        similar = get_close_matches(video, videos, 1)
        hint = f"; did you mean {similar[0]}?" if similar else ""
        faults.append(("video_id", f"no {video!r} in the manifest{hint}"))
    numbers = {column: _parse_number(texts[column]) for column in ANCHOR[1:]}
    faults += [
        (column, f"{texts[column]!r} is not a number")
        for column, number in numbers.items()
        if texts[column] and number is None
    ]
    values = {column: number for column, number in numbers.items() if number is not None}
    return (None if faults else Anchor(video, **values)), faults


def _parse_number(text: str) -> float | None:
    """A number, also with a decimal comma, as spreadsheets write it in many languages."""
    try:
        number = float(_DECIMAL_COMMA.sub(r"\1.\2", text))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _check_person(person: str, people: set[str]) -> str:
    if person not in people:
        last = max(people, key=person_number, default=None)
        hint = f"; its people are p0001 to {last}" if last else ", where nobody was found"
        raise LookupError(f"no {person!r} in this corpus{hint}")
    return person
