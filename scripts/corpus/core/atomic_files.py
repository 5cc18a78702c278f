"""Write files atomically: a file is either complete or does not exist.

A file is written under a temporary name in the same folder, then renamed. Two processes that write
the same file never share a temporary file, so the file is always one complete version, that of the
process that ended last.
"""

import hashlib
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from secrets import token_hex

PREFIX = ".partial."
LEFT_OVER_AFTER_S = 24 * 3600.0
"""Age after which a temporary file of another machine counts as left over."""

before_replacing: list[Callable[[Path, Path], None]] = []
"""Functions that are called with a path and with the temporary file that is about to replace it."""


@contextmanager
def atomic_path(path: Path | str) -> Iterator[Path]:
    """Temporary path that is renamed to `path` at the end of the block.

    After an exception inside the block, the temporary file is removed and `path` is unchanged.
    Missing folders are created. Temporary files that killed processes left of `path` are removed.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    remove_left_overs(path)
    partial = partial_path(path)
    try:
        yield partial
        for call in before_replacing:
            call(path, partial)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def write_text(path: Path | str, text: str) -> None:
    """Write UTF-8 text with line feeds."""
    with atomic_path(path) as partial:
        partial.write_text(text, encoding="utf-8", newline="\n")


def write_bytes(path: Path | str, content: bytes) -> None:
    """Write bytes unchanged."""
    with atomic_path(path) as partial:
        partial.write_bytes(content)


def partial_path(path: Path) -> Path:
    """A temporary path for one version of a file, with machine and process in its name.

    The suffix stays at the end, because some libraries derive the format from it.
    """
    return path.with_name(f"{PREFIX}{_machine()}.{os.getpid()}.{token_hex(3)}.{path.name}")


def remove_left_overs(path: Path) -> None:
    """Remove the temporary files of `path` whose process has ended.

    Process ids mean nothing on another machine. A temporary file from there is removed only if it
    has not changed for a day.
    """
    for partial in _partials_at_start(path.parent).get(path.name, []):
        if _is_left_over(partial):
            partial.unlink(missing_ok=True)


@cache
def _machine() -> str:
    """Six characters for the machine and its process ids, which a container may number itself."""
    try:
        namespace = os.readlink("/proc/self/ns/pid")
    except OSError:
        namespace = ""
    return hashlib.sha256(f"{socket.gethostname()} {namespace}".encode()).hexdigest()[:6]


@cache
def _partials_at_start(folder: Path) -> dict[str, list[Path]]:
    """Temporary files in a folder by the name of the complete file, when it was first needed.

    The folder is read only once, because some jobs write a file for each of thousands of videos.
    """
    partials: dict[str, list[Path]] = {}
    for entry in os.scandir(folder):
        parts = entry.name.removeprefix(PREFIX).split(".", 3)
        if entry.name.startswith(PREFIX) and len(parts) == 4 and parts[1].isdigit():
            partials.setdefault(parts[3], []).append(Path(entry.path))
    return partials


def _is_left_over(partial: Path) -> bool:
    machine, process, *_ = partial.name.removeprefix(PREFIX).split(".")
    if machine == _machine() and not _is_running(int(process)):
        return True
    try:
        return time.time() - partial.lstat().st_mtime > LEFT_OVER_AFTER_S
    except FileNotFoundError:
        return False


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        pass
    return True
