"""Validate .eaf files: the rules of EAF 3.0, and ELAN's rules for tiers.

`find_violations` lists violations of the schema (elements and their order, attributes, ids and
references) and of rules that ELAN itself enforces: annotations of a tier do not overlap, and those
of a tier with the stereotype `Included_In` lie inside one annotation of the parent tier. The rules
follow the text of the schema, for the parts of the format that the workflow and ELAN's users
commonly need.
"""

import re
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

XSI = "{http://www.w3.org/2001/XMLSchema-instance}noNamespaceSchemaLocation"
NCNAME = re.compile(r"[A-Za-z_][\w.-]*")
DATE = re.compile(r"-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?")
UNSIGNED, LONG = re.compile(r"\d{1,10}"), re.compile(r"[+-]?\d{1,19}")
URI = re.compile(r"[^\s<>\"{}|\\^`]*")
BOOLEAN, ANY = re.compile("true|false|0|1"), re.compile(".*", re.DOTALL)
STEREOTYPES = re.compile(
    "Time_Subdivision|Symbolic_Subdivision|Symbolic_Association|Included_In", re.DOTALL
)

CHILDREN = {
    "ANNOTATION_DOCUMENT": (
        "LICENSE* HEADER TIME_ORDER TIER* LINGUISTIC_TYPE* LOCALE* LANGUAGE* CONSTRAINT* "
        "CONTROLLED_VOCABULARY* LEXICON_REF* REF_LINK_SET* EXTERNAL_REF*"
    ),
    "HEADER": "MEDIA_DESCRIPTOR* LINKED_FILE_DESCRIPTOR* PROPERTY*",
    "TIME_ORDER": "TIME_SLOT*",
    "TIER": "ANNOTATION*",
    "ALIGNABLE_ANNOTATION": "ANNOTATION_VALUE",
    "REF_ANNOTATION": "ANNOTATION_VALUE",
    "CONTROLLED_VOCABULARY": "DESCRIPTION* CV_ENTRY_ML*",
    "CV_ENTRY_ML": "CVE_VALUE*",
}
"""Children of an element in their order; * means any number, otherwise exactly one."""

ATTRIBUTES = {
    "ANNOTATION_DOCUMENT": {
        "DATE!": DATE, "AUTHOR!": ANY, "VERSION!": ANY, "FORMAT": ANY, XSI: URI,
    },
    "HEADER": {"MEDIA_FILE": ANY, "TIME_UNITS": re.compile("milliseconds|(NTSC|PAL)-frames")},
    "MEDIA_DESCRIPTOR": {
        "MEDIA_URL!": URI, "RELATIVE_MEDIA_URL": URI, "MIME_TYPE!": ANY, "TIME_ORIGIN": LONG,
        "EXTRACTED_FROM": URI,
    },
    "PROPERTY": {"NAME": ANY},
    "TIME_ORDER": {},
    "TIME_SLOT": {"TIME_SLOT_ID!": NCNAME, "TIME_VALUE": UNSIGNED},
    "TIER": {
        "TIER_ID!": ANY, "PARTICIPANT": ANY, "ANNOTATOR": ANY, "LINGUISTIC_TYPE_REF!": ANY,
        "DEFAULT_LOCALE": NCNAME, "PARENT_REF": ANY, "EXT_REF": NCNAME, "LANG_REF": NCNAME,
    },
    "ANNOTATION": {},
    "ALIGNABLE_ANNOTATION": {
        "ANNOTATION_ID!": NCNAME, "TIME_SLOT_REF1!": NCNAME, "TIME_SLOT_REF2!": NCNAME,
        "SVG_REF": ANY, "EXT_REF": ANY, "LANG_REF": NCNAME, "CVE_REF": ANY,
    },
    "REF_ANNOTATION": {
        "ANNOTATION_ID!": NCNAME, "ANNOTATION_REF!": NCNAME, "PREVIOUS_ANNOTATION": NCNAME,
        "EXT_REF": ANY, "LANG_REF": NCNAME, "CVE_REF": ANY,
    },
    "ANNOTATION_VALUE": {},
    "LINGUISTIC_TYPE": {
        "LINGUISTIC_TYPE_ID!": ANY, "TIME_ALIGNABLE": BOOLEAN, "CONSTRAINTS": STEREOTYPES,
        "GRAPHIC_REFERENCES": BOOLEAN, "CONTROLLED_VOCABULARY_REF": ANY, "EXT_REF": NCNAME,
        "LEXICON_REF": NCNAME,
    },
    "LOCALE": {"LANGUAGE_CODE!": NCNAME, "COUNTRY_CODE": ANY, "VARIANT": ANY},
    "LANGUAGE": {"LANG_ID!": NCNAME, "LANG_DEF": ANY, "LANG_LABEL": ANY},
    "CONSTRAINT": {"STEREOTYPE!": STEREOTYPES, "DESCRIPTION": ANY},
    "CONTROLLED_VOCABULARY": {"CV_ID!": ANY, "EXT_REF": NCNAME},
    "DESCRIPTION": {"LANG_REF!": NCNAME},
    "CV_ENTRY_ML": {"CVE_ID!": ANY, "EXT_REF": ANY},
    "CVE_VALUE": {"LANG_REF!": NCNAME, "DESCRIPTION": ANY},
}  # fmt: skip
"""Attributes of an element and the pattern of their value; ! marks required attributes."""

