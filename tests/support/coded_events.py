"""Events and sections for tests of agreement."""

from corpus.agreement.events import Event, Section


def events(*rows: tuple) -> tuple[Event, ...]:
    """Events from (start_s, end_s) or (start_s, end_s, label); the label is gesture by default."""
    return tuple(Event(*row) if len(row) == 3 else Event(*row, "gesture") for row in rows)


def section(first: list[tuple], second: list[tuple], end_s: float = 10) -> Section:
    """What two coders annotated from 0 s to `end_s`."""
    return Section(events(*first), events(*second), ((0.0, end_s),))
