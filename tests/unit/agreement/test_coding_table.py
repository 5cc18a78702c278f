"""The table of coders names tiers and files, and faults say what to change."""

from pathlib import Path

import pytest

from corpus.agreement import coding_table
from corpus.core.errors import InputError
from corpus.elan.document import Annotation, Tier
from corpus.elan.eaf_writer import format_document

HEADER = "coder\tfile\ttier"
VIDEOS = ["a", "b"]
TIERS = [
    Tier("gestures LH", "default-lt", (Annotation(0, 900, "iconic"),)),
    Tier("Ada", "presence", (Annotation(0, 900, "p0001"),)),
    Tier("Ada right hand", "hand", (Annotation(100, 400, "movement"),), parent="Ada"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of annotations: two coders of video a, one of video b."""
    for name in ("a.eve.eaf", "a.bob.eaf", "b.eve.eaf"):
        (tmp_path / name).write_text(format_document(TIERS, None, {}, {}), "utf-8")
    return tmp_path


def read(folder: Path, *lines: str) -> list[coding_table.CodedTier]:
    """Write the table and read it."""
    path = folder / coding_table.NAME
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return coding_table.read(path, VIDEOS, sorted(folder.glob("*.eaf")))


def test_a_row_names_one_file_or_one_for_each_video(folder: Path) -> None:
    rows = read(folder, HEADER, "eve\t{video}.eve.eaf\tG", "bob\ta.bob.eaf\tG")
    assert [(row.coder, row.video, row.path.name) for row in rows] == [
        ("eve", "a", "a.eve.eaf"),
        ("eve", "b", "b.eve.eaf"),
        ("bob", "a", "a.bob.eaf"),
    ]
    assert {(row.content, row.hand, row.person) for row in rows} == {("gestures", "both", "")}


def test_all_columns_in_any_order(folder: Path) -> None:
    [row] = read(
        folder,
        "hand,coder,file,tier,content,person,labels,start_s,end_s",
        'left,eve,a.eve.eaf,LH *,phases,Ada,"S=movement, H=hold, X=none",1.5,60',
    )
    assert (row.hand, row.content, row.person) == ("left", "phases", "Ada")
    assert (row.start_s, row.end_s) == (1.5, 60)
    assert [row.category(text) for text in ("S", "H", "X")] == ["movement", "hold", "none"]
    assert row.has_tier("LH phases") and not row.has_tier("RH phases")


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("stroke", "movement"),
        ("Post-Stroke Hold", "hold"),
        ("pre_stroke_hold", "hold"),
        ("rest", "none"),
        ("wiggle", None),
    ],
)
def test_usual_texts_of_phases_are_known(folder: Path, text: str, category: str | None) -> None:
    [row] = read(folder, f"{HEADER}\tcontent", "eve\ta.eve.eaf\tG\tphases")
    assert row.category(text) == category


def test_texts_of_gestures_are_categories(folder: Path) -> None:
    [row] = read(folder, f"{HEADER}\tlabels", "eve\ta.eve.eaf\tG\tadaptor=none, deictic=point")
    assert [row.category(t) for t in ("iconic", "adaptor", "deictic")] == [
        "iconic",
        "none",
        "point",
    ]


@pytest.mark.fault(
    "inputs",
    "coders.tsv names a file, hand, phase or time that cannot be",
    "a message names the line and what to write instead",
)
@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("eve\ta.eva.eaf\tG\t\t\t\t", "no file a.eva.eaf; did you mean a.eve.eaf?"),
        ("eve\t{video}.x.eaf\tG\t\t\t\t", "no file {video}.x.eaf for any video; it would be a.x"),
        ("\ta.eve.eaf\tG\t\t\t\t", "the cell coder is empty"),
        ("workflow\ta.eve.eaf\tG\t\t\t\t", "'workflow' is the name of the workflow"),
        ("eve\ta.eve.eaf\tG\tleft hand\t\t\t", "hand is 'left hand'; it must be left or right or"),
        ("eve\ta.eve.eaf\tG\t\tphase\t\t", "content is 'phase'; it must be gestures or phases"),
        (
            "eve\ta.eve.eaf\tG\t\tphases\tS=stroke\t",
            "labels has 'S=stroke'; the category of a phase is",
        ),
        ("eve\ta.eve.eaf\tG\t\t\tS\t", "labels has 'S'; write text=category"),
        ("eve\ta.eve.eaf\tG\t\t\t\t0:30", "start_s is '0:30'; it must be seconds"),
        ("eve\ta.eve.eaf\tG\t\t\t\t-1", "start_s is '-1'; it must be seconds"),
    ],
)
def test_faults_name_line_and_remedy(folder: Path, line: str, message: str) -> None:
    header = f"{HEADER}\thand\tcontent\tlabels\tstart_s"
    with pytest.raises(InputError) as error:
        read(folder, header, line)
    assert f"coders.tsv, line 2: {message}" in str(error.value)


def test_all_faults_are_named_at_once(folder: Path) -> None:
    with pytest.raises(InputError) as error:
        read(folder, HEADER, "\ta.eve.eaf\tG", "eve\tno.eaf\tG", "eve\ta.eve.eaf\t")
    assert [line.split(": ")[0][-6:] for line in str(error.value).splitlines()] == [
        "line 2",
        "line 3",
        "line 4",
    ]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["coder\tfile\ttiers"], "unknown column 'tiers'; did you mean tier?"),
        (["coder\tfile"], "no column tier"),
        ([f"{HEADER}\tcoder"], "the column coder occurs twice"),
        ([HEADER], "no rows"),
        ([HEADER, "eve\ta.eve.eaf\tG", "eve\ta.eve.eaf\tG"], "is also in line 2"),
        (
            [HEADER, "eve\ta.eve.eaf\tG", "Eve\tb.eve.eaf\tG"],
            "line 3: coder 'Eve' is written 'eve' in line 2",
        ),
        ([f"{HEADER}\tstart_s\tend_s", "eve\ta.eve.eaf\tG\t5\t4"], "end_s 4 is not after start_s"),
    ],
)
def test_faults_of_the_whole_table(folder: Path, lines: list[str], message: str) -> None:
    with pytest.raises(InputError, match="coders.tsv") as error:
        read(folder, *lines)
    assert message in str(error.value)


def test_a_file_of_another_corpus_is_refused(folder: Path) -> None:
    (folder / "c.eve.eaf").write_text((folder / "a.eve.eaf").read_text("utf-8"), "utf-8")
    with pytest.raises(InputError, match="the manifest has no video c"):
        read(folder, HEADER, "eve\tc.eve.eaf\tG")


def test_a_missing_tier_is_named_with_those_of_the_file(folder: Path) -> None:
    rows = read(folder, HEADER, "eve\ta.eve.eaf\tgesture LH", "eve\tb.eve.eaf\t* right hand")
    with pytest.raises(InputError) as error:
        coding_table.check_tiers(folder / coding_table.NAME, rows)
    assert str(error.value).endswith(
        "coders.tsv, line 2: a.eve.eaf has no tier 'gesture LH'; its tiers are: gestures LH, Ada, "
        "Ada right hand"
    )


def test_the_example_can_be_read(folder: Path) -> None:
    """It has all tiers with annotations, except presence and shots."""
    files = sorted(folder.glob("*.eaf"))
    message = coding_table.describe_missing(folder / coding_table.NAME, files)
    first, *lines = message.splitlines()
    assert "no such file" in first
    rows = read(folder, *lines)
    assert [(row.coder, row.tier, row.content, row.hand) for row in rows[:2]] == [
        ("bob", "gestures LH", "gestures", "left"),
        ("bob", "Ada right hand", "phases", "right"),
    ]
    assert len(rows) == 6
    coding_table.check_tiers(folder / coding_table.NAME, rows)
