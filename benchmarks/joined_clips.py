"""Render films of several people from labelled clips of one person each, with their truth.

python benchmarks/joined_clips.py CLIPS --labels CLIPS/LABELS.csv --half report --work /tmp/joined

Two people follow each other by a cut or a transition, are side by side, and swap places; one talk
is split into several files. README.md in this folder describes the films and the labels.
"""

import argparse
import itertools
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

import numpy as np

import labelled_clips
from corpus.core.errors import InputError, run
from film_files import FPS, HEIGHT, WIDTH, Pictures, read_clip
from film_joins import JOINS, Join, join
from film_truth import Appearance, Change, Truth, moving_appearances, write_films
from halves import HALVES, in_half

PIECE_S = 1.8
"""Length of a piece of a clip in a film of several people, seconds."""
PART_S = 1.0
"""Shortest part of a talk that is split into files, seconds."""
SWAP_S = 1.0
"""Time in which two people swap places, seconds."""
STEP_S = 0.04
"""Length of the intervals in which the place of a moving person is stated, seconds."""
LEFT, RIGHT = 0.25, 0.75
"""Centres of two people side by side, as shares of the width."""

Film = tuple[Pictures, Truth]
PeopleClips = Mapping[str, Sequence[Path]]
"""Clips of each person."""


# Films of two people -----------------------------------------------------------------------------


def joined(old: Pictures, new: Pictures, people: tuple[str, str], how: Join) -> Film:
    """One person, then another. The pictures of a transition show nobody for certain."""
    pictures, changes, intervals = join([old, new], [how])
    shown = zip(intervals, people, strict=True)
    appearances = [Appearance(start, end, person) for (start, end), person in shown]
    return pictures, Truth(changes, appearances)


def side_by_side(left: Pictures, right: Pictures, people: tuple[str, str]) -> Film:
    """Two people beside each other, for as long as the shorter piece; each in half the width."""
    n_pictures = min(len(left), len(right))
    pictures = np.concatenate([left[:n_pictures], right[:n_pictures]], axis=2)
    end_s = n_pictures / FPS
    places = zip(people, (LEFT, RIGHT), strict=True)
    return pictures, Truth([], [Appearance(0.0, end_s, person, x, 0.5) for person, x in places])


def swapped_by_cut(left: Pictures, right: Pictures, people: tuple[str, str]) -> Film:
    """Two people side by side who have swapped places after a cut."""
    n_pictures = min(len(left), len(right))
    middle = n_pictures // 2
    before, _ = side_by_side(left[:middle], right[:middle], people)
    after, _ = side_by_side(right[middle:n_pictures], left[middle:n_pictures], people)
    cut_s, end_s = middle / FPS, n_pictures / FPS
    first, second = people
    appearances = [
        Appearance(0.0, cut_s, first, LEFT, 0.5),
        Appearance(0.0, cut_s, second, RIGHT, 0.5),
        Appearance(cut_s, end_s, second, LEFT, 0.5),
        Appearance(cut_s, end_s, first, RIGHT, 0.5),
    ]
    return np.concatenate([before, after]), Truth([Change(cut_s, cut_s)], appearances)


def swap_progress(n_pictures: int) -> np.ndarray:
    """How far the swap is in each picture: 0 before, 1 after, and linear in its `SWAP_S`."""
    steps = (np.arange(n_pictures) - n_pictures / 2) / (SWAP_S * FPS) + 0.5
    return np.clip(steps, 0, 1)


def crossing(left: Pictures, right: Pictures, people: tuple[str, str]) -> Film:
    """Two people who walk past each other without a cut, the first in front of the second.

    While the one in front covers more than a quarter of the other, nobody's place is stated.
    """
    n_pictures = min(len(left), len(right))
    height, width = left.shape[1:3]
    progress = swap_progress(n_pictures)
    pictures = np.zeros((n_pictures, height, 2 * width, 3), dtype=np.uint8)
    offsets = np.rint(progress * width).astype(int)
    for picture, one, two, offset in zip(pictures, left, right, offsets, strict=False):
        picture[:, width - offset : 2 * width - offset] = two
        picture[:, offset : offset + width] = one
    times = [number / FPS for number in range(n_pictures + 1)]
    centres = LEFT + offsets / (2 * width)
    is_apart = np.abs(1 - 2 * centres) >= 0.75 / 2
    moving = (centres, 1 - centres)
    appearances = [
        appearance
        for person, places in zip(people, moving, strict=True)
        for appearance, apart in zip(
            moving_appearances(person, times, [(x, 0.5) for x in places]), is_apart, strict=True
        )
        if apart
    ]
    return pictures, Truth([], merge_equal(appearances))


