"""The side file `gestures`: all gestures of the corpus, for the page's list and its plots.

The file holds columns of integers, because a browser uses them without parsing: 100,000 gestures
as JSON objects would take seconds. `assets/gestures_data.js` reads it. Its bytes are:

- the length of the header in bytes, as an unsigned integer of 32 bits;
- the header, JSON padded with spaces: `n`, the number of gestures, and `columns`, which has for
  each column its `name`, `type` (Int8, Int16 or Int32), `at` (position of its first byte after the
  header), and `scale` or `values` where it has one of them;
- the columns one after the other, each padded to a multiple of 4 bytes.

All integers are little-endian. A value is the integer divided by `scale`, or the entry of `values`
with this index. The lowest integer of a column's type stands for a missing value.

Searches on the page must find what the same conditions find in the tables. `half_steps` therefore
keeps on which side of each thousandth a number is: comparisons with limits of up to three decimals
give the same result, in half the space of numbers with all their digits.
"""

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from corpus.core.batching import batches
from corpus.core.side_files import write_side_file
from corpus.elan.tiers import player_milliseconds
from corpus.report.page.player_zero import whole_zero
from corpus.report.page.tables import CorpusTables
from corpus.report.page.values import milliseconds
from corpus.tables import parquet
from corpus.tables.schemas import HANDS, SCHEMAS
from corpus.tables.values import GESTURE_REGIONS

NAME = "gestures"
"""Name of the side file."""
ALIGNMENT = 4
BATCH = 50
"""Videos that are converted together: a call of pandas costs as much as thousands of values."""
STEPS = 1000
"""The page compares numbers as the tables do with limits that are multiples of 1/1000."""


@dataclass(frozen=True)
class Column:
    """How the page keeps a column of the table gestures.

    Numbers are kept by `half_steps`, texts by their index in `values`; other columns have integers
    or booleans.
    """

    is_number: bool = False
    values: tuple[str, ...] | None = None


NUMBER = Column(is_number=True)
COLUMNS = {
    "hand": Column(values=tuple(HANDS)),
    "shot": Column(),
    "n_movements": Column(),
    "hold_s": NUMBER,
    "peak_speed": NUMBER,
    "mean_speed": NUMBER,
    "path_length": NUMBER,
    "world_path_length": NUMBER,
    "n_holds": Column(),
    "unit": Column(),
    "start_seen": Column(),
    "end_seen": Column(),
    "extent": NUMBER,
    "height_max": NUMBER,
    "height_mean": NUMBER,
    "region": Column(values=GESTURE_REGIONS),
    "center_center_share": NUMBER,
    "center_share": NUMBER,
    "periphery_share": NUMBER,
    "extreme_share": NUMBER,
    "n_submovements": Column(),
    "smoothness": NUMBER,
    "other_gesture": Column(),
    "overlap_s": NUMBER,
    "lag_s": NUMBER,
    "symmetry": NUMBER,
    "parallel": NUMBER,
    "visible_share": NUMBER,
    "interpolated_share": NUMBER,
    "source": Column(values=("pose", "hand")),
    "hand_model_share": NUMBER,
    "jump": Column(),
    "picture_peak_speed": NUMBER,
    "trunk_movement": Column(),
}
"""Columns of the table that keep their names; `to_integers` adds others."""
READ_COLUMNS = ["gesture", "track", "start_s", "end_s", *COLUMNS]


def write_gesture_list(tables: CorpusTables, folder: Path) -> None:
    """Write the side file into `folder`.

    The tables are read video by video. Memory holds some 200 bytes per gesture.
    """
    empty = select_rows(0, pd.DataFrame(columns=[*READ_COLUMNS, "zero_s"]), tables.tracks.iloc[:0])
    videos = batches(_video_parts(tables), BATCH)
    parts = [to_integers(pd.concat(batch)) for batch in chain([[empty]], videos)]
    write_side_file(folder, NAME, encode(pd.concat(parts, ignore_index=True)))


def _video_parts(tables: CorpusTables) -> Iterator[pd.DataFrame]:
    for index, video in enumerate(tables.corpus["video_id"]):
        path = tables.video_table("gestures", video)
        if path and parquet.count_rows(path):
            rows = parquet.read(path, READ_COLUMNS)
            rows = rows.assign(zero_s=tables.player_zero(video) or 0.0)
            yield select_rows(index, rows, tables.tracks_of(video))


def select_rows(index: int, rows: pd.DataFrame, tracks: pd.DataFrame) -> pd.DataFrame:
    """Rows of the gestures of one video for the list, in the order of time.

    Parameters
    ----------
    index
        Index of the video.
    rows
        Rows of the table gestures, with zero_s, the time (s) that players show as 0:00. Those of
        copies are left out: they move as the person does who is on screen besides.
    tracks
        The video's rows of the table tracks, with cluster_index.

    Returns
    -------
    DataFrame
        The columns of the rows, video, and cluster (NA for a body without a face).
    """
    copies = tracks.loc[tracks["kind"].eq("copy"), "track"]
    rows = rows[~rows["track"].isin(copies)].sort_values(["start_s", "end_s", "track", "hand"])
    cluster_of = dict(zip(tracks["track"], tracks["cluster_index"], strict=True))
    clusters = rows["track"].map(cluster_of).astype("Int32")
    return rows.astype({"hand": object}).assign(video=index, cluster=clusters)


