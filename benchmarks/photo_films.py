"""Render films from photographs of people, one folder per person, with their truth.

python benchmarks/photo_films.py PHOTOGRAPHS --half report --work /tmp/photo_films

Photographs of one person differ as recordings of several years do. Each is in one film only: in a
film of its person, in a film of all people, or on a slide. README.md in this folder describes the
films and the labels.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, zip_longest
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

import numpy as np

import labelled_clips
from corpus.core.errors import InputError, run
from film_files import FPS, HEIGHT, WIDTH, Pictures, read_photograph
from film_joins import CUT, JOINS, Join, join
from film_truth import Appearance, Truth, write_films
from halves import HALVES, in_half

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp")
SECONDS = (0.6, 2.0, 0.8, 1.4, 1.0)
"""How long the photographs are shown, in turn; the time of a gradual transition is added."""
SLIDE_S = 2.0
"""How long a slide is shown, seconds."""
MIXED_JOINS = (CUT, *JOINS[1:3])
"""The joins of the film of all people, in turn: a cut, a dissolve and a fade through black."""
PER_FILM = 12
"""Largest number of photographs in a film of several people."""
PAPER, INK = 245, 90
"""Grey levels of a slide and of its lines of text."""


class Photograph(NamedTuple):
    """A file that shows one person."""

    person: str
    path: Path


def photographs(folder: Path, half: str | None) -> dict[str, list[Photograph]]:
    """The photographs of each person in this half; the name of a folder is the person.

    Raises InputError if there are none.
    """
    of_person = {
        subfolder.name: [
            Photograph(subfolder.name, path)
            for path in sorted(subfolder.iterdir())
            if path.suffix.lower() in SUFFIXES
        ]
        for subfolder in sorted(folder.iterdir())
        if subfolder.is_dir()
    }
    people = in_half((name for name, photos in of_person.items() if photos), half)
    if not people:
        raise InputError(f"{folder}: needs one folder of photographs for each person")
    return {name: of_person[name] for name in people}


# Films -------------------------------------------------------------------------------------------


def show(photos: Sequence[Photograph], joins: Sequence[Join]) -> tuple[Pictures, Truth]:
    """Show photographs one after the other; `SECONDS` and `joins` are used in turn."""
    hows = [joins[number % len(joins)] for number in range(len(photos) - 1)]
    mixed_s = [sum(how.seconds for how in hows[max(n - 1, 0) : n + 1]) for n in range(len(photos))]
    pieces = []
    for number, photo in enumerate(photos):
        n_pictures = round((SECONDS[number % len(SECONDS)] + mixed_s[number]) * FPS)
        pieces.append(repeat(read_photograph(photo.path), n_pictures))
    return film(photos, pieces, hows)


def show_slides(photos: Sequence[Photograph]) -> tuple[Pictures, Truth]:
    """Show each photograph on a slide beside lines of text, one after the other.

    The slides have one layout, so only a quarter of the picture changes between them. Whether this
    is a cut is not stated.
    """
    n_pictures = round(SLIDE_S * FPS)
    pieces = [
        repeat(slide(read_photograph(photo.path, WIDTH // 2, HEIGHT // 2)), n_pictures)
        for photo in photos
    ]
    pictures, truth = film(photos, pieces, [CUT] * (len(photos) - 1))
    return pictures, Truth(None, truth.appearances)


def film(
    photos: Sequence[Photograph], pieces: Sequence[Pictures], joins: Sequence[Join]
) -> tuple[Pictures, Truth]:
    """The pieces, joined, and their truth."""
    pictures, changes, intervals = join(pieces, joins)
    shown = zip(intervals, photos, strict=True)
    return pictures, Truth(
        changes, [Appearance(start, end, photo.person) for (start, end), photo in shown]
    )


def repeat(picture: np.ndarray, n_pictures: int) -> Pictures:
    return np.broadcast_to(picture, (n_pictures, *picture.shape))


def slide(photograph: np.ndarray) -> np.ndarray:
    """A slide in the size of a film: a title, the photograph below it, and lines of text beside."""
    page = np.full((HEIGHT, WIDTH, 3), PAPER, dtype=np.uint8)
    page[30:60, 40 : WIDTH // 2] = INK
    height, width = photograph.shape[:2]
    page[120 : 120 + height, 30 : 30 + width] = photograph
    for line in range(6):
        top = 130 + 36 * line
        page[top : top + 8, WIDTH // 2 + 60 : WIDTH - 40 - 30 * (line % 3)] = INK
    return page


def films(
    photos: Mapping[str, Sequence[Photograph]],
) -> Iterator[tuple[str, tuple[Pictures, Truth]]]:
    """Yield all films with their names.

    Of each person, the first of every three photographs is in a film of all people, the second in
    the film of this person, and the third on a slide.
    """
    ids = labelled_clips.video_ids(photos)
    for person, own in photos.items():
        if own[1::3]:
            yield f"{ids[person]}.mp4", show(own[1::3], [CUT])
    for number, several in enumerate(in_turn([own[0::3] for own in photos.values()]), start=1):
        yield f"all_people_{number}.mp4", show(several, MIXED_JOINS)
    for number, several in enumerate(in_turn([own[2::3] for own in photos.values()]), start=1):
        yield f"slides_{number}.mp4", show_slides(several)


def in_turn(lists: Sequence[Sequence[Photograph]]) -> list[list[Photograph]]:
    """The first of each list, then the second of each, and so on, `PER_FILM` at a time."""
    photos = [photo for photo in chain(*zip_longest(*lists)) if photo]
    return [photos[start : start + PER_FILM] for start in range(0, len(photos), PER_FILM)]


def main() -> None:
    """Render the films and write their labels."""
    options = parse_arguments()
    photos = photographs(options.photographs, options.half)
    write_films(options.work, films(photos))


def parse_arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add = parser.add_argument
    add("photographs", type=Path, help="folder with one folder of photographs for each person")
    add("--half", choices=HALVES, help="only these people; default: all people")
    add("--work", type=Path, required=True, help="output folder")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
