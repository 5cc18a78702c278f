"""The seal of a table: its own checksum, and from which tables it was made, in its metadata.

The checksum is that of the whole file with zeros in its place. It is in the file itself, so the two
are replaced at the same time, and a copy of a single table can still be checked. The entries stand
beside the provenance and are not part of it.
"""

import hashlib
import json
import os
import re
import struct
from pathlib import Path

import pyarrow.parquet as pq

from corpus.core import atomic_files, file_records
from corpus.tables import schemas

CHECKSUM, IDENTITY, INPUTS = b"checksum", b"identity", b"inputs"
"""Keys of the metadata. The identity is that of the table as it was made: erasing people changes
the checksum, but other tables are not outdated by it."""

_EMPTY = b"0" * 64
_ENTRY = re.compile(rb"\x08checksum\x18\x40([0-9a-f]{64})")
"""The key, the type and length of the value, and the value, as Parquet's footer stores them."""
_END = struct.Struct("<I4s")
"""The last bytes of a Parquet file: size of the footer, and b"PAR1"."""


def unsealed(path: Path) -> dict[bytes, bytes]:
    """Entries of the metadata for a table that will be at `path`, with an empty checksum."""
    inputs = json.dumps(file_records.inputs_of(path), sort_keys=True).encode()
    return {INPUTS: inputs, CHECKSUM: _EMPTY}


def kept(metadata: dict[bytes, bytes]) -> dict[bytes, bytes]:
    """Entries for a table without the rows of erased people, from the metadata of the old table.

    It keeps identity and inputs; the checksum is empty. No entries if the table has no seal.
    """
    found = identity(metadata)
    if not found:
        return {}
    kept_inputs = metadata.get(INPUTS, b"{}")
    return {INPUTS: kept_inputs, IDENTITY: found.encode(), CHECKSUM: _EMPTY}


def seal(path: Path, content: Path) -> None:
    """Write the checksum of the table `path` into its entry, while it is still in `content`.

    A table that has its checksum is not written, so it keeps its modification time.
    """
    if path.suffix != file_records.TABLE_SUFFIX or is_intact(content):
        return
    if (position := _position(content)) is not None:
        checksum = _checksum(content, position).encode()
        with content.open("r+b") as file:
            file.seek(position)
            file.write(checksum)


def is_intact(path: Path) -> bool | None:
    """Whether a table has its checksum; None if it has no entry for it."""
    if (position := _position(path)) is None:
        return None
    with path.open("rb") as file:
        file.seek(position)
        return file.read(64).decode("ascii", "replace") == _checksum(path, position)


def _position(path: Path) -> int | None:
    """Position of the checksum in a file; None if the file has none."""
    size = path.stat().st_size
    with path.open("rb") as file:
        if size < 2 * _END.size:
            return None
        file.seek(-_END.size, os.SEEK_END)
        footer_size, magic = _END.unpack(file.read(_END.size))
        if magic != b"PAR1" or footer_size + _END.size > size:
            return None
        start = size - _END.size - footer_size
        file.seek(start)
        entries = list(_ENTRY.finditer(file.read(footer_size)))
    return start + entries[-1].start(1) if entries else None


def _checksum(path: Path, position: int) -> str:
    """SHA-256 of a file with zeros in place of the 64 bytes at a position. Reads in pieces."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        left = position
        while left and (piece := file.read(min(left, 1 << 20))):
            digest.update(piece)
            left -= len(piece)
        file.seek(64, os.SEEK_CUR)
        digest.update(_EMPTY)
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def identity(metadata: dict[bytes, bytes] | None) -> str | None:
    """Identity of a table from its file's metadata; None for a table without a seal."""
    entries = metadata or {}
    found = entries.get(IDENTITY) or entries.get(CHECKSUM)
    return found.decode() if found else None


def inputs(metadata: dict[bytes, bytes] | None) -> file_records.Inputs:
    """The tables from which a table was made, from its file's metadata."""
    return json.loads((metadata or {}).get(INPUTS, b"{}"))


def note_read(path: Path | str, metadata: dict[bytes, bytes] | None) -> None:
    """Remember that this process read a table of the results, with the metadata of its file."""
    path = Path(path)
    known = schemas.all_tables()
    found = identity(metadata)
    if found and path.parent.name in known and known[path.parent.name].per_video:
        file_records.note_input(path.parent.parent, path.parent.name, path.stem, found)
    elif found and path.stem in known:
        file_records.note_input(path.parent, "", path.stem, found)


def file_metadata(path: Path | str) -> dict[bytes, bytes]:
    """Metadata of a Parquet file, with the entries of the seal."""
    return dict(pq.read_metadata(path).metadata or {})


atomic_files.before_replacing.append(seal)
