"""Keep what people wrote into files of the results, before the workflow writes or deletes them.

Each such file tells whether it is as the workflow wrote it: an ELAN file by its seal, a text by the
record of its checksum (`corpus.core.file_records`). A file that is not, is first copied into the
user's folder of annotations, where the workflow never writes over a file.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from pathlib import Path

from corpus.core import file_records
from corpus.core.atomic_files import write_bytes, write_text
from corpus.core.errors import InputError
from corpus.core.locations import Locations

USER_TEXTS = (
    "people.tsv",
    *("report/methods.md", "report/references.bib", "report/methods.html"),
)
"""Texts of the results in which people write."""

IsUnedited = Callable[[Path, bytes], bool]
"""Tells from a file's path and content whether it is as the workflow wrote it."""


def is_as_recorded(path: Path, content: bytes) -> bool:
    """Whether a text has the checksum in its record; False without a record."""
    try:
        record = file_records.read_record(path)
    except ValueError:
        return False
    return record is not None and record[0] == sha256(content).hexdigest()


def is_edited(path: Path) -> bool:
    """Whether a text was changed since the workflow wrote it; False if it has no record."""
    content = _content(path)
    if content is None or not file_records.record_path(path).exists():
        return False
    return not is_as_recorded(path, content)


def preserve_edited_files(
    paths: Iterable[Path], folder: Path, is_unedited: IsUnedited = is_as_recorded
) -> list[Path]:
    """Copy each file that was edited into `folder`. Returns the paths of the copies."""
    copies = [preserve_edited_file(path, folder, is_unedited) for path in paths]
    return [copy for copy in copies if copy is not None]


def preserve_edited_file(
    path: Path, folder: Path, is_unedited: IsUnedited = is_as_recorded
) -> Path | None:
    """Copy a file of the results into `folder` if somebody saved it since the workflow wrote it.

    Returns the path of the copy, or None if the file does not exist or was not edited. The copy has
    the name of the file, with a number ({name}.2.eaf) if another file has this name. If a copy
    with the same content exists, its path is returned. Raises InputError if `folder` is the one
    that the file is in, because there the copy would be overwritten or deleted.
    """
    locations = Locations()
    if locations.identity(folder) == locations.identity(path.parent):
        raise InputError(
            f"annotations: {folder} is a folder of the results, where the workflow writes; "
            "name another folder"
        )
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    if is_unedited(path, content):
        return None
    number, copy = 1, folder / path.name
    while copy.exists():
        if copy.read_bytes() == content:
            return copy
        number += 1
        copy = folder / f"{path.stem}.{number}{path.suffix}"
    write_bytes(copy, content)
    logging.warning("%s was edited; a copy is kept as %s", path, copy)
    return copy


def publish_texts(sources: Mapping[Path, Path], folder: Path) -> list[Path]:
    """Write texts to where people read and edit them, after keeping copies of edited ones.

    `sources` are the files with the new texts, by the path to write. Returns the paths of the
    copies in `folder`.
    """
    contents = {path: source.read_bytes() for path, source in sources.items()}
    changed = [path for path, content in contents.items() if _content(path) != content]
    copies = preserve_edited_files(changed, folder)
    for path, content in contents.items():
        # The record comes first: without it, the text would count as edited. It has the inputs of
        # the text that is copied.
        made = file_records.read_record(sources[path])
        record = file_records.record_text(sha256(content).hexdigest(), made[1] if made else {})
        write_text(file_records.record_path(path), record)
        write_bytes(path, content)
    for copy in copies:
        # Printed as well as logged, so that people see it where they started snakemake.
        print(f"A text in the results was edited. It is kept as {copy}.")
    return copies


def _content(path: Path) -> bytes | None:
    """The bytes of a file; None if it does not exist."""
    return path.read_bytes() if path.exists() else None
