"""Keep ELAN files that people edited in the results, before the workflow writes or deletes them."""

import logging
from collections.abc import Iterable
from pathlib import Path

from corpus.core.atomic_files import write_bytes
from corpus.elan.edit_detection import is_unedited


def preserve_edited_files(paths: Iterable[Path], folder: Path) -> list[Path]:
    """Copy each .eaf that was edited into `folder`. Returns the paths of the copies."""
    copies = [preserve_edited_file(path, folder) for path in paths]
    return [copy for copy in copies if copy is not None]


def preserve_edited_file(path: Path, folder: Path) -> Path | None:
    """Copy an .eaf of the results into `folder` if somebody saved it since the workflow wrote it.

    Returns the path of the copy, or None if the file does not exist or was not edited. The copy has
    the name of the file, with a number ({video}.2.eaf) if another file has this name. If a copy
    with the same content exists, its path is returned.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    if is_unedited(content):
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
