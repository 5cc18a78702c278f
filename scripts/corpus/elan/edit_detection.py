"""Detect, when an ELAN file is read back, what the workflow wrote and what people changed.

Ids cannot be compared, because ELAN renumbers time slots when it saves a file. The workflow instead
records what it wrote in properties of the header, which ELAN keeps: a short fingerprint of each
tier's name and of each annotation. A checksum of the whole file, called the seal, tells whether the
file was saved since.
"""

import re
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path

from corpus.elan.document import Annotation, Tier

TIERS, ANNOTATIONS, SEAL = "written_tiers", "written_annotations", "seal"
"""Names of the properties in the header."""

_EMPTY_SEAL = "0" * 64
_SEAL_PROPERTY = re.compile(rf'(<PROPERTY NAME="{SEAL}">)([0-9a-f]{{64}})(</PROPERTY>)')


def tier_fingerprint(name: str) -> str:
    """Eight hexadecimal digits that identify a tier: the start of the SHA-256 of its name."""
    return sha256(name.encode()).hexdigest()[:8]


def annotation_fingerprint(tier_name: str, annotation: Annotation) -> str:
    """Eight hexadecimal digits that identify an annotation: the start of the SHA-256 of its tier's
    name, start, end and value."""
    text = f"{tier_name}\t{annotation.start}\t{annotation.end}\t{annotation.value}"
    return sha256(text.encode()).hexdigest()[:8]


def _fingerprints(tiers: Iterable[Tier]) -> list[str]:
    return [
        annotation_fingerprint(tier.name, annotation)
        for tier in tiers
        for annotation in tier.annotations
    ]


def header_properties(tiers: Iterable[Tier]) -> dict[str, str]:
    """Properties that record these tiers and their annotations, with a seal that is still empty.

    Call `seal` with the complete text of the file afterwards.
    """
    tiers = list(tiers)
    return {
        TIERS: " ".join(tier_fingerprint(tier.name) for tier in tiers),
        ANNOTATIONS: " ".join(_fingerprints(tiers)),
        SEAL: _EMPTY_SEAL,
    }


def seal(text: str) -> str:
    """The text of a file with its own SHA-256 in place of the empty seal."""
    digest = sha256(text.encode()).hexdigest()
    return _SEAL_PROPERTY.sub(rf"\g<1>{digest}\g<3>", text, count=1)


def is_unedited(path: Path, content: bytes) -> bool:
    """Whether an .eaf is byte for byte as `seal` returned it; False if it was saved since.

    The path is not used: ELAN files are recognised wherever they are.
    """
    text = content.decode("utf-8", "replace")
    match = _SEAL_PROPERTY.search(text)
    return match is not None and seal(text.replace(match[2], _EMPTY_SEAL, 1)) == text


class WrittenContent:
    """What the workflow wrote into a file, from the properties of its header.

    Without these properties, as in a file that was created in ELAN, it is empty.
    """

    def __init__(self, properties: Mapping[str, str]) -> None:
        self.tiers = set(properties.get(TIERS, "").split())
        self.annotations = set(properties.get(ANNOTATIONS, "").split())

    def origin(self, tier_name: str, annotation: Annotation) -> str:
        """Origin of an annotation in its present state: one of `corpus.tables.schemas.ORIGINS`."""
        if tier_fingerprint(tier_name) not in self.tiers:
            return "added"
        is_written = annotation_fingerprint(tier_name, annotation) in self.annotations
        return "workflow" if is_written else "changed"

    def count_missing(self, tiers: Iterable[Tier]) -> int:
        """Number of written annotations that are no longer in `tiers`: changed or deleted."""
        return len(self.annotations - set(_fingerprints(tiers)))
