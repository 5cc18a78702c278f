"""What makes an .eaf one that ELAN opens without complaint: rules of EAF 3.0, and of its tiers.

`faults` lists what breaks the schema (elements and their order, attributes, ids and references) or
what ELAN itself holds tiers to: annotations of a tier do not overlap, and those of a tier that is
`Included_In` another lie inside one annotation of that. Written after the schema's text; it knows
the parts of the format that the workflow and ELAN's users commonly need.
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
}
"""Elements inside an element, in their order; * is any number, else exactly one."""

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
}  # fmt: skip
"""Attributes of an element and what they may be; ! marks those that must be there."""

IDS = {
    "TIME_SLOT": "TIME_SLOT_ID", "ALIGNABLE_ANNOTATION": "ANNOTATION_ID",
    "REF_ANNOTATION": "ANNOTATION_ID", "CONSTRAINT": "STEREOTYPE", "LOCALE": "LANGUAGE_CODE",
    "LANGUAGE": "LANG_ID",
}  # fmt: skip
"""Attributes of type xsd:ID, which share one space of names."""


def faults(path: Path) -> list[str]:
    """All breaches of the rules, in words; none for a file that ELAN takes."""
    try:
        root = ElementTree.parse(path).getroot()
    except ElementTree.ParseError as error:
        return [f"not well-formed: {error}"]
    if root.tag != "ANNOTATION_DOCUMENT":
        return [f"root is {root.tag}"]
    shape = [fault for element in root.iter() for fault in _shape(element)]
    return shape or [*_references(root), *_time(root), *_tiers(root)]


def _shape(element: Element) -> list[str]:
    """Of one element: what it holds, and in which order."""
    if element.tag not in ATTRIBUTES:
        return [f"unknown element {element.tag}"]
    found = []
    allowed = {name.rstrip("!"): rule for name, rule in ATTRIBUTES[element.tag].items()}
    for name in ATTRIBUTES[element.tag]:
        if name.endswith("!") and name.rstrip("!") not in element.attrib:
            found.append(f"{element.tag} lacks {name.rstrip('!')}")
    for name, value in element.attrib.items():
        if name not in allowed:
            found.append(f"{element.tag}: unknown attribute {name}")
        elif not allowed[name].fullmatch(value):
            found.append(f"{element.tag}: {name} is {value!r}")
    tags = " ".join(child.tag for child in element)
    if element.tag == "ANNOTATION":
        order = "ALIGNABLE_ANNOTATION|REF_ANNOTATION"
    else:
        parts = CHILDREN.get(element.tag, "").split()
        order = "".join(
            f"({part.rstrip('*')} ){part[-1] if part[-1] == '*' else ''}" for part in parts
        )
        tags += " " * bool(tags)
    if not re.fullmatch(order, tags):
        found.append(f"{element.tag}: its elements are not as they should be: {tags[:80]}")
    return found


def _references(root: Element) -> list[str]:
    ids = Counter(e.attrib[IDS[e.tag]] for e in root.iter() if e.tag in IDS)
    found = [f"id {name} is there {n} times" for name, n in ids.items() if n > 1]
    for key, name in (("TIER", "TIER_ID"), ("LINGUISTIC_TYPE", "LINGUISTIC_TYPE_ID")):
        counts = Counter(element.get(name) for element in root.iterfind(key))
        found += [f"{name} {value!r} is there {n} times" for value, n in counts.items() if n > 1]
    tiers = {tier.get("TIER_ID") for tier in root.iterfind("TIER")}
    kinds = {kind.get("LINGUISTIC_TYPE_ID"): kind for kind in root.iterfind("LINGUISTIC_TYPE")}
    slots = {slot.get("TIME_SLOT_ID") for slot in root.iterfind("TIME_ORDER/TIME_SLOT")}
    stereotypes = {c.get("STEREOTYPE") for c in root.iterfind("CONSTRAINT")}
    annotations = {e.get("ANNOTATION_ID") for e in root.iterfind("TIER/ANNOTATION/*")}
    for kind in kinds.values():
        if kind.get("CONSTRAINTS") not in {*stereotypes, None}:
            found.append(f"no CONSTRAINT {kind.get('CONSTRAINTS')}")
    for tier in root.iterfind("TIER"):
        name, kind = tier.get("TIER_ID"), kinds.get(tier.get("LINGUISTIC_TYPE_REF"))
        if kind is None:
            found.append(f"tier {name}: no LINGUISTIC_TYPE {tier.get('LINGUISTIC_TYPE_REF')}")
        elif (kind.get("CONSTRAINTS") is None) != (tier.get("PARENT_REF") is None):
            found.append(f"tier {name}: a parent and a stereotype go together")
        if tier.get("PARENT_REF", name) not in tiers:
            found.append(f"tier {name}: no tier {tier.get('PARENT_REF')}")
        for e in tier.iterfind("ANNOTATION/*"):
            own = e.get("ANNOTATION_ID")
            wanted = [e.get(f"TIME_SLOT_REF{n}") for n in (1, 2) if e.tag.startswith("ALIGN")]
            found += [f"annotation {own}: no slot {slot}" for slot in wanted if slot not in slots]
            if e.get("ANNOTATION_REF", own) not in annotations:
                found.append(f"annotation {own}: no annotation {e.get('ANNOTATION_REF')}")
    return found


def _time(root: Element) -> list[str]:
    values = [
        int(slot.attrib["TIME_VALUE"])
        for slot in root.iterfind("TIME_ORDER/TIME_SLOT")
        if "TIME_VALUE" in slot.attrib
    ]
    return [] if values == sorted(values) else ["TIME_ORDER: not in the order of time"]


def spans(root: Element) -> dict[str, list[tuple[int, int]]]:
    """Start and end of the aligned annotations, by tier and in time."""
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


def _tiers(root: Element) -> list[str]:
    kinds = {
        k.get("LINGUISTIC_TYPE_ID"): k.get("CONSTRAINTS") for k in root.iter("LINGUISTIC_TYPE")
    }
    found, times = [], spans(root)
    for tier in root.iterfind("TIER"):
        name, parent = tier.get("TIER_ID"), tier.get("PARENT_REF")
        own = [span for span in times[name] if min(span) >= 0]
        found += [
            f"tier {name}: {start} to {end} has no length" for start, end in own if end <= start
        ]
        for (_, end), (start, _) in zip(own, own[1:], strict=False):
            if start < end:
                found.append(f"tier {name}: annotations overlap at {start}")
        if kinds.get(tier.get("LINGUISTIC_TYPE_REF")) == "Included_In":
            around = times.get(parent, [])
            found += [
                f"tier {name}: {start} to {end} is in no annotation of {parent}"
                for start, end in own
                if not any(a <= start and end <= b for a, b in around)
            ]
    return found
