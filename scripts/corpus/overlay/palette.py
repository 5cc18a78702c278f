"""A colour for each person: that of the page's dark scheme, so that somebody has one everywhere.

The first of them are told apart by colour-blind people, too (tests/test_page_colours.py). The
page's eighth, a grey, is left out: that is for bodies whose face was not found.
"""

from collections.abc import Iterable

from corpus.inputs import people_file

Colour = tuple[int, int, int]
"""Red, green, blue, 0 to 255."""

PALETTE: tuple[Colour, ...] = (
    (110, 168, 232),
    (240, 138, 84),
    (79, 192, 143),
    (195, 146, 216),
    (214, 173, 64),
    (82, 195, 214),
    (238, 132, 168),
)
UNKNOWN_COLOUR: Colour = (190, 190, 190)
"""Bodies whose face was not found."""


def person_colours(people: Iterable[str]) -> dict[str, Colour]:
    """A colour for each person of a video, the same in other videos where that can be.

    It goes by the person's number. Where two would have one colour, the later takes the next that
    is free; after seven people colours come again.
    """
    taken: dict[str, Colour] = {}
    for person in sorted(people, key=people_file.person_number):
        start = people_file.person_number(person) - 1
        wanted = [PALETTE[(start + n) % len(PALETTE)] for n in range(len(PALETTE))]
        free = [colour for colour in wanted if colour not in taken.values()]
        taken[person] = (free or wanted)[0]
    return taken


def blend(colour: Colour, other: Colour, share: float) -> Colour:
    """A colour with a share (0 to 1) of another in it."""
    red, green, blue = (
        round((1 - share) * a + share * b) for a, b in zip(colour, other, strict=True)
    )
    return red, green, blue
