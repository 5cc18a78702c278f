"""Exports that were made before tables changed are found, and no others."""

import os
import shutil
from pathlib import Path

import pytest

from corpus.core import atomic_files, file_records
from corpus.report.page import outdated_exports
from corpus.report.page.result_links import describe_files
from corpus.tables import parquet

MADE_BY = {"step": "test"}
VIDEOS = ["a", "b"]
EXPORTS = [f"exports/textgrid/{video}.TextGrid" for video in VIDEOS] + ["exports/csv/people.csv"]


def write_people(results: Path, name: str) -> None:
    parquet.write(results / "people.parquet", "people", {"person": ["p1"], "name": [name]}, MADE_BY)


def write_frames(results: Path, video: str, n: int) -> None:
    rows = {"frame": list(range(n)), "time_s": [0.04 * k for k in range(n)], "shot": [0] * n}
    parquet.write(results / "frames" / f"{video}.parquet", "frames", rows, MADE_BY)


def export(results: Path, name: str, tables: list[str]) -> None:
    """Write an export in a process that has read these tables."""
    file_records.forget_inputs()
    for table in tables:
        parquet.read(results / table)
    (results / name).parent.mkdir(parents=True, exist_ok=True)
    atomic_files.write_text(results / name, "text")
    file_records.forget_inputs()


@pytest.fixture
def results(tmp_path: Path) -> Path:
    write_people(tmp_path, "unnamed")
    for video in VIDEOS:
        write_frames(tmp_path, video, 3)
    for video, name in zip(VIDEOS, EXPORTS, strict=False):
        export(tmp_path, name, ["people.parquet", f"frames/{video}.parquet"])
    export(tmp_path, EXPORTS[-1], ["people.parquet"])
    return tmp_path


def test_exports_of_the_present_tables_are_not_outdated(results: Path) -> None:
    assert outdated_exports.find(results, EXPORTS) == set()
    write_people(results, "unnamed")  # made again with the same content
    write_frames(results, "a", 3)
    assert outdated_exports.find(results, EXPORTS) == set()
    assert "outdated" not in describe_files(results, VIDEOS)


def test_naming_people_outdates_exports_with_names(results: Path) -> None:
    write_people(results, "Grace")
    assert outdated_exports.find(results, EXPORTS) == set(EXPORTS)
    assert describe_files(results, VIDEOS)["outdated"] == sorted(EXPORTS)
    # In a copy, where modification times mean nothing.
    copy = Path(shutil.copytree(results, results.parent / "copy", copy_function=shutil.copyfile))
    assert outdated_exports.find(copy, EXPORTS) == set(EXPORTS)


def test_a_changed_table_of_one_video_outdates_only_its_exports(results: Path) -> None:
    write_frames(results, "a", 4)
    assert outdated_exports.find(results, EXPORTS) == {EXPORTS[0]}


def test_the_agreement_is_outdated_with_the_inputs_of_its_table(results: Path) -> None:
    page = "report/agreement.html"
    parquet.read(results / "frames/a.parquet")
    parquet.write(results / "agreement.parquet", "agreement", {"scope": []}, MADE_BY)
    export(results, page, ["agreement.parquet"])
    assert outdated_exports.find(results, [page]) == set()
    write_frames(results, "a", 4)
    os.utime(results / page, ns=(0, 0))
    assert outdated_exports.find(results, [page]) == {page}


def test_damaged_or_missing_files_are_not_called_outdated(results: Path) -> None:
    file_records.record_path(results / EXPORTS[0]).write_text("{", encoding="utf-8")
    file_records.record_path(results / EXPORTS[1]).unlink()
    (results / "people.parquet").write_bytes(b"damaged")
    assert outdated_exports.find(results, [*EXPORTS, "exports/csv/missing.csv"]) == set()
