"""Tables follow their schema, and the same rows give the same bytes."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus.tables import parquet, schemas

PROVENANCE = {"step": "test", "parameters": {"b": 1.5, "a": None}}


@pytest.fixture(autouse=True)
def small_groups(monkeypatch):
    """Row groups of 8 rows, so that a few rows fill several groups."""
    monkeypatch.setattr(parquet, "ROW_GROUP", 8)


def keypoints(rows: int = 30) -> dict[str, list]:
    """Rows with changing text values and some missing numbers."""
    return {
        "frame": list(range(rows)),
        "time_s": [row / 25 for row in range(rows)],
        "part": ["pose" if row < 12 else "left_hand" for row in range(rows)],
        "keypoint": [f"k{row // 5}" if row % 7 else None for row in range(rows)],
        "x": [np.nan if row % 3 == 0 else row + 0.5 for row in range(rows)],
    }


def write_in_pieces(path, rows, sizes):
    """Write rows in pieces of these sizes; return the bytes of the file."""
    with parquet.Writer(path, "keypoints", PROVENANCE) as out:
        start = 0
        for size in sizes:
            out.append({name: values[start : start + size] for name, values in rows.items()})
            start += size
    assert start == len(rows["frame"])
    return path.read_bytes()


@pytest.mark.parametrize("sizes", [[1] * 30, [0, 8, 8, 8, 6], [3, 0, 20, 7], [29, 1]])
def test_bytes_do_not_depend_on_the_pieces(tmp_path, sizes):
    rows = keypoints()
    expected = write_in_pieces(tmp_path / "once.parquet", rows, [30])
    assert write_in_pieces(tmp_path / "pieces.parquet", rows, sizes) == expected
    frame = pd.DataFrame(rows)
    parquet.write(tmp_path / "frame.parquet", "keypoints", frame, PROVENANCE)
    assert (tmp_path / "frame.parquet").read_bytes() == expected
    assert pq.ParquetFile(tmp_path / "once.parquet").num_row_groups == 4


def test_reading_in_batches_needs_the_memory_of_one_row_group(tmp_path, monkeypatch):
    """pyarrow can keep what was read of a file until it is closed."""
    monkeypatch.setattr(parquet, "ROW_GROUP", 1 << 14)
    n = 40 << 14
    times = np.random.default_rng(1).random(n)
    parquet.write(tmp_path / "frames.parquet", "frames", {"time_s": times}, PROVENANCE)
    before, most, n_read = pa.total_allocated_bytes(), 0, 0
    with parquet.open_file(tmp_path / "frames.parquet") as file:
        for batch in file.iter_batches(1 << 12, columns=["time_s"]):
            n_read += len(batch)
            most = max(most, pa.total_allocated_bytes() - before)
    assert n_read == n
    assert most < times.nbytes / 10


def test_reading_returns_what_was_written(tmp_path):
    rows = keypoints()
    parquet.write(tmp_path / "k.parquet", "keypoints", rows, PROVENANCE)
    table = parquet.read(tmp_path / "k.parquet")
    assert list(table["frame"]) == rows["frame"]
    assert list(table["part"]) == rows["part"]
    assert [None if pd.isna(k) else k for k in table["keypoint"]] == rows["keypoint"]
    assert np.array_equal(table["x"], np.float32(rows["x"]), equal_nan=True)
    assert table["world_x"].isna().all(), "a missing column is null"
    assert list(parquet.read(tmp_path / "k.parquet", ["x"])) == ["x"]
    assert pq.read_table(tmp_path / "k.parquet")["x"].null_count == 10, "NaN is stored as null"


def test_vectors_and_points_keep_their_shape(tmp_path):
    vectors = np.arange(6, dtype=np.float32).reshape(2, 3)
    columns = {"track": [0, 1], "frame": [5, 6], "time_s": [0.2, 0.24], "embedding": vectors}
    parquet.write(tmp_path / "e.parquet", "embeddings", columns, PROVENANCE, vector=3)
    assert pq.read_schema(tmp_path / "e.parquet").field("embedding").type == pa.list_(
        pa.float32(), 3
    )
    assert np.array_equal(np.stack(parquet.read(tmp_path / "e.parquet")["embedding"]), vectors)
    points = np.arange(10, dtype=np.float64).reshape(1, 5, 2)
    parquet.write(tmp_path / "f.parquet", "faces", {"frame": [0], "landmarks": points}, PROVENANCE)
    table = pq.read_table(tmp_path / "f.parquet")["landmarks"].to_pylist()
    assert table == points.tolist()
    with pytest.raises(pa.ArrowInvalid):
        parquet.write(tmp_path / "g.parquet", "embeddings", columns, PROVENANCE, vector=4)


def test_an_unknown_column_is_rejected(tmp_path):
    with pytest.raises(ValueError, match=r"t\.parquet: columns not in the schema: \['fram'\]"):
        parquet.write(tmp_path / "t.parquet", "frames", {"fram": [0]}, PROVENANCE)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "columns", [{"frame": [0, 1], "time_s": [0.0]}, {"frame": ["a"]}, {"frame": [1 << 40]}]
)
def test_columns_that_do_not_fit_are_rejected(tmp_path, columns):
    with pytest.raises((ValueError, TypeError)):
        parquet.write(tmp_path / "t.parquet", "frames", columns, PROVENANCE)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.fault("interruptions", "an exception while a table is written", "the old table stays")
@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_an_exception_leaves_no_new_file_and_keeps_the_old_one(tmp_path, error):
    path = tmp_path / "t.parquet"
    path.write_text("old")
    with pytest.raises(error), parquet.Writer(path, "frames", PROVENANCE) as out:
        out.append({"frame": list(range(20))})
        assert len(list(tmp_path.iterdir())) == 2, "the unfinished file has another name"
        raise error
    assert [file.name for file in tmp_path.iterdir()] == ["t.parquet"]
    assert path.read_text() == "old"


@pytest.mark.fault("interruptions", "an error while a table is closed", "no file is left")
def test_an_error_while_closing_leaves_no_file(tmp_path, monkeypatch):
    def raise_disk_full(*_):
        raise OSError("disk full")

    monkeypatch.setattr(parquet.Writer, "_flush", raise_disk_full)
    with pytest.raises(OSError, match="disk full"):
        parquet.write(tmp_path / "t.parquet", "frames", {"frame": [0]}, PROVENANCE)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("table", schemas.SCHEMAS)
def test_an_empty_table_has_the_complete_schema(tmp_path, table):
    path = tmp_path / "new" / schemas.all_tables()[table].file.format(video="v")
    parquet.write(path, table, {name: [] for name in schemas.SCHEMAS[table].names}, PROVENANCE)
    schema = pq.read_schema(path)
    assert schema.equals(schemas.SCHEMAS[table])
    assert all(field.metadata[b"doc"] for field in schema), "the file describes its columns"
    assert len(parquet.read(path)) == 0
    with parquet.Writer(tmp_path / "none.parquet", table, PROVENANCE):
        pass
    assert pq.read_schema(tmp_path / "none.parquet").equals(schema)


def test_columns_of_the_manifest_come_last_as_text(tmp_path):
    columns = {"video_id": ["a"], "licence": ["CC0"]}
    parquet.write(tmp_path / "c.parquet", "corpus", columns, PROVENANCE, extra=("licence",))
    schema = pq.read_schema(tmp_path / "c.parquet")
    assert schema.names == [*schemas.SCHEMAS["corpus"].names, "licence"]
    assert schema.field("licence").type == pa.string()
    assert parquet.read(tmp_path / "c.parquet")["licence"].tolist() == ["CC0"]


def test_provenance_is_stored_with_sorted_keys(tmp_path):
    parquet.write(tmp_path / "a.parquet", "frames", {"frame": []}, PROVENANCE)
    reordered = {"parameters": {"a": None, "b": 1.5}, "step": "test"}
    parquet.write(tmp_path / "b.parquet", "frames", {"frame": []}, reordered)
    assert parquet.read_provenance(tmp_path / "a.parquet") == PROVENANCE
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()
