"""Numbers of people, in the order of their time on screen."""

import numpy as np


def number_people(labels: np.ndarray, seconds: np.ndarray, starts: list[tuple]) -> np.ndarray:
    """Return the number (n,) int64 of each track's person; 0 is on screen for the longest time.

    `labels` (n,) are those of the tracks, 0 or more; tracks with the same label are one person.
    `seconds` (n,) is the time that each track adds to that of its person. `starts` are sort keys of
    the tracks: of people with equal time, the one with the lowest key comes first.
    """
    totals = np.bincount(labels, weights=seconds)
    first_start: dict[int, tuple] = {}
    for person, start in zip(labels.tolist(), starts, strict=True):
        first_start[person] = min(first_start.get(person, start), start)
    # Round to microseconds: sums of equal durations can differ below that.
    order = sorted(
        first_start,
        key=lambda person: (-round(float(totals[person]), 6), first_start[person]),
    )
    number = {person: rank for rank, person in enumerate(order)}
    return np.array([number[person] for person in labels.tolist()], dtype=np.int64)
