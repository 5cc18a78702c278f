"""Writing files so that a reader never sees half of one."""

import os
from pathlib import Path


def write_text(path: Path | str, text: str) -> None:
    """Write a file, UTF-8 with the newlines of `text`, under a temporary name until complete."""
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path | str, content: bytes) -> None:
    """Write a file under a temporary name until it is complete."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    partial.write_bytes(content)
    os.replace(partial, path)
