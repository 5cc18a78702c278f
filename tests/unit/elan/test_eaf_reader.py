"""Every annotation of an .eaf has the time that ELAN shows."""

from pathlib import Path

import pytest

from corpus.core.errors import InputError
from corpus.elan import eaf_reader
from eaf_documents import GOOD, STEREOTYPES, TWO, WORDS, aligned, document, refers, tier


def found(folder: Path, text: str, wanted: str) -> list[tuple[int, int, str]]:
    """Annotations of one tier: start, end, value."""
    path = folder / "x.eaf"
    path.write_text(text, encoding="utf-8")
    return [
        (a.start, a.end, a.value) for a in eaf_reader.read(path).annotations if a.tier == wanted
    ]


class TestTimes:
    def test_aligned_annotations_have_their_own(self, tmp_path: Path) -> None:
        text = document(TWO, WORDS)
        assert found(tmp_path, text, "words") == [(0, 1000, "abc"), (2000, 2600, "de")]

    def test_one_that_stands_for_another_has_its_time(self, tmp_path: Path) -> None:
        gloss = tier("gloss", refers("a3", "a2", "x"), kind=STEREOTYPES[2], parent="words")
        assert found(tmp_path, document(TWO, gloss, WORDS), "gloss") == [(2000, 2600, "x")]

    def test_parts_of_another_share_its_time_in_their_order(self, tmp_path: Path) -> None:
        parts = (
            refers("a5", "a1", "c", "a4"),
            refers("a3", "a1", "a"),
            refers("a4", "a1", "b", "a3"),
        )
        letters = tier(
            "letters", *parts, refers("a6", "a2", "d"), kind=STEREOTYPES[1], parent="words"
        )
        assert found(tmp_path, document(TWO, WORDS, letters), "letters") == [
            (0, 333, "a"),
            (333, 666, "b"),
            (666, 1000, "c"),
            (2000, 2600, "d"),
        ]

    def test_annotations_that_are_not_aligned_lie_evenly_in_their_parent(self, tmp_path: Path):
        slots = {"t1": 0, "u1": None, "u2": None, "t2": 900, "t3": 2000, "u3": 2100, "t4": 2600}
        chain = (
            aligned("a3", "t1", "u1", "a"),
            aligned("a4", "u1", "u2", "b"),
            aligned("a5", "u2", "t2", "c"),
            aligned("a6", "t3", "u3", "d"),
            aligned("a7", "u3", "t4", "e"),
        )
        letters = tier("letters", *chain, kind=STEREOTYPES[0], parent="words")
        assert found(tmp_path, document(slots, letters, WORDS), "letters") == [
            (0, 300, "a"),
            (300, 600, "b"),
            (600, 900, "c"),
            (2000, 2100, "d"),
            (2100, 2600, "e"),
        ]

    def test_levels_below_each_other(self, tmp_path: Path) -> None:
        slots = {"t1": 0, "v1": None, "u1": None, "t2": 1000, "t3": 2000, "t4": 2600}
        halves = (aligned("b1", "t1", "u1"), aligned("b2", "u1", "t2"))
        quarters = (aligned("c1", "t1", "v1", "x"), aligned("c2", "v1", "u1", "y"))
        text = document(
            slots,
            tier("quarters", *quarters, kind=STEREOTYPES[0], parent="halves"),
            tier("names", refers("d1", "c2", "z"), kind=STEREOTYPES[2], parent="quarters"),
            tier("halves", *halves, kind=STEREOTYPES[0], parent="words"),
            WORDS,
        )
        assert found(tmp_path, text, "quarters") == [(0, 250, "x"), (250, 500, "y")]
        assert found(tmp_path, text, "names") == [(250, 500, "z")]

    def test_without_a_parent_they_follow_the_order_of_time(self, tmp_path: Path) -> None:
        slots = {"t1": 100, "u1": None, "t2": 500, "u2": None}
        free = tier("free", aligned("a1", "t1", "u1"), aligned("a2", "t2", "u2"))
        assert found(tmp_path, document(slots, free), "free") == [(100, 300, ""), (500, 500, "")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (GOOD.replace("abc", "käse").encode("latin-1"), r"line 5: not well-formed XML .*UTF-8"),
        (GOOD.replace("UTF-8", "klingon").encode(), r"UTF-8"),
    ],
)
def test_a_wrong_encoding(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "v.eaf"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        eaf_reader.read(path)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
def test_other_encodings_that_a_file_declares(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "v.eaf"
    declared = encoding.replace("-sig", "").upper()
    path.write_bytes(GOOD.replace("abc", "käse").replace("UTF-8", declared).encode(encoding))
    assert eaf_reader.read(path).annotations[0].value == "käse"
