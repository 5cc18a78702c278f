"""The content of an ELAN file (.eaf): tiers and their annotations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, order=True)
class Annotation:
    """A text about an interval of time.

    `start` and `end` are whole milliseconds, half-open, counted from where players show 0:00. Those
    that the workflow writes are at least 1 ms long.
    """

    start: int
    end: int
    value: str


@dataclass(frozen=True)
class Tier:
    """A row of ELAN's timeline.

    Annotations that the workflow writes are in order and do not overlap.
    """

    name: str
    kind: str
    """Linguistic type."""
    annotations: Sequence[Annotation] = field(default_factory=tuple)
    parent: str | None = None
    """Name of the tier that this tier depends on."""
    participant: str | None = None
    annotator: str | None = None


@dataclass(frozen=True)
class LinkedMedia:
    """A media file that an ELAN file links."""

    name: str
    """Name of the file as in its address, without folders."""
    offset_ms: int
    """Position in the file at which the annotations' time is 0 (TIME_ORIGIN), ms."""


@dataclass(frozen=True)
class Document:
    """The content of one ELAN file."""

    properties: Mapping[str, str]
    """Properties of the header."""
    media: Sequence[LinkedMedia]
    """Linked media in the order of the file."""
    tiers: Sequence[Tier]
    """Tiers in the order of the file; annotations in the order of time."""
