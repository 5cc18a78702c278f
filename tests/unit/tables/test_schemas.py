"""Declarations of tables, and tables that a fork adds in files of their own."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from added_tables import added_tables_in, declare
from corpus.tables import arrow, reference_page, schemas
from corpus.tables.table import Table
from rule_files import RULES, outputs

FACTS = {"row": "shot", "columns": {"shot": ("int32", "number")}, "about": "video"}


def test_a_declaration_names_types_of_columns() -> None:
    assert arrow.arrow_type("category") == pa.dictionary(pa.int32(), pa.string())
    assert arrow.arrow_type("list of float32") == pa.list_(pa.float32())
    assert arrow.arrow_type("5 x 2 x float32") == pa.list_(pa.list_(pa.float32(), 2), 5)
    with pytest.raises(ValueError, match="no column type 'int'; use one of bool, int32"):
        arrow.arrow_type("int")


def test_a_table_about_tracks_has_the_columns_that_erasing_a_person_needs() -> None:
    with pytest.raises(ValueError, match="table gaze: .* needs the columns track$"):
        Table(name="gaze", **FACTS | {"about": "tracks"})
    with pytest.raises(ValueError, match="table gaze: .* needs the columns track and video_id"):
        columns = {"track": ("int32", "face track")}
        Table(name="gaze", **FACTS | {"about": "tracks", "columns": columns}, per_video=False)


def test_each_rule_has_one_table_that_reports_read() -> None:
    rules = [table.rule for table in schemas.all_tables().values() if table.rule]
    stages = "index_frames detect_faces extract_keypoints measure_movement segment_gestures"
    assert len(rules) == len(set(rules))
    assert {*stages.split(), "cluster_faces", "identify_people"} <= set(rules)


@pytest.fixture
def added(tmp_path: Path) -> Iterator[Path]:
    """An empty folder for the declarations of added tables."""
    with added_tables_in(tmp_path):
        yield tmp_path


def test_an_added_table_has_a_schema_and_a_section_of_the_reference_page(added: Path) -> None:
    declare(added, "added_table")
    assert schemas.SCHEMAS["added_table"].names == ["added_column", "track"]
    assert list(schemas.SCHEMAS)[-1] == "added_table"
    page = reference_page.page()
    assert "`added_table/{video}.parquet`. One row per shot of a test." in page
    assert "| `added_column` | float32 | a number |" in page


@pytest.mark.parametrize(("file", "name"), [("added_table", "other"), ("frames", "frames")])
def test_an_added_table_needs_a_new_name_that_equals_its_file(
    added: Path, file: str, name: str
) -> None:
    declare(added, file, name=name)
    with pytest.raises(ValueError, match=rf"{file}\.py: declare TABLE = Table\(name='{file}'"):
        schemas.all_tables()


@pytest.mark.parametrize("name", sorted(set(schemas.all_tables()) - {"covers"}))
def test_a_rule_writes_each_table(name: str) -> None:
    """All but the masks of erased people, which tools/erase_person.py writes."""
    table = schemas.all_tables()[name]
    written = {output for rule in RULES for output in outputs(rule)}
    assert table.file in written, "write a rule for it in rules/, or delete its declaration"
    assert table.rule is None or table.file in outputs(table.rule)
