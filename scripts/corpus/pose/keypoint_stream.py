"""Keypoints of a video frame by frame, however long the table is."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpus.tables.schemas import HAND_KEYPOINTS, PARTS, POSE_KEYPOINTS

VALUES = ("x", "y", "z", "visibility", "score", "world_x", "world_y", "world_z")
X, Y, Z, VISIBILITY, SCORE = range(5)
WORLD = slice(5, 8)
ROWS = 1 << 14
"""Rows that are read at a time: a few seconds of a few people."""

FramePeople = dict[int, dict[str, np.ndarray]]
"""Track: part: (keypoints, 8) float32 in the order of `VALUES`; what was not found is NaN."""


def people_by_frame(path: Path | str) -> Iterator[tuple[int, FramePeople]]:
    """(frame, people) of each frame that has any, in order, from a table of keypoints."""
    rest: list[pa.RecordBatch] = []
    columns = ["frame", "track", "part", "keypoint", *VALUES]
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(ROWS, columns=columns):
            frames = batch.column("frame").to_numpy()
            # The last frame may go on in the next piece.
            start = int(np.searchsorted(frames, frames[-1]))
            if start or (rest and rest[0].column("frame")[0].as_py() != frames[-1]):
                yield from _frames([*rest, batch.slice(0, start)])
                rest = []
            rest.append(batch.slice(start))
    yield from _frames(rest)


def align_to_frames(
    frames: Iterable[int], people: Iterable[tuple[int, FramePeople]]
) -> Iterator[tuple[int, FramePeople]]:
    """Every frame of `frames` (ascending numbers) with its people, none where none were found."""
    waiting = iter(people)
    number, found = next(waiting, (None, {}))
    for frame in frames:
        while number is not None and number < frame:
            number, found = next(waiting, (None, {}))
        yield frame, found if number == frame else {}


def _frames(batches: list[pa.RecordBatch]) -> Iterator[tuple[int, FramePeople]]:
    table = pa.Table.from_batches([_plain(batch) for batch in batches]) if batches else None
    if not table:
        return
    frame, track = (table[name].to_numpy() for name in ("frame", "track"))
    part = _codes(table["part"], list(PARTS))
    keypoint = _codes(table["keypoint"], [*POSE_KEYPOINTS, *HAND_KEYPOINTS])
    keypoint = np.where(part > 0, keypoint - len(POSE_KEYPOINTS), keypoint)
    values = np.stack([table[n].to_numpy().astype(np.float32) for n in VALUES], axis=1)
    changed = (np.diff(frame) != 0) | (np.diff(track) != 0) | (np.diff(part) != 0)
    starts = np.concatenate([[0], np.flatnonzero(changed) + 1, [len(frame)]])
    names = list(PARTS)
    now, people = int(frame[0]), {}
    for first, end in zip(starts[:-1], starts[1:], strict=True):
        if frame[first] != now:
            yield now, people
            now, people = int(frame[first]), {}
        name = names[part[first]]
        points = np.full((len(PARTS[name]), len(VALUES)), np.nan, np.float32)
        points[keypoint[first:end]] = values[first:end]
        people.setdefault(int(track[first]), {})[name] = points
    yield now, people


def _plain(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Text without dictionaries, which may differ from piece to piece."""
    fields = [
        field.with_type(pa.string()) if pa.types.is_dictionary(field.type) else field
        for field in batch.schema
    ]
    return batch.cast(pa.schema(fields))


def _codes(column: pa.ChunkedArray, names: list[str]) -> np.ndarray:
    return pc.index_in(column, pa.array(names)).to_numpy()
