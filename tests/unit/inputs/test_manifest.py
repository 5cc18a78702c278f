"""The manifest: valid forms, faults, and what is derived from a source."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from corpus.core.errors import InputError
from corpus.inputs import manifest
from corpus.inputs.video_ids import MAX_LENGTH, VIDEO_ID
from corpus.tables import schemas
from repository import ROOT

CONFIG = ROOT / "config"
ADDRESS = "https://example.org/a"
HEADER = "video_id\tsource\n"


@pytest.fixture
def videos(tmp_path: Path) -> Callable[[str | bytes], Path]:
    """A function that writes a manifest beside a video, a text file and a folder."""
    (tmp_path / "talk.mp4").touch()
    (tmp_path / "notes.txt").touch()
    (tmp_path / "folder.mp4").mkdir()

    def write(content: str | bytes) -> Path:
        path = tmp_path / "videos.tsv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def test_the_order_and_the_users_columns_are_kept(videos):
    path = videos(f"video_id\tsource\tspeaker\nb\ttalk.mp4\tÅsa\na-_9\t{ADDRESS}\t\n")
    rows = manifest.read(path)
    assert list(rows) == ["b", "a-_9"]
    assert rows["b"] == {"video_id": "b", "source": "talk.mp4", "speaker": "Åsa"}
    assert manifest.extra_columns(rows) == ("speaker",)


@pytest.mark.fault(
    "inputs", "BOM, CR and CRLF, comments and spaces in the manifest", "read as meant"
)
@pytest.mark.parametrize(
    "content",
    [
        f"video_id\tsource\r\na\t{ADDRESS}\r\n",
        f"video_id\tsource\ra\t{ADDRESS}\r",
        f"\ufeffvideo_id\tsource\na\t{ADDRESS}\n",
        f"# mine\n\nvideo_id\tsource\n  \n# one\na\t{ADDRESS}",
        f" video_id \tsource\na \t {ADDRESS}\n",
        f"source\tvideo_id\n{ADDRESS}\ta\n",
    ],
    ids=["crlf", "cr", "bom", "comments", "spaces", "order"],
)
def test_line_ends_comments_spaces_and_column_order_do_not_matter(videos, content):
    assert manifest.read(videos(content)) == {"a": {"video_id": "a", "source": ADDRESS}}


@pytest.mark.fault("inputs", "line separators and quotes inside a cell", "the cell stays whole")
@pytest.mark.parametrize("mark", ["\u2028", "\x0b", "\x85", '"'])
def test_special_characters_in_a_cell_do_not_split_the_row(videos, mark):
    rows = manifest.read(videos(f"video_id\tsource\ttitle\na\t{ADDRESS}\tone{mark}two\n"))
    assert rows["a"]["title"] == f"one{mark}two"


@pytest.mark.fault(
    "inputs",
    "wrong columns, cells, ids, sources and doubles in the manifest",
    "each is named with line and column, and what to change",
)
@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "videos.tsv: empty; the first line must name the columns video_id and source"),
        (HEADER, "videos.tsv: no video below the header"),
        (
            "video_id source\n",
            "line 1: no column video_id and source; separate columns by tabs, commas or semicolons",
        ),
        ("video_id;source\n", "no video below the header"),
        ("Video_id;source\n", "line 1: no column video_id; is it the column 'Video_id'?"),
        ("Video_id\tsource\n", "line 1: no column video_id; is it the column 'Video_id'?"),
        ("video_id\turl\n", "line 1: no column source"),
        ("video_id\tsource\tsource\n", "line 1: column source occurs twice"),
        ("video_id\tsource\t\n", "line 1: column 3 has no name"),
        ("video_id\tsource\twidth\n", "line 1: column width: the workflow writes a column"),
        (f"{HEADER}\t{ADDRESS}\n", "line 2, video_id: empty"),
        (f"{HEADER}a\t\n", "line 2, source: empty"),
        (f"{HEADER}a\n", "line 2: 1 cell, but the header names 2 columns; separate them as in"),
        (f"{HEADER}a\t{ADDRESS}\tb\n", "line 2: 3 cells, but the header names 2 columns"),
        (
            f"{HEADER}a\t{ADDRESS}\n\na\t{ADDRESS}/2\n",
            "line 4, video_id: 'a' is also on line 2",
        ),
        (
            f"{HEADER}a\t{ADDRESS}\nA\t{ADDRESS}\n",
            "line 3, video_id: 'A' differs only in case from 'a' on line 2",
        ),
        (
            f"{HEADER}a b\t{ADDRESS}\n",
            "line 2, video_id: 'a b' is also a file name; use only",
        ),
        (f"{HEADER}../a\t{ADDRESS}\n", "line 2, video_id: '../a' is also a file name"),
        (f"{HEADER}a.b\t{ADDRESS}\n", "line 2, video_id: 'a.b' is also a file name"),
        (f"{HEADER}é\t{ADDRESS}\n", "line 2, video_id: 'é' is also a file name"),
        (f"{HEADER}$(x)\t{ADDRESS}\n", "line 2, video_id: '$(x)' is also a file name"),
        (f"{HEADER}a\tgone.mp4\n", "line 2, source: no file "),
        (f"{HEADER}a\tresources/demo/a.mp4\n", "/resources/demo/a.mp4; `make demo` renders it"),
        (
            f"{HEADER}a\tfolder.mp4\n",
            "folder.mp4 is a folder; write one row for each of its videos",
        ),
        (
            f"{HEADER}a\tnotes.txt\n",
            "line 2, source: 'notes.txt' is neither a web address nor a file with",
        ),
        (f"{HEADER}a\ttalk\n", "line 2, source: 'talk' is neither a web address nor a file with"),
        (f"{HEADER}a\tfile:///a.mp4\n", "write the path of a local file without file://"),
        (f"{HEADER}a\tt{{x}}.mp4\n", "Snakemake uses braces and angle brackets itself"),
    ],
)
def test_each_fault_names_its_line_and_column(videos, content, message):
    path = videos(content)
    with pytest.raises(InputError) as error:
        manifest.read(path)
    assert message in str(error.value)
    assert str(error.value).startswith(str(path))
    assert "\n" not in str(error.value)


def test_ten_faults_are_shown_and_the_others_counted(videos):
    rows = "".join(f"a {i}\t{ADDRESS}\n" for i in range(13))
    with pytest.raises(InputError) as error:
        manifest.read(videos(HEADER + rows))
    lines = str(error.value).split("\n")
    assert [re.search(r"line \d+", line).group() for line in lines[:-1]] == [
        f"line {number}" for number in range(2, 12)
    ]
    assert lines[-1] == "... and 3 more"


@pytest.mark.fault(
    "inputs", "the manifest is missing, or a folder", "the error names the key videos"
)
@pytest.mark.parametrize("name", ["gone.tsv", "folder.mp4"])
def test_an_unreadable_manifest_is_an_error_that_names_the_config_key(videos, name):
    path = videos("").with_name(name)
    with pytest.raises(InputError, match=rf"{name}: cannot be read .* config key videos"):
        manifest.read(path)


def test_jobs_do_not_check_the_files_of_other_jobs(videos):
    assert manifest.read(videos(f"{HEADER}a\tgone.mp4\n"), check_files=False)


@pytest.mark.parametrize(
    ("source", "suffix"),
    [
        ("a/talk.MP4", "mp4"),
        ("a.b/talk.mkv", "mkv"),
        ("https://example.org/a.webm?token=1#t=3", "webm"),
        ("https://www.youtube.com/watch?v=9U4Ha9HQvMo", "mkv"),
        ("https://example.org/talk.mp4/play", "mkv"),
        ("https://example.org", "mkv"),
        ("https://example.org/list.m3u8", "mkv"),
    ],
)
def test_the_suffix_comes_from_the_name_or_else_from_the_container(source, suffix):
    assert manifest.media_suffix(source, "mkv") == suffix


@pytest.mark.parametrize(
    ("source", "path"),
    [
        ("talk.mp4", "config/talk.mp4"),
        ("../resources/demo/a.mp4", "resources/demo/a.mp4"),
        ("/data/a.mp4", "/data/a.mp4"),
    ],
)
def test_local_paths_are_relative_to_the_manifest(source, path):
    assert not manifest.is_url(source)
    assert manifest.local_path(source, Path("config/videos.tsv")) == path


def test_reserved_columns_are_those_of_the_corpus_table():
    assert list(manifest.CORPUS_COLUMNS) == schemas.SCHEMAS["corpus"].names


def test_the_schema_of_rows_agrees_with_the_code():
    schema = yaml.safe_load((CONFIG / "schemas/videos.schema.yaml").read_text())
    Draft202012Validator.check_schema(schema)
    assert tuple(schema["required"]) == manifest.REQUIRED
    assert schema["properties"]["video_id"]["pattern"] == f"^{VIDEO_ID.pattern}$"
    assert schema["properties"]["video_id"]["maxLength"] == MAX_LENGTH
    reserved = schema["propertyNames"]["not"]["enum"]
    assert (*manifest.REQUIRED, *reserved) == manifest.CORPUS_COLUMNS
    for path in CONFIG.glob("*.tsv"):
        if "people" not in path.name:
            for row in manifest.read(path, check_files=False).values():
                Draft202012Validator(schema).validate(row)
