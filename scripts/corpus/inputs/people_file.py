"""people.tsv: names for people, and who is the same person.

A tab-separated UTF-8 file with the columns person, name, video_id, time_s, x, y in any order; only
name is needed, and person or the other four. Blank lines and lines that start with # are passed
over, and so are rows without a name. There is no quoting.

Every job of the workflow imports this: keep it to the standard library.
"""

import math
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from corpus.core.errors import InputError
from corpus.inputs.tsv import cells_of, read_lines

ANCHOR = ("video_id", "time_s", "x", "y")
COLUMNS = ("person", "name", *ANCHOR)


@dataclass(frozen=True)
class Anchor:
    """A point inside a face: seconds on the video's clock, pixels from the frame's top left."""

    video_id: str
    time_s: float
    x: float
    y: float


@dataclass(frozen=True)
class Row:
    """A name, and whom it belongs to: the anchor says where there is one, else the person's id."""

    line: int
    name: str
    person: str
    anchor: Anchor | None


def person_id(cluster: int) -> str:
    """The person that a cluster is, where nobody says otherwise: p0001 for cluster 0."""
    return f"p{cluster + 1:04d}"


def person_number(person: str) -> int:
    """Sorts person ids by their number, also beyond p9999."""
    return int(person[1:])


def anchored_videos(path: Path | str) -> set[str]:
    """Videos that the file's named rows point into; whatever is wrong with it is told later."""
    try:
        _, rows = _cells(path)
    except InputError:
        return set()
    return {row.get("video_id", "") for _, row in rows if row.get("name")} - {""}


def read(path: Path | str, videos: Iterable[str]) -> tuple[list[Row], list[str]]:
    """Named rows of the file that can be used, and a fault for each that cannot.

    `videos` are those of the manifest. Raises InputError where the file or its header is wrong.
    """
    columns, lines = _cells(path)
    known = set(videos)
    rows, faults = [], []
    for line, cells in lines:
        if fault := _count_fault(cells, columns):
            faults.append(f"line {line}: {fault}")
        elif cells.get("name"):
            anchor, found = _anchor(cells, known)
            if not (anchor or found or cells.get("person")):
                found = ["neither a person nor an anchor (video_id, time_s, x, y)"]
            faults += [f"line {line}, {fault}" for fault in found]
            if not found:
                name = unicodedata.normalize("NFC", cells["name"])
                rows.append(Row(line, name, cells.get("person", ""), anchor))
    return rows, faults


def resolve(
    rows: list[Row], people: set[str], at: Callable[[Anchor], str]
) -> tuple[dict[str, str], list[str]]:
    """Names of person ids, and the faults of rows that hit nobody or contradict another.

    `people` are all ids; `at` gives the person at an anchor, or raises LookupError that says what
    is there instead.
    """
    names: dict[str, tuple[str, int]] = {}
    faults = []
    for row in rows:
        try:
            person = at(row.anchor) if row.anchor else _known(row.person, people)
        except LookupError as error:
            faults.append(f"line {row.line}, {error.args[0]}")
            continue
        name, line = names.setdefault(person, (row.name, row.line))
        if name != row.name:
            faults.append(
                f"line {row.line}, name: {person} is {row.name!r} here and {name!r} on line {line}"
            )
    return {person: name for person, (name, _) in names.items()}, faults


def merged(names: dict[str, str]) -> dict[str, str]:
    """For each named person the one that all people of this name become: their lowest id."""
    lowest: dict[str, str] = {}
    for person in sorted(names, key=person_number):
        lowest.setdefault(names[person], person)
    return {person: lowest[name] for person, name in names.items()}


def raise_faults(path: Path | str, faults: list[str]) -> None:
    """One InputError with a line for each fault, if there is any."""
    if faults:
        # By line, since a row's faults are found in two passes.
        faults = sorted(faults, key=lambda fault: int(fault.split()[1].rstrip(",:")))
        raise InputError("\n".join(f"{path}, {fault}" for fault in faults))


def template(rows: Iterable[tuple[str, str, Anchor]]) -> str:
    """Text of a people.tsv with a row for each (person, name, anchor)."""
    lines = ["\t".join(COLUMNS)]
    for person, name, anchor in rows:
        # Rounded up, since a time before a track's first frame may be in the shot before.
        time_s = math.ceil(anchor.time_s * 1000) / 1000
        place = (anchor.video_id, f"{time_s:.3f}", f"{anchor.x:.0f}", f"{anchor.y:.0f}")
        lines.append("\t".join((person, name, *place)))
    return "\n".join(lines) + "\n"


def _cells(path: Path | str) -> tuple[list[str], list[tuple[int, dict[str, str]]]]:
    """The header's columns, and line number and cells of each row; None keys surplus cells."""
    lines = [(number, cells_of(line)) for number, line in read_lines(path)]
    columns = lines[0][1] if lines else []
    if fault := _header_fault(columns):
        raise InputError(f"{path}, line {lines[0][0] if lines else 1}: {fault}")
    rows = []
    for line, cells in lines[1:]:
        # Spreadsheets leave out empty cells at a line's end.
        filled = cells + [""] * (len(columns) - len(cells))
        row = dict(zip(columns, filled, strict=False))
        if len(cells) > len(columns):
            row["surplus"] = "\t".join(cells[len(columns) :])
        rows.append((line, row))
    return columns, rows


def _header_fault(columns: list[str]) -> str | None:
    allowed = f"it must be one of {', '.join(COLUMNS)}, separated by tabs"
    for column in columns:
        if column not in COLUMNS:
            near = get_close_matches(column, COLUMNS, 1)
            hint = f"did you mean {near[0]}?" if near else allowed
            return f"{column!r}: no such column; {hint}"
        if columns.count(column) > 1:
            return f"column {column} is there twice"
    if "name" not in columns:
        return "no column name"
    anchor = [column for column in ANCHOR if column not in columns]
    if "person" not in columns and anchor:
        return f"no column person, nor {', '.join(anchor)} of an anchor"
    return None


def _count_fault(cells: dict[str, str], columns: list[str]) -> str | None:
    if "surplus" in cells:
        return f"{cells['surplus']!r} is beyond the {len(columns)} columns of the header"
    return None


def _anchor(cells: dict[str, str], videos: set[str]) -> tuple[Anchor | None, list[str]]:
    """The row's anchor, if it has one, and what is wrong with it."""
    given = {column: cells.get(column, "") for column in ANCHOR}
    if not any(given.values()):
        return None, []
    faults = [f"{column}: empty; an anchor needs {', '.join(ANCHOR)}"
              for column in ANCHOR if not given[column]]  # fmt: skip
    video = given["video_id"]
    if video and video not in videos:
        near = get_close_matches(video, videos, 1)
        hint = f"; did you mean {near[0]}?" if near else ""
        faults.append(f"video_id: no {video!r} in the manifest{hint}")
    numbers = {column: _number(given[column]) for column in ANCHOR[1:]}
    faults += [
        f"{column}: {given[column]!r} is no number"
        for column, value in numbers.items()
        if given[column] and value is None
    ]
    return (None if faults else Anchor(video, *numbers.values())), faults


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _known(person: str, people: set[str]) -> str:
    if person not in people:
        last = max(people, key=person_number, default=None)
        raise LookupError(
            f"person: no {person!r} in this corpus"
            + (f"; its people are p0001 to {last}" if last else ", where nobody was found")
        )
    return person