IDS = {
    "TIME_SLOT": "TIME_SLOT_ID", "ALIGNABLE_ANNOTATION": "ANNOTATION_ID",
    "REF_ANNOTATION": "ANNOTATION_ID", "CONSTRAINT": "STEREOTYPE", "LOCALE": "LANGUAGE_CODE",
    "LANGUAGE": "LANG_ID",
}  # fmt: skip
"""Attributes of type xsd:ID, which must be unique within the whole file."""


def find_violations(path: Path) -> list[str]:
    """Messages about all violations of the rules; empty for a file that ELAN accepts."""
    try:
        root = ElementTree.parse(path).getroot()
    except ElementTree.ParseError as error:
        return [f"not well-formed: {error}"]
    if root.tag != "ANNOTATION_DOCUMENT":
        return [f"root is {root.tag}"]
    violations = [message for element in root.iter() for message in _check_element(element)]
    return violations or [*_check_references(root), *_check_time_order(root), *_check_tiers(root)]


def _check_element(element: Element) -> list[str]:
    """Check the attributes of one element, and its children and their order."""
    if element.tag not in ATTRIBUTES:
        return [f"unknown element {element.tag}"]
    return [*_check_attributes(element), *_check_children(element)]


def _check_attributes(element: Element) -> list[str]:
    violations = []
    patterns = {name.rstrip("!"): rule for name, rule in ATTRIBUTES[element.tag].items()}
    for name in ATTRIBUTES[element.tag]:
        if name.endswith("!") and name.rstrip("!") not in element.attrib:
            violations.append(f"{element.tag} lacks {name.rstrip('!')}")
    for name, value in element.attrib.items():
        if name not in patterns:
            violations.append(f"{element.tag}: unknown attribute {name}")
        elif not patterns[name].fullmatch(value):
            violations.append(f"{element.tag}: {name} is {value!r}")
    return violations


def _check_children(element: Element) -> list[str]:
    tags = " ".join(child.tag for child in element)
    if element.tag == "ANNOTATION":
        order = "ALIGNABLE_ANNOTATION|REF_ANNOTATION"
    else:
        children = CHILDREN.get(element.tag, "").split()
        order = "".join(
            f"({child.rstrip('*')} ){child[-1] if child[-1] == '*' else ''}" for child in children
        )
        tags += " " if tags else ""
    if re.fullmatch(order, tags):
        return []
    return [f"{element.tag}: children are wrong or in the wrong order: {tags[:80]}"]


def _check_references(root: Element) -> list[str]:
    tiers = {tier.get("TIER_ID") for tier in root.iterfind("TIER")}
    kinds = {kind.get("LINGUISTIC_TYPE_ID"): kind for kind in root.iterfind("LINGUISTIC_TYPE")}
    stereotypes = {c.get("STEREOTYPE") for c in root.iterfind("CONSTRAINT")}
    violations = _check_unique_names(root)
    for kind in kinds.values():
        if kind.get("CONSTRAINTS") not in {*stereotypes, None}:
            violations.append(f"no CONSTRAINT {kind.get('CONSTRAINTS')}")
    for tier in root.iterfind("TIER"):
        name, kind = tier.get("TIER_ID"), kinds.get(tier.get("LINGUISTIC_TYPE_REF"))
        if kind is None:
            violations.append(f"tier {name}: no LINGUISTIC_TYPE {tier.get('LINGUISTIC_TYPE_REF')}")
        elif (kind.get("CONSTRAINTS") is None) != (tier.get("PARENT_REF") is None):
            violations.append(f"tier {name}: has a parent or a stereotype, but not both")
        if tier.get("PARENT_REF", name) not in tiers:
            violations.append(f"tier {name}: no tier {tier.get('PARENT_REF')}")
    return [
        *violations,
        *_check_annotation_references(root),
        *_check_vocabularies(root, list(kinds.values())),
    ]


