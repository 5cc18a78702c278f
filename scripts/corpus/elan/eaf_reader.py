"""Reading ELAN's files back, whoever saved them, with a time for every annotation.

pympi reads .eaf files too, but tells neither where a file is broken, nor the times of annotations
that are not aligned to the media themselves. Those are shared out evenly, as ELAN shows them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from corpus.core.errors import InputError


@dataclass(frozen=True)
class Annotation:
    """An annotation and the tier it is on. Times are ms, where a player shows 0:00 as 0."""

    tier: str
    parent: str | None
    kind: str
    participant: str | None
    annotator: str | None
    start: int
    end: int
    value: str


@dataclass(frozen=True)
class Document:
    """What one file says. `properties` are those of the header."""

    properties: dict[str, str]
    media: dict[str, int]
    """Where each linked file, by its name, is when the annotations' time is 0: ms."""
    tiers: dict[str, str | None]
    """Names of all tiers, in the file's order, and the tier that each depends on."""
    annotations: list[Annotation]


def read(path: Path) -> Document:
    """The file's annotations, tier by tier in its order, each tier's by time.

    Raises InputError, which says what to change, for a file that is no .eaf or a broken one.
    """
    root = _root(path)
    try:
        tiers = {tier.get("TIER_ID", ""): tier.get("PARENT_REF") for tier in root.iterfind("TIER")}
        return Document(_properties(root), _media(root), tiers, list(_annotations(root)))
    except (LookupError, ValueError) as error:
        # What the schema asks for is not there: a file made by hand, or by another program.
        raise InputError(
            f"{path}: not as the format asks ({error}); open it in ELAN, which says what is wrong"
        ) from error


def _root(path: Path) -> Element:
    try:
        root = ElementTree.parse(path).getroot()
    except ElementTree.ParseError as error:
        line, _ = error.position
        what = str(error.msg).partition(": line")[0]
        raise InputError(
            f"{path}, line {line}: not well-formed XML ({what}); mend that line, with the file"
            " saved as UTF-8, or save it from ELAN again"
        ) from error
    except (LookupError, ValueError) as error:
        raise InputError(f"{path}: {error}; save it as UTF-8") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
    if root.tag != "ANNOTATION_DOCUMENT":
        raise InputError(f"{path}: no file of ELAN's: it begins with {root.tag}")
    return root


def _properties(root: Element) -> dict[str, str]:
    return {p.get("NAME", ""): p.text or "" for p in root.iterfind("HEADER/PROPERTY")}


def _media(root: Element) -> dict[str, int]:
    found = {}
    for media in root.iterfind("HEADER/MEDIA_DESCRIPTOR"):
        name = media.get("MEDIA_URL", "").replace("\\", "/").rpartition("/")[2]
        found[name] = int(media.get("TIME_ORIGIN") or 0)
    return found


def _annotations(root: Element) -> Iterator[Annotation]:
    tiers = {tier.get("TIER_ID", ""): tier for tier in root.iterfind("TIER")}
    stereotypes = {
        kind.get("LINGUISTIC_TYPE_ID"): kind.get("CONSTRAINTS")
        for kind in root.iterfind("LINGUISTIC_TYPE")
    }
    times = _slot_times(root, tiers)
    spans: dict[str, tuple[int, int]] = {}
    for name in _parents_first(tiers):
        kind = tiers[name].get("LINGUISTIC_TYPE_REF")
        spans |= _spans(tiers[name], stereotypes.get(kind), times, spans)
    for name, tier in tiers.items():
        found = [
            Annotation(
                name,
                tier.get("PARENT_REF"),
                tier.get("LINGUISTIC_TYPE_REF", ""),
                tier.get("PARTICIPANT") or None,
                tier.get("ANNOTATOR") or None,
                *spans[_id(element)],
                element.findtext("ANNOTATION_VALUE") or "",
            )
            for element in tier.iterfind("ANNOTATION/*")
        ]
        yield from sorted(found, key=lambda a: (a.start, a.end))


def _id(element: Element) -> str:
    return _attribute(element, "ANNOTATION_ID")


def _attribute(element: Element, name: str) -> str:
    try:
        return element.attrib[name]
    except KeyError:
        raise ValueError(f"{element.tag} without {name}") from None


