"""The picture of ELAN's timeline shows what is in the file."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

import draw_tiers
from corpus.elan import eaf_reader, eaf_writer
from corpus.elan.eaf_writer import Annotation, Tier

SVG = "{http://www.w3.org/2000/svg}"
TIERS = [
    Tier("shots", "shots", (Annotation(0, 2000, "0"), Annotation(2000, 4000, "1"))),
    Tier("<Ada & Eve>", "presence", (Annotation(0, 1500, "p0001"),)),
    Tier("left", "hand", (Annotation(0, 30, "movement"),), parent="<Ada & Eve>"),
]


def drawn(folder: Path, tiers: list[Tier]) -> ElementTree.Element:
    path = folder / "v.eaf"
    path.write_text(eaf_writer.document(tiers, None, {}, {}), encoding="utf-8")
    found = eaf_reader.read(path)
    return ElementTree.fromstring(draw_tiers.picture(found.tiers, found.annotations))


def test_every_tier_and_annotation_is_there(tmp_path: Path) -> None:
    svg = drawn(tmp_path, TIERS)
    texts = [text.text or "" for text in svg.iter(f"{SVG}text")]
    assert [t for t in texts if t in ("shots", "<Ada & Eve>", "left")] == [
        "shots",
        "<Ada & Eve>",
        "left",
    ]
    segments = [p.get("d") for p in svg.iter(f"{SVG}path") if p.get("stroke-width")]
    assert len(segments) == 4
    assert segments[0].startswith("M160.0 ") and segments[1].endswith("H884.0")
    assert "movement" not in texts and "p0001" in texts, "a label that does not fit is cut"


def test_the_ruler_is_elans(tmp_path: Path) -> None:
    texts = [text.text for text in drawn(tmp_path, TIERS).iter(f"{SVG}text")]
    assert "00:00:00.000" in texts and "00:00:03.500" in texts
    assert draw_tiers.clock(3_723_004) == "01:02:03.004"


@pytest.mark.parametrize("tiers", [[], [Tier("shots", "shots")]])
def test_nothing_to_draw(tiers: list[Tier], tmp_path: Path) -> None:
    assert drawn(tmp_path, tiers).tag == f"{SVG}svg"


@pytest.mark.workflow
def test_the_picture_in_the_docs_is_the_demos(demo: Path, root: Path) -> None:
    found = eaf_reader.read(demo / "elan" / "both.eaf")
    assert (
        draw_tiers.picture(found.tiers, found.annotations) == (root / "docs/elan.svg").read_text()
    )
