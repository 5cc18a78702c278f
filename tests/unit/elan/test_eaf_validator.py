"""The validator of .eaf files finds violations of the format's rules."""

import re
from pathlib import Path

import pytest

from corpus.elan.document import Annotation, Tier
from eaf_validator import find_violations
from elan_corpus import write_eaf

TIERS = [
    Tier("shots", "shots", (Annotation(0, 2000, "0"), Annotation(2000, 4000, "1"))),
    Tier("Ada", "presence", (Annotation(0, 1500, "p0001"),), participant="Ada"),
    Tier(
        "Ada left hand",
        "hand",
        (Annotation(0, 500, "movement"), Annotation(500, 900, "hold")),
        parent="Ada",
        participant="Ada",
    ),
]

VIOLATIONS = {
    "no date": (r' DATE="[^"]*"', ""),
    "an invalid date": (r' DATE="[^"]*"', ' DATE="today"'),
    "no author": (r' AUTHOR="[^"]*"', ""),
    "no media type": (r' MIME_TYPE="[^"]*"', ""),
    "an unknown attribute": (r"<TIER ", '<TIER COLOUR="red" '),
    "an unknown element": (r"<TIME_ORDER>", "<TIME_ORDER><TIME />"),
    "the same id twice": (r'"a2"', '"a1"'),
    "the same id for an annotation and a slot": (r'ANNOTATION_ID="a1"', 'ANNOTATION_ID="ts1"'),
    "an invalid id": (r'ANNOTATION_ID="a1"', 'ANNOTATION_ID="1"'),
    "a missing slot": (r'TIME_SLOT_REF1="ts1"', 'TIME_SLOT_REF1="ts99"'),
    "slots out of order": (r'TIME_VALUE="500"', 'TIME_VALUE="5000"'),
    "a negative time": (r'TIME_VALUE="500"', 'TIME_VALUE="-5"'),
    "the same tier twice": (r'TIER_ID="Ada left hand"', 'TIER_ID="Ada"'),
    "a missing parent": (r'PARENT_REF="Ada"', 'PARENT_REF="Eve"'),
    "a child without a stereotype": (r' CONSTRAINTS="Included_In"', ""),
    "a missing linguistic type": (r'LINGUISTIC_TYPE_ID="hand"', 'LINGUISTIC_TYPE_ID="foot"'),
    "a missing constraint": (r'<CONSTRAINT [^>]*"Included_In"/>', ""),
    "types before tiers": (r"(?s)(<TIER .*</TIER>)(.*?<LINGUISTIC_TYPE [^>]*>)", r"\2\1"),
    "an annotation without a value": (r"<ANNOTATION_VALUE>hold</ANNOTATION_VALUE>", ""),
    "an annotation outside its parent": (r'TIME_VALUE="1500"', 'TIME_VALUE="600"'),
    "XML that is not well-formed": (r"</TIME_ORDER>", ""),
}  # fmt: skip
"""Pattern and replacement that introduce each violation."""


@pytest.mark.parametrize("violation", VIOLATIONS)
def test_a_violation_is_found(violation: str, tmp_path: Path) -> None:
    path = write_eaf(tmp_path, TIERS)
    assert find_violations(path) == []
    text = path.read_text("utf-8")
    changed, n_changes = re.subn(*VIOLATIONS[violation], text, count=1)
    assert n_changes == 1 and changed != text
    path.write_text(changed, "utf-8")
    assert find_violations(path) != []


@pytest.mark.parametrize(
    "annotations",
    [(Annotation(0, 500, "a"), Annotation(400, 600, "b")), (Annotation(5, 5, "a"),)],
)
def test_overlapping_and_empty_annotations_are_found(annotations: tuple, tmp_path: Path) -> None:
    assert find_violations(write_eaf(tmp_path, [*TIERS[:2], Tier("x", "shots", annotations)])) != []
