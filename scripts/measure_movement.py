"""How each person's wrists and hands move: positions, speeds, accelerations, and their phases.

python scripts/measure_movement.py --keypoints keypoints.parquet --frames frames.parquet \
    --shots shots.parquet --status status.parquet --kinematics kinematics.parquet \
    --phases phases.parquet
"""

import argparse
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpus.core.errors import InputError, run
from corpus.core.progress import with_progress
from corpus.movement.body_coordinates import (
    POSE_POINTS,
    WORLD,
    Body,
    Seen,
    positions,
    shoulder_widths,
)
from corpus.movement.kinematics import as_table, frame_ends, hand_stretches, measure_kinematics
from corpus.movement.local_regression import half_window
from corpus.movement.phases import Follower, Phase, Rules
from corpus.tables import parquet, provenance, schemas

COLUMNS = ["frame", "track", "part", "keypoint", "x", "y", "visibility", *WORLD]
BLOCK = 1500
"""Frames that are measured at once: a minute at 25 a second."""
MARGIN_S = 3.0
"""What a block sees of its neighbours, so that windows are whole at its ends."""
BATCH = 1 << 15
"""Rows that are read at once."""

Hand = tuple[int, int, str]
"""Shot, track and side."""


class Block(NamedTuple):
    """Frames of one shot, from `start` to before `stop`, and with its margins `first` to `last`;
    all are places in the table of frames."""

    shot: int
    first: int
    start: int
    stop: int
    last: int


def blocks(frames: pd.DataFrame) -> Iterator[Block]:
    """The frames of a video, cut at its shots and every `BLOCK` frames."""
    shots, times = frames["shot"].to_numpy(), frames["time_s"].to_numpy()
    edges = [*np.flatnonzero(np.diff(shots, prepend=-1)), len(shots)]
    for begin, end in pairwise(edges):
        # A clock that jumps back goes on from where it was.
        clock = np.cumsum(np.diff(times[begin:end], prepend=times[begin]).clip(min=0))
        for start in range(begin, end, BLOCK):
            stop = min(start + BLOCK, end)
            around = clock[start - begin] - MARGIN_S, clock[stop - 1 - begin] + MARGIN_S
            first, last = np.searchsorted(clock, around) + begin
            yield Block(int(shots[begin]), int(first), start, stop, int(min(last, end)))


def read(path: Path, spans: Iterator[tuple[int, int]]) -> Iterator[pd.DataFrame]:
    """For each span of frame numbers, first to before last, the rows of `COLUMNS` that are needed.

    Spans ascend and may overlap. No more is held than a span and a batch.
    """
    file = pq.ParquetFile(path)
    more = file.iter_batches(BATCH, columns=COLUMNS)
    held = file.schema_arrow.empty_table().select(COLUMNS)
    read_to = -1
    for first, last in spans:
        held = held.filter(pc.greater_equal(held["frame"], first))
        # The last frame read may go on in the next batch.
        while read_to < last and (rows := next(more, None)) is not None:
            read_to = rows["frame"][-1].as_py()
            rows = pa.Table.from_batches([rows])
            known = pc.is_in(rows["keypoint"].cast(pa.string()), pa.array(POSE_POINTS))
            needed = pc.or_(pc.not_equal(rows["part"].cast(pa.string()), "pose"), known)
            held = pa.concat_tables([held, rows.filter(needed)])
        inside = pc.and_(pc.greater_equal(held["frame"], first), pc.less(held["frame"], last))
        yield held.filter(inside).unify_dictionaries().to_pandas()


def span(frames: np.ndarray, first: int, last: int) -> tuple[int, int]:
    """Frame numbers of a span of places."""
    return int(frames[first]), int(frames[last - 1]) + 1


def track_widths(path: Path, frames: pd.DataFrame) -> dict[int, float]:
    """Shoulder width of each track in metres: the median of what the pose model estimates."""
    numbers = frames["frame"].to_numpy()
    spans = (span(numbers, b.start, b.stop) for b in blocks(frames))
    found: dict[int, list] = {}
    for rows in read(path, spans):
        for number, own in shoulder_widths(rows).groupby(level="track"):
            found.setdefault(int(number), []).append(own.to_numpy(np.float32))
    return {number: float(np.median(np.concatenate(own))) for number, own in found.items()}


