"""Where hands are: counts of frames in cells of a grid around the body, for heat maps.

The coordinates are those of the table kinematics: shoulder widths from the midpoint of the
shoulders, to the right in the picture and upwards.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from corpus.report.page.movement import HAND_OF_POINT
from corpus.tables import parquet
from corpus.tables.schemas import HANDS

CELL = 0.1
"""Width and height of a cell, shoulder widths: about 4 cm, less than the width of a hand."""
N_CELLS = 60
"""Cells from left to right, and from bottom to top."""
REACH = N_CELLS * CELL / 2
"""Largest distance in the grid from the midpoint of the shoulders, shoulder widths. A straight arm
reaches about 2.6: half the shoulders, and an arm of 2.1. Positions beyond are counted apart."""

COLUMNS = ["time_s", "track", "point", "x", "y"]
HAND_INDEX = {hand: index for index, hand in enumerate(HANDS)}
Key = tuple[int, int, bool]
"""Index of the person, index of the hand, and whether the hand is in a gesture."""


@dataclass
class Counts:
    """Frames of one hand of one person in each cell, and outside the grid."""

    cells: np.ndarray = field(default_factory=lambda: np.zeros(N_CELLS**2, np.int64))
    outside: int = 0

    def add(self, cells: np.ndarray) -> None:
        """Add positions by the index of their cell; -1 is outside the grid."""
        inside = cells[cells >= 0]
        self.cells += np.bincount(inside, minlength=N_CELLS**2)
        self.outside += len(cells) - len(inside)


def cell_of(positions: np.ndarray) -> np.ndarray:
    """Index of the cell (n,) of each position (n, 2), row by row from the lower left; or -1.

    -1 is outside the grid. A position on a border between cells belongs to the right or upper one.
    """
    column, row = np.floor((np.asarray(positions, float) + REACH) / CELL + 1e-6).astype(int).T
    inside = (column >= 0) & (column < N_CELLS) & (row >= 0) & (row < N_CELLS)
    return np.where(inside, row * N_CELLS + column, -1)


def count_positions(
    batches: Iterable[pd.DataFrame], person_of: dict[int, int], gestures: pd.DataFrame
) -> tuple[dict[Key, Counts], float | None]:
    """Count the frames of the hands in one video by cell, person, hand, and in or out of gestures.

    Parameters
    ----------
    batches
        Rows of the table kinematics in the order of time, with `COLUMNS`. Rows without a position,
        of wrists, and of tracks that are not in `person_of` are left out.
    person_of
        Index of the person of each track. If two tracks of a person overlap, both count.
    gestures
        Rows of the video's table gestures: track, hand, start_s and end_s in seconds. A frame is in
        a gesture from its start until before its end.

    Returns
    -------
    The counts, and the time from one frame to the next in milliseconds: the median, or None with
    fewer than two frames. Memory grows with the number of frames of one video, by 8 bytes each.
    """
    spans = _spans(gestures)
    counts: dict[Key, Counts] = {}
    times = [np.empty(0)]
    for rows in batches:
        is_shown = rows["point"].isin(HAND_OF_POINT) & rows["track"].isin(person_of.keys())
        rows = rows[is_shown & rows["x"].notna() & rows["y"].notna()]
        times.append(rows["time_s"].unique())
        cells = cell_of(rows[["x", "y"]].to_numpy())
        owners = rows["track"].map(person_of).to_numpy()
        hands = rows["point"].map(HAND_OF_POINT).to_numpy()
        in_gesture = _in_gesture(rows["time_s"].to_numpy(), rows["track"].to_numpy(), hands, spans)
        keys = np.column_stack([owners, hands, in_gesture]).astype(np.int64)
        unique, number = np.unique(keys, axis=0, return_inverse=True)
        for index, (person, hand, gesturing) in enumerate(unique.tolist()):
            key = (person, hand, bool(gesturing))
            counts.setdefault(key, Counts()).add(cells[number.reshape(-1) == index])
    gaps = np.diff(np.unique(np.concatenate(times)))
    return counts, round(float(np.median(gaps)) * 1000, 3) if len(gaps) else None


def read_positions(path: Path) -> Iterator[pd.DataFrame]:
    """Yield the rows of a table kinematics in batches, with `COLUMNS`."""
    with parquet.open_file(path, COLUMNS) as file:
        for batch in file.iter_batches(columns=COLUMNS):
            rows = batch.to_pandas()
            yield rows.assign(point=rows["point"].astype(str))


def encode(counts: Counts) -> dict:
    """The counts for the page: cells with frames, each index as difference from the last one."""
    [indices] = np.nonzero(counts.cells)
    return {
        "cells": np.diff(indices, prepend=0).tolist(),
        "frames": counts.cells[indices].tolist(),
        "outside": counts.outside,
    }


def _spans(gestures: pd.DataFrame) -> dict[tuple[int, int], np.ndarray]:
    """Starts and ends (2, n) of the gestures of each track and hand, which do not overlap."""
    ordered = gestures.sort_values("start_s")
    spans = ordered[["start_s", "end_s"]].to_numpy(float)
    hands = ordered["hand"].astype(object).map(HAND_INDEX).to_numpy()
    tracks = ordered["track"].to_numpy()
    return {key: spans[rows].T for key, rows in _rows_by_hand(tracks, hands)}


def _rows_by_hand(
    tracks: np.ndarray, hands: np.ndarray
) -> Iterator[tuple[tuple[int, int], np.ndarray]]:
    """Yield each track and hand with the indices of its rows, in their order.

    A groupby of pandas takes ten times as long for the many short tracks of edited videos.
    """
    order = np.lexsort((hands, tracks))
    changes = (np.diff(tracks[order]) != 0) | (np.diff(hands[order]) != 0)
    for rows in np.split(order, np.flatnonzero(changes) + 1):
        if len(rows):
            yield (int(tracks[rows[0]]), int(hands[rows[0]])), rows


def _in_gesture(
    times: np.ndarray, tracks: np.ndarray, hands: np.ndarray, spans: dict
) -> np.ndarray:
    """Whether each row (n,) is in a gesture of its track and hand."""
    result = np.zeros(len(times), bool)
    for key, rows in _rows_by_hand(tracks, hands):
        result[rows] = _in_spans(times[rows], spans.get(key))
    return result


def _in_spans(times: np.ndarray, spans: np.ndarray | None) -> np.ndarray:
    """Whether each of the times is in one of the spans."""
    if spans is None:
        return np.zeros(len(times), bool)
    before = np.searchsorted(spans[0], times, side="right") - 1
    return (before >= 0) & (times < spans[1][before])
