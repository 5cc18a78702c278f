"""Read and write the tables as Parquet files, with provenance in their schema metadata.

Files are deterministic: fixed schema, zstd compression, fixed row-group size, no pandas metadata
and no timestamps. Provenance is stored under `PROVENANCE_KEY` as sorted JSON. A seal
(`corpus.tables.seals`) tells whether a table was altered, and from which tables it was made.
"""

import json
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from corpus.core.atomic_files import atomic_path
from corpus.tables import seals
from corpus.tables.schemas import schema

PROVENANCE_KEY = b"provenance"
ROW_GROUP = 1 << 17
"""Rows per row group. They are buffered before writing, which limits memory for long videos."""


class Writer:
    """Write one table in pieces, under a temporary name until it is complete.

    >>> with Writer(path, "frames", provenance) as out:
    ...     out.append({"frame": [0], "time_s": [0.0], "shot": [0]})

    Columns missing from a piece are null. After an exception inside the block, no file remains.
    """

    def __init__(
        self,
        path: Path | str,
        table: str,
        provenance: Mapping[str, object],
        extra: tuple[str, ...] = (),
        vector: int | None = None,
    ) -> None:
        self.path = Path(path)
        self.schema = schema(table, extra, vector).with_metadata(
            {PROVENANCE_KEY: json.dumps(dict(provenance), sort_keys=True).encode()}
        )
        # Text is buffered without dictionaries, because each piece would get its own dictionary.
        self._plain = pa.schema(
            pa.field(f.name, pa.string() if pa.types.is_dictionary(f.type) else f.type)
            for f in self.schema
        )
        self._pending: list[pa.Table] = []
        self._rows = 0

    def __enter__(self) -> "Writer":
        with ExitStack() as files:
            partial = files.enter_context(atomic_path(self.path))
            self._file = files.enter_context(
                pq.ParquetWriter(partial, self.schema, compression="zstd")
            )
            files.push(self._flush_rest)
            self._files = files.pop_all()
        return self

    def append(self, columns: dict | pd.DataFrame) -> None:
        """Add rows: a data frame, or a mapping of column names to sequences of equal length.

        Raises ValueError for a column that is not in the schema, and pyarrow's errors for values
        that do not fit its type.
        """
        unknown = set(columns) - set(self.schema.names)
        if unknown:
            raise ValueError(f"{self.path.name}: columns not in the schema: {sorted(unknown)}")
        length = len(next(iter(columns.values()))) if isinstance(columns, dict) else len(columns)
        arrays = [
            _array(columns[field.name], field.type)
            if field.name in columns
            else pa.nulls(length, field.type)
            for field in self._plain
        ]
        self._pending.append(pa.Table.from_arrays(arrays, schema=self._plain))
        self._rows += length
        while self._rows >= ROW_GROUP:
            self._flush(ROW_GROUP)

    def _flush(self, rows: int) -> None:
        """Write the first `rows` pending rows as one row group.

        Row groups have a fixed size, so the bytes do not depend on the size of the pieces.
        """
        table = pa.concat_tables(self._pending)
        group = table.slice(0, rows).combine_chunks().cast(self.schema)
        self._file.write_table(group, row_group_size=ROW_GROUP)
        self._pending, self._rows = [table.slice(rows)], self._rows - rows

    def _flush_rest(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None and self._rows:
            self._flush(self._rows)
        if kind is None:
            self._file.add_key_value_metadata(seals.unsealed(self.path))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._files.__exit__(kind, error, trace)


def _array(values: Any, dtype: pa.DataType) -> pa.Array:
    if pa.types.is_list(dtype) or pa.types.is_fixed_size_list(dtype):
        values = [np.asarray(value).tolist() for value in values]
    return pa.array(values, dtype, from_pandas=True)


def write(
    path: Path | str,
    table: str,
    columns: dict | pd.DataFrame,
    provenance: dict,
    extra: tuple[str, ...] = (),
    vector: int | None = None,
) -> None:
    """Write a complete table."""
    with Writer(path, table, provenance, extra, vector) as out:
        out.append(columns)


def read(path: Path | str, columns: list[str] | None = None) -> pd.DataFrame:
    """Read a table into pandas. Raises FileNotFoundError, or pyarrow's error for a damaged file."""
    return read_arrow(path, columns).to_pandas()


def read_arrow(
    path: Path | str, columns: list[str] | None = None, filters: list | None = None
) -> pa.Table:
    """Read a table, or the rows that pass the filters, as an Arrow table."""
    seals.note_read(path, seals.file_metadata(path))
    return pq.read_table(path, columns=columns, filters=filters)


def open_file(path: Path | str) -> pq.ParquetFile:
    """Open a table to read it in pieces. Every table is opened here or by the functions above, so
    that what is made from it records it as an input."""
    file = pq.ParquetFile(path)
    seals.note_read(path, file.metadata.metadata)
    return file


def read_provenance(path: Path | str) -> dict:
    """Provenance of a file: versions, parameters and models."""
    return json.loads(pq.read_schema(path).metadata[PROVENANCE_KEY])
