"""Every output of a rule is listed as containing data about people or not."""

import importlib
import re
from fnmatch import fnmatchcase
from pathlib import Path

from added_tables import added_tables_in, declare
from corpus.privacy import personal_data
from empty_files import touch_files


def test_every_output_of_a_rule_is_in_one_of_the_lists(root: Path) -> None:
    """A table says in its declaration what it contains about people."""
    outputs = set()
    for file in sorted((root / "rules").glob("*.smk")):
        for block in re.findall(r"^    output:\n((?:^ {8}.*\n|^\n)+)", file.read_text(), re.M):
            # A rule with `update` makes no file: its output is that of another rule.
            outputs |= set(re.findall(r'(?<!update\()"<results>/([^"]+)"', block))
    assert len(outputs) >= 15
    folders = (*personal_data.WITHOUT_PEOPLE, *personal_data.TRACK_TABLES)
    listed = [
        *(f"{table}.parquet" for table in personal_data.CORPUS_TRACK_TABLES),
        *(f"{folder}/*" for folder in folders),
        *personal_data.CORPUS_FILES,
        *personal_data.VIDEO_FILES,
    ]
    patterns = [pattern.format(video="v").replace("**/", "*") for pattern in listed]
    unlisted = [
        output
        for output in sorted(outputs)
        if not any(fnmatchcase(re.sub(r"\{+\w+\}+", "v", output), pattern) for pattern in patterns)
    ]
    assert unlisted == [], (
        "declare tables in scripts/corpus/tables/added/; add other files to one of the lists in "
        "scripts/corpus/privacy/personal_data.py"
    )


def test_an_added_table_says_what_erasing_a_person_does_to_it(tmp_path: Path) -> None:
    declare(tmp_path, "gaze", about="tracks")
    declare(tmp_path, "brightness", about="video")
    declare(tmp_path, "meetings", about="people")
    declare(tmp_path, "pairs", about="people", per_video=False)
    with added_tables_in(tmp_path):
        importlib.reload(personal_data)
        assert "gaze" in personal_data.TRACK_TABLES
        assert "brightness" in personal_data.WITHOUT_PEOPLE
        results = tmp_path / "results"
        touch_files(results, "meetings/a.parquet", "meetings/b.parquet", "pairs.parquet")
        touch_files(results, "gaze/a.parquet", "brightness/a.parquet")
        deleted = personal_data.files_to_delete(results, ["a"])
    importlib.reload(personal_data)
    assert deleted == [results / "meetings/a.parquet", results / "pairs.parquet"]


def test_skeletons_of_other_videos_stay(tmp_path: Path) -> None:
    """They take longer to make than other side files of the page, which are all deleted."""
    files = [f"report/page/{v}/skeleton/{name}.js" for v in "ab" for name in ("0", "index")]
    tables = [f"skeletons/{v}.parquet" for v in "ab"]
    touch_files(tmp_path, *files, *tables, "report/page/b/gestures.js", "report/page/all.js")
    deleted = personal_data.files_to_delete(tmp_path, ["a"])
    kept = {tmp_path / name for name in (*files[2:], tables[1])}
    assert {path for path in tmp_path.rglob("*") if path.is_file()} - set(deleted) == kept
