"""people.tsv is checked before there are results: all faults that can be known then."""

from pathlib import Path

import pytest

from corpus.core.errors import InputError
from corpus.inputs import people_file

ANCHORED = "person\tname\tvideo_id\ttime_s\tx\ty\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Path of the file."""
    return tmp_path / "people.tsv"


@pytest.mark.parametrize(
    "text",
    [
        "person\tname\np0001\tAda\np0002\tAda\np0001\tAda\np12345\tEve\n",
        "person\tname\nnobody\t\n",
        ANCHORED + "nobody\tAda\tv\t1\t2\t3\np0099\tEve\tv\t1\t2\t4\n",
        ANCHORED,
    ],
    ids=["ids", "row without a name", "anchors count, not ids", "header"],
)
def test_a_valid_file_is_accepted(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
    people_file.check(path, ["v"])


@pytest.mark.fault(
    "inputs",
    "people.tsv with wrong ids, videos, numbers, cells and two names for one person",
    "refused before any job, all faults with line and column; the last results stay",
)
@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("person\tname\nAda\tAda\n", ["line 2, person: 'Ada' is not the id of a person"]),
        ("person\tname\np0000\tA\np00001\tB\n", ["line 2, person: 'p0000'", "line 3, person: "]),
        (
            "person\tname\np0001\tAda\n\np0001\tEve\n",
            ["line 4, name: 'Eve' here and 'Ada' on line 2 are one person"],
        ),
        (
            ANCHORED + "\tAda\tv\t1\t2\t3\n\tEve\tv\t1.0\t2\t3\n",
            ["line 3, name: 'Eve' here and 'Ada' on line 2"],
        ),
        (
            ANCHORED + "\tAda\tw\t1\t2\tx\n\tEve\np0001\tZoë\tv\n",
            [
                "line 2, video_id: no 'w' in the manifest",
                "line 2, y: 'x' is not a number",
                "line 3: neither a person nor an anchor",
                "line 4, time_s: empty; an anchor needs",
                "line 4, x: empty",
                "line 4, y: empty",
            ],
        ),
    ],
)
def test_all_faults_are_named_by_line_and_column(
    path: Path, text: str, messages: list[str]
) -> None:
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as error:
        people_file.check(path, ["v"])
    lines = str(error.value).split("\n")
    assert len(lines) == len(messages)
    for line, message in zip(lines, messages, strict=True):
        assert line.startswith(f"{path}, {message}")


def test_a_folder_is_not_a_file(path: Path) -> None:
    path.mkdir()
    with pytest.raises(InputError, match=r"people.tsv: cannot be read \(Is a directory\)"):
        people_file.check(path, ["v"])
