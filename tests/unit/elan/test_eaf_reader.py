"""The reader gives every annotation of an .eaf the time that ELAN shows."""

import unicodedata
from pathlib import Path

import pytest

from corpus.core.errors import InputError
from corpus.elan import eaf_reader
from eaf_documents import (
    STEREOTYPES,
    WORD_SLOTS,
    WORDS,
    WORDS_DOCUMENT,
    alignable,
    document,
    referring,
    tier,
)

TIME_SUBDIVISION, SYMBOLIC_SUBDIVISION, SYMBOLIC_ASSOCIATION, _ = STEREOTYPES


def read_tier(folder: Path, text: str, name: str) -> list[tuple[int, int, str]]:
    """Start, end and value of the annotations of one tier of a file."""
    path = folder / "x.eaf"
    path.write_text(text, encoding="utf-8")
    [tier] = [tier for tier in eaf_reader.read(path).tiers if tier.name == name]
    return [(annotation.start, annotation.end, annotation.value) for annotation in tier.annotations]


class TestTimes:
    def test_aligned_annotations_have_the_times_of_their_slots(self, tmp_path: Path) -> None:
        text = document(WORD_SLOTS, WORDS)
        assert read_tier(tmp_path, text, "words") == [(0, 1000, "abc"), (2000, 2600, "de")]

    def test_an_associated_annotation_has_the_time_of_its_parent(self, tmp_path: Path) -> None:
        gloss = tier("gloss", referring("a3", "a2", "x"), kind=SYMBOLIC_ASSOCIATION, parent="words")
        text = document(WORD_SLOTS, gloss, WORDS)
        assert read_tier(tmp_path, text, "gloss") == [(2000, 2600, "x")]

    def test_symbolic_subdivisions_divide_the_time_of_their_parent_in_order(
        self, tmp_path: Path
    ) -> None:
        letter_annotations = (
            referring("a5", "a1", "c", "a4"),
            referring("a3", "a1", "a"),
            referring("a4", "a1", "b", "a3"),
            referring("a6", "a2", "d"),
        )
        letters = tier("letters", *letter_annotations, kind=SYMBOLIC_SUBDIVISION, parent="words")
        assert read_tier(tmp_path, document(WORD_SLOTS, WORDS, letters), "letters") == [
            (0, 333, "a"),
            (333, 666, "b"),
            (666, 1000, "c"),
            (2000, 2600, "d"),
        ]

    def test_slots_without_a_time_are_spaced_evenly_within_the_parent(self, tmp_path: Path):
        slots = {"t1": 0, "u1": None, "u2": None, "t2": 900, "t3": 2000, "u3": 2100, "t4": 2600}
        letter_annotations = (
            alignable("a3", "t1", "u1", "a"),
            alignable("a4", "u1", "u2", "b"),
            alignable("a5", "u2", "t2", "c"),
            alignable("a6", "t3", "u3", "d"),
            alignable("a7", "u3", "t4", "e"),
        )
        letters = tier("letters", *letter_annotations, kind=TIME_SUBDIVISION, parent="words")
        assert read_tier(tmp_path, document(slots, letters, WORDS), "letters") == [
            (0, 300, "a"),
            (300, 600, "b"),
            (600, 900, "c"),
            (2000, 2100, "d"),
            (2100, 2600, "e"),
        ]

    def test_subdivisions_of_subdivisions(self, tmp_path: Path) -> None:
        slots = {"t1": 0, "v1": None, "u1": None, "t2": 1000, "t3": 2000, "t4": 2600}
        halves = (alignable("b1", "t1", "u1"), alignable("b2", "u1", "t2"))
        quarters = (alignable("c1", "t1", "v1", "x"), alignable("c2", "v1", "u1", "y"))
        text = document(
            slots,
            tier("quarters", *quarters, kind=TIME_SUBDIVISION, parent="halves"),
            tier("names", referring("d1", "c2", "z"), kind=SYMBOLIC_ASSOCIATION, parent="quarters"),
            tier("halves", *halves, kind=TIME_SUBDIVISION, parent="words"),
            WORDS,
        )
        assert read_tier(tmp_path, text, "quarters") == [(0, 250, "x"), (250, 500, "y")]
        assert read_tier(tmp_path, text, "names") == [(250, 500, "z")]

    def test_without_a_parent_slots_are_spaced_in_time_order(self, tmp_path: Path) -> None:
        slots = {"t1": 100, "u1": None, "t2": 500, "u2": None}
        free = tier("free", alignable("a1", "t1", "u1"), alignable("a2", "t2", "u2"))
        text = document(slots, free)
        assert read_tier(tmp_path, text, "free") == [(100, 300, ""), (500, 500, "")]


@pytest.mark.fault(
    "inputs", "an .eaf in another encoding than it declares", "an error that names the file"
)
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            WORDS_DOCUMENT.replace("abc", "käse").encode("latin-1"),
            r"line 5: not well-formed XML .*UTF-8",
        ),
        (WORDS_DOCUMENT.replace("UTF-8", "klingon").encode(), r"UTF-8"),
    ],
)
def test_a_wrong_encoding_is_an_error(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "v.eaf"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        eaf_reader.read(path)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
def test_a_file_may_declare_another_encoding(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "v.eaf"
    declared = encoding.replace("-sig", "").upper()
    text = WORDS_DOCUMENT.replace("abc", "käse").replace("UTF-8", declared)
    path.write_bytes(text.encode(encoding))
    [words] = eaf_reader.read(path).tiers
    assert words.annotations[0].value == "käse"


@pytest.mark.fault("tables", "an .eaf with 1500 tiers, each below the other", "all tiers are read")
def test_tiers_may_depend_on_each_other_to_any_depth(tmp_path: Path) -> None:
    tiers = [
        tier(
            f"x{n}",
            referring(f"b{n}", f"b{n - 1}" if n else "a1"),
            parent=f"x{n - 1}" if n else "words",
        )
        for n in range(1500)
    ]
    assert read_tier(tmp_path, document(WORD_SLOTS, *reversed(tiers), WORDS), "x1499") == [
        (0, 1000, "")
    ]


@pytest.mark.fault(
    "tables", "tiers with accents in decomposed letters", "named as the people of the tables"
)
def test_names_of_tiers_have_composed_letters(tmp_path: Path) -> None:
    name = unicodedata.normalize("NFD", "Zoë")
    path = tmp_path / "v.eaf"
    text = document(WORD_SLOTS, WORDS.replace("words", name), tier("hand", parent=name))
    path.write_text(text, encoding="utf-8")
    words, hand = eaf_reader.read(path).tiers
    assert words.name == hand.parent == "Zoë"
