"""Files of text, complete or not there at all."""

import os
from pathlib import Path


def write_text(path: Path | str, text: str) -> None:
    """Write a UTF-8 file under a temporary name until it is complete; makes its folder."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    try:
        partial.write_text(text, encoding="utf-8", newline="\n")
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