def _check_vocabularies(root: Element, kinds: list[Element]) -> list[str]:
    """Check that vocabularies and languages exist, and that entries have a text of their own."""
    languages = {language.get("LANG_ID") for language in root.iterfind("LANGUAGE")}
    vocabularies = {v.get("CV_ID"): v for v in root.iterfind("CONTROLLED_VOCABULARY")}
    violations = []
    for kind in kinds:
        name = kind.get("CONTROLLED_VOCABULARY_REF")
        if name not in {*vocabularies, None}:
            violations.append(f"type {kind.get('LINGUISTIC_TYPE_ID')}: no vocabulary {name}")
    for name, vocabulary in vocabularies.items():
        values = Counter(value.text for value in vocabulary.iter("CVE_VALUE"))
        violations += [
            f"vocabulary {name}: {v!r} occurs {n} times" for v, n in values.items() if n > 1
        ]
        for entry in vocabulary.iterfind("CV_ENTRY_ML"):
            if not entry.findall("CVE_VALUE"):
                violations.append(f"vocabulary {name}: entry {entry.get('CVE_ID')} has no value")
        for element in vocabulary.iter():
            if element.get("LANG_REF") not in {*languages, None}:
                violations.append(f"vocabulary {name}: no language {element.get('LANG_REF')}")
    return violations


def _check_unique_names(root: Element) -> list[str]:
    ids = Counter(e.attrib[IDS[e.tag]] for e in root.iter() if e.tag in IDS)
    violations = [f"id {name} occurs {n} times" for name, n in ids.items() if n > 1]
    unique_names = (
        ("TIER", "TIER_ID"),
        ("LINGUISTIC_TYPE", "LINGUISTIC_TYPE_ID"),
        ("CONTROLLED_VOCABULARY", "CV_ID"),
        ("CONTROLLED_VOCABULARY/CV_ENTRY_ML", "CVE_ID"),
    )
    for key, name in unique_names:
        counts = Counter(element.get(name) for element in root.iterfind(key))
        violations += [f"{name} {value!r} occurs {n} times" for value, n in counts.items() if n > 1]
    return violations


def _check_annotation_references(root: Element) -> list[str]:
    slots = {slot.get("TIME_SLOT_ID") for slot in root.iterfind("TIME_ORDER/TIME_SLOT")}
    annotations = {e.get("ANNOTATION_ID") for e in root.iterfind("TIER/ANNOTATION/*")}
    violations = []
    for element in root.iterfind("TIER/ANNOTATION/*"):
        name = element.get("ANNOTATION_ID")
        used_slots = (
            [element.get("TIME_SLOT_REF1"), element.get("TIME_SLOT_REF2")]
            if element.tag == "ALIGNABLE_ANNOTATION"
            else []
        )
        violations += [
            f"annotation {name}: no slot {slot}" for slot in used_slots if slot not in slots
        ]
        if element.get("ANNOTATION_REF", name) not in annotations:
            violations.append(f"annotation {name}: no annotation {element.get('ANNOTATION_REF')}")
    return violations


def _check_time_order(root: Element) -> list[str]:
    times = [
        int(slot.attrib["TIME_VALUE"])
        for slot in root.iterfind("TIME_ORDER/TIME_SLOT")
        if "TIME_VALUE" in slot.attrib
    ]
    return [] if times == sorted(times) else ["TIME_ORDER: times are not ascending"]


def spans_by_tier(root: Element) -> dict[str, list[tuple[int, int]]]:
    """Start and end (ms) of the aligned annotations by tier, in the order of time.

    -1 stands for a slot without a time.
    """
    times = {
        slot.get("TIME_SLOT_ID"): int(slot.get("TIME_VALUE", -1))
        for slot in root.iterfind("TIME_ORDER/TIME_SLOT")
    }
    return {
        tier.get("TIER_ID"): sorted(
            (times.get(e.get("TIME_SLOT_REF1"), -1), times.get(e.get("TIME_SLOT_REF2"), -1))
            for e in tier.iterfind("ANNOTATION/ALIGNABLE_ANNOTATION")
        )
        for tier in root.iterfind("TIER")
    }


def _check_tiers(root: Element) -> list[str]:
    """Check that annotations have a length, do not overlap, and lie inside their parent."""
    stereotypes = {
        kind.get("LINGUISTIC_TYPE_ID"): kind.get("CONSTRAINTS")
        for kind in root.iter("LINGUISTIC_TYPE")
    }
    violations, all_spans = [], spans_by_tier(root)
    for tier in root.iterfind("TIER"):
        name, parent = tier.get("TIER_ID"), tier.get("PARENT_REF")
        spans = [span for span in all_spans[name] if min(span) >= 0]
        violations += [
            f"tier {name}: {start} to {end} has no length" for start, end in spans if end <= start
        ]
        for (_, end), (start, _) in zip(spans, spans[1:], strict=False):
            if start < end:
                violations.append(f"tier {name}: annotations overlap at {start}")
        if stereotypes.get(tier.get("LINGUISTIC_TYPE_REF")) == "Included_In":
            violations += [
                f"tier {name}: {start} to {end} is not inside an annotation of {parent}"
                for start, end in spans
                if not any(a <= start and end <= b for a, b in all_spans.get(parent, []))
            ]
    return violations
