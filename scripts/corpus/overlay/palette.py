"""Colours of people: those of the page's dark scheme, so that a person has one colour everywhere.

People with colour blindness can distinguish the first four, as
tests/unit/report/test_page_colours.py checks. The page's eighth colour, a grey, is left out here,
because overlays draw bodies without a detected face in grey.
"""

from collections.abc import Iterable

from corpus.inputs import people_file
from corpus.overlay.colour import Colour

PALETTE: tuple[Colour, ...] = (
    (110, 168, 232),
    (240, 138, 84),
    (79, 192, 143),
    (195, 146, 216),
    (214, 173, 64),
    (82, 195, 214),
    (238, 132, 168),
)
FACELESS_COLOUR: Colour = (190, 190, 190)
"""Colour of bodies without a detected face."""


def person_colours(people: Iterable[str]) -> dict[str, Colour]:
    """Assign a colour to each person of a video, by person id.

    The colour follows from the person's number, so that a person usually has the same colour in all
    videos. If an earlier person of the video has that colour, the next free one is used. Colours
    repeat after seven people.
    """
    colours: dict[str, Colour] = {}
    for person in sorted(people, key=people_file.person_number):
        first = people_file.person_number(person) - 1
        candidates = [PALETTE[(first + n) % len(PALETTE)] for n in range(len(PALETTE))]
        free = [colour for colour in candidates if colour not in colours.values()]
        colours[person] = (free or candidates)[0]
    return colours
