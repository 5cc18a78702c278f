"""Tables that people write: forms in which spreadsheets save them, and faults in their form."""

from pathlib import Path

import pytest

from corpus.core.errors import InputError
from corpus.inputs import manifest, people_file, text_tables

CELLS = [["video_id", "source", "title"], ["a", "https://example.org/a", 'Zoë, "Z"; 5,5']]
"""Header and row of a manifest. The last cell has all characters that separate or quote cells."""
TABS = "\n".join(map("\t".join, CELLS)) + "\n"


def quoted(separator: str) -> str:
    """The same rows as a spreadsheet writes them."""
    last = '"Zoë, ""Z""; 5,5"'
    rows = [CELLS[0], [*CELLS[1][:2], last]]
    return "".join(separator.join(row) + "\r\n" for row in rows)


def saved(folder: Path, text: str, encoding: str = "utf-8", name: str = "videos.tsv") -> Path:
    """Write a file, with a byte order mark where the encoding has one."""
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        pytest.param(TABS, "utf-8", id="tabs"),
        pytest.param(TABS, "utf-8-sig", id="tabs with a byte order mark"),
        pytest.param(
            quoted("\t"),
            "utf-16",
            id="unicode text",
            marks=pytest.mark.fault(
                "inputs",
                "a manifest that a spreadsheet saved as Unicode text (UTF-16)",
                "its rows are read, and quotes are removed",
            ),
        ),
        pytest.param(
            quoted(","),
            "utf-8-sig",
            id="commas",
            marks=pytest.mark.fault(
                "inputs",
                "a manifest that a spreadsheet saved as CSV with commas",
                "its rows are read, and quotes are removed",
            ),
        ),
        pytest.param(
            quoted(";"),
            "utf-8",
            id="semicolons",
            marks=pytest.mark.fault(
                "inputs",
                "a manifest that a spreadsheet saved as CSV with semicolons",
                "its rows are read, and quotes are removed",
            ),
        ),
        pytest.param("sep=;\r\n" + quoted(";"), "utf-8", id="Excel's line about the separator"),
        pytest.param("# a, b\n\n" + quoted(","), "utf-8", id="comment and blank line"),
    ],
)
def test_the_rows_are_those_of_the_spreadsheet(tmp_path: Path, text: str, encoding: str) -> None:
    rows = text_tables.read(saved(tmp_path, text, encoding), manifest.REQUIRED)
    assert [row.cells for row in rows] == CELLS


def test_big_endian_utf_16_is_read(tmp_path: Path) -> None:
    path = saved(tmp_path, "\ufeff" + TABS, "utf-16-be")
    assert list(manifest.read(path)) == ["a"]


def test_quotes_have_no_meaning_in_a_text_with_tabs(tmp_path: Path) -> None:
    path = saved(tmp_path, 'video_id\tsource\ttitle\na\thttps://example.org/a\t"Zoë"\n')
    assert manifest.read(path)["a"]["title"] == '"Zoë"'


def test_spreadsheets_may_add_or_omit_empty_cells(tmp_path: Path) -> None:
    text = "video_id,source,title,,\na,https://example.org/a\n,,,,\n# b,c,,,\nd,https://d.org,x,,\n"
    rows = manifest.read(saved(tmp_path, text))
    assert [(video, row["title"]) for video, row in rows.items()] == [("a", ""), ("d", "x")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";"])
def test_messages_name_the_line_of_the_file(tmp_path: Path, encoding: str, separator: str) -> None:
    cells = [["video_id", "source"], ["a", '"https://example.org/a?b,c\r\nd;e"'], [], ["a b", "x"]]
    text = "".join(separator.join(row) + "\r\n" for row in cells)
    with pytest.raises(InputError, match=r"line 5, video_id: 'a b' is also a file name"):
        manifest.read(saved(tmp_path, text, encoding))


def test_all_text_is_kept_for_writing_the_file_again(tmp_path: Path) -> None:
    text = 'sep=;\r\n# b\r\rname;person\r\n"Z;\n oë";p0001\r\n;;\n"#";x\nEve;p0002'
    path = saved(tmp_path, text, "utf-16", "people.csv")
    rows = text_tables.read_all(path, people_file.COLUMNS)
    assert "".join(row.text for row in rows) == text
    assert [row.cells for row in rows if row.cells] == [
        ["name", "person"],
        ["Z; oë", "p0001"],
        ["Eve", "p0002"],
    ]
    assert text_tables.read_text(path).encoding == "utf-16"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(
            TABS.encode("latin-1"),
            'line 2: not UTF-8; save the file as UTF-8: in a spreadsheet, choose "CSV UTF-8" or',
            id="Latin-1",
            marks=pytest.mark.fault(
                "inputs",
                "a manifest in Latin-1 or Windows-1252",
                "refused with the line and how to save it; the encoding is not guessed",
            ),
        ),
        pytest.param(
            TABS.encode("utf-16-le"), "line 1: not UTF-8, but probably UTF-16", id="no mark"
        ),
        pytest.param(TABS.encode("utf-16")[:-1], "not UTF-16; save the file as UTF-8", id="half"),
        pytest.param(
            b'video_id,source\na,"https://example.org/a\nb,c\n',
            "line 2: a quotation mark is not closed",
            id="open quote",
        ),
        pytest.param(
            b'video_id,source\na,"x"y\n',
            "line 2: text after a closing quotation mark",
            id="text after a quote",
        ),
        pytest.param(
            b"video_id,source\na," + b"x" * 200_000, "line 2: cannot be split", id="long cell"
        ),
    ],
)
def test_faults_of_form_name_the_file_and_the_line(
    tmp_path: Path, content: bytes, message: str
) -> None:
    path = tmp_path / "videos.tsv"
    path.write_bytes(content)
    with pytest.raises(InputError) as error:
        manifest.read(path)
    assert str(error.value).startswith(str(path)) and message in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.fault(
    "inputs",
    "a file of names that a spreadsheet saved with semicolons and decimal commas",
    "names and points are read",
)
def test_a_people_file_may_have_decimal_commas(tmp_path: Path) -> None:
    text = 'person;name;video_id;time_s;x;y\r\n;"Łoś; Zoë";a;12,5;640,25;210\r\n'
    rows, faults = people_file.read(saved(tmp_path, text, "utf-8-sig", "people.csv"), ["a"])
    assert faults == []
    assert [(row.line, row.name, row.anchor) for row in rows] == [
        (2, "Łoś; Zoë", people_file.Anchor("a", 12.5, 640.25, 210.0))
    ]


@pytest.mark.parametrize("number", ["1,2,3", "1.234,5", "12,", "1,5e3", ",", "1 234"])
def test_other_numbers_with_commas_are_faults(tmp_path: Path, number: str) -> None:
    text = f"name\tvideo_id\ttime_s\tx\ty\nAda\ta\t{number}\t1\t1\n"
    _, faults = people_file.read(saved(tmp_path, text, name="people.tsv"), ["a"])
    assert [(fault.line, fault.key) for fault in faults] == [(2, "time_s")]
