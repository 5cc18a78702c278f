"""What a rendered film shows: its cuts, and who is where at which time.

The labels that `write_labels` writes are read by `labelled_clips.py`; README.md documents them.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from corpus.core.progress import with_progress
from film_files import Pictures, write_film


class Change(NamedTuple):
    """A change of shot: a hard cut if both times are equal, otherwise a gradual transition."""

    start_s: float
    end_s: float


class Appearance(NamedTuple):
    """A person is on screen from `start_s` until before `end_s`, in seconds.

    `x` and `y` are the centre of the face as shares of the width and height of the picture. None
    means anywhere.
    """

    start_s: float
    end_s: float
    person: str
    x: float | None = None
    y: float | None = None


@dataclass(frozen=True)
class Truth:
    """The changes of shot and the appearances in one film, in order of time.

    `changes` is None where it is a matter of taste what a shot is.
    """

    changes: list[Change] | None
    appearances: list[Appearance]


def moving_appearances(
    person: str, times: list[float], places: Iterable[tuple[float, float]]
) -> list[Appearance]:
    """The appearances of a moving face: one for each interval between two of the `times`.

    `places` are the centres in these intervals, as shares of the picture.
    """
    intervals = zip(pairwise(times), places, strict=True)
    return [Appearance(start, end, person, x, y) for (start, end), (x, y) in intervals]


def show_changes(changes: list[Change] | None) -> str:
    """The cell of the column `cuts`: times, ranges for gradual transitions, or `none`.

    It is empty if the changes are None, which means that they are not measured.
    """
    if changes is None:
        return ""
    texts = [f"{start:.3f}" if start == end else f"{start:.3f}-{end:.3f}" for start, end in changes]
    return " ".join(texts) or "none"


def write_films(folder: Path, films: Iterable[tuple[str, tuple[Pictures, Truth]]]) -> None:
    """Write films with known truth, given as pictures and truth by name, and their labels."""
    truths = {}
    for name, (pictures, truth) in with_progress(films, "films", None, "films"):
        write_film(folder / name, pictures)
        truths[name] = truth
    write_labels(folder, truths)


def write_labels(folder: Path, truths: dict[str, Truth]) -> None:
    """Write LABELS.csv and APPEARANCES.csv for films; their names are paths within `folder`.

    The column `person` of LABELS.csv is empty if a film shows several people.
    """
    labels, appearances = [("clip", "person", "cuts")], [Appearance._fields]
    for film, truth in sorted(truths.items()):
        people = {appearance.person for appearance in truth.appearances}
        labels.append((film, people.pop() if len(people) == 1 else "", show_changes(truth.changes)))
        appearances += [(film, *map(_cell, row)) for row in truth.appearances]
    appearances[0] = ("clip", *Appearance._fields)
    for name, rows in (("LABELS.csv", labels), ("APPEARANCES.csv", appearances)):
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)


def _cell(value: float | str | None) -> str:
    return f"{value:.4f}" if isinstance(value, float) else value or ""
