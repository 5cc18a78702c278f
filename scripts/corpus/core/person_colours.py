"""Colours of people: the same on the page, in overlays and in plots.

A colour follows from the number in the person's id, so it stays when people or videos are added.
Colours repeat after eight people; the page also gives each person a shape.

Within each scheme, the colours were chosen by a random search for the largest differences in OKLab
(Ottosson 2020, https://bottosson.github.io/posts/oklab/), for normal vision and for simulated
protanopia and deuteranopia. tests/unit/report/test_page_colours.py checks these differences and
the contrast with the backgrounds of the page.
"""

LIGHT = (
    "#255bc7", "#c21d01", "#048d6c", "#784880", "#b37902", "#158dbd", "#e74882", "#4a6838",
)  # fmt: skip
"""On light backgrounds: the page's light scheme, and plots. Shapes have a contrast of 3 at least,
which is too little for text."""
DARK = (
    "#6d8bed", "#d77822", "#539e84", "#c7a8ff", "#e0b32f", "#80f2fe", "#ffa9ae", "#ccee77",
)  # fmt: skip
"""On dark backgrounds: the page's dark scheme, and drawings with a black rim on videos."""
N_SHAPES = 6
"""Number of shapes of the page, SHAPES in assets/dom.js."""


def colour_number(person: str) -> int:
    """Number of a person's colour, 0 to 7, from a person id such as p0001.

    Raises ValueError if the id is not a letter and a number.
    """
    return (int(person[1:]) - 1) % len(LIGHT)


def shape_number(person: str) -> int:
    """Number of a person's shape on the page, 0 to 5: the next one after each eight people."""
    return (int(person[1:]) - 1) // len(LIGHT) % N_SHAPES


def css() -> str:
    """The colours as custom properties --p0 to --p7 for both colour schemes of a page.

    On an element of the class `over-video`, and on what it contains, they are always those that
    fit videos.
    """
    light, dark = (
        " ".join(f"--p{number}: {colour};" for number, colour in enumerate(colours))
        for colours in (LIGHT, DARK)
    )
    return (
        f":root {{ {light} }}\n"
        f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n"
        f".over-video {{ {dark} }}\n"
    )
