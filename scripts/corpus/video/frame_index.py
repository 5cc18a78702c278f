"""Index a video: the time and shot of every frame, its shots, and the condition of the file.

A video that is unavailable, has no video stream or is truncated is not an error. Its status row
gives the reason, and its tables are valid and hold the frames that could be decoded. The status
`ok` with a reason means that the file was read to its end, but holds damaged data or something else
that a user should know: a clock that starts again, or a picture that changes its size.
"""

import logging
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from corpus.core.addresses import shareable_source
from corpus.core.errors import VideoError
from corpus.core.progress import with_progress
from corpus.tables import schemas
from corpus.video import corrections
from corpus.video.picture_changes import PictureChanges
from corpus.video.pictures import PictureLog
from corpus.video.reader import Reader
from corpus.video.shots.transitions import MAX_SIDE, Transition, find_transitions, shot_starts
from corpus.video.stream_info import describe_streams, estimate_frame_count, seconds_per_tick
from corpus.video.timestamps import ROUNDING_S
from corpus.video.truncation import missing_bytes

Tables = tuple[dict, dict, dict]
"""Columns of the frames table, columns of the shots table, and the video's status."""


@dataclass
class FrameIndex:
    """What one pass over a video yields."""

    times: array = field(default_factory=lambda: array("d"))
    """Times of all frames, seconds."""
    transitions: list[Transition] = field(default_factory=list)
    """Cuts and gradual transitions, by frame."""
    changes: PictureChanges = field(default_factory=PictureChanges)
    """What changed from each picture to the next."""
    last_duration_s: float | None = None
    """Duration that the container declares for the last frame, seconds."""
    pictures: PictureLog = field(default_factory=PictureLog)
    """The pictures of the video, as stored."""
    streams: dict[str, str | None] = field(default_factory=dict)
    """Which streams are used, and which are there besides: columns of the status table."""
    deinterlace: bool = True
    """Whether interlaced frames are to be deinterlaced."""
    tick_s: float = 0.0
    """Seconds per tick of the video stream's clock."""
    truncation: str | None = None
    """Why the file seems to be truncated, or None."""
    damage: str | None = None
    """What could not be decoded, in numbers, or None."""
    clock_jumps: list[tuple[float, float]] = field(default_factory=list)
    """Times before and after each jump of the file's clock, seconds as the file has them."""


def index_frames(path: Path, threshold: float, deinterlace: bool = True) -> FrameIndex:
    """Read a video once; collect its times, transitions between shots, what its pictures are, and
    what changes from one to the next.

    `threshold` is that of `transitions.find_transitions`. Raises VideoError where no frame can be
    decoded.
    """
    # In small images the two fields of a frame are blended, which is enough to find transitions.
    reader = Reader(path, max_side=MAX_SIDE, deinterlace=False)
    index = FrameIndex(deinterlace=deinterlace)

    def images() -> Iterator[tuple[float, np.ndarray]]:
        for frame in with_progress(reader, path.name, estimate_frame_count(path)):
            index.times.append(frame.time_s)
            index.last_duration_s = frame.duration_s
            index.changes.add(frame.pixels, reader.pictures.current)
            yield frame.time_s, frame.pixels

    index.transitions = find_transitions(images(), threshold)
    index.damage = _describe_damage(reader)
    if not index.times:
        raise VideoError(f"{path.name}: no frame could be decoded ({index.damage})")
    index.truncation = _describe_truncation(path, reader)
    index.pictures, index.clock_jumps = reader.pictures, reader.clock_jumps
    index.streams, index.tick_s = describe_streams(path), seconds_per_tick(path)
    return index


def _describe_truncation(path: Path, reader: Reader) -> str | None:
    """Return why the file seems to be truncated, or None. The text goes into the status table."""
    n_missing = missing_bytes(path)
    if n_missing:
        return f"the file ends {n_missing} bytes before its container does"
    return reader.truncation


def _describe_damage(reader: Reader) -> str | None:
    """Return counts of undecodable and damaged data. The text goes into the status table."""
    counts = {
        "packets not decoded": reader.undecodable_packets,
        "frames damaged": reader.damaged_frames,
        "frames not later than the one before": reader.late_frames,
    }
    return ", ".join(f"{name}: {count}" for name, count in counts.items() if count) or None


