"""A colour for each person that colour-blind people tell apart, too.

Okabe and Ito's palette (jfly.uni-koeln.de/color, 2008) without black; the blue, which is dark,
comes last.
"""

from collections.abc import Iterable

from corpus import naming

Colour = tuple[int, int, int]
"""Red, green, blue, 0 to 255."""

PALETTE: tuple[Colour, ...] = (
    (230, 159, 0),
    (86, 180, 233),
    (0, 158, 115),
    (204, 121, 167),
    (240, 228, 66),
    (213, 94, 0),
    (0, 114, 178),
)
UNKNOWN: Colour = (190, 190, 190)
"""Bodies whose face was not found."""


def colours(people: Iterable[str]) -> dict[str, Colour]:
    """A colour for each person of a video, the same in other videos where that can be.

    It goes by the person's number. Where two would have one colour, the later takes the next that
    is free; after seven people colours come again.
    """
    taken: dict[str, Colour] = {}
    for person in sorted(people, key=naming.order):
        start = naming.order(person) - 1
        wanted = [PALETTE[(start + n) % len(PALETTE)] for n in range(len(PALETTE))]
        free = [colour for colour in wanted if colour not in taken.values()]
        taken[person] = (free or wanted)[0]
    return taken


def mixed(colour: Colour, other: Colour, share: float) -> Colour:
    """A colour with a share (0 to 1) of another in it."""
    red, green, blue = (
        round((1 - share) * a + share * b) for a, b in zip(colour, other, strict=True)
    )
    return red, green, blue
