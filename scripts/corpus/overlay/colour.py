"""Colours of the drawings, and how to mix them."""

Colour = tuple[int, int, int]
"""Red, green, blue, 0 to 255."""

BLACK: Colour = (0, 0, 0)
WHITE: Colour = (255, 255, 255)
BACKGROUND: Colour = (24, 26, 30)
"""Background of the timeline, and of skeleton videos."""


def blend(colour: Colour, other: Colour, share: float) -> Colour:
    """Mix two colours; `share` (0 to 1) is the share of `other`."""
    red, green, blue = (
        round((1 - share) * a + share * b) for a, b in zip(colour, other, strict=True)
    )
    return red, green, blue