def last_frame_duration(times: np.ndarray, declared_s: float | None) -> float:
    """Return how long the last frame is shown, seconds.

    This is the declared duration or, without one, the median gap between frames.
    """
    if declared_s:
        return declared_s
    return float(np.median(np.diff(times))) if len(times) > 1 else 0.0


def is_vfr(times: np.ndarray, tick_s: float) -> bool:
    """Return whether the frame rate varies by more than the clock's resolution explains.

    Since times are rounded to ticks, each gap may differ from the median gap by 1.5 ticks or 1 ms,
    whichever is more. A difference of more than half the median gap is never due to rounding, even
    with a coarse clock.
    """
    if len(times) < 3:
        return False
    gaps = np.diff(times)
    median_gap = float(np.median(gaps))
    tolerance = min(max(1.5 * tick_s, ROUNDING_S), median_gap / 2)
    return bool(np.any(np.abs(gaps - median_gap) > tolerance + 1e-9))


def to_tables(index: FrameIndex, min_length_s: float) -> Tables:
    """Build the tables from an index; `min_length_s` is the shortest shot before a cut, seconds."""
    times = np.frombuffer(index.times)
    shot_transitions = shot_starts(times, index.transitions, min_length_s)
    starts = np.array([transition.frame for transition in shot_transitions], np.int64)
    n_frames_in_shot = np.diff(np.append(starts, len(times)))
    end_s = float(times[-1]) + last_frame_duration(times, index.last_duration_s)
    frames = {
        "frame": np.arange(len(times), dtype=np.int32),
        "time_s": times,
        "shot": np.repeat(np.arange(len(starts), dtype=np.int32), n_frames_in_shot),
        **index.changes.columns(index.pictures.largest or (0, 0), starts),
    }
    shots = {
        "shot": np.arange(len(starts), dtype=np.int32),
        "start_frame": starts,
        "end_frame": starts + n_frames_in_shot,
        "start_s": times[starts],
        "end_s": np.append(times[starts[1:]], end_s),
        "transition": [transition.kind for transition in shot_transitions],
    }
    status = {
        **_picture_columns(index),
        "n_frames": len(times),
        "start_s": float(times[0]),
        "duration_s": end_s - float(times[0]),
        "is_vfr": is_vfr(times, index.tick_s),
        "n_shots": len(starts),
    }
    return frames, shots, status


def _picture_columns(index: FrameIndex) -> dict:
    """Columns of the status table about the condition of the file and its pictures."""
    pictures = index.pictures
    width, height = pictures.largest or (None, None)
    sizes = [f"{width}x{height}" for width, height in pictures.stored]
    reasons = (
        index.truncation,
        index.damage,
        corrections.describe_jumps(index.clock_jumps),
        corrections.describe_sizes(sizes, f"{width}x{height}"),
    )
    return {
        "status": "truncated" if index.truncation else "ok",
        "reason": "; ".join(filter(None, reasons)) or None,
        "width": width,
        "height": height,
        "stored_sizes": ", ".join(sizes),
        "pixel_aspect": f"{pictures.aspect.numerator}:{pictures.aspect.denominator}",
        "n_interlaced": pictures.n_interlaced,
        "deinterlaced": bool(index.deinterlace and pictures.n_interlaced),
        "n_clock_jumps": len(index.clock_jumps),
        **index.streams,
    }


def empty_tables(status: str, reason: str) -> Tables:
    """Build the tables of a video without frames."""
    frames, shots = (
        {name: [] for name in schemas.SCHEMAS[table].names} for table in ("frames", "shots")
    )
    return frames, shots, {"status": status, "reason": reason, "n_frames": 0, "n_shots": 0}


def index_file(
    media: Path, record: dict, threshold: float, min_length_s: float, deinterlace: bool = True
) -> Tables:
    """Index a video in any condition; return the columns of its three tables.

    `record` is the JSON record that `fetch_video` wrote. If it says that the video is unavailable,
    the media file is not opened.
    """
    identity = {name: record[name] for name in ("video_id", "source", "sha256")}
    identity["source"] = shareable_source(identity["source"])
    if record["status"] != "ok":
        frames, shots, status = empty_tables(record["status"], record["reason"])
    else:
        try:
            frames, shots, status = to_tables(
                index_frames(media, threshold, deinterlace), min_length_s
            )
        except VideoError as error:
            frames, shots, status = empty_tables("no_video", str(error))
    logging.info("%s: %s", identity["video_id"], status)
    return frames, shots, {name: [value] for name, value in (identity | status).items()}
