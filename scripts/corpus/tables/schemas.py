"""Table contracts: the columns of every table, with their types and units.

Times are seconds (float64) on the clock of the video file. `x`, `y` and boxes are square
pixels of the upright picture at its reference size, origin top left. Intervals are half-open: the
end is not included. Frame numbers count decoded frames from 0.

The rules import this module in every job, so it imports pyarrow only where it is needed.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.tables.corpus_tables import CORPUS_TABLES
from corpus.tables.gesture_tables import GESTURE_TABLES
from corpus.tables.table import Table
from corpus.tables.values import (
    FACE_LANDMARKS,
    GESTURE_PHASES,
    HAND_KEYPOINTS,
    HANDS,
    KINDS,
    KINEMATIC_POINTS,
    KINEMATIC_SOURCES,
    ORIGINS,
    PARTS,
    PHASES,
    POSE_KEYPOINTS,
    STATUSES,
)
from corpus.tables.video_tables import VIDEO_TABLES

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = [
    "FACE_LANDMARKS",
    "GESTURE_PHASES",
    "HANDS",
    "HAND_KEYPOINTS",
    "KINDS",
    "KINEMATIC_POINTS",
    "KINEMATIC_SOURCES",
    "ORIGINS",
    "PARTS",
    "PHASES",
    "POSE_KEYPOINTS",
    "SCHEMAS",
    "STATUSES",
    "TABLES",
    "all_tables",
    "read_added_tables",
    "schema",
]

TABLES = {table.name: table for table in (*CORPUS_TABLES, *VIDEO_TABLES, *GESTURE_TABLES)}
"""The tables of the workflow, by name."""

ADDED = Path(__file__).with_name("added")
"""Folder with one module for each table of an added stage."""


def read_added_tables() -> dict[str, Table]:
    """The tables of added stages, by name.

    Raises ValueError if a module does not declare its table, or if the name exists already.
    """
    added = {}
    for file in sorted(ADDED.glob("[!_]*.py")):
        module = import_module(f"corpus.tables.added.{file.stem}")
        table = getattr(module, "TABLE", None)
        if not isinstance(table, Table) or table.name != file.stem or table.name in TABLES:
            raise ValueError(f"{file}: declare TABLE = Table(name={file.stem!r}, ...), a new name")
        added[table.name] = table
    return added


@cache
def all_tables() -> dict[str, Table]:
    """The tables of the workflow, then those of added stages, by name."""
    return TABLES | read_added_tables()


def table_of_file(path: Path) -> str | None:
    """Name of the table that a file of the results holds; None if it is no table's name."""
    if path.parent.name in all_tables():
        return path.parent.name
    names = {Path(t.file).stem: t.name for t in all_tables().values() if not t.per_video}
    name = names.get(path.stem, path.stem)
    return name if name in all_tables() else None


class _Schemas(Mapping[str, "pa.Schema"]):
    """Schemas of all tables, by name, made when they are first used."""

    def __getitem__(self, name: str) -> "pa.Schema":
        return _arrow_schema(name)

    def __iter__(self) -> Iterator[str]:
        return iter(all_tables())

    def __len__(self) -> int:
        return len(all_tables())


SCHEMAS = _Schemas()


@cache
def _arrow_schema(name: str) -> "pa.Schema":
    from corpus.tables.arrow import arrow_schema

    return arrow_schema(TABLES.get(name) or all_tables()[name])


def schema(table: str, extra: tuple[str, ...] = (), vector: int | None = None) -> "pa.Schema":
    """Schema of `table`, followed by `extra` text columns, the user's own columns of the manifest.

    `vector` is the length of the embeddings, which depends on the embedder.
    """
    import pyarrow as pa

    fields = list(SCHEMAS[table]) + [pa.field(name, pa.string()) for name in extra]
    if vector is not None:
        fields = [
            f.with_type(pa.list_(pa.float32(), vector)) if f.name == "embedding" else f
            for f in fields
        ]
    return pa.schema(fields)
