"""Reading a video's keypoints in blocks of frames, so that memory does not grow with its length."""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from corpus.movement.body_coordinates import POSE_POINTS, WORLD
from corpus.tables import parquet

COLUMNS = ["frame", "track", "part", "keypoint", "x", "y", "visibility", *WORLD]
BLOCK_FRAMES = 1500
"""Frames that are measured together: one minute at 25 frames per second."""
BATCH_ROWS = 1 << 15
"""Rows that are read together."""


class Block(NamedTuple):
    """Frames of one shot that are measured together.

    The block's own frames are `start` to before `stop`; with its margins it spans `first` to before
    `last`. All four are positions in the table of frames.
    """

    shot: int
    first: int
    start: int
    stop: int
    last: int


def split_into_blocks(frames: pd.DataFrame, margin_s: float) -> Iterator[Block]:
    """Split the frames of a video at its shots and after every `BLOCK_FRAMES` frames of a shot.

    `margin_s` are the seconds of the neighbouring blocks that a block contains too.
    """
    shots, times = frames["shot"].to_numpy(), frames["time_s"].to_numpy()
    shot_edges = [*np.flatnonzero(np.diff(shots, prepend=-1)), len(shots)]
    for shot_start, shot_stop in pairwise(shot_edges):
        # Seconds since the start of the shot. A clock that jumps back adds nothing.
        steps = np.diff(times[shot_start:shot_stop], prepend=times[shot_start])
        elapsed = np.cumsum(steps.clip(min=0))
        for start in range(shot_start, shot_stop, BLOCK_FRAMES):
            stop = min(start + BLOCK_FRAMES, shot_stop)
            first_s = elapsed[start - shot_start] - margin_s
            last_s = elapsed[stop - 1 - shot_start] + margin_s
            first, last = np.searchsorted(elapsed, (first_s, last_s)) + shot_start
            shot = int(shots[shot_start])
            yield Block(shot, int(first), start, stop, int(min(last, shot_stop)))


def frame_range(frames: np.ndarray, first: int, last: int) -> tuple[int, int]:
    """Return the first frame number, and the one after the last, of a range of table positions."""
    return int(frames[first]), int(frames[last - 1]) + 1


def read_keypoints(path: Path, frame_ranges: Iterable[tuple[int, int]]) -> Iterator[pd.DataFrame]:
    """Yield the keypoints needed for kinematics, in the columns `COLUMNS`, for each frame range.

    A frame range is the first frame number and the one after the last. The ranges must ascend and
    may overlap. At most one range and one batch of rows are in memory at a time.
    """
    with parquet.open_file(path, COLUMNS) as file:
        batches = file.iter_batches(BATCH_ROWS, columns=COLUMNS)
        buffered = file.schema_arrow.empty_table().select(COLUMNS)
        last_read = -1
        for first, last in frame_ranges:
            buffered = buffered.filter(pc.greater_equal(buffered["frame"], first))
            # Read beyond the range: its last frame may continue in the next batch.
            while last_read < last and (batch := next(batches, None)) is not None:
                last_read = batch["frame"][-1].as_py()
                buffered = pa.concat_tables(
                    [buffered, _needed_rows(pa.Table.from_batches([batch]))]
                )
            after_first = pc.greater_equal(buffered["frame"], first)
            is_in_range = pc.and_(after_first, pc.less(buffered["frame"], last))
            yield buffered.filter(is_in_range).unify_dictionaries().to_pandas()


def _needed_rows(rows: pa.Table) -> pa.Table:
    """Rows of the hand model, and those of the pose keypoints that kinematics use."""
    is_pose_point = pc.is_in(rows["keypoint"].cast(pa.string()), pa.array(POSE_POINTS))
    is_hand_model = pc.not_equal(rows["part"].cast(pa.string()), "pose")
    return rows.filter(pc.or_(is_hand_model, is_pose_point))
