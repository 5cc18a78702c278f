"""Write tiers as the text of an ELAN file (.eaf, EAF 3.0), with pympi.

The text follows the schema (https://www.mpi.nl/tools/elan/EAFv3.0.xsd) and "EAF Annotation Format
3.0 and ELAN" (https://www.mpi.nl/tools/elan/EAF_Annotation_Format_3.0_and_ELAN.pdf).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from xml.etree import ElementTree

from pympi.Elan import Eaf, to_adocument

from corpus.core.safe_text import xml_text
from corpus.elan import edit_detection
from corpus.elan.document import Tier
from corpus.elan.vocabularies import add_vocabularies

AUTHOR = "video-corpus-workflow"
DATE = "1970-01-01T00:00:00+00:00"
"""The schema requires a date. The current date would change the file at each run with the same
data; ELAN writes the current date when somebody saves the file."""

SCHEMA = "http://www.mpi.nl/tools/elan/EAFv3.0.xsd"
KINDS = {"shots": None, "presence": None, "hand": "Included_In", "gesture phase": None}
"""Linguistic types and their stereotypes. With `Included_In`, ELAN keeps each annotation inside an
annotation of the parent tier, and allows gaps. `gesture phase` is for tiers that coders add."""
USER_KIND = "default-lt"
"""The linguistic type that ELAN offers for tiers that people add; pympi creates it."""

MIME_TYPES = {
    "mpg": "video/mpeg",
    "mpeg": "video/mpeg",
    "mp4": "video/mp4",
    "m4v": "video/mp4",
    "mov": "video/quicktime",
}
"""MIME types by suffix, as ELAN writes them; ELAN writes video/* for all other formats."""


def format_document(
    tiers: Sequence[Tier],
    media: str | None,
    properties: Mapping[str, str],
    provenance: Mapping[str, object],
) -> str:
    """Text of an .eaf with these tiers.

    Parameters
    ----------
    tiers
        Tiers to write, parents before their children.
    media
        Path of the video relative to the folder of the .eaf; None if there is no video to play.
    properties
        Properties for the header. ELAN keeps them when it saves the file.
    provenance
        What made the file; written as JSON into the header.

    The header also records what is written, for `corpus.elan.edit_detection`. Characters that XML
    does not allow are replaced, see `corpus.core.safe_text.xml_text`.
    """
    eaf = _empty_eaf(media)
    tiers = [_clean_tier(tier) for tier in tiers]
    add_vocabularies(eaf, tiers)
    slots = _add_time_slots(eaf, tiers)
    n_annotations = 0
    for row, tier in enumerate(tiers):
        eaf.add_tier(tier.name, tier.kind, tier.parent, part=tier.participant)
        aligned_annotations = eaf.tiers[tier.name][0]
        for position, annotation in enumerate(tier.annotations):
            n_annotations += 1
            start, end = slots[row, position]
            aligned_annotations[f"a{n_annotations}"] = (start, end, annotation.value, None)
    eaf.properties = [
        *((name, xml_text(value)) for name, value in properties.items()),
        ("provenance", xml_text(json.dumps(provenance, sort_keys=True))),
        *edit_detection.header_properties(tiers).items(),
        ("lastUsedAnnotationId", str(n_annotations)),
    ]
    return edit_detection.seal(_format_like_elan(eaf))


def _empty_eaf(media: str | None) -> Eaf:
    """A document without tiers, linked to `media`."""
    eaf = Eaf(author=AUTHOR)
    eaf.adocument |= {
        "DATE": DATE,
        "FORMAT": "3.0",
        "VERSION": "3.0",
        "xsi:noNamespaceSchemaLocation": SCHEMA,
    }
    eaf.header = {"MEDIA_FILE": "", "TIME_UNITS": "milliseconds"}
    if media:
        # ELAN looks for the file in this order: at MEDIA_URL, beside the .eaf by the last part of
        # MEDIA_URL, at RELATIVE_MEDIA_URL. An absolute path would be valid on one computer only.
        name = media.rpartition("/")[2]
        eaf.add_linked_file(name, relpath=media, mimetype=mime_type(name))
    eaf.tiers.clear()
    for kind, stereotype in KINDS.items():
        eaf.add_linguistic_type(kind, stereotype)
    return eaf


def _clean_tier(tier: Tier) -> Tier:
    return replace(
        tier,
        name=xml_text(tier.name),
        parent=None if tier.parent is None else xml_text(tier.parent),
        participant=None if tier.participant is None else xml_text(tier.participant),
        annotations=[replace(each, value=xml_text(each.value)) for each in tier.annotations],
    )


def _format_like_elan(eaf: Eaf) -> str:
    """Text of the file with attributes in alphabetical order and no space before `/>`.

    R's package act reads .eaf files with regular expressions, and would not find times otherwise.
    """
    root = to_adocument(eaf)
    for element in root.iter():
        attributes = sorted(element.attrib.items())
        element.attrib.clear()
        element.attrib.update(attributes)
    # A ">" in names and values is escaped, so " />" only occurs at the end of an element.
    text = ElementTree.tostring(root, encoding="unicode").replace(" />", "/>")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _add_time_slots(eaf: Eaf, tiers: Sequence[Tier]) -> dict[tuple[int, int], tuple[str, str]]:
    """Fill in the time order of the document.

    Returns the ids of the start and end slots of each annotation, by (number of the tier, position
    in the tier). Each annotation has two slots of its own: if two annotations shared a slot, ELAN
    would move both when one is dragged. At equal times, ends come before starts, and the slots of a
    parent enclose those of its children.
    """
    depth_of: dict[str, int] = {}
    for tier in tiers:
        depth_of[tier.name] = depth_of[tier.parent] + 1 if tier.parent else 0
    edges = []
    for row, tier in enumerate(tiers):
        depth = depth_of[tier.name]
        for position, annotation in enumerate(tier.annotations):
            edges.append((annotation.start, 1, depth, row, position))
            edges.append((annotation.end, 0, -depth, row, position))
    starts, ends = {}, {}
    for number, (time_ms, is_start, _, row, position) in enumerate(sorted(edges), start=1):
        eaf.timeslots[f"ts{number}"] = time_ms
        (starts if is_start else ends)[row, position] = f"ts{number}"
    return {key: (start, ends[key]) for key, start in starts.items()}


def mime_type(name: str) -> str:
    """ELAN's MIME type for a media file, from its suffix."""
    return MIME_TYPES.get(name.rpartition(".")[2].lower(), "video/*")
