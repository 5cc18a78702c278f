"""Types of columns: from the text of a declaration to pyarrow."""

import pyarrow as pa

from corpus.tables.table import Table

TYPES = {
    "bool": pa.bool_(),
    "int32": pa.int32(),
    "int64": pa.int64(),
    "float32": pa.float32(),
    "float64": pa.float64(),
    "text": pa.string(),
    "category": pa.dictionary(pa.int32(), pa.string()),
    "binary": pa.binary(),
}
"""A category is a text with few different values, such as the name of a keypoint."""


def arrow_type(name: str) -> pa.DataType:
    """The type that a declaration names.

    It is one of `TYPES`, "list of" such a type, or a list of fixed length, such as "4 x float32".
    """
    if name.startswith("list of "):
        return pa.list_(arrow_type(name.removeprefix("list of ")))
    length, times, item = name.partition(" x ")
    if times:
        return pa.list_(arrow_type(item), int(length))
    if name not in TYPES:
        raise ValueError(f"no column type {name!r}; use one of {', '.join(TYPES)}")
    return TYPES[name]


def arrow_schema(table: Table) -> pa.Schema:
    """Columns of a table, with their descriptions in the metadata."""
    return pa.schema(
        pa.field(name, arrow_type(dtype), metadata={"doc": description})
        for name, (dtype, description) in table.columns.items()
    )
