"""ELAN's files: tiers as the text of an .eaf, EAF 3.0, written with pympi.

Rules are those of the schema (https://www.mpi.nl/tools/elan/EAFv3.0.xsd) and of "EAF Annotation
Format 3.0 and ELAN" (https://www.mpi.nl/tools/elan/EAF_Annotation_Format_3.0_and_ELAN.pdf).
Times are whole milliseconds as a player shows them: 0 is where the first of the file's streams
starts.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.etree import ElementTree

from pympi.Elan import Eaf, to_adocument

from corpus.elan import edit_detection

AUTHOR = "video-corpus-workflow"
DATE = "1970-01-01T00:00:00+00:00"
"""The schema asks for a date. The real one would make other bytes of the same data each time; ELAN
puts the real one in when somebody saves."""

SCHEMA = "http://www.mpi.nl/tools/elan/EAFv3.0.xsd"
KINDS = {"shots": None, "presence": None, "hand": "Included_In"}
"""Linguistic types and their stereotypes. With `Included_In` ELAN keeps each annotation inside one
of the parent tier's, and allows gaps."""
OWN_TIERS = "default-lt"
"""The linguistic type that ELAN offers for tiers that people add."""

MIME_TYPES = {
    "mpg": "video/mpeg",
    "mpeg": "video/mpeg",
    "mp4": "video/mp4",
    "m4v": "video/mp4",
    "mov": "video/quicktime",
}
"""What ELAN calls the formats it knows, by suffix; it writes video/* for all others."""

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, order=True)
class Annotation:
    """A stretch of time with a text; `start` and `end` in ms, half-open, at least 1 ms long."""

    start: int
    end: int
    value: str


@dataclass(frozen=True)
class Tier:
    """A row of ELAN's timeline. Its annotations are in order and do not overlap."""

    name: str
    kind: str
    annotations: Sequence[Annotation] = field(default_factory=tuple)
    parent: str | None = None
    participant: str | None = None


def document(
    tiers: Sequence[Tier], media: str | None, properties: dict[str, str], provenance: dict
) -> str:
    """Text of an .eaf with these tiers, parents before their children.

    `media` is the video's file relative to the .eaf's folder, None where there is nothing to play.
    `properties` go into the header, which ELAN keeps when it saves, as does what
    `corpus.elan.edit_detection` needs to tell later what people changed.
    """
    eaf = Eaf(author=AUTHOR)
    eaf.adocument |= {
        "DATE": DATE,
        "FORMAT": "3.0",
        "VERSION": "3.0",
        "xsi:noNamespaceSchemaLocation": SCHEMA,
    }
    eaf.header = {"MEDIA_FILE": "", "TIME_UNITS": "milliseconds"}
    if media:
        # ELAN looks for MEDIA_URL as it stands, then for its last part beside the .eaf, then where
        # RELATIVE_MEDIA_URL leads. The full path of this machine would be of use on no other.
        name = media.rpartition("/")[2]
        eaf.add_linked_file(name, relpath=media, mimetype=mime_type(name))
    eaf.tiers.clear()
    for kind, stereotype in KINDS.items():
        eaf.add_linguistic_type(kind, stereotype)
    ids = _add_slots(eaf, tiers)
    number = 0
    for tier in tiers:
        eaf.add_tier(
            clean(tier.name), tier.kind, _clean(tier.parent), part=_clean(tier.participant)
        )
        aligned = eaf.tiers[clean(tier.name)][0]
        for place, annotation in enumerate(tier.annotations):
            number += 1
            begin, end = ids[tier.name, place]
            aligned[f"a{number}"] = (begin, end, clean(annotation.value), None)
    rows = [(clean(tier.name), a.start, a.end, clean(a.value))
            for tier in tiers for a in tier.annotations]  # fmt: skip
    eaf.properties = [
        *((name, clean(value)) for name, value in properties.items()),
        ("provenance", clean(json.dumps(provenance, sort_keys=True))),
        *edit_detection.of([clean(tier.name) for tier in tiers], rows).items(),
        ("lastUsedAnnotationId", str(number)),
    ]
    return edit_detection.seal(_spelt_as_by_elan(eaf))


def _spelt_as_by_elan(eaf: Eaf) -> str:
    """Text of the file with attributes in order and no space at the end of an empty element: R's
    `act` reads .eaf files by patterns of characters, and would find no times otherwise."""
    root = to_adocument(eaf)
    for element in root.iter():
        attributes = sorted(element.attrib.items())
        element.attrib.clear()
        element.attrib.update(attributes)
    # A > of names and values is escaped, so this one ends an element.
    text = ElementTree.tostring(root, encoding="unicode").replace(" />", "/>")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _add_slots(eaf: Eaf, tiers: Sequence[Tier]) -> dict[tuple[str, int], tuple[str, str]]:
    """Fill in the time order; the slots' ids by tier and place of the annotation.

    Each annotation has two slots of its own: where two share one, ELAN moves both when one is
    dragged. At equal times what ends comes first, and a parent encloses its children.
    """
    depth = {}
    for tier in tiers:
        depth[tier.name] = depth[tier.parent] + 1 if tier.parent else 0
    slots = []
    for row, tier in enumerate(tiers):
        deep = depth[tier.name]
        for place, annotation in enumerate(tier.annotations):
            slots.append((annotation.start, 1, deep, row, tier.name, place))
            slots.append((annotation.end, 0, -deep, row, tier.name, place))
    begins, ends = {}, {}
    for number, (time, is_begin, _, _, name, place) in enumerate(sorted(slots), start=1):
        eaf.timeslots[f"ts{number}"] = time
        (begins if is_begin else ends)[name, place] = f"ts{number}"
    return {key: (begin, ends[key]) for key, begin in begins.items()}


def mime_type(name: str) -> str:
    """ELAN's word for a media file's type, by its suffix."""
    return MIME_TYPES.get(name.rpartition(".")[2].lower(), "video/*")


def clean(text: str) -> str:
    """The text without what XML cannot hold, not even escaped: most control characters."""
    return _FORBIDDEN.sub("\ufffd", text)


def _clean(text: str | None) -> str | None:
    return None if text is None else clean(text)
