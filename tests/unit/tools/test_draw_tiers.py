"""The picture of ELAN's timeline shows the tiers and annotations of the file."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

import draw_tiers
from corpus.elan import eaf_reader
from corpus.elan.document import Annotation, Tier
from elan_corpus import write_eaf

SVG = "{http://www.w3.org/2000/svg}"
TIERS = [
    Tier("shots", "shots", (Annotation(0, 2000, "0"), Annotation(2000, 4000, "1"))),
    Tier("<Ada & Eve>", "presence", (Annotation(0, 1500, "p0001"),)),
    Tier("left", "hand", (Annotation(0, 30, "movement"),), parent="<Ada & Eve>"),
]


def draw(folder: Path, tiers: list[Tier]) -> ElementTree.Element:
    """The picture of an .eaf with these tiers, as an XML element."""
    document = eaf_reader.read(write_eaf(folder, tiers))
    return ElementTree.fromstring(draw_tiers.draw(document.tiers))


def test_every_tier_and_annotation_is_drawn(tmp_path: Path) -> None:
    svg = draw(tmp_path, TIERS)
    texts = [text.text or "" for text in svg.iter(f"{SVG}text")]
    names = [tier.name for tier in TIERS]
    assert [text for text in texts if text in names] == names
    lines = [p.get("d") for p in svg.iter(f"{SVG}path") if p.get("stroke-width")]
    assert len(lines) == 4
    assert lines[0].startswith("M160.0 ") and lines[1].endswith("H884.0")
    assert "p0001" in texts
    assert "movement" not in texts, "a label that does not fit is shortened"


def test_the_ruler_shows_times_as_elan_does(tmp_path: Path) -> None:
    texts = [text.text for text in draw(tmp_path, TIERS).iter(f"{SVG}text")]
    assert "00:00:00.000" in texts and "00:00:03.500" in texts
    assert draw_tiers.format_time(3_723_004) == "01:02:03.004"


@pytest.mark.parametrize("tiers", [[], [Tier("shots", "shots")]])
def test_a_file_without_annotations_gives_a_picture(tiers: list[Tier], tmp_path: Path) -> None:
    assert draw(tmp_path, tiers).tag == f"{SVG}svg"
