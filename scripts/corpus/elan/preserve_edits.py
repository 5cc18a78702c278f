"""Files that people edited where the workflow writes: kept, before they are written anew."""

import logging
from pathlib import Path

from corpus.core.atomic_files import write_bytes
from corpus.elan import edit_detection


def keep(path: Path, folder: Path) -> Path | None:
    """Copy an .eaf of the results into `folder` if somebody saved it since it was written.

    Returns the copy's place, None where there was nothing to keep: {video}.eaf, or a name with a
    number where that is another file.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    if edit_detection.is_as_written(content):
        return None
    number, copy = 1, folder / path.name
    while copy.exists():
        if copy.read_bytes() == content:
            return copy
        number += 1
        copy = folder / f"{path.stem}.{number}{path.suffix}"
    write_bytes(copy, content)
    logging.warning("%s was edited; it is kept as %s", path, copy)
    return copy
