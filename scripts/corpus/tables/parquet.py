"""Read and write the tables as Parquet files, with provenance in their schema metadata.

Files are deterministic: fixed schema, zstd compression, fixed row-group size, no pandas metadata
and no timestamps. Provenance is stored under `PROVENANCE_KEY` as sorted JSON. A seal
(`corpus.tables.seals`) tells whether a table was altered, and from which tables it was made.

All functions that read raise MissingFileError or DamagedFileError, whose message names the file and
says what to do about it.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from corpus.core.atomic_files import atomic_path
from corpus.core.errors import DamagedFileError, MissingFileError
from corpus.tables import seals
from corpus.tables.schemas import SCHEMAS, schema, table_of_file

PROVENANCE_KEY = b"provenance"
RUN_AGAIN = "delete it and run snakemake again, which makes it again"
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


class OpenTable:
    """A table that is read in pieces. Reading a damaged piece raises DamagedFileError."""

    def __init__(self, path: Path, file: pq.ParquetFile) -> None:
        self._path, self._file = path, file
        self.schema_arrow: pa.Schema = file.schema_arrow
        self.metadata: dict[bytes, bytes] = dict(file.metadata.metadata or {})
        self.num_rows: int = file.metadata.num_rows
        self.num_row_groups: int = file.num_row_groups

    def __enter__(self) -> "OpenTable":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def read(self, columns: list[str] | None = None) -> pa.Table:
        """All rows."""
        with _naming_damage(self._path):
            return self._file.read(columns)

    def read_row_group(self, number: int) -> pa.Table:
        """The rows of one row group."""
        with _naming_damage(self._path):
            return self._file.read_row_group(number)

    def iter_batches(
        self, batch_size: int = 1 << 16, columns: list[str] | None = None
    ) -> Iterator[pa.RecordBatch]:
        """Batches of rows, in order."""
        batches = self._file.iter_batches(batch_size, columns=columns)
        while True:
            with _naming_damage(self._path):
                batch = next(batches, None)
            if batch is None:
                return
            yield batch


def open_file(path: Path | str, columns: list[str] | None = None) -> OpenTable:
    """Open a table to read it in pieces. `columns` are those that will be read; default: all.

    Every table is opened here, so that what is made from it records it as an input.
    """
    table = _open(Path(path), columns)
    seals.note_read(path, table.metadata)
    return table


def _open(path: Path, columns: list[str] | None) -> OpenTable:
    try:
        with _naming_damage(path):
            # With `pre_buffer`, pyarrow keeps what was read until the file is closed.
            file = pq.ParquetFile(path, pre_buffer=False)
    except FileNotFoundError as error:
        raise MissingFileError(
            f"{path}: no such file. It was deleted, or the manifest was edited while the workflow "
            "ran; run snakemake again, without naming a target"
        ) from error
    _check_columns(path, file.schema_arrow, columns)
    return OpenTable(path, file)


@contextmanager
def _naming_damage(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise
    except PermissionError as error:
        raise DamagedFileError(f"{path}: you have no right to read this file") from error
    except (pa.ArrowException, OSError) as error:
        reason = str(error).partition("\n")[0] or type(error).__name__
        raise DamagedFileError(f"{path}: not a readable table ({reason}); {RUN_AGAIN}") from error


def read_arrow(
    path: Path | str, columns: list[str] | None = None, filters: list | None = None
) -> pa.Table:
    """Read a table, or some of its columns and rows, in pyarrow's form."""
    with open_file(path, columns) as file:
        if not filters:
            return file.read(columns)
    with _naming_damage(Path(path)):
        return pq.read_table(path, columns=columns, filters=filters)


def read(path: Path | str, columns: list[str] | None = None) -> pd.DataFrame:
    """Read a table, or some of its columns, into pandas."""
    return read_arrow(path, columns).to_pandas()


def read_row(path: Path | str, columns: list[str] | None = None) -> dict[str, Any]:
    """Read a table of one row, such as `status`, with None for missing values."""
    rows = read_arrow(path, columns).to_pylist()
    if len(rows) != 1:
        raise DamagedFileError(f"{path}: {len(rows)} rows instead of one; {RUN_AGAIN}")
    return rows[0]


def count_rows(path: Path | str) -> int:
    """Number of rows, from the file's metadata."""
    with _open(Path(path), []) as file:
        return file.num_rows


def read_provenance(path: Path | str) -> dict:
    """Provenance of a file: versions, parameters and models."""
    with _open(Path(path), []) as file:
        metadata = file.metadata
    try:
        return json.loads(metadata[PROVENANCE_KEY])
    except (KeyError, ValueError) as error:
        raise DamagedFileError(
            f"{path}: not written by this workflow, since it has no provenance; {RUN_AGAIN}"
        ) from error


def _check_columns(path: Path, schema: pa.Schema, columns: list[str] | None) -> None:
    """Raise DamagedFileError if the file lacks columns, or has them with other types.

    Files with a name that is no table of the workflow are not compared.
    """
    name = table_of_file(path)
    expected = SCHEMAS[name] if name else pa.schema([])
    for column in expected.names if columns is None else columns:
        if column not in schema.names:
            raise DamagedFileError(
                f"{path}: not the table {name}, since it has no column {column}; {RUN_AGAIN}"
            )
        found = schema.field(column).type
        if column in expected.names and not _is_same_type(found, expected.field(column).type):
            wanted = expected.field(column).type
            raise DamagedFileError(
                f"{path}: not the table {name}, since its column {column} contains {found} instead "
                f"of {wanted}; {RUN_AGAIN}"
            )


def _is_same_type(found: pa.DataType, expected: pa.DataType) -> bool:
    """Whether types agree. The length of lists is not compared: embedders have different ones."""
    if pa.types.is_list(expected) or pa.types.is_fixed_size_list(expected):
        is_list = pa.types.is_list(found) or pa.types.is_fixed_size_list(found)
        return is_list and _is_same_type(found.value_type, expected.value_type)
    return found.equals(expected)
