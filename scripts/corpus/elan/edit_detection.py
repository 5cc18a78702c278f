"""How to tell, when an .eaf comes back, what the workflow wrote and what people did to it.

Ids are no help: ELAN numbers time slots anew when it saves. So the header says what was written, as
short checksums of each tier's name and of each annotation, in properties that ELAN keeps; and a
seal says whether the file is, byte for byte, as it was written.
"""

import re
from collections.abc import Iterable
from hashlib import sha256

TIERS, ANNOTATIONS, SEAL = "written_tiers", "written_annotations", "seal"
Row = tuple[str, int, int, str]
"""An annotation: tier, start and end in ms, value."""

_OPEN = "0" * 64
_SEALED = re.compile(rf'(<PROPERTY NAME="{SEAL}">)([0-9a-f]{{64}})(</PROPERTY>)')


def of_tier(name: str) -> str:
    """Eight hexadecimal digits that stand for a tier."""
    return sha256(name.encode()).hexdigest()[:8]


def of_row(row: Row) -> str:
    """Eight hexadecimal digits that stand for an annotation."""
    return sha256("\t".join(map(str, row)).encode()).hexdigest()[:8]


def of(tiers: Iterable[str], rows: Iterable[Row]) -> dict[str, str]:
    """Properties for a file with these tiers and annotations, its seal still open."""
    return {
        TIERS: " ".join(map(of_tier, tiers)),
        ANNOTATIONS: " ".join(map(of_row, rows)),
        SEAL: _OPEN,
    }


def seal(text: str) -> str:
    """The text with its own checksum in the place that is kept for it."""
    digest = sha256(text.encode()).hexdigest()
    return _SEALED.sub(rf"\g<1>{digest}\g<3>", text, count=1)


def is_as_written(content: bytes) -> bool:
    """Whether an .eaf is what `seal` made; false for anything that somebody saved since."""
    text = content.decode("utf-8", "replace")
    found = _SEALED.search(text)
    return found is not None and seal(text.replace(found[2], _OPEN, 1)) == text


class Written:
    """What the workflow had written into a file, from the properties of its header."""

    def __init__(self, properties: dict[str, str]) -> None:
        self.tiers = set(properties.get(TIERS, "").split())
        self.annotations = set(properties.get(ANNOTATIONS, "").split())

    def origin(self, row: Row) -> str:
        """One of corpus.tables.ORIGINS for an annotation as it is now."""
        if of_tier(row[0]) not in self.tiers:
            return "added"
        return "workflow" if of_row(row) in self.annotations else "changed"

    def gone(self, rows: Iterable[Row]) -> int:
        """How many of the annotations that were written are not there any more as they were."""
        return len(self.annotations - set(map(of_row, rows)))
