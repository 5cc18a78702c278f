"""The clusters of an earlier run: every fault is found before a job runs."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from corpus.core.errors import InputError
from corpus.inputs import known_file, settings
from corpus.tables import parquet

ROWS = pd.DataFrame(
    {
        "video_id": ["a", "a", "b"],
        "track": [0, 1, 0],
        "shot": [0, 0, 0],
        "start_s": [0.0, 1.0, 0.5],
        "end_s": [1.0, 2.0, 2.0],
        "cluster": [0, 1, 0],
        "probability": [1.0, 0.5, 0.0],
    }
)
MADE_BY = {"parameters": {"embedder": "dlib", "numbers": 2}}

Edit = Callable[[pd.DataFrame], pd.DataFrame]


def set_value(row: int, column: str, value: object) -> Edit:
    """A function that changes one value of a table."""

    def edit(rows: pd.DataFrame) -> pd.DataFrame:
        return rows.assign(
            **{column: [value if n == row else old for n, old in enumerate(rows[column])]}
        )

    return edit


def write(path: Path, edit: Edit = lambda rows: rows, made_by: dict = MADE_BY) -> Path:
    """Write a table as an earlier run does, changed by `edit`."""
    parquet.write(path, "clusters", edit(ROWS.copy()), made_by)
    return path


def test_a_file_of_an_earlier_run_has_no_faults(tmp_path: Path) -> None:
    assert known_file.known_faults(write(tmp_path / "known.parquet"), "dlib") == []
    empty = write(tmp_path / "empty.parquet", lambda rows: rows.iloc[:0])
    assert known_file.known_faults(empty, "dlib") == []


@pytest.mark.fault(
    "inputs",
    "clustering.known: an empty cell, NaN, infinity, a number out of range, a double row",
    "refused before any job, with file, row and column",
)
@pytest.mark.parametrize(
    ("edit", "fault"),
    [
        (set_value(1, "cluster", 2**31 - 1), "row 2, cluster: above 999999999"),
        (set_value(0, "cluster", -1), "row 1, cluster: below 0"),
        (set_value(2, "track", -3), "row 3, track: below 0"),
        (set_value(0, "video_id", None), "row 1, video_id: empty"),
        (set_value(1, "start_s", float("nan")), "row 2, start_s: empty"),
        (set_value(1, "end_s", float("inf")), "row 2, end_s: infinite"),
        (set_value(1, "end_s", 0.5), "row 2, end_s: before start_s"),
        (set_value(2, "probability", 1.5), "row 3, probability: not between 0 and 1"),
        (lambda rows: rows.assign(cluster=-5), "row 1, 2, 3, cluster: below 0"),
        (
            lambda rows: pd.concat([rows.assign(video_id=str(n)) for n in "abc"]).assign(track=-1),
            "row 1, 2, 3 and 6 more, track: below 0",
        ),
        (lambda rows: pd.concat([rows, rows.tail(1)]), "track 0 of b is listed twice"),
    ],
)
def test_wrong_values_are_named_by_row_and_column(tmp_path: Path, edit: Edit, fault: str) -> None:
    path = write(tmp_path / "known.parquet", edit)
    assert known_file.known_faults(path, "dlib")[0] == fault
    # The message names the line of the configuration; the rows of a Parquet file have no lines.
    config: dict = {"clustering": {"known": str(path)}, "faces": {"embedder": "dlib"}}
    settings.read(config)
    with pytest.raises(InputError) as error:
        settings.check_files(config, tmp_path)
    assert f"clustering.known: {str(path)!r}; {fault}" in str(error.value)


@pytest.mark.fault(
    "inputs",
    "clustering.known: 0 bytes, a text, half a file, another table, no provenance",
    "refused before any job, with the reason",
)
def test_other_files_are_not_taken_for_clusters(tmp_path: Path) -> None:
    complete = write(tmp_path / "known.parquet").read_bytes()
    path = tmp_path / "other.parquet"
    for content in (b"", b"video_id\n", complete[: len(complete) // 2], complete[:-1]):
        path.write_bytes(content)
        [fault] = known_file.known_faults(path, "dlib")
        assert fault.startswith("not the clusters.parquet of an earlier run (")
        assert "\n" not in fault
    ROWS.to_parquet(path)
    assert known_file.known_faults(path, "dlib")[0].startswith("not the clusters.parquet")
    for made_by in ({}, {"parameters": None}, {"parameters": {}}):
        assert known_file.known_faults(write(path, made_by=made_by), "dlib")[0].startswith(
            "not the"
        )


def test_columns_of_another_kind_are_not_read(tmp_path: Path) -> None:
    path = tmp_path / "known.parquet"
    empty = pd.DataFrame({"person": [], "name": []})
    parquet.write(path, "people", empty, MADE_BY)
    faults = known_file.known_faults(path, "dlib")
    assert "not the clusters.parquet of an earlier run (no column cluster)" in faults


@pytest.mark.parametrize("numbers", [-1, 2**40, "2", 1.5, True])
def test_a_wrong_number_of_people_in_the_provenance_is_a_fault(
    tmp_path: Path, numbers: object
) -> None:
    made_by = {"parameters": {"embedder": "dlib", "numbers": numbers}}
    [fault] = known_file.known_faults(write(tmp_path / "known.parquet", made_by=made_by), "dlib")
    assert fault.startswith(f"its provenance has {numbers!r} people")


def test_another_embedder_is_a_fault(tmp_path: Path) -> None:
    [fault] = known_file.known_faults(write(tmp_path / "known.parquet"), "facenet-vggface2")
    assert "clustered with the embedder dlib, but faces.embedder is facenet-vggface2" in fault
