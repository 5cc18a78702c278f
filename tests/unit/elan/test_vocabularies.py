"""Coders choose the texts of annotations from lists in the ELAN files."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
from pympi.Elan import Eaf

from corpus.elan import eaf_reader
from corpus.elan.document import Annotation, Tier
from corpus.elan.vocabularies import CODED_PHASES
from corpus.tables.schemas import GESTURE_PHASES
from eaf_validator import find_violations
from elan_corpus import write_eaf

TIERS = [
    Tier("Ada", "presence", (Annotation(0, 9, "p0002"), Annotation(9, 12, "p0002 (picture)"))),
    Tier("Bo", "presence", (Annotation(0, 12, "p0001"), Annotation(20, 30, "p0001"))),
    Tier("Bo left hand", "hand", (Annotation(2, 5, "hold"),), parent="Bo"),
]
"""Two people; one of them is also seen in a picture."""


def entries_by_kind(path: Path) -> dict[str, list[str]]:
    """Entries of the vocabulary of each linguistic type that refers to one."""
    root = ElementTree.parse(path).getroot()
    entries = {
        vocabulary.get("CV_ID"): [value.text or "" for value in vocabulary.iter("CVE_VALUE")]
        for vocabulary in root.iter("CONTROLLED_VOCABULARY")
    }
    return {
        kind.get("LINGUISTIC_TYPE_ID", ""): entries[kind.get("CONTROLLED_VOCABULARY_REF")]
        for kind in root.iter("LINGUISTIC_TYPE")
        if kind.get("CONTROLLED_VOCABULARY_REF")
    }


def test_each_type_offers_its_texts(tmp_path: Path) -> None:
    path = write_eaf(tmp_path, TIERS)
    assert find_violations(path) == []
    assert entries_by_kind(path) == {
        "presence": ["p0001", "p0002", "p0002 (picture)"],
        "hand": list(GESTURE_PHASES),
        "gesture phase": list(CODED_PHASES),
    }


def test_a_file_without_people_has_an_empty_list(tmp_path: Path) -> None:
    path = write_eaf(tmp_path, [Tier("shots", "shots")])
    assert find_violations(path) == []
    assert entries_by_kind(path)["presence"] == []


def test_texts_that_xml_does_not_allow_are_replaced_once(tmp_path: Path) -> None:
    """Two texts that become equal are one entry."""
    people = (Annotation(0, 1, "a\x00"), Annotation(1, 2, "a\x01"))
    path = write_eaf(tmp_path, [Tier("Ada", "presence", people)])
    assert find_violations(path) == []
    assert len(entries_by_kind(path)["presence"]) == 1


def test_pympi_reads_entries_with_their_meaning(tmp_path: Path) -> None:
    _, entries, _ = Eaf(write_eaf(tmp_path, TIERS)).controlled_vocabularies["gesture phases"]
    read = {values[0][0]: values[0][2] for values, _ in entries.values()}
    assert read == CODED_PHASES


def test_the_reader_reads_files_with_and_without_vocabularies(tmp_path: Path) -> None:
    path = write_eaf(tmp_path, TIERS)
    document = eaf_reader.read(path)
    root = ElementTree.parse(path).getroot()
    for tag in ("CONTROLLED_VOCABULARY", "LANGUAGE"):
        for element in root.findall(tag):
            root.remove(element)
    for kind in root.iter("LINGUISTIC_TYPE"):
        kind.attrib.pop("CONTROLLED_VOCABULARY_REF", None)
    older = tmp_path / "older.eaf"
    ElementTree.ElementTree(root).write(older, encoding="utf-8", xml_declaration=True)
    assert eaf_reader.read(older) == document


@pytest.mark.parametrize(
    ("old", "new", "violation"),
    [
        ('CV_ID="people"', 'CV_ID="persons"', "type presence: no vocabulary people"),
        (">stroke</CVE_VALUE>", ">preparation</CVE_VALUE>", "'preparation' occurs 2 times"),
        ('LANG_ID="eng"', 'LANG_ID="deu"', "no language eng"),
        ('CVE_ID="cveid1"', 'CVE_ID="cveid2"', "CVE_ID 'cveid2' occurs 2 times"),
    ],
)
def test_the_validator_finds_wrong_vocabularies(
    old: str, new: str, violation: str, tmp_path: Path
) -> None:
    path = write_eaf(tmp_path, TIERS)
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    assert any(violation in found for found in find_violations(path))
