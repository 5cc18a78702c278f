"""The content of the user's local files, which decides whether jobs run again.

Snakemake compares modification times, so it misses a file that is replaced by an older one, for
example from a backup. Rules therefore have params that depend only on the content of a file: a copy
of it with another time runs nothing again.

Every job of the workflow imports this module: use only the standard library.
"""

import hashlib
import json
import os
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from corpus.core.atomic_files import write_text

BLOCK = 1 << 16
N_BLOCKS = 16
"""Number of blocks that are read of a larger file: its start, its end, and evenly between them."""
N_THREADS = 8
"""Files that are read at the same time, because a network disk answers slowly."""
SETTLED_AFTER_NS = 2_000_000_000
"""Age of the last change from which on the times and the size of a file tell later changes."""

Identity = tuple[int, int, int, int]
"""Size, times of the last change of content and of metadata, and inode of a file."""


def content_signature(path: Path | str) -> str:
    """Size of a file and a checksum of its content; "missing" if it cannot be read.

    Of a file of more than 1 MiB, only `N_BLOCKS` blocks are read.
    """
    try:
        with open(path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            digest = hashlib.sha256()
            for position in _positions(size):
                file.seek(position)
                digest.update(file.read(BLOCK))
    except OSError:
        return "missing"
    return f"{size}:{digest.hexdigest()[:16]}"


def _positions(size: int) -> list[int]:
    """Where the blocks start that are read of a file."""
    if size <= BLOCK * N_BLOCKS:
        return list(range(0, size, BLOCK))
    return [(size - BLOCK) * number // (N_BLOCKS - 1) for number in range(N_BLOCKS)]


class Signatures:
    """Content signatures of files, kept in a cache file while a file has the same identity."""

    def __init__(self, cache: Path | None) -> None:
        """`cache` is read and written by `prepare`. It may be missing, damaged or read-only."""
        self._cache = cache
        self._known: dict[str, tuple[Identity, str]] = {}

    def of(self, path: str) -> str:
        """Signature of one file."""
        name = os.path.abspath(path)
        if name not in self._known:
            self._known[name] = _identity(name), content_signature(name)
        return self._known[name][1]

    def prepare(self, paths: Iterable[str]) -> None:
        """Read the signatures of many files at once, from the cache as far as possible."""
        cached = self._read_cache()
        names = list(map(os.path.abspath, paths))
        with ThreadPoolExecutor(N_THREADS) as pool:
            identities = list(pool.map(_identity, names))
            changed = [
                name
                for name, identity in zip(names, identities, strict=True)
                if cached.get(name, (None,))[0] != identity
            ]
            signatures = dict(zip(changed, pool.map(content_signature, changed), strict=True))
        now = time.time_ns()
        for name, identity in zip(names, identities, strict=True):
            signature = signatures.get(name) or cached[name][1]
            self._known[name] = identity, signature
            if now - max(identity[1], identity[2]) > SETTLED_AFTER_NS:
                cached[name] = identity, signature
        if changed:
            self._write_cache(cached)

    def _read_cache(self) -> dict[str, tuple[Identity, str]]:
        try:
            entries = json.loads(self._cache.read_bytes()) if self._cache else {}
            return {name: (tuple(row[:4]), str(row[4])) for name, row in entries.items()}
        except (OSError, ValueError, AttributeError, TypeError, LookupError):
            return {}

    def _write_cache(self, known: dict[str, tuple[Identity, str]]) -> None:
        rows = {name: [*identity, signature] for name, (identity, signature) in known.items()}
        try:
            if self._cache:
                write_text(self._cache, json.dumps(rows, sort_keys=True))
        except OSError:
            pass  # The next start reads the files again.


def _identity(path: str) -> Identity:
    try:
        status = os.stat(path)
    except OSError:
        return 0, 0, 0, 0
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino
