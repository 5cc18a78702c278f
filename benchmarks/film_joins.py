"""Join pieces of film by cuts and gradual transitions, with the times of the changes."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from film_files import FPS, Pictures
from film_truth import Change


def dissolve(old: Pictures, new: Pictures, shares: np.ndarray) -> Pictures:
    """Mix two pieces of equal length; `shares` are the shares of the new piece, 0 to 1."""
    weights = shares[:, None, None, None]
    return np.rint(old * (1 - weights) + new * weights).astype(np.uint8)


def fade_through_black(old: Pictures, new: Pictures, shares: np.ndarray) -> Pictures:
    """Darken the old piece to black in the first half, then show the new one from black."""
    brightness = np.abs(1 - 2 * shares)[:, None, None, None]
    shown = np.where((shares < 0.5)[:, None, None, None], old, new)
    return np.rint(shown * brightness).astype(np.uint8)


def wipe(old: Pictures, new: Pictures, shares: np.ndarray) -> Pictures:
    """Replace the old piece by the new one from the left edge on."""
    columns = np.arange(old.shape[2]) / old.shape[2]
    is_new = columns[None, :] < shares[:, None]
    return np.where(is_new[:, None, :, None], new, old)


class Join(NamedTuple):
    """How a piece of film changes to the next: `mix` is not used if it takes no time."""

    name: str
    seconds: float
    mix: Callable[[Pictures, Pictures, np.ndarray], Pictures] = dissolve


CUT = Join("cut", 0)
JOINS = (
    CUT,
    Join("dissolve02", 0.2, dissolve),
    Join("black06", 0.6, fade_through_black),
    Join("dissolve10", 1.0, dissolve),
    Join("wipe05", 0.5, wipe),
)


def join(
    pieces: Sequence[Pictures], joins: Sequence[Join]
) -> tuple[Pictures, list[Change], list[tuple[float, float]]]:
    """Join pieces of film; `joins` has one element less than `pieces`.

    A gradual transition takes place in the last pictures of one piece and the first of the next,
    so each piece must be longer than the two transitions at its ends. Returns the pictures, the
    changes, and for each piece the interval in seconds in which it alone is shown.
    """
    film, changes, intervals = [], [], []
    rest, start = pieces[0], 0
    for new, how in zip(pieces[1:], joins, strict=True):
        n_mixed = round(how.seconds * FPS)
        n_alone = len(rest) - n_mixed
        film.append(rest[:n_alone])
        shares = (np.arange(n_mixed) + 1) / (n_mixed + 1)
        if n_mixed:
            film.append(how.mix(rest[n_alone:], new[:n_mixed], shares))
        end = start + n_alone
        intervals.append((start / FPS, end / FPS))
        start = end + n_mixed
        changes.append(Change(end / FPS, start / FPS))
        rest = new[n_mixed:]
    film.append(rest)
    intervals.append((start / FPS, (start + len(rest)) / FPS))
    return np.concatenate(film), changes, intervals
