"""Text files that are either complete or not there."""

import os
from pathlib import Path


def write_text(path: Path | str, text: str) -> None:
    """Write a file in UTF-8 with plain line ends, under a temporary name until it is complete."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(text, encoding="utf-8", newline="\n")
    os.replace(partial, path)
