"""The text of an .eaf follows the rules of the format, and other programs read it correctly."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from pympi.Elan import Eaf
from speach import elan as speach

from corpus.core.safe_text import xml_text
from corpus.elan import eaf_writer
from corpus.elan.document import Annotation, Tier
from eaf_validator import find_violations
from elan_corpus import write_eaf

SPEAKER = [
    Tier("shots", "shots", (Annotation(0, 2000, "0"), Annotation(2000, 4000, "1"))),
    Tier("Ada", "presence", (Annotation(0, 1500, "p0001"),), participant="Ada"),
    Tier(
        "Ada left hand",
        "hand",
        (Annotation(0, 500, "movement"), Annotation(500, 900, "hold")),
        parent="Ada",
        participant="Ada",
    ),
    Tier("Ada right hand", "hand", parent="Ada", participant="Ada"),
]


def values(tier: Tier) -> list[tuple[int, int, str]]:
    """Start, end and value of a tier's annotations."""
    return [(annotation.start, annotation.end, annotation.value) for annotation in tier.annotations]


class TestDocument:
    def test_it_follows_the_rules_of_the_format(self, tmp_path: Path) -> None:
        assert find_violations(write_eaf(tmp_path, SPEAKER)) == []
        assert find_violations(write_eaf(tmp_path, [Tier("shots", "shots")], None)) == []

    def test_its_header(self, tmp_path: Path) -> None:
        root = ElementTree.parse(write_eaf(tmp_path, SPEAKER)).getroot()
        assert root.get("FORMAT") == root.get("VERSION") == "3.0"
        [schema_key] = [key for key in root.attrib if "noNamespace" in key]
        assert root.attrib[schema_key] == eaf_writer.SCHEMA
        [media] = root.iter("MEDIA_DESCRIPTOR")
        assert media.attrib == {
            "MEDIA_URL": "v.mp4",
            "RELATIVE_MEDIA_URL": "../videos/v.mp4",
            "MIME_TYPE": "video/mp4",
        }
        properties = {p.get("NAME"): p.text for p in root.iter("PROPERTY")}
        assert properties["lastUsedAnnotationId"] == "5"
        assert properties["provenance"] == '{"step": "test"}'
        kinds = [kind.get("LINGUISTIC_TYPE_ID") for kind in root.iter("LINGUISTIC_TYPE")]
        assert eaf_writer.USER_KIND == "default-lt" and eaf_writer.USER_KIND in kinds

    def test_annotations_do_not_share_time_slots(self, tmp_path: Path) -> None:
        """If they did, ELAN would move both when one is dragged."""
        root = ElementTree.parse(write_eaf(tmp_path, SPEAKER)).getroot()
        slots = [
            annotation.get(f"TIME_SLOT_REF{slot}")
            for annotation in root.iter("ALIGNABLE_ANNOTATION")
            for slot in (1, 2)
        ]
        assert len(set(slots)) == len(slots) == 10

    @pytest.mark.parametrize(
        ("name", "mime_type"),
        [
            ("a.mp4", "video/mp4"),
            ("a.MPG", "video/mpeg"),
            ("a.mov", "video/quicktime"),
            ("a.mkv", "video/*"),
            ("a", "video/*"),
        ],
    )
    def test_mime_types_are_those_of_elan(self, name: str, mime_type: str) -> None:
        assert eaf_writer.mime_type(name) == mime_type

    @pytest.mark.parametrize("name", ["<A & B>", '"O\'Neil"', "Ólafur 王 🙂", "a\x00b\x0bc\ufffe"])
    def test_any_name_gives_a_valid_file(self, name: str, tmp_path: Path) -> None:
        tiers = [
            Tier(name, "presence", (Annotation(0, 9, name),), participant=name),
            Tier(f"{name} left hand", "hand", (Annotation(1, 3, "hold"),), name, name),
        ]
        path = write_eaf(tmp_path, tiers)
        assert find_violations(path) == []
        tier = next(ElementTree.parse(path).getroot().iter("TIER"))
        value = tier.findtext("ANNOTATION/ALIGNABLE_ANNOTATION/ANNOTATION_VALUE")
        assert tier.get("TIER_ID") == tier.get("PARTICIPANT") == xml_text(name)
        assert value == xml_text(name)

    def test_the_same_tiers_give_the_same_text(self) -> None:
        first, second = (
            eaf_writer.format_document(SPEAKER, "../videos/v.mp4", {}, {"b": 1}) for _ in range(2)
        )
        assert first == second

    def test_speach_reads_the_same_tiers(self, tmp_path: Path) -> None:
        document = speach.read_eaf(str(write_eaf(tmp_path, SPEAKER)))
        assert [tier.ID for tier in document] == [tier.name for tier in SPEAKER]
        for tier, written in zip(document, SPEAKER, strict=True):
            assert tier.type_ref_id == written.kind
            assert (tier.parent.ID if tier.parent else None) == written.parent
            assert (tier.participant or None) == written.participant
            read = [(a.from_ts.value, a.to_ts.value, a.value) for a in tier.annotations]
            assert read == values(written)
        assert document.relative_media_url == "../videos/v.mp4"

    def test_programs_that_read_with_regular_expressions_find_everything(
        self, tmp_path: Path
    ) -> None:
        """R's act expects attributes in ELAN's order, and no space before `/>`."""
        tiers = [*SPEAKER, Tier("a />", "shots", (Annotation(1, 2, "b />"),), participant=" />")]
        path = write_eaf(tmp_path, tiers)
        text = path.read_text()
        slots = re.findall(r'<TIME_SLOT TIME_SLOT_ID="(.*?)" TIME_VALUE="(\d+)"/>', text)
        assert len(slots) == text.count("<TIME_SLOT ") == 12
        kinds = re.findall(
            r'<LINGUISTIC_TYPE CONSTRAINTS="(.*?)".*? LINGUISTIC_TYPE_ID="(.*?)"', text
        )
        assert kinds == [("Included_In", "hand")]
        assert 'TIME_SLOT_REF2="' in text and "\n" in text and " />" not in text
        assert find_violations(path) == []

    def test_pympi_reads_the_same_tiers(self, tmp_path: Path) -> None:
        document = Eaf(write_eaf(tmp_path, SPEAKER))
        assert list(document.get_tier_names()) == [tier.name for tier in SPEAKER]
        for tier in SPEAKER:
            read = [row[:3] for row in document.get_annotation_data_for_tier(tier.name)]
            assert read == values(tier)
            assert document.get_parameters_for_tier(tier.name).get("PARENT_REF") == tier.parent
