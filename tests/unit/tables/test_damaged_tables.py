"""A missing or damaged table is named, with what to do about it, whoever reads it."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus.core.errors import CorpusError, DamagedFileError, MissingFileError
from corpus.report import coverage
from corpus.tables import parquet, schemas
from corpus.video.record import read_record

PROVENANCE = {"step": "test", "parameters": {}}
TABLES = schemas.all_tables()
READERS: dict[str, Callable[[Path], object]] = {
    "read": parquet.read,
    "read_arrow": parquet.read_arrow,
    "read_row": parquet.read_row,
    "count_rows": parquet.count_rows,
    "read_provenance": parquet.read_provenance,
}


def table_path(folder: Path, name: str) -> Path:
    return folder / TABLES[name].file.format(video="a")


def written(folder: Path, name: str) -> Path:
    path = table_path(folder, name)
    parquet.write(path, name, {column: [] for column in schemas.SCHEMAS[name].names}, PROVENANCE)
    return path


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def text(path: Path) -> None:
    path.write_text("<html>not a table</html>\n" * 40)


def cut_in_the_data(path: Path) -> None:
    """The end of the file, which describes the columns, is intact."""
    content = path.read_bytes()
    path.write_bytes(content[:4] + b"\xff" * 40 + content[44:])


@pytest.mark.fault(
    "tables",
    "a table is cut in half, empty, or a text",
    "the message names it and says to delete it",
)
@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("damage", [cut, empty, text])
def test_a_damaged_table_is_named(tmp_path: Path, damage: Callable, reader: str) -> None:
    path = written(tmp_path, "status")
    damage(path)
    with pytest.raises(DamagedFileError) as raised:
        READERS[reader](path)
    message = str(raised.value)
    assert message.startswith(f"{path}: ") and "delete it and run snakemake again" in message
    assert "\n" not in message


def test_damage_that_shows_while_reading_is_named(tmp_path: Path) -> None:
    path = table_path(tmp_path, "frames")
    parquet.write(path, "frames", {"frame": list(range(50)), "time_s": [0.5] * 50}, PROVENANCE)
    cut_in_the_data(path)
    with pytest.raises(DamagedFileError, match="frames/a.parquet: .*delete it"):
        parquet.read(path)
    with (
        pytest.raises(DamagedFileError, match="frames/a.parquet: .*delete it"),
        parquet.open_file(path) as file,
    ):
        list(file.iter_batches())


@pytest.mark.fault(
    "tables", "a table holds the columns of another one", "the message names both, and the file"
)
@pytest.mark.parametrize("name", TABLES)
def test_another_schema_is_named(tmp_path: Path, name: str) -> None:
    path = table_path(tmp_path, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table({"n": [1, 2]}), path)
    with pytest.raises(DamagedFileError, match=f"{path}: not the table {name}, .* no column"):
        parquet.read(path)
    columns = {field.name: pa.nulls(1, pa.date32()) for field in schemas.SCHEMAS[name]}
    pq.write_table(pa.table(columns), path)
    with pytest.raises(DamagedFileError, match="contains date32"):
        parquet.read(path)
    with pytest.raises(DamagedFileError, match="no provenance"):
        parquet.read_provenance(path)


@pytest.mark.fault(
    "tables", "a table is missing while a job runs", "the message names it and says to run again"
)
@pytest.mark.parametrize("reader", READERS)
def test_a_missing_table_is_named(tmp_path: Path, reader: str) -> None:
    path = table_path(tmp_path, "status")
    with pytest.raises(MissingFileError, match="run snakemake again") as raised:
        READERS[reader](path)
    assert str(raised.value).startswith(f"{path}: no such file")
    assert isinstance(raised.value, CorpusError)


@pytest.mark.fault("tables", "the record of a download is an empty file", "the message names it")
def test_a_damaged_record_is_named(tmp_path: Path) -> None:
    record = tmp_path / "a.mp4.json"
    for content in ("", "{", "[1]", "\0"):
        record.write_text(content)
        with pytest.raises(DamagedFileError, match="a.mp4.json: damaged .*Delete it"):
            read_record(record)
    record.write_bytes(b"\xff\xfe")
    with pytest.raises(DamagedFileError, match="a.mp4.json: damaged"):
        read_record(record)
    record.unlink()
    with pytest.raises(MissingFileError, match="a.mp4.json: no such file"):
        read_record(record)


def test_a_damaged_coverage_table_is_named(tmp_path: Path) -> None:
    path = tmp_path / "coverage.tsv"
    for content in ("", "video_id\ta\n", "\0\0\n"):
        path.write_text(content)
        with pytest.raises(DamagedFileError, match="coverage.tsv: not the table of coverage"):
            coverage.read(path)


def test_no_other_module_opens_tables(root: Path) -> None:
    """Otherwise the message would not name the file."""
    allowed = {
        "scripts/corpus/tables/parquet.py",
        "scripts/corpus/tables/seals.py",
        # Reads for estimates, and leaves a damaged table to the job.
        "scripts/corpus/planning/input_facts.py",
        # Reports a table that cannot be read as a fault of the configuration.
        "scripts/corpus/inputs/known_file.py",
        # Look for damaged tables, and name them.
        "scripts/corpus/report/verification/checks.py",
        "scripts/corpus/report/verification/comparison.py",
    }

    def opens(path: Path) -> Iterator[str]:
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call):
                name = ast.unparse(call.func).rpartition(".")[2]
                if name in ("read_table", "ParquetFile", "read_schema", "read_metadata"):
                    yield f"{path.name}:{call.lineno}"

    files = [
        path
        for path in (root / "scripts").rglob("*.py")
        if path.relative_to(root).as_posix() not in allowed
    ]
    assert len(files) > 100
    assert [place for path in files for place in opens(path)] == []
