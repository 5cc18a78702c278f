"""The comparison of two runs finds a difference in every kind of file, and says where it is."""

import shutil
from pathlib import Path

import pytest

from complete_results import write_complete_results
from corpus.core.file_records import forget_inputs
from corpus.report.verification.comparison import MEASURED, compared_files, describe, differences
from corpus.tables import parquet, schemas

FRAMES = {"frame": [0, 1], "time_s": [0.0, 0.04], "shot": [0, 0]}
MADE_BY = {"step": "test", "parameters": {"size": 1}}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_complete_results(tmp_path_factory.mktemp("compared") / "one")


def test_a_copy_is_equal(results: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(results, tmp_path / "copy")
    for name in MEASURED:
        (copy / name).write_text("other times")
    assert len(compared_files(results)) > 80
    assert list(differences(results, copy)) == []


def test_a_difference_is_found_in_every_compared_file(results: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(results, tmp_path / "copy")
    names = [name for name in compared_files(results) if not name.endswith(".parquet")]
    for name in names:
        with (copy / name).open("ab") as file:
            file.write(b"x")
    (copy / "shots/v.parquet").unlink()
    (copy / "shots/x.parquet").write_bytes(b"")
    expected = sorted([*names, "shots/v.parquet", "shots/x.parquet"])
    assert sorted(sentence.split(": ")[0] for sentence in differences(results, copy)) == expected


@pytest.mark.parametrize(
    ("columns", "made_by", "sentence"),
    [
        (FRAMES | {"time_s": [0.0, 0.05]}, MADE_BY, "column time_s, row 1: 0.04 and 0.05"),
        (FRAMES | {"time_s": [-0.0, 0.04]}, MADE_BY, "column time_s, row 0: 0.0 and -0.0"),
        (FRAMES | {"shot": [0, None]}, MADE_BY, "column shot, row 1: 0 and None"),
        ({"frame": [0], "time_s": [0.0], "shot": [0]}, MADE_BY, "2 and 1 rows"),
        (FRAMES, MADE_BY | {"parameters": {"size": 2}}, "parameters, size is 1 and 2"),
    ],
)
def test_a_difference_between_tables_has_column_and_row(
    tmp_path: Path, columns: dict, made_by: dict, sentence: str
) -> None:
    forget_inputs()
    paths = tmp_path / "one.parquet", tmp_path / "two.parquet"
    parquet.write(paths[0], "frames", FRAMES, MADE_BY)
    parquet.write(paths[1], "frames", columns, made_by)
    assert describe(*paths).endswith(sentence)


def test_tables_with_other_columns_differ(tmp_path: Path) -> None:
    paths = tmp_path / "one.parquet", tmp_path / "two.parquet"
    parquet.write(paths[0], "frames", FRAMES, MADE_BY)
    parquet.write(paths[1], "shots", {"shot": [0]}, MADE_BY)
    columns = schemas.SCHEMAS["frames"].names
    assert describe(*paths).startswith(f"columns are {', '.join(columns)} and shot, ")


@pytest.mark.parametrize(
    ("suffix", "contents", "sentence"),
    [
        (".eaf", ("a\nb\n", "a\nc\n"), "line 2 is 'b' and 'c'"),
        (".html", ("a\n", "a\nb"), "line 2 is '' and 'b'"),
        (".md", ("ä", "ä "), "line 1 is 'ä' and 'ä '"),
        (".zip", ("abc", "abd"), "byte 2 of 3 and 3"),
        (".mp4", ("abc", "abcd"), "byte 3 of 3 and 4"),
    ],
)
def test_a_difference_between_other_files_has_its_place(
    tmp_path: Path, suffix: str, contents: tuple[str, str], sentence: str
) -> None:
    paths = [tmp_path / f"{n}{suffix}" for n in (1, 2)]
    for path, content in zip(paths, contents, strict=True):
        path.write_text(content)
    assert describe(*paths) == sentence
