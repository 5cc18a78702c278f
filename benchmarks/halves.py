"""Divide the people of a data set into a half to choose settings on and a half to report."""

from collections.abc import Iterable
from hashlib import sha1

HALVES = ("choose", "report")
"""Settings and thresholds are chosen on the first half only; published figures state the half."""


def half_of(person: str) -> str:
    """The half that a person belongs to: by the last bit of the SHA-1 of the name in UTF-8.

    A person is always in one half as a whole, so no face of the other half was seen before. The
    half does not depend on the other people of the data set.
    """
    return HALVES[sha1(person.encode()).digest()[-1] % 2]


def in_half(people: Iterable[str], half: str | None) -> list[str]:
    """The names of the people in one half, sorted; all people if `half` is None."""
    return sorted(name for name in set(people) if half in (None, half_of(name)))
