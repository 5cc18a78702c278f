"""The manifest: which videos the corpus has, and where each comes from.

A tab-separated UTF-8 file with the columns `video_id` and `source`; more columns are carried
along. Blank lines and lines that start with # are passed over. Cells are taken as they are:
there is no quoting, so a line is always a row.

Every job of the workflow imports this: keep it to the standard library.
"""

import os
import re
import stat
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from posixpath import basename, dirname, isabs, join, normpath, splitext
from urllib.parse import urlsplit

from corpus.core.errors import InputError
from corpus.inputs.tsv import cells_of, read_lines

REQUIRED = ("video_id", "source")
CORPUS_COLUMNS = (
    *REQUIRED,
    *("status", "reason", "sha256", "width", "height", "n_frames", "start_s", "duration_s"),
    *("is_vfr", "n_shots", "n_face_tracks", "n_people"),
)
"""Columns of the corpus table, whose names an extra column cannot have."""

VIDEO_SUFFIXES = (
    *("3gp", "avi", "flv", "m2ts", "m4v", "mkv", "mov", "mp4", "mpeg", "mpg", "mts", "mxf"),
    *("ogv", "ts", "vob", "webm", "wmv"),
)
VIDEO_ID = re.compile(r"[A-Za-z0-9_-]+")
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_SHOWN = 10
"""Faulty rows that one message names; the rest are counted."""

Row = dict[str, str]


def read(path: Path | str, look: bool = True) -> dict[str, Row]:
    """Rows of the manifest by video id, in the file's order.

    `look` asks whether local files exist. Raises InputError, whose message has a line for each
    faulty row: file, line, column and what to change.
    """
    path = Path(path)
    lines = read_lines(path, "; it is the manifest, config key videos")
    if not lines:
        raise InputError(f"{path}: empty; the first line must name the columns {_named(REQUIRED)}")
    start, header = lines[0]
    columns = cells_of(header)
    if fault := _header_fault(columns, header):
        raise InputError(f"{path}, line {start}: {fault}")
    if len(lines) == 1:
        raise InputError(f"{path}: no video below the header")

    rows: dict[str, Row] = {}
    seen: dict[str, tuple[str, int]] = {}
    faults: list[str] = []
    for number, line in lines[1:]:
        cells = cells_of(line)
        if len(cells) != len(columns):
            faults.append(f"line {number}: {_count_fault(cells, columns, line)}")
            continue
        row = dict(zip(columns, cells, strict=True))
        video = row["video_id"]
        found = list(_faults(row, str(path), look))
        if video and (twin := seen.get(video.lower())):
            found.append(_twin_fault(video, *twin))
        faults += [f"line {number}, {fault}" for fault in found]
        rows[video] = row
        seen.setdefault(video.lower(), (video, number))
    if faults:
        more = len(faults) - _SHOWN
        shown = [f"{path}, {fault}" for fault in faults[:_SHOWN]]
        raise InputError("\n".join(shown + [f"... and {more} more"] * (more > 0)))
    return rows


def is_url(source: str) -> bool:
    """True for a web address, false for the path of a local file."""
    return bool(_ADDRESS.match(source))


def local_path(source: str, manifest: Path | str) -> str:
    """Path of a local source: the manifest names it relative to itself.

    `..` is resolved by name only, so that a relative manifest gives a relative path.
    """
    return normpath(join(dirname(os.fspath(manifest)), source))


def shown_source(source: str) -> str:
    """As in the manifest, but without the folders of one machine: for what is passed on."""
    return basename(source) if isabs(source) else source


def media_suffix(source: str, container: str) -> str:
    """Suffix of the video's file, lower case and without dot.

    An address that does not end in a video file's name is downloaded into `container`.
    """
    name = urlsplit(source).path if is_url(source) else source
    ending = splitext(name)[1].lower().removeprefix(".")
    return ending if ending in VIDEO_SUFFIXES else container


def extra_columns(rows: dict[str, Row]) -> tuple[str, ...]:
    """Names of the columns that are the user's own, in the file's order."""
    first = next(iter(rows.values()), {})
    return tuple(column for column in first if column not in REQUIRED)


def _named(columns: tuple[str, ...] | list[str]) -> str:
    return " and ".join(columns)


def _header_fault(columns: list[str], line: str) -> str | None:
    missing = [column for column in REQUIRED if column not in columns]
    if missing and len(columns) == 1:
        return f"no column {_named(missing)}; {_separator_hint(line)}"
    if missing:
        near = get_close_matches(missing[0], columns, 1)
        hint = f"; did you mean it by {near[0]!r}?" if near else ""
        return f"no column {_named(missing)}{hint}"
    for column in columns:
        if not column:
            return f"column {columns.index(column) + 1} has no name"
        if columns.count(column) > 1:
            return f"column {column} is there twice"
        if column in CORPUS_COLUMNS and column not in REQUIRED:
            return f"column {column}: the workflow makes a column of this name; rename yours"
    return None


def _separator_hint(line: str) -> str:
    others = {",": "commas", ";": "semicolons"}
    found = next((name for mark, name in others.items() if mark in line), "spaces")
    return f"columns are separated by tabs, not {found}"


def _count_fault(cells: list[str], columns: list[str], line: str) -> str:
    fault = f"{len(cells)} cells, but the header names {len(columns)} columns"
    return fault if len(cells) > 1 else f"{fault}; {_separator_hint(line)}"


def _twin_fault(video: str, other: str, line: int) -> str:
    if video == other:
        return f"video_id: {video!r} is also on line {line}"
    return f"video_id: {video!r} differs only by case from {other!r} on line {line}"


def _faults(row: Row, manifest: str, look: bool) -> Iterator[str]:
    """What is wrong with one row, by itself."""
    for column in REQUIRED:
        if not row[column]:
            yield f"{column}: empty"
    video, source = row["video_id"], row["source"]
    if video and not VIDEO_ID.fullmatch(video):
        yield f"video_id: {video!r} is also a file name; use only A-Z a-z 0-9 _ -"
    if source.lower().startswith("file://"):
        yield f"source: {source!r}: give a local file's path without file://"
    elif source and not is_url(source):
        yield from _file_faults(source, manifest, look)


def _file_faults(source: str, manifest: str, look: bool) -> Iterator[str]:
    if any(character in source for character in "{}<>"):
        yield f"source: {source!r}: rename the file; braces and angle brackets are placeholders"
        return
    path = local_path(source, manifest)
    mode = _mode(path) if look else None
    if mode and stat.S_ISDIR(mode):
        yield f"source: {path} is a folder; give each of its videos a row"
    elif not media_suffix(source, ""):
        known = " ".join(VIDEO_SUFFIXES)
        yield f"source: {source!r} is no web address, nor a file with a video's suffix ({known})"
    elif look and not (mode and stat.S_ISREG(mode)):
        hint = "; `make demo` renders it" if dirname(path).endswith("resources/demo") else ""
        if "APPTAINER_CONTAINER" in os.environ:
            hint += "; if it is there outside, name its folder under `binds` in the site file"
        yield f"source: no file {path}{hint}"


def _mode(path: str) -> int | None:
    """What kind of file it is, asked once: file systems on a cluster answer slowly."""
    try:
        return os.stat(path).st_mode
    except OSError:
        return None
