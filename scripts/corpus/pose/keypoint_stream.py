"""Read the keypoints of a video frame by frame, in bounded memory."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.tables import parquet
from corpus.tables.schemas import HAND_KEYPOINTS, PARTS, POSE_KEYPOINTS

VALUES = ("x", "y", "z", "visibility", "score", "world_x", "world_y", "world_z")
X, Y, Z, VISIBILITY, SCORE = range(5)
WORLD = slice(5, 8)
ROWS_PER_BATCH = 1 << 14
"""Rows that are read at a time: a few seconds of a few people."""

FramePeople = dict[int, dict[str, np.ndarray]]
"""{track: {part: (keypoints, 8) float32 in the order of `VALUES`}}; missing values are NaN."""


def people_by_frame(path: Path | str) -> Iterator[tuple[int, FramePeople]]:
    """Yield (frame, people) for each frame with people in a keypoints table, in order."""
    pending: list[pa.RecordBatch] = []
    columns = ["frame", "track", "part", "keypoint", *VALUES]
    with parquet.open_file(path, columns) as file:
        for batch in file.iter_batches(ROWS_PER_BATCH, columns=columns):
            frames = batch.column("frame").to_numpy()
            # The last frame of a batch may continue in the next batch.
            last_start = int(np.searchsorted(frames, frames[-1]))
            if last_start or (pending and pending[0].column("frame")[0].as_py() != frames[-1]):
                yield from _split_into_frames([*pending, batch.slice(0, last_start)])
                pending = []
            pending.append(batch.slice(last_start))
    yield from _split_into_frames(pending)


def align_to_frames(
    frames: Iterable[int], people: Iterable[tuple[int, FramePeople]]
) -> Iterator[tuple[int, FramePeople]]:
    """Yield (frame, people) for every frame, with an empty dictionary for frames without people.

    `frames` are ascending frame numbers; `people` is the result of `people_by_frame`.
    """
    remaining = iter(people)
    next_frame, next_people = next(remaining, (None, {}))
    for frame in frames:
        while next_frame is not None and next_frame < frame:
            next_frame, next_people = next(remaining, (None, {}))
        yield frame, next_people if next_frame == frame else {}


def _split_into_frames(batches: list[pa.RecordBatch]) -> Iterator[tuple[int, FramePeople]]:
    """Yield (frame, people) from batches that contain complete frames."""
    table = pa.Table.from_batches([_decode_text(batch) for batch in batches]) if batches else None
    if not table:
        return
    frame, track = (table[name].to_numpy() for name in ("frame", "track"))
    part = _indices(table["part"], list(PARTS))
    keypoint = _indices(table["keypoint"], [*POSE_KEYPOINTS, *HAND_KEYPOINTS])
    keypoint = np.where(part > 0, keypoint - len(POSE_KEYPOINTS), keypoint)
    values = np.stack([table[name].to_numpy().astype(np.float32) for name in VALUES], axis=1)
    changes = (np.diff(frame) != 0) | (np.diff(track) != 0) | (np.diff(part) != 0)
    bounds = np.concatenate([[0], np.flatnonzero(changes) + 1, [len(frame)]])
    part_names = list(PARTS)
    current_frame, people = int(frame[0]), {}
    for start, end in zip(bounds[:-1], bounds[1:], strict=True):
        if frame[start] != current_frame:
            yield current_frame, people
            current_frame, people = int(frame[start]), {}
        name = part_names[part[start]]
        points = np.full((len(PARTS[name]), len(VALUES)), np.nan, np.float32)
        points[keypoint[start:end]] = values[start:end]
        people.setdefault(int(track[start]), {})[name] = points
    yield current_frame, people


def _decode_text(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Replace dictionary columns by text, since dictionaries may differ between batches."""
    fields = [
        field.with_type(pa.string()) if pa.types.is_dictionary(field.type) else field
        for field in batch.schema
    ]
    return batch.cast(pa.schema(fields))


def _indices(column: pa.ChunkedArray, names: list[str]) -> np.ndarray:
    return pc.index_in(column, pa.array(names)).to_numpy()
