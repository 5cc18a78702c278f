"""Events of one coder, or of the workflow, about one hand of one person in one video."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from corpus.agreement.events import Event, intersect, joined, without_overlaps
from corpus.core.intervals import LabelledInterval, Span, resolve_overlaps
from corpus.tables.values import GESTURE_PHASES

LEVELS = {
    "units": "gesture units, from leaving rest to being at rest again",
    "phases": "movement and hold",
    "gesture labels": "texts of the coders' gestures",
    "phase labels": "texts of the coders' phases",
}
"""What is compared. The last two are for coders only."""
UNIT = "gesture"
"""Label of all gesture units."""
UNKNOWN = "unknown"
"""Person of all bodies without a detected face."""
JOIN_GAP_S = 0.1
"""Phases and units that are at most this far apart belong to one unit: coders leave small gaps
between phases, and a unit that goes on after a cut is one unit. It is the default of
`min_still_s`, below which a stop does not end a movement."""

Levels = Mapping[str, tuple[Event, ...]]
"""Events by level."""


@dataclass(frozen=True)
class Stream:
    """What one coder, or the workflow, annotated of one hand of one person in one video."""

    coder: str
    video: str
    person: str
    hand: str
    """left, right or both."""
    levels: Levels
    coded: tuple[Span, ...]
    """Spans of time that were coded, seconds."""
    n_annotations: int = 0
    n_prefilled: int = 0
    """Number of annotations that the workflow wrote and the coder left unchanged."""


def in_one_stream(phases: Iterable[Event]) -> tuple[Event, ...]:
    """Movements and holds without overlaps; where both overlap, the movement is kept.

    Successive movements, such as a preparation and its stroke, are one movement, as they are for
    the workflow, and so are successive holds.
    """
    intervals = [
        LabelledInterval(event.start_s, event.end_s, 0, event.label, "") for event in phases
    ]
    stream: list[Event] = []
    for each in resolve_overlaps(intervals, GESTURE_PHASES):
        last = stream[-1] if stream else None
        if last and last.label == each.label and each.start - last.end_s <= JOIN_GAP_S:
            stream[-1] = last._replace(end_s=max(last.end_s, each.end))
        else:
            stream.append(Event(each.start, each.end, each.label))
    return without_overlaps(stream)


def both_hands(left: Stream, right: Stream) -> Stream:
    """What a coder annotated of either hand."""
    levels = {
        "units": joined([*left.levels["units"], *right.levels["units"]], JOIN_GAP_S, UNIT),
    }
    if "phases" in left.levels and "phases" in right.levels:
        levels["phases"] = in_one_stream([*left.levels["phases"], *right.levels["phases"]])
    for level in ("gesture labels", "phase labels"):
        if level in left.levels and level in right.levels:
            levels[level] = without_overlaps([*left.levels[level], *right.levels[level]])
    return Stream(
        left.coder,
        left.video,
        left.person,
        "both",
        levels,
        tuple(intersect(left.coded, right.coded)),
        left.n_annotations + right.n_annotations,
        left.n_prefilled + right.n_prefilled,
    )
