"""Tables of known people without rows, for tests that only need a file that is valid."""

from pathlib import Path

from corpus.inputs import known_file
from corpus.tables import parquet


def write_known_people(path: Path, embedder: str = "dlib") -> None:
    """Write a table as cluster_faces does, but for no tracks."""
    columns: dict = {name: [] for name in known_file.COLUMNS}
    parquet.write(path, "clusters", columns, {"parameters": {"embedder": embedder}})