def merge_equal(appearances: Sequence[Appearance]) -> list[Appearance]:
    """Merge appearances of one person that follow each other at the same place."""
    merged: list[Appearance] = []
    for row in appearances:
        last = merged[-1] if merged else None
        if last and (last.end_s, last.person, last.x, last.y) == (row.start_s, *row[2:]):
            merged[-1] = last._replace(end_s=row.end_s)
        else:
            merged.append(row)
    return merged


def parts(pictures: Pictures) -> Iterator[Pictures]:
    """The parts of a talk that a camera splits into files, in order, `PART_S` or longer."""
    n_parts = max(int(len(pictures) / (PART_S * FPS)), 1)
    yield from np.array_split(pictures, n_parts)


# All films ---------------------------------------------------------------------------------------


def films(clips: PeopleClips) -> Iterator[tuple[str, Film]]:
    """Yield all films with their names.

    Every two people follow each other in one film, with the kinds of transition in turn. People who
    follow each other in the order of names are also side by side, swap places by a cut, and cross.
    """
    ids = labelled_clips.video_ids(sorted(clips))
    pairs = list(itertools.combinations(ids, 2))
    for number, (one, two) in enumerate(pairs):
        how = JOINS[number % len(JOINS)]
        pieces = [piece(clips[name], number) for name in (one, two)]
        yield f"{ids[one]}-{ids[two]}_{how.name}.mp4", joined(*pieces, (one, two), how)
    for number, (one, two) in enumerate(itertools.pairwise(ids)):
        pieces = [piece(clips[name], number + 1, WIDTH // 2, HEIGHT // 2) for name in (one, two)]
        for name, compose in (
            ("beside", side_by_side),
            ("swapped", swapped_by_cut),
            ("crossing", crossing),
        ):
            yield f"{ids[one]}-{ids[two]}_{name}.mp4", compose(*pieces, (one, two))
    for person, paths in sorted(clips.items()):
        talk = max((read_clip(path) for path in paths), key=len)
        for number, part in enumerate(parts(talk), start=1):
            truth = Truth([], [Appearance(0.0, len(part) / FPS, person)])
            yield f"{ids[person]}_part{number}.mp4", (part, truth)


def piece(paths: Sequence[Path], number: int, width: int = WIDTH, height: int = HEIGHT) -> Pictures:
    """The first `PIECE_S` seconds of one of a person's clips, which are used in turn."""
    return read_clip(paths[number % len(paths)], width, height)[: round(PIECE_S * FPS)]


def clips_of_people(folder: Path, labels_file: Path, half: str | None) -> dict[str, list[Path]]:
    """Clips with a labelled person, by person, of the people in this half."""
    found = labelled_clips.find_clips(folder)
    labels = labelled_clips.read_labels(labels_file, found)
    people = {clip: label["person"] for clip, label in labels.items() if label["person"]}
    chosen = in_half(people.values(), half)
    if not chosen:
        raise InputError(f"{labels_file}: no clip has a person in the half {half}")
    return {
        name: [folder / clip for clip, person in sorted(people.items()) if person == name]
        for name in chosen
    }


def main() -> None:
    """Render the films and write their labels."""
    options = parse_arguments()
    clips = clips_of_people(options.clips, options.labels, options.half)
    write_films(options.work, films(clips))


def parse_arguments() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add = parser.add_argument
    add("clips", type=Path, help="folder of clips")
    add("--labels", type=Path, required=True, help="CSV file with the person of each clip")
    add("--half", choices=HALVES, help="only these people; default: all people")
    add("--work", type=Path, required=True, help="output folder")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
