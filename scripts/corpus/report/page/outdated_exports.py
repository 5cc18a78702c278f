"""Which exports were made before tables changed that they were made from.

Nothing makes exports again unless a run requests them, so after people were named, they still have
the names of before.
"""

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa

from corpus.core import file_records
from corpus.tables import seals

MADE_FROM_TABLE = {"report/agreement.html": "agreement.parquet"}
"""Files made on request from one table that is itself made on request: its inputs count."""
UNREADABLE = (OSError, pa.ArrowException, ValueError, KeyError, TypeError)
"""Errors of reading a damaged table or record."""


class Tables:
    """The present tables of a results folder; each file is looked at once."""

    def __init__(self, results: Path) -> None:
        self.results = results
        self._mtimes: dict[tuple[str, str], int | None] = {}
        self._identities: dict[tuple[str, str], str | None] = {}

    def differs(self, folder: str, stem: str, identity: str, export_mtime_ns: int) -> bool:
        """Whether a table, named as in `file_records.Inputs`, is not the one with an identity.

        A table of one video that is older than the export is not opened: with all exports of 1000
        videos, these would be thousands of files. A table that does not exist does not count.
        """
        key = (folder, stem)
        path = self.results / folder / f"{stem}{file_records.TABLE_SUFFIX}"
        if key not in self._mtimes:
            self._mtimes[key] = path.stat().st_mtime_ns if path.exists() else None
        mtime = self._mtimes[key]
        if mtime is None or (folder and mtime < export_mtime_ns):
            return False
        if key not in self._identities:
            self._identities[key] = _identity(path)
        present = self._identities[key]
        return present is not None and present != identity


def find(results: Path, names: Iterable[str]) -> set[str]:
    """The files of `names`, relative to `results`, that were made from inputs which have changed.

    Files without a record of their inputs are not among them.
    """
    tables = Tables(results)
    return {name for name in names if _is_outdated(tables, name)}


def _is_outdated(tables: Tables, name: str) -> bool:
    path = tables.results / name
    try:
        mtime = path.stat().st_mtime_ns
        if table := MADE_FROM_TABLE.get(name):
            inputs = seals.inputs(seals.file_metadata(tables.results / table))
        else:
            inputs = (file_records.read_record(path) or ("", {}))[1]
    except UNREADABLE:
        return False
    return any(
        tables.differs(folder, stem, identity, mtime)
        for folder, stems in inputs.items()
        for stem, identity in stems.items()
    )


def _identity(table: Path) -> str | None:
    try:
        found = seals.identity(seals.file_metadata(table))
    except UNREADABLE:
        return None
    return found[: file_records.IDENTITY_DIGITS] if found else None
