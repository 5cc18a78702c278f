"""Read ELAN files (.eaf), saved by any version, with a time for every annotation.

pympi also reads .eaf files, but it reports neither where a file is broken, nor the times of
annotations that are not aligned to the media themselves. Here, such annotations divide the time of
the annotation that they depend on evenly, as ELAN shows them.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from corpus.core.errors import InputError
from corpus.elan.document import Annotation, Document, LinkedMedia, Tier
from corpus.elan.linked_media import base_name

SpanMs = tuple[int, int]
"""Start and end, ms."""
MOST_NAMES = 3
"""Number of repeated names that one message shows."""


def read(path: Path) -> Document:
    """Read a file: its header, and its tiers with their annotations in the order of time.

    Raises InputError, with what to change, if the file is broken or is not an .eaf.
    """
    root = _parse(path)
    try:
        _check_unique(root, path)
        return Document(_properties(root), _linked_media(root), _read_tiers(root))
    except (LookupError, ValueError) as error:
        # A part that the schema requires is missing or wrong, in a file that was edited by hand or
        # written by another program.
        raise InputError(
            f"{path}: does not follow the EAF format ({error}); open it in ELAN to find the error"
        ) from error


def _parse(path: Path) -> Element:
    """The root element of a file. Raises InputError if it is not an .eaf that can be parsed."""
    try:
        root = ElementTree.parse(path).getroot()
    except ElementTree.ParseError as error:
        line, _ = error.position
        reason = str(error.msg).partition(": line")[0]
        raise InputError(
            f"{path}, line {line}: not well-formed XML ({reason}); correct that line and save the"
            " file as UTF-8, or save it from ELAN again"
        ) from error
    except (LookupError, ValueError) as error:
        raise InputError(f"{path}: {error}; save it as UTF-8") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
    if root.tag != "ANNOTATION_DOCUMENT":
        raise InputError(f"{path}: not an ELAN file, because it begins with {root.tag}")
    return root


def _properties(root: Element) -> dict[str, str]:
    return {p.get("NAME", ""): p.text or "" for p in root.iterfind("HEADER/PROPERTY")}


def _linked_media(root: Element) -> list[LinkedMedia]:
    media = []
    for element in root.iterfind("HEADER/MEDIA_DESCRIPTOR"):
        address = element.get("MEDIA_URL") or element.get("RELATIVE_MEDIA_URL", "")
        media.append(LinkedMedia(base_name(address), int(element.get("TIME_ORIGIN") or 0)))
    return media


def _check_unique(root: Element, path: Path) -> None:
    """Raise InputError for names and ids that are used twice.

    The annotations of one of the tiers, or the time of one of the annotations, would be lost.
    """
    parts = {
        "tiers with the name": ("TIER", "TIER_ID"),
        "annotations with the id": ("TIER/ANNOTATION/*", "ANNOTATION_ID"),
        "time slots with the id": ("TIME_ORDER/TIME_SLOT", "TIME_SLOT_ID"),
    }
    faults = []
    for words, (elements, attribute) in parts.items():
        counts = Counter(element.get(attribute) for element in root.iterfind(elements))
        faults += [f"{n} {words} {name!r}" for name, n in counts.items() if n > 1 and name]
    if faults:
        more = f" and {len(faults) - MOST_NAMES} more" if len(faults) > MOST_NAMES else ""
        raise InputError(
            f"{path}: {', '.join(faults[:MOST_NAMES])}{more}; give each its own in a text editor, "
            "also where other parts of the file refer to it"
        )


def _read_tiers(root: Element) -> list[Tier]:
    elements = {tier.get("TIER_ID", ""): tier for tier in root.iterfind("TIER")}
    spans = _annotation_spans(root, elements)
    tiers = []
    for name, element in elements.items():
        annotations = [
            Annotation(*spans[_id(annotation)], annotation.findtext("ANNOTATION_VALUE") or "")
            for annotation in element.iterfind("ANNOTATION/*")
        ]
        parent = element.get("PARENT_REF")
        tier = Tier(
            unicodedata.normalize("NFC", name),
            kind=element.get("LINGUISTIC_TYPE_REF", ""),
            annotations=sorted(annotations, key=lambda each: (each.start, each.end)),
            parent=unicodedata.normalize("NFC", parent) if parent is not None else None,
            participant=element.get("PARTICIPANT") or None,
            annotator=element.get("ANNOTATOR") or None,
        )
        tiers.append(tier)
    return tiers


def _annotation_spans(root: Element, tiers: dict[str, Element]) -> dict[str, SpanMs]:
    """Start and end of all annotations by id. `tiers` are the tier elements by name."""
    stereotypes = {
        kind.get("LINGUISTIC_TYPE_ID"): kind.get("CONSTRAINTS")
        for kind in root.iterfind("LINGUISTIC_TYPE")
    }
    times = _slot_times(root, tiers)
    spans: dict[str, SpanMs] = {}
    for name in _parents_first(tiers):
        kind = tiers[name].get("LINGUISTIC_TYPE_REF")
        spans |= _tier_spans(tiers[name], stereotypes.get(kind), times, spans)
    return spans


def _id(element: Element) -> str:
    return _attribute(element, "ANNOTATION_ID")


def _attribute(element: Element, name: str) -> str:
    try:
        return element.attrib[name]
    except KeyError:
        raise ValueError(f"{element.tag} without {name}") from None


def _parents_first(tiers: dict[str, Element]) -> list[str]:
    """Names of the tiers, each after the tier it depends on."""
    depth_of: dict[str, int] = {}
    for name in tiers:
        # No recursion: Python limits its depth to about a thousand.
        branch: dict[str, None] = {}
        current: str | None = name
        while current and current not in depth_of:
            if current in branch:
                raise ValueError(f"tier {current!r} depends on itself")
            branch[current] = None
            parent = tiers[current].get("PARENT_REF")
            if parent and parent not in tiers:
                raise ValueError(f"tier {current!r} depends on {parent!r}, which does not exist")
            current = parent
        depth = depth_of[current] + 1 if current else 0
        for below in reversed(branch):
            depth_of[below] = depth
            depth += 1
    return sorted(tiers, key=depth_of.__getitem__)


def _tier_spans(
    tier: Element,
    stereotype: str | None,
    times: dict[str, int],
    parent_spans: dict[str, SpanMs],
) -> dict[str, SpanMs]:
    """Start and end of a tier's annotations by id.

    Parameters
    ----------
    tier
        The tier's element.
    stereotype
        Stereotype of the tier's linguistic type.
    times
        Time of each time slot, ms.
    parent_spans
        Start and end of the annotations of the tiers above.
    """
    spans = {}
    for element in tier.iterfind("ANNOTATION/ALIGNABLE_ANNOTATION"):
        slots = [_attribute(element, f"TIME_SLOT_REF{number}") for number in (1, 2)]
        if missing := [slot for slot in slots if slot not in times]:
            raise ValueError(f"annotation {_id(element)}: no time slot {missing[0]}")
        spans[_id(element)] = times[slots[0]], times[slots[1]]
    for parent, children in _children_by_annotation(tier).items():
        if parent not in parent_spans:
            raise ValueError(f"annotation {_id(children[0])}: no annotation {parent} above it")
        # Only subdivisions divide the time of their parent; others have its whole time.
        n_parts = len(children) if stereotype == "Symbolic_Subdivision" else 1
        for index, element in enumerate(children):
            part = min(index, n_parts - 1)
            spans[_id(element)] = _part_of_span(parent_spans[parent], part, n_parts)
    return spans


def _part_of_span(span: SpanMs, part: int, n_parts: int) -> SpanMs:
    """One of `n_parts` equally long parts of a span."""
    start, end = span
    return (
        start + (end - start) * part // n_parts,
        start + (end - start) * (part + 1) // n_parts,
    )


def _children_by_annotation(tier: Element) -> dict[str, list[Element]]:
    """Annotations that refer to another annotation, by the id of that annotation.

    In the order that PREVIOUS_ANNOTATION gives, then those outside this chain.
    """
    children_of: dict[str, list[Element]] = {}
    for element in tier.iterfind("ANNOTATION/REF_ANNOTATION"):
        children_of.setdefault(_attribute(element, "ANNOTATION_REF"), []).append(element)
    for parent, children in children_of.items():
        next_of = {element.get("PREVIOUS_ANNOTATION"): element for element in children}
        chain: list[Element] = []
        while (element := next_of.pop(_id(chain[-1]) if chain else None, None)) is not None:
            chain.append(element)
        in_chain = set(chain)
        children_of[parent] = chain + [each for each in children if each not in in_chain]
    return children_of


def _slot_times(root: Element, tiers: dict[str, Element]) -> dict[str, int]:
    """Time of each time slot by id, ms.

    Slots without a time are spaced evenly between slots with a time: within a child tier from the
    start to the end of the parent's annotation, otherwise in the time order of the file.
    """
    slots = list(root.iterfind("TIME_ORDER/TIME_SLOT"))
    times = {
        _attribute(slot, "TIME_SLOT_ID"): int(slot.attrib["TIME_VALUE"])
        for slot in slots
        if "TIME_VALUE" in slot.attrib
    }
    for name in _parents_first(tiers):
        if tiers[name].get("PARENT_REF"):
            for chain in _slot_chains(tiers[name]):
                _space_evenly(chain, times)
    time_order = [_attribute(slot, "TIME_SLOT_ID") for slot in slots]
    _space_evenly(time_order, times)
    last = 0
    for slot in time_order:
        last = times.setdefault(slot, last)
    return times


def _slot_chains(tier: Element) -> Iterator[list[str]]:
    """Time slots of annotations that follow each other without a gap."""
    next_slot = {
        _attribute(element, "TIME_SLOT_REF1"): _attribute(element, "TIME_SLOT_REF2")
        for element in tier.iterfind("ANNOTATION/ALIGNABLE_ANNOTATION")
    }
    ends = set(next_slot.values())
    for first in [slot for slot in next_slot if slot not in ends]:
        chain = [first]
        while chain[-1] in next_slot:
            chain.append(next_slot.pop(chain[-1]))
        yield chain


def _space_evenly(chain: Iterable[str], times: dict[str, int]) -> None:
    """Set the times of slots between two slots that have a time. Changes `times` in place."""
    chain = list(chain)
    timed = [index for index, slot in enumerate(chain) if slot in times]
    for left, right in zip(timed, timed[1:], strict=False):
        start, end = times[chain[left]], times[chain[right]]
        for index in range(left + 1, right):
            times[chain[index]] = start + (index - left) * ((end - start) // (right - left))