def _parents_first(tiers: dict[str, Element]) -> list[str]:
    """Names of the tiers, each after the tier it depends on."""
    depth: dict[str, int] = {}

    def measure(name: str, above: tuple[str, ...] = ()) -> int:
        if name not in tiers:
            raise ValueError(f"tier {above[-1]!r} depends on {name!r}, which is not there")
        if name in above:
            raise ValueError(f"tier {name!r} depends on itself")
        if name not in depth:
            parent = tiers[name].get("PARENT_REF")
            depth[name] = measure(parent, (*above, name)) + 1 if parent else 0
        return depth[name]

    return sorted(tiers, key=measure)


def _spans(
    tier: Element,
    stereotype: str | None,
    times: dict[str, int],
    known: dict[str, tuple[int, int]],
) -> dict[str, tuple[int, int]]:
    """Start and end of a tier's annotations by id; `known` are those of the tiers above."""
    spans = {}
    for element in tier.iterfind("ANNOTATION/ALIGNABLE_ANNOTATION"):
        slots = [_attribute(element, f"TIME_SLOT_REF{number}") for number in (1, 2)]
        if missing := [slot for slot in slots if slot not in times]:
            raise ValueError(f"annotation {_id(element)}: no time slot {missing[0]}")
        spans[_id(element)] = times[slots[0]], times[slots[1]]
    for parent, family in _families(tier).items():
        if parent not in known:
            raise ValueError(f"annotation {_id(family[0])}: no annotation {parent} above it")
        start, end = known[parent]
        parts = len(family) if stereotype == "Symbolic_Subdivision" else 1
        for place, element in enumerate(family):
            part = min(place, parts - 1)
            spans[_id(element)] = (
                start + (end - start) * part // parts,
                start + (end - start) * (part + 1) // parts,
            )
    return spans


def _families(tier: Element) -> dict[str, list[Element]]:
    """Annotations that refer to another, by that one, each after the one that precedes it."""
    families: dict[str, list[Element]] = {}
    for element in tier.iterfind("ANNOTATION/REF_ANNOTATION"):
        families.setdefault(_attribute(element, "ANNOTATION_REF"), []).append(element)
    for parent, family in families.items():
        after = {element.get("PREVIOUS_ANNOTATION"): element for element in family}
        row: list[Element] = []
        while (element := after.pop(_id(row[-1]) if row else None, None)) is not None:
            row.append(element)
        families[parent] = row + [element for element in family if element not in row]
    return families


def _slot_times(root: Element, tiers: dict[str, Element]) -> dict[str, int]:
    """The time of each time slot, ms. Those without one lie evenly between those with one: along
    their tier, from its parent's start to its end, else in the file's time order."""
    slots = list(root.iterfind("TIME_ORDER/TIME_SLOT"))
    times = {
        _attribute(slot, "TIME_SLOT_ID"): int(slot.attrib["TIME_VALUE"])
        for slot in slots
        if "TIME_VALUE" in slot.attrib
    }
    for name in _parents_first(tiers):
        if tiers[name].get("PARENT_REF"):
            for chain in _chains(tiers[name]):
                _share_out(chain, times)
    in_order = [_attribute(slot, "TIME_SLOT_ID") for slot in slots]
    _share_out(in_order, times)
    last = 0
    for slot in in_order:
        last = times.setdefault(slot, last)
    return times


def _chains(tier: Element) -> Iterator[list[str]]:
    """Time slots of annotations that follow each other without a gap."""
    after = {
        _attribute(element, "TIME_SLOT_REF1"): _attribute(element, "TIME_SLOT_REF2")
        for element in tier.iterfind("ANNOTATION/ALIGNABLE_ANNOTATION")
    }
    ends = set(after.values())
    for first in [slot for slot in after if slot not in ends]:
        chain = [first]
        while chain[-1] in after:
            chain.append(after.pop(chain[-1]))
        yield chain


def _share_out(chain: Iterable[str], times: dict[str, int]) -> None:
    """Give a time to the slots between two that have one, in place."""
    chain = list(chain)
    fixed = [place for place, slot in enumerate(chain) if slot in times]
    for left, right in zip(fixed, fixed[1:], strict=False):
        start, end = times[chain[left]], times[chain[right]]
        for place in range(left + 1, right):
            times[chain[place]] = start + (place - left) * ((end - start) // (right - left))
