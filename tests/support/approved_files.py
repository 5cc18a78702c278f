"""Compares text with approved files, which `pytest --fix` rewrites."""

from pathlib import Path


def check_approved(text: str, path: Path, fix: bool) -> None:
    """Assert that a file contains `text`. With `fix`, write the text to the file instead.

    A person reviews the difference of the file before it is committed.
    """
    if fix:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return
    assert path.exists(), f"{path.name} does not exist; run pytest --fix and review the file"
    approved = path.read_text(encoding="utf-8")
    assert text == approved, f"{path.name} differs; after an intended change, run pytest --fix"
