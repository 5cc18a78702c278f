"""The text of an .eaf: the format's rules, and that other programs read what was written."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from pympi.Elan import Eaf
from speach import elan as speach

from corpus.elan import eaf_writer, edit_detection
from corpus.elan.eaf_writer import Annotation, Tier
from eaf_validator import faults
from elan_corpus import written

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


class TestDocument:
    def test_it_keeps_the_rules_of_the_format(self, tmp_path: Path) -> None:
        assert faults(written(tmp_path, SPEAKER)) == []
        assert faults(written(tmp_path, [Tier("shots", "shots")], None)) == []

    def test_its_head(self, tmp_path: Path) -> None:
        root = ElementTree.parse(written(tmp_path, SPEAKER)).getroot()
        assert root.get("FORMAT") == root.get("VERSION") == "3.0"
        assert (
            root.attrib[next(key for key in root.attrib if "noNamespace" in key)]
            == eaf_writer.SCHEMA
        )
        [media] = root.iter("MEDIA_DESCRIPTOR")
        assert media.attrib == {
            "MEDIA_URL": "v.mp4",
            "RELATIVE_MEDIA_URL": "../videos/v.mp4",
            "MIME_TYPE": "video/mp4",
        }
        properties = {p.get("NAME"): p.text for p in root.iter("PROPERTY")}
        assert properties["lastUsedAnnotationId"] == "5"
        assert properties["provenance"] == '{"step": "test"}'
        assert "default-lt" in [
            kind.get("LINGUISTIC_TYPE_ID") for kind in root.iter("LINGUISTIC_TYPE")
        ]

    def test_annotations_share_no_time_slots(self, tmp_path: Path) -> None:
        """ELAN would move both when one is dragged."""
        root = ElementTree.parse(written(tmp_path, SPEAKER)).getroot()
        used = [
            a.get(f"TIME_SLOT_REF{n}") for a in root.iter("ALIGNABLE_ANNOTATION") for n in (1, 2)
        ]
        assert len(set(used)) == len(used) == 10

    @pytest.mark.parametrize(
        ("name", "mime"),
        [("a.mp4", "video/mp4"), ("a.MPG", "video/mpeg"), ("a.mov", "video/quicktime"),
         ("a.mkv", "video/*"), ("a", "video/*")],
    )  # fmt: skip
    def test_mime_types_are_elans(self, name: str, mime: str) -> None:
        assert eaf_writer.mime_type(name) == mime

    @pytest.mark.parametrize("name", ["<A & B>", '"O\'Neil"', "Ólafur 王 🙂", "a\x00b\x0bc\ufffe"])
    def test_any_name_makes_a_whole_file(self, name: str, tmp_path: Path) -> None:
        tiers = [
            Tier(name, "presence", (Annotation(0, 9, name),), participant=name),
            Tier(f"{name} left hand", "hand", (Annotation(1, 3, "hold"),), name, name),
        ]
        path = written(tmp_path, tiers)
        assert faults(path) == []
        tier = next(ElementTree.parse(path).getroot().iter("TIER"))
        assert tier.get("TIER_ID") == tier.get("PARTICIPANT") == eaf_writer.clean(name)
        assert tier.findtext(
            "ANNOTATION/ALIGNABLE_ANNOTATION/ANNOTATION_VALUE"
        ) == eaf_writer.clean(name)

    def test_bytes_are_the_same_each_time(self) -> None:
        one, two = (eaf_writer.document(SPEAKER, "../videos/v.mp4", {}, {"b": 1}) for _ in range(2))
        assert one == two

    def test_speach_reads_the_same(self, tmp_path: Path) -> None:
        found = speach.read_eaf(str(written(tmp_path, SPEAKER)))
        assert [tier.ID for tier in found] == [tier.name for tier in SPEAKER]
        for tier, own in zip(found, SPEAKER, strict=True):
            assert tier.type_ref_id == own.kind
            assert (tier.parent.ID if tier.parent else None) == own.parent
            assert (tier.participant or None) == own.participant
            read = [(a.from_ts.value, a.to_ts.value, a.value) for a in tier.annotations]
            assert read == [(a.start, a.end, a.value) for a in own.annotations]
        assert found.relative_media_url == "../videos/v.mp4"

    def test_programs_that_read_by_patterns_find_all(self, tmp_path: Path) -> None:
        """As R's act does, with attributes in ELAN's order and times before the very end."""
        tiers = [*SPEAKER, Tier("a />", "shots", (Annotation(1, 2, "b />"),), participant=" />")]
        text = written(tmp_path, tiers).read_text()
        slots = re.findall(r'<TIME_SLOT TIME_SLOT_ID="(.*?)" TIME_VALUE="(\d+)"/>', text)
        assert len(slots) == text.count("<TIME_SLOT ") == 12
        kinds = re.findall(
            r'<LINGUISTIC_TYPE CONSTRAINTS="(.*?)".*? LINGUISTIC_TYPE_ID="(.*?)"', text
        )
        assert kinds == [("Included_In", "hand")]
        assert 'TIME_SLOT_REF2="' in text and "\n" in text and " />" not in text
        assert faults(tmp_path / "v.eaf") == []

    def test_pympi_reads_the_same(self, tmp_path: Path) -> None:
        found = Eaf(written(tmp_path, SPEAKER))
        assert list(found.get_tier_names()) == [tier.name for tier in SPEAKER]
        for tier in SPEAKER:
            read = [row[:3] for row in found.get_annotation_data_for_tier(tier.name)]
            assert read == [(a.start, a.end, a.value) for a in tier.annotations]
            assert found.get_parameters_for_tier(tier.name).get("PARENT_REF") == tier.parent


BREAKS = {
    "no date": (r' DATE="[^"]*"', ""),
    "a date that is none": (r' DATE="[^"]*"', ' DATE="today"'),
    "no author": (r' AUTHOR="[^"]*"', ""),
    "no media type": (r' MIME_TYPE="[^"]*"', ""),
    "an unknown attribute": (r"<TIER ", '<TIER COLOUR="red" '),
    "an unknown element": (r"<TIME_ORDER>", "<TIME_ORDER><TIME />"),
    "an id twice": (r'"a2"', '"a1"'),
    "an id across kinds": (r'ANNOTATION_ID="a1"', 'ANNOTATION_ID="ts1"'),
    "an id that is none": (r'ANNOTATION_ID="a1"', 'ANNOTATION_ID="1"'),
    "a slot that is not there": (r'TIME_SLOT_REF1="ts1"', 'TIME_SLOT_REF1="ts99"'),
    "slots not in order": (r'TIME_VALUE="500"', 'TIME_VALUE="5000"'),
    "a time below 0": (r'TIME_VALUE="500"', 'TIME_VALUE="-5"'),
    "a tier twice": (r'TIER_ID="Ada left hand"', 'TIER_ID="Ada"'),
    "a parent that is not there": (r'PARENT_REF="Ada"', 'PARENT_REF="Eve"'),
    "a child without stereotype": (r' CONSTRAINTS="Included_In"', ""),
    "a type that is not there": (r'LINGUISTIC_TYPE_ID="hand"', 'LINGUISTIC_TYPE_ID="foot"'),
    "a constraint that is not there": (r'<CONSTRAINT [^>]*"Included_In"/>', ""),
    "types before tiers": (r"(?s)(<TIER .*</TIER>)(.*?<LINGUISTIC_TYPE [^>]*>)", r"\2\1"),
    "an annotation without value": (r"<ANNOTATION_VALUE>hold</ANNOTATION_VALUE>", ""),
    "an annotation outside its parent": (r'TIME_VALUE="1500"', 'TIME_VALUE="600"'),
    "not well-formed": (r"</TIME_ORDER>", ""),
}  # fmt: skip


@pytest.mark.parametrize("what", BREAKS)
def test_the_rules_reject_broken_files(what: str, tmp_path: Path) -> None:
    path = written(tmp_path, SPEAKER)
    text = path.read_text("utf-8")
    broken, n = re.subn(*BREAKS[what], text, count=1)
    assert n == 1 and broken != text
    path.write_text(broken, "utf-8")
    assert faults(path) != []


@pytest.mark.parametrize(
    "hand", [(Annotation(0, 500, "a"), Annotation(400, 600, "b")), (Annotation(5, 5, "a"),)]
)
def test_the_rules_reject_overlap_and_no_length(hand: tuple, tmp_path: Path) -> None:
    assert faults(written(tmp_path, [*SPEAKER[:2], Tier("x", "shots", hand)])) != []


def test_a_seal_breaks_with_any_change(tmp_path: Path) -> None:
    content = written(tmp_path, SPEAKER).read_bytes()
    assert edit_detection.is_as_written(content)
    for changed in (content + b"\n", content.replace(b"hold", b"hole"), b"", b"\xff\xfe"):
        assert not edit_detection.is_as_written(changed)
