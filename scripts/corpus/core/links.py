"""Links to files of the user."""

import os
from pathlib import Path


def link_target(file: Path, link: Path) -> str:
    """What a relative link at the path `link` must contain to point to `file`.

    `..` leads out of a linked folder to the wrong place, so both folders are resolved. The file
    itself is not: if it is a link, it must stay one.
    """
    return os.path.relpath(file.parent.resolve() / file.name, link.parent.resolve())
