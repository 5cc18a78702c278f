"""Declare tables of added stages in a temporary folder, instead of scripts/corpus/tables/added."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import corpus.tables.added
from corpus.tables import schemas


@contextmanager
def added_tables_in(folder: Path) -> Iterator[None]:
    """Read the declarations of added tables from a folder."""
    schemas.all_tables.cache_clear()
    paths = mock.patch.object(corpus.tables.added, "__path__", [str(folder)])
    with mock.patch.object(schemas, "ADDED", folder), paths:
        yield
    for file in folder.glob("*.py"):
        sys.modules.pop(f"corpus.tables.added.{file.stem}", None)
    schemas.all_tables.cache_clear()


def declare(folder: Path, file: str, **facts: object) -> None:
    """Write the module of an added table; `facts` differ from those of a table about shots."""
    table = {
        "name": file,
        "row": "shot of a test",
        "columns": {"added_column": ("float32", "a number"), "track": ("int32", "face track")},
        "about": "video",
    }
    arguments = ", ".join(f"{name}={value!r}" for name, value in (table | facts).items())
    text = f"from corpus.tables.table import Table\n\nTABLE = Table({arguments})\n"
    (folder / f"{file}.py").write_text(text)
