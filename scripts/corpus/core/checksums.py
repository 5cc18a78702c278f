"""Checksums of files."""

import hashlib
from pathlib import Path


def sha256(path: Path | str) -> str:
    """SHA-256 of a file as hexadecimal text. The file is read in pieces."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
