"""Every output of a rule is listed as containing data about people or not."""

import re
from fnmatch import fnmatchcase
from pathlib import Path

from corpus.privacy import personal_data


def test_every_output_of_a_rule_is_in_one_of_the_lists(root: Path) -> None:
    """A table says in its declaration what it contains about people."""
    outputs = set()
    for file in sorted((root / "rules").glob("*.smk")):
        for block in re.findall(r"^    output:\n((?:^ {8}.*\n|^\n)+)", file.read_text(), re.M):
            outputs |= set(re.findall(r'"<results>/([^"]+)"', block))
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