class Hands:
    """The hands of a video, each followed through its shot."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.followers: dict[Hand, Follower] = {}

    def add(self, hand: Hand, found: Iterator) -> None:
        """What was seen of a hand in the next block."""
        follower = self.followers.setdefault(hand, Follower(self.rules))
        for stretch in found:
            follower.add(stretch)

    def phases(self) -> list[tuple[Hand, Phase]]:
        """All phases, ordered by start, track and hand."""
        found = [(hand, phase) for hand, own in self.followers.items() for phase in own.phases()]
        return sorted(found, key=lambda pair: (pair[1].run.start_s, *pair[0][1:]))


def kinematics(
    path: Path,
    frames: pd.DataFrame,
    shots: pd.DataFrame,
    seen: Seen,
    half_s: float,
    hands: Hands,
) -> Iterator[pd.DataFrame]:
    """Tables of kinematics, a block of frames each, ordered by frame, track and point; what they
    say of hands is handed on to `hands`."""
    numbers, times = frames["frame"].to_numpy(), frames["time_s"].to_numpy()
    ends = frame_ends(frames, shots)
    rules, max_gap_s = hands.rules, hands.rules.max_gap_s
    widths = track_widths(path, frames)
    plan = list(blocks(frames))
    tables_of = read(path, (span(numbers, block.first, block.last) for block in plan))
    for block, rows in zip(plan, tables_of, strict=True):
        around = slice(block.first, block.last)
        found_here = []
        for number, own in rows.groupby("track"):
            body = Body(own, numbers[around])
            placed = positions(body, times[around], widths.get(number, np.nan), seen)
            for order, (point, values) in enumerate(placed.items()):
                found = measure_kinematics(
                    values, times[around], half_s, max_gap_s, rules.max_jitter
                )
                if not found:
                    continue
                found["place"] += block.first
                inside = (block.start <= found["place"]) & (found["place"] < block.stop)
                found = {name: value[inside] for name, value in found.items()}
                table = as_table(found, frames, int(number), point)
                found_here.append(table.assign(order=order))
                side, what = point.split("_")
                if what == "hand":
                    stretches = hand_stretches(found, numbers, times, ends, max_gap_s)
                    hands.add((block.shot, int(number), side), stretches)
        if found_here:
            table = pd.concat(found_here)
            yield table.sort_values(["frame", "track", "order"]).drop(columns="order")


def phase_table(found: list[tuple[Hand, Phase]]) -> dict[str, list]:
    """Columns of the table of phases; gestures are numbered through the video, by their start."""
    numbers: dict[tuple, int] = {}
    rows = []
    for (shot, number, side), phase in found:
        gesture = None
        if phase.gesture is not None:
            gesture = numbers.setdefault((shot, number, side, phase.gesture), len(numbers))
        own = phase.run
        rows.append(
            {
                "shot": shot,
                "track": number,
                "hand": side,
                "phase": phase.name,
                "start_s": own.start_s,
                "end_s": own.end_s,
                "gesture": gesture,
                "peak_speed": own.peak,
                "mean_speed": own.path / own.seconds,
                "path_length": own.path,
                "world_path_length": own.world_path,
            }
        )
    return {name: [row[name] for row in rows] for name in schemas.SCHEMAS["phases"].names}


def main() -> None:
    """Read the options, measure block by block, write both tables."""
    options = parse_arguments()
    if options.offset_speed > options.onset_speed:
        raise InputError(
            f"movement.offset_speed: {options.offset_speed:g}; it must be at most "
            f"movement.onset_speed, which is {options.onset_speed:g}"
        )
    rules = Rules(**{name: getattr(options, name) for name in Rules.__dataclass_fields__})
    frames, shots = parquet.read(options.frames), parquet.read(options.shots)
    [status] = pq.read_table(options.status, columns=["width", "height"]).to_pylist()
    seen = Seen(
        options.min_visibility,
        options.seen_window_s,
        options.seen_share,
        status["width"] or 0,
        status["height"] or 0,
    )
    made_by = provenance.describe("measure_movement", provenance.parameters(options, ()))
    hands = Hands(rules)
    half_s = half_window(options.cutoff_hz)
    with parquet.Writer(options.kinematics, "kinematics", made_by) as out:
        measured = kinematics(options.keypoints, frames, shots, seen, half_s, hands)
        for table in with_progress(measured, "measure_movement", unit="blocks"):
            out.append(table)
    parquet.write(options.phases, "phases", phase_table(hands.phases()), made_by)


def parse_arguments() -> argparse.Namespace:
    """Options of this script."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add = parser.add_argument
    add("--keypoints", required=True, type=Path, help="table of extract_keypoints")
    add("--frames", required=True, type=Path, help="table of index_frames")
    add("--shots", required=True, type=Path, help="table of index_frames")
    add("--status", required=True, type=Path, help="table of index_frames, for the picture's size")
    add("--kinematics", required=True, type=Path, help="table to write: a row a point and frame")
    add("--phases", required=True, type=Path, help="table to write: a row a phase")
    add("--min-visibility", type=float, default=0.5, help="from which a pose keypoint is seen")
    add("--max-jitter", type=float, default=0.05, help="more is no hand, shoulder widths")
    add("--seen-window-s", type=float, default=0.5, help="before or after which a point is seen")
    add("--seen-share", type=float, default=0.75, help="in so many of these frames")
    add("--max-gap-s", type=float, default=0.2, help="unseen for up to so long is filled in")
    add("--cutoff-hz", type=float, default=6.0, help="faster movement is taken for jitter")
    add("--onset-speed", type=float, default=1.0, help="shoulder widths/s a movement reaches")
    add("--offset-speed", type=float, default=0.4, help="shoulder widths/s at its start and end")
    add("--min-movement-s", type=float, default=0.1, help="shortest movement")
    add("--min-extent", type=float, default=0.2, help="smallest movement, shoulder widths")
    add("--min-still-s", type=float, default=0.1, help="shortest hold or rest between movements")
    add("--max-hold-s", type=float, default=3.0, help="still for longer is rest")
    add("--rest-height", type=float, default=-1.2, help="still below is rest, shoulder widths")
    add("--rest-radius", type=float, default=0.3, help="still so near a place of rest is rest")
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
