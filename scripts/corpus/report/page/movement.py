"""How much each hand moves over a video's time, in few enough numbers to draw."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from corpus.tables.schemas import HANDS

BINS = 240
"""Most parts into which a video's time is cut: about one for every four pixels of a wide window."""
SHORTEST_MS = 100
"""Shortest part, milliseconds."""
LEVELS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
"""A speed as one character, from still to the curve's fastest; a full stop where nothing is known.
A 61st of the height is less than a pixel."""
POINTS = {f"{hand}_hand": place for place, hand in enumerate(HANDS)}


@dataclass
class Curve:
    """Sum, number and peak of one hand's speeds in each part of the time."""

    parts: int
    total: np.ndarray = field(init=False)
    count: np.ndarray = field(init=False)
    peak: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self.total, self.count, self.peak = (np.zeros(self.parts) for _ in range(3))

    def add(self, part: np.ndarray, speed: np.ndarray) -> None:
        """Take in speeds, shoulder widths a second, by the parts they are in."""
        np.add.at(self.total, part, speed)
        np.add.at(self.count, part, 1)
        np.maximum.at(self.peak, part, speed)

    def drawn(self) -> dict:
        """The curve for the page: `max` is the fastest, in hundredths of shoulder widths a second;
        `mean` and `peak` have a character a part."""
        most = float(self.peak.max(initial=0.0))
        mean = self.total / np.maximum(self.count, 1)
        return {
            "max": round(most * 100),
            "mean": _letters(mean, self.count, most),
            "peak": _letters(self.peak, self.count, most),
        }


def _letters(values: np.ndarray, count: np.ndarray, most: float) -> str:
    level = np.rint(values / (most or 1.0) * (len(LEVELS) - 1)).astype(int)
    return "".join(LEVELS[n] if seen else "." for n, seen in zip(level, count > 0, strict=True))


def parts_of(length_s: float) -> tuple[int, int]:
    """Number of parts for a video of this length, and the length of each, milliseconds."""
    length_ms = max(length_s * 1000, 1)
    width = max(SHORTEST_MS, int(np.ceil(length_ms / BINS)))
    return max(1, int(np.ceil(length_ms / width))), width


def curves(path: Path, start_s: float, length_s: float, whose: dict[int, int]) -> list[dict]:
    """Curves of each person in the table kinematics at `path`: their place and both hands.

    `whose` gives the person's place by track; tracks that are nobody's are left out. Read piece
    by piece, so that memory does not grow with the video.
    """
    parts, width_ms = parts_of(length_s)
    found: dict[tuple[int, int], Curve] = {}
    for rows in _pieces(path):
        rows = rows[rows["track"].isin(whose.keys()) & rows["speed"].notna()]
        who = rows["track"].map(whose)
        hand = rows["point"].map(POINTS)
        part = ((rows["time_s"] - start_s) * 1000 / width_ms).astype(int).clip(0, parts - 1)
        for key, group in rows.groupby([who, hand]):
            curve = found.setdefault(key, Curve(parts))
            curve.add(part[group.index].to_numpy(), group["speed"].to_numpy(dtype=float))
    people = sorted({place for place, _ in found})
    return [
        {
            "found": place,
            "hands": [
                found[place, hand].drawn() if (place, hand) in found else None
                for hand in range(len(HANDS))
            ],
        }
        for place in people
    ]


def _pieces(path: Path) -> Iterator[pd.DataFrame]:
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(columns=["time_s", "track", "point", "speed"]):
            rows = batch.to_pandas()
            rows["point"] = rows["point"].astype(str)
            yield rows[rows["point"].isin(POINTS)]