def to_integers(rows: pd.DataFrame) -> pd.DataFrame:
    """Integers of rows of `select_rows`, NA where a value is missing.

    The columns are video, gesture, cluster, start and end (ms, clock of the tables; rounded up),
    start_side (-1, 0 or 1: whether the time in the table is before start, equal, or after it),
    length_s, `COLUMNS`, and elan_start and elan_end: what to add to start and end, minus the
    player's zero in whole ms, for the times in ELAN files, which are rounded in another way.
    """
    integers = {name: rows[name].astype("Int32") for name in ("video", "gesture", "cluster")}
    for name in ("start", "end"):
        times_s = rows[f"{name}_s"].astype(float)
        integers[name] = pd.Series(map(milliseconds, times_s), rows.index, "Int32")
        shifts = [_elan_shift(*pair) for pair in zip(times_s, rows["zero_s"], strict=True)]
        integers[f"elan_{name}"] = pd.Series(shifts, rows.index, "Int32")
    start_s = rows["start_s"].to_numpy(dtype=float)
    side = np.sign(start_s - integers["start"].to_numpy(dtype=float, na_value=np.nan) / 1000)
    integers["start_side"] = pd.Series(side, rows.index).astype("Int32")
    length_s = pd.Series(rows["end_s"].to_numpy(dtype=float) - start_s, rows.index)
    integers["length_s"] = half_steps(length_s, is_single=False)
    for name, column in COLUMNS.items():
        integers[name] = _integers(rows[name], column)
    # All columns have the index of the rows, in which a number may occur in several videos.
    return pd.DataFrame({name: column.array for name, column in integers.items()})


def _elan_shift(time_s: float, zero_s: float) -> int:
    """What to add to `milliseconds` of a time since the player's zero for the time in ELAN."""
    page_ms = (milliseconds(time_s) or 0) - whole_zero(zero_s)
    return player_milliseconds(time_s, zero_s) - page_ms


def _integers(values: pd.Series, column: Column) -> pd.Series:
    if column.values:
        code_of = {value: code for code, value in enumerate(column.values)}
        return values.astype(object).map(code_of).astype("Int32")
    if column.is_number:
        is_single = SCHEMAS["gestures"].field(str(values.name)).type == pa.float32()
        return half_steps(values, is_single=is_single)
    return values.astype("Int32")


def half_steps(values: pd.Series, is_single: bool) -> pd.Series:
    """Numbers as integers: 2 k for the number k / 1000, 2 k + 1 for those up to the next one.

    The integer divided by 2000 is smaller than, equal to or larger than any limit with up to three
    decimals if the number is. `is_single` is for columns with single precision (float32), of which
    a number equals a limit if it is the nearest one to it, as in NumPy, and in CSV files.
    """
    numbers = values.astype(float).to_numpy()
    nearest = np.rint(numbers * STEPS)
    limits = nearest / STEPS
    if is_single:
        limits = limits.astype(np.float32).astype(float)
    return pd.Series(2 * nearest + np.sign(numbers - limits), values.index).astype("Int32")


def encode(integers: pd.DataFrame) -> bytes:
    """The bytes of the side file, from columns of nullable integers."""
    columns, parts, at = [], [], 0
    for name in integers:
        column = COLUMNS.get(str(name), Column())
        data = _smallest(integers[name])
        described: dict[str, object] = {"name": name, "type": data.dtype.name.title(), "at": at}
        if column.is_number or name == "length_s":
            described["scale"] = 2 * STEPS
        if column.values:
            described["values"] = column.values
        columns.append(described)
        part = data.tobytes()
        parts.append(part + bytes(-len(part) % ALIGNMENT))
        at += len(parts[-1])
    header = json.dumps({"n": len(integers), "columns": columns}, separators=(",", ":")).encode()
    header += b" " * (-len(header) % ALIGNMENT)
    return struct.pack("<I", len(header)) + header + b"".join(parts)


def _smallest(column: pd.Series) -> np.ndarray:
    """The column in the smallest type that holds it and one lower value, for missing ones."""
    known = column.dropna()
    low, high = (int(known.min()), int(known.max())) if len(known) else (0, 0)
    for dtype in (np.int8, np.int16, np.int32):
        limits = np.iinfo(dtype)
        if limits.min < low and high <= limits.max:
            values = column.to_numpy(dtype="int64", na_value=int(limits.min))
            return values.astype(np.dtype(dtype).newbyteorder("<"))
    raise ValueError(f"{column.name}: {low} to {high} does not fit 32 bits")
