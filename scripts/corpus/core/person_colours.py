"""Colours of people: the same on the page, in overlays and in plots.

A colour follows from the number in the person's id, so it stays when people or videos are added.
Colours repeat after eight people; the page also gives each person a shape.

A person has one hue in OKLab (Ottosson 2020, https://bottosson.github.io/posts/oklab/), and a
lighter and a darker colour of it, since no eight colours differ enough on both backgrounds. They
were chosen by a random search for the largest differences between people within each scheme, for
normal vision and for simulated protanopia and deuteranopia. tests/unit/report/test_page_colours.py
checks the hues, these differences, and the contrast with the backgrounds of the page.
"""

LIGHT = (
    "#1b48b3", "#ca2d45", "#01816d", "#cb15fa", "#a98203", "#1385b6", "#d73e9c", "#556805",
)  # fmt: skip
"""On light backgrounds: the page's light scheme, and plots. Shapes have a contrast of 3 at least,
which is too little for text."""
DARK = (
    "#3d77f8", "#f09194", "#098772", "#ab53c9", "#e4b10f", "#3abbf8", "#f26ab8", "#819c1c",
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
