"""Make something once for all workers of pytest-xdist, each of which is a process of its own."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def shared_folder(factory: pytest.TempPathFactory) -> Path:
    """Temporary folder of this run of pytest, which all its workers share."""
    base = factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@contextmanager
def once(folder: Path, name: str) -> Iterator[bool]:
    """Whether the caller must make a thing, because no worker has made it yet.

    Other workers wait until it is made. If that fails, the next one tries again.
    """
    made = folder / f"{name}.made"
    with open(folder / f"{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        is_needed = not made.exists()
        yield is_needed
        made.touch()
