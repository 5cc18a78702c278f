"""Check the clusters.parquet of an earlier run, the file of the config key clustering.known.

The configuration is checked with it before any job runs, and the job checks the file again.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

COLUMNS = ("video_id", "track", "start_s", "end_s", "cluster", "probability")
"""The columns that are read."""
MAX_PEOPLE = 1_000_000_000
"""Most numbers of people. The column has 32 bits, and new people get numbers after the known."""
_MOST_ROWS = 3
"""Number of wrong rows that one message names."""


def known_faults(path: Path | str, embedder: str) -> list[str]:
    """What is wrong with the file, without its name; empty if it can be used.

    `embedder` is the embedder of this run.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    from corpus.tables import parquet

    try:
        schema = pq.read_schema(path)
        parameters = parquet.read_provenance(path)["parameters"]
        file_embedder = parameters["embedder"]
        if faults := list(_schema_faults(schema)):
            return faults
        table = pq.read_table(path, columns=list(COLUMNS))
    except (OSError, pa.ArrowException, KeyError, TypeError, ValueError) as error:
        reason = str(error).partition("\n")[0]
        return [f"not the clusters.parquet of an earlier run ({reason})"]
    if file_embedder != embedder:
        return [
            f"its people were clustered with the embedder {file_embedder}, but faces.embedder is "
            f"{embedder}; set faces.embedder to {file_embedder}, or clustering.known to null"
        ]
    return [*_number_faults(parameters), *_row_faults(table)]


def _schema_faults(schema: Any) -> Iterator[str]:
    """Columns that are missing or have a type of another kind."""
    import pyarrow.types as types

    kinds = {"video_id": types.is_string, "track": types.is_integer, "cluster": types.is_integer}
    for column in COLUMNS:
        if column not in schema.names:
            yield f"not the clusters.parquet of an earlier run (no column {column})"
            continue
        kind = schema.field(column).type
        value = kind.value_type if types.is_dictionary(kind) else kind
        if not kinds.get(column, types.is_floating)(value):
            yield f"not the clusters.parquet of an earlier run (column {column} has {kind})"


def _number_faults(parameters: dict) -> Iterator[str]:
    """A wrong number of people in the provenance."""
    numbers = parameters.get("numbers", 0)
    if type(numbers) is not int or not 0 <= numbers <= MAX_PEOPLE:
        yield f"its provenance has {numbers!r} people; save clusters.parquet of a run again"


def _row_faults(table: Any) -> Iterator[str]:
    """Rows with values that a run cannot have written."""
    import numpy as np

    columns = {name: table[name].to_pandas() for name in COLUMNS}
    is_empty = {name: column.isna() for name, column in columns.items()}
    for name, empty in is_empty.items():
        yield from _rows(empty, name, "empty")
    for name in ("start_s", "end_s", "probability"):
        yield from _rows(np.isinf(columns[name]), name, "infinite")
    for name in ("track", "cluster"):
        yield from _rows(columns[name] < 0, name, "below 0")
    yield from _rows(columns["cluster"] >= MAX_PEOPLE, "cluster", f"above {MAX_PEOPLE - 1}")
    yield from _rows(columns["end_s"] < columns["start_s"], "end_s", "before start_s")
    outside = (columns["probability"] < 0) | (columns["probability"] > 1)
    yield from _rows(outside, "probability", "not between 0 and 1")
    key = table.select(["video_id", "track"]).to_pandas()
    for video, track in key[key.duplicated() & ~key.isna().any(axis=1)].to_numpy()[:1]:
        yield f"track {track} of {video} is listed twice"


def _rows(is_wrong: Any, column: str, message: str) -> Iterator[str]:
    """One message about all wrong values of a column; `is_wrong` (n,) tells them."""
    numbers = [int(index) + 1 for index in is_wrong.to_numpy().nonzero()[0]]
    if numbers:
        more = f" and {len(numbers) - _MOST_ROWS} more" if len(numbers) > _MOST_ROWS else ""
        rows = ", ".join(map(str, numbers[:_MOST_ROWS]))
        yield f"row {rows}{more}, {column}: {message}"
