"""The seal of a table: its checksum, and the tables from which it was made."""

import shutil
from pathlib import Path

import pytest

from corpus.core import atomic_files, file_records
from corpus.privacy import erasure
from corpus.tables import parquet, seals

MADE_BY = {"step": "test"}


@pytest.fixture(autouse=True)
def new_process() -> None:
    file_records.forget_inputs()


def write_frames(results: Path, video: str, n: int = 3) -> Path:
    path = results / "frames" / f"{video}.parquet"
    rows = {"frame": list(range(n)), "time_s": [0.04 * k for k in range(n)], "shot": [0] * n}
    parquet.write(path, "frames", rows, MADE_BY)
    return path


def write_gestures(path: Path) -> Path:
    parquet.write(path, "gestures", {"gesture": [0]}, MADE_BY)
    return path


def test_a_changed_bit_anywhere_in_a_table_breaks_its_seal(tmp_path: Path) -> None:
    path = write_frames(tmp_path, "v")
    content = path.read_bytes()
    assert seals.is_intact(path)
    for position in range(len(content)):
        changed = bytearray(content)
        changed[position] ^= 1
        path.write_bytes(changed)
        assert not seals.is_intact(path), position


@pytest.mark.parametrize("size", [0, 3, 11, 12, 100])
def test_a_cut_table_has_no_seal(tmp_path: Path, size: int) -> None:
    path = write_frames(tmp_path, "v")
    path.write_bytes(path.read_bytes()[:size])
    assert not seals.is_intact(path)


def test_a_copied_table_is_intact_and_the_bytes_are_reproducible(tmp_path: Path) -> None:
    one, two = write_frames(tmp_path / "1", "v"), write_frames(tmp_path / "2", "v")
    assert one.read_bytes() == two.read_bytes()
    shutil.copy(one, tmp_path / "copy.parquet")
    assert seals.is_intact(tmp_path / "copy.parquet")


def test_a_table_records_the_tables_of_its_video_and_of_the_corpus(tmp_path: Path) -> None:
    identities = {}
    for video in ("w", "v"):
        path = write_frames(tmp_path, video)
        identities[video] = seals.identity(seals.file_metadata(path))[:16]
        parquet.read(path)
    parquet.write(tmp_path / "tracks.parquet", "tracks", {"video_id": ["v"]}, MADE_BY)
    parquet.read(tmp_path / "tracks.parquet")
    made = seals.inputs(seals.file_metadata(write_gestures(tmp_path / "gestures/v.parquet")))
    assert made["frames"] == {"v": identities["v"]}
    assert list(made[""]) == ["tracks"]
    of_corpus = tmp_path / "pictures.parquet"
    parquet.write(of_corpus, "pictures", {"person": ["p0001"]}, MADE_BY)
    assert seals.inputs(seals.file_metadata(of_corpus))["frames"] == identities


def test_another_file_has_its_record_beside_it(tmp_path: Path) -> None:
    parquet.read(write_frames(tmp_path, "v"))
    path = tmp_path / "elan" / "v.eaf"
    atomic_files.write_text(path, "text")
    checksum, inputs = file_records.read_record(path) or ("", {})
    assert checksum == file_records.sha256(path)
    assert list(inputs) == ["frames"]
    record = file_records.record_path(path)
    record.write_text(record.read_text().replace('"v"', '"w"'))
    with pytest.raises(ValueError, match="altered"):
        file_records.read_record(path)


def test_files_outside_the_results_have_no_record(tmp_path: Path) -> None:
    parquet.read(write_frames(tmp_path / "results", "v"))
    atomic_files.write_text(tmp_path / "people.tsv", "text")
    assert file_records.read_record(tmp_path / "people.tsv") is None


def test_erasing_people_keeps_the_identity_and_renews_the_checksum(tmp_path: Path) -> None:
    path = tmp_path / "phases" / "v.parquet"
    parquet.read(write_frames(tmp_path, "v"))
    parquet.write(path, "phases", {"track": [0, 1], "hand": ["left", "left"]}, MADE_BY)
    before = seals.file_metadata(path)
    erasure.remove_tracks(path, {None: [1]})
    after = seals.file_metadata(path)
    assert seals.is_intact(path)
    assert after[seals.CHECKSUM] != before[seals.CHECKSUM]
    assert seals.identity(after) == seals.identity(before)
    assert seals.inputs(after) == seals.inputs(before) != {}
    assert file_records.read_record(path) is None
