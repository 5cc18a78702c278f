"""Creates empty files, for tests that only need files to exist."""

from pathlib import Path


def touch_files(folder: Path, *names: str) -> None:
    """Create empty files and the folders that they are in."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
