"""Speed curves of the hands, reduced to as many bins as the page can draw."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from corpus.tables import parquet
from corpus.tables.schemas import HANDS

MAX_BINS = 240
"""Most bins per video: about one for every four pixels of a wide window."""
MIN_BIN_MS = 100
"""Shortest bin, milliseconds."""
LEVELS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
"""A speed as one character, from 0 to the maximum of the curve; a full stop for a bin without data.
One of the 61 steps is less than a pixel high."""
HAND_OF_POINT = {f"{hand}_hand": index for index, hand in enumerate(HANDS)}


@dataclass
class Curve:
    """Sum, number and maximum of one hand's speeds in each bin."""

    n_bins: int
    total: np.ndarray = field(init=False)
    count: np.ndarray = field(init=False)
    peak: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self.total, self.count, self.peak = (np.zeros(self.n_bins) for _ in range(3))

    def add(self, bins: np.ndarray, speeds: np.ndarray) -> None:
        """Add speeds, in shoulder widths per second, to the bins with these indices."""
        np.add.at(self.total, bins, speeds)
        np.add.at(self.count, bins, 1)
        np.maximum.at(self.peak, bins, speeds)

    def encode(self) -> dict:
        """The curve for the page.

        `max` is the highest speed, in hundredths of a shoulder width per second; `mean` and `peak`
        have one character of `LEVELS` per bin.
        """
        maximum = float(self.peak.max(initial=0.0))
        mean = self.total / np.maximum(self.count, 1)
        return {
            "max": round(maximum * 100),
            "mean": _encode_levels(mean, self.count, maximum),
            "peak": _encode_levels(self.peak, self.count, maximum),
        }


def _encode_levels(speeds: np.ndarray, count: np.ndarray, maximum: float) -> str:
    levels = np.rint(speeds / (maximum or 1.0) * (len(LEVELS) - 1)).astype(int)
    pairs = zip(levels, count > 0, strict=True)
    return "".join(LEVELS[level] if has_data else "." for level, has_data in pairs)


def bin_video(length_s: float) -> tuple[int, int]:
    """Number of bins for a video of this length, and the length of a bin in milliseconds."""
    length_ms = max(length_s * 1000, 1)
    bin_ms = max(MIN_BIN_MS, int(np.ceil(length_ms / MAX_BINS)))
    return max(1, int(np.ceil(length_ms / bin_ms))), bin_ms


def speed_curves(
    path: Path, start_s: float, length_s: float, cluster_of: dict[int, int]
) -> list[dict]:
    """Curves of both hands for each cluster in the table kinematics at `path`.

    `cluster_of` gives the index of the cluster of each track; other tracks are left out. The table
    is read in batches, so that memory does not grow with the length of the video.
    """
    n_bins, bin_ms = bin_video(length_s)
    curves: dict[tuple[int, int], Curve] = {}
    for rows in _read_hand_speeds(path):
        rows = rows[rows["track"].isin(cluster_of.keys()) & rows["speed"].notna()]
        clusters = rows["track"].map(cluster_of)
        hands = rows["point"].map(HAND_OF_POINT)
        bins = ((rows["time_s"] - start_s) * 1000 / bin_ms).astype(int).clip(0, n_bins - 1)
        for key, group in rows.groupby([clusters, hands]):
            curve = curves.setdefault(key, Curve(n_bins))
            curve.add(bins[group.index].to_numpy(), group["speed"].to_numpy(dtype=float))
    return [
        {
            "cluster": cluster,
            "hands": [
                curves[cluster, hand].encode() if (cluster, hand) in curves else None
                for hand in range(len(HANDS))
            ],
        }
        for cluster in sorted({cluster for cluster, _ in curves})
    ]


def _read_hand_speeds(path: Path) -> Iterator[pd.DataFrame]:
    columns = ["time_s", "track", "point", "speed"]
    with parquet.open_file(path, columns) as file:
        for batch in file.iter_batches(columns=columns):
            rows = batch.to_pandas()
            rows["point"] = rows["point"].astype(str)
            yield rows[rows["point"].isin(HAND_OF_POINT)]
