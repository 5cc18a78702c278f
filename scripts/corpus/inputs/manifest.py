"""The manifest: which videos the corpus consists of, and where each comes from.

A table with the columns `video_id` and `source`, in one of the forms of corpus.inputs.text_tables.
Further columns are carried along.

Every job of the workflow imports this module: use only the standard library.
"""

import os
import stat
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from pathlib import Path
from posixpath import dirname, join, normpath, splitext
from urllib.parse import urlsplit

from corpus.core.addresses import is_url
from corpus.core.errors import InputError
from corpus.inputs import text_tables
from corpus.inputs.faults import Fault, raise_faults
from corpus.inputs.local_files import control_characters, find_file, path_hints
from corpus.inputs.video_ids import id_faults

REQUIRED = ("video_id", "source")
CORPUS_COLUMNS = (
    *REQUIRED,
    *("status", "reason", "sha256", "width", "height", "stored_sizes", "pixel_aspect"),
    *("n_interlaced", "deinterlaced", "n_clock_jumps", "picture_stream", "sound_stream"),
    *("other_streams", "n_frames", "start_s", "duration_s"),
    *("is_vfr", "n_shots", "n_face_tracks", "n_people"),
)
"""Columns of the corpus table. A user's own column cannot have one of these names."""

VIDEO_SUFFIXES = (
    *("3gp", "avi", "flv", "m2ts", "m4v", "mkv", "mov", "mp4", "mpeg", "mpg", "mts", "mxf"),
    *("ogv", "ts", "vob", "webm", "wmv"),
)
_MOST_FAULTS = 10
"""Number of faults that one message shows; the others are counted."""

ManifestRow = dict[str, str]
"""Cells of one video, by column."""


def read(
    path: Path | str,
    check_files: bool = True,
    may_lack_file: Callable[[str], bool] | None = None,
) -> dict[str, ManifestRow]:
    """Rows of the manifest by video id, in the order of the file.

    If `check_files` is true, local video files must exist, except for videos for which
    `may_lack_file` is true. Raises InputError with one line per fault: the file, the line, the
    column, and what to change.
    """
    file = str(path)
    lines = text_tables.read(path, REQUIRED, "; it is the manifest, config key videos")
    if not lines:
        message = f"empty; the first line must name the columns {_join(REQUIRED)}"
        raise InputError(str(Fault(file, message)))
    columns = lines[0].cells
    if message := _header_fault(columns):
        raise InputError(str(Fault(file, message, lines[0].line)))
    if len(lines) == 1:
        raise InputError(str(Fault(file, "no video below the header")))

    rows: dict[str, ManifestRow] = {}
    first_use: dict[str, tuple[str, int]] = {}
    faults: list[Fault] = []
    for line in lines[1:]:
        if len(line.cells) != len(columns):
            faults.append(Fault(file, _count_fault(line.cells, columns), line.line))
            continue
        row = dict(zip(columns, line.cells, strict=True))
        video = row["video_id"]
        messages = list(_row_faults(row, file, check_files))
        if messages and may_lack_file and may_lack_file(video):
            messages = list(_row_faults(row, file, check_files=False))
        if video and (duplicate := first_use.get(video.lower())):
            messages.append(("video_id", _duplicate_fault(video, *duplicate)))
        faults += [Fault(file, message, line.line, column) for column, message in messages]
        rows[video] = row
        first_use.setdefault(video.lower(), (video, line.line))
    raise_faults(faults, _MOST_FAULTS)
    return rows


def local_path(source: str, manifest: Path | str) -> str:
    """Path of a local source, which the manifest gives relative to itself.

    `..` is resolved by name only, so that a relative manifest gives a relative path. Otherwise the
    path is spelled as on the disk: see `local_files.find_file`.
    """
    path = normpath(join(dirname(os.fspath(manifest)), source))
    if source.startswith("~") and not os.path.lexists(path):
        path = normpath(find_file(source))
    return find_file(path)


