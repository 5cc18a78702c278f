"""Colours of people in overlays: those of `corpus.core.person_colours` that fit videos."""

from collections.abc import Iterable

from corpus.core.person_colours import DARK, colour_number
from corpus.overlay.colour import Colour


def _rgb(colour: str) -> Colour:
    """A colour such as #3d77f8 as red, green and blue."""
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue


PALETTE: tuple[Colour, ...] = tuple(map(_rgb, DARK))
FACELESS_COLOUR: Colour = (190, 190, 190)
"""Colour of bodies without a detected face."""


def person_colours(people: Iterable[str]) -> dict[str, Colour]:
    """The colour of each person, by person id."""
    return {person: PALETTE[colour_number(person)] for person in people}
