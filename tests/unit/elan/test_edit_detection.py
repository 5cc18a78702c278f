"""Files and annotations that people edited are distinguished from those the workflow wrote."""

from pathlib import Path

from corpus.elan.document import Annotation, Tier
from corpus.elan.edit_detection import WrittenContent, header_properties, is_unedited
from elan_corpus import write_eaf

HOLD = Annotation(100, 200, "hold")
LEFT_HAND = Tier("Ada left hand", "hand", (HOLD,))


def test_any_change_of_the_bytes_breaks_the_seal(tmp_path: Path) -> None:
    content = write_eaf(tmp_path, [LEFT_HAND]).read_bytes()
    assert is_unedited(Path("v.eaf"), content)
    for edited in (content + b"\n", content.replace(b"hold", b"hole"), b"", b"\xff\xfe"):
        assert not is_unedited(Path("v.eaf"), edited)


class TestOrigin:
    def test_annotations_on_a_tier_of_the_workflow(self) -> None:
        written = WrittenContent(header_properties([LEFT_HAND]))
        assert written.origin("Ada left hand", HOLD) == "workflow"
        for edited in (Annotation(100, 201, "hold"), Annotation(100, 200, "stroke")):
            assert written.origin("Ada left hand", edited) == "changed"
        assert written.count_missing([LEFT_HAND]) == 0
        assert written.count_missing([]) == 1

    def test_annotations_on_another_tier_were_added(self) -> None:
        written = WrittenContent(header_properties([LEFT_HAND]))
        assert written.origin("strokes", HOLD) == "added"

    def test_all_annotations_of_a_file_from_elsewhere_were_added(self) -> None:
        written = WrittenContent({"written_tiers": "", "written_annotations": ""})
        assert written.origin("Ada left hand", HOLD) == "added"