def media_suffix(source: str, container: str) -> str:
    """Suffix of the video's file, in lower case and without dot.

    A web address that does not end in the name of a video file is downloaded as `container`.
    """
    name = urlsplit(source).path if is_url(source) else source
    suffix = splitext(name)[1].lower().removeprefix(".")
    return suffix if suffix in VIDEO_SUFFIXES else container


def extra_columns(rows: dict[str, ManifestRow]) -> tuple[str, ...]:
    """Names of the columns that the user added, in the order of the file."""
    first_row = next(iter(rows.values()), {})
    return tuple(column for column in first_row if column not in REQUIRED)


def _join(columns: tuple[str, ...] | list[str]) -> str:
    return " and ".join(columns)


def _header_fault(columns: list[str]) -> str | None:
    missing = [column for column in REQUIRED if column not in columns]
    if missing and len(columns) == 1:
        return f"no column {_join(missing)}; separate columns by tabs, commas or semicolons"
    if missing:
        similar = get_close_matches(missing[0], columns, 1)
        hint = f"; is it the column {similar[0]!r}? Rename it" if similar else ""
        return f"no column {_join(missing)}{hint}"
    for column in columns:
        if not column:
            return f"column {columns.index(column) + 1} has no name"
        if columns.count(column) > 1:
            return f"column {column} occurs twice"
        if column in CORPUS_COLUMNS and column not in REQUIRED:
            return f"column {column}: the workflow writes a column with this name; rename yours"
    return None


def _count_fault(cells: list[str], columns: list[str]) -> str:
    n_cells = f"{len(cells)} cell{'s' if len(cells) != 1 else ''}"
    message = f"{n_cells}, but the header names {len(columns)} columns"
    return message if len(cells) > 1 else f"{message}; separate them as in the header"


def _duplicate_fault(video: str, other: str, line: int) -> str:
    if video == other:
        return f"{video!r} is also on line {line}"
    return f"{video!r} differs only in case from {other!r} on line {line}"


def _row_faults(row: ManifestRow, manifest: str, check_files: bool) -> Iterator[tuple[str, str]]:
    """Column and message of each fault of one row, without a comparison to other rows."""
    for column in REQUIRED:
        if not row[column]:
            yield column, "empty"
    video, source = row["video_id"], row["source"]
    if video:
        yield from (("video_id", message) for message in id_faults(video))
    if characters := control_characters(source):
        yield "source", f"{source!r}: remove the control character {', '.join(characters)}"
    elif source.lower().startswith("file://"):
        yield "source", f"{source!r}: write the path of a local file without file://"
    elif source and not is_url(source):
        yield from (("source", message) for message in _file_faults(source, manifest, check_files))


def _file_faults(source: str, manifest: str, check_files: bool) -> Iterator[str]:
    """The fault of a local source, if there is one."""
    if any(character in source for character in "{}<>"):
        yield f"{source!r}: rename the file; Snakemake uses braces and angle brackets itself"
        return
    path = local_path(source, manifest)
    hint = "".join(f"; {hint}" for hint in path_hints(source, path))
    mode = _file_mode(path) if check_files else None
    if mode and stat.S_ISDIR(mode):
        yield f"{path} is a folder; write one row for each of its videos"
    elif not media_suffix(source, ""):
        suffixes = " ".join(VIDEO_SUFFIXES)
        message = f"{source!r} is neither a web address nor a file with a video suffix"
        yield f"{message} ({suffixes}){hint}"
    elif check_files and not (mode and stat.S_ISREG(mode)):
        if dirname(path).endswith("resources/demo"):
            hint += "; `make demo` renders it"
        if "APPTAINER_CONTAINER" in os.environ:
            hint += (
                "; if it exists outside the container, add its folder to `binds` in the site file"
            )
        yield f"no file {path}{hint}"


def _file_mode(path: str) -> int | None:
    """Mode of the file, with one call of stat, because file systems of clusters are slow."""
    try:
        return os.stat(path).st_mode
    except OSError:
        return None
