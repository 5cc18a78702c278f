"""List every frame of a video with its time and shot, its shots, and whether the file is whole.

One pass over the file. Times are the container's presentation timestamps, so streams that start
late or vary their frame rate come out right. A cut belongs to the first frame of the new shot.

A video that is gone, holds no picture or breaks off is not an error: its status row says so and its
tables are valid, with the frames that could be had. Status `ok` with a reason means that the file
was read to its end, but is damaged on the way.
"""

import argparse
import json
import logging
from array import array
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path

import numpy as np
from scenedetect.common import FrameTimecode
from scenedetect.detectors import AdaptiveDetector

from corpus.core.errors import VideoError, run
from corpus.core.progress import with_progress
from corpus.tables import parquet, provenance, schemas
from corpus.video.reader import Reader
from corpus.video.stream_info import expected_frames, time_base
from corpus.video.truncation import missing_bytes

LONGEST = 256
"""Longer side of the pictures that are searched for cuts, pixels; PySceneDetect's own default."""
NEIGHBOURS = 2
"""Frames on either side that a cut must stand out from."""
STANDS_OUT = 2.2
"""How many times its neighbours' mean change a cut must have. The first frame of a sudden pan has
twice, a cut through one black frame 2.4 times."""
ROUNDING_S = 0.001
"""Matroska rounds times to this, and MP4 files made from Matroska keep it."""


@dataclass
class Index:
    """Times of all frames, numbers of the frames that start a shot, and how reading went."""

    times: array = field(default_factory=lambda: array("d"))
    cuts: list[int] = field(default_factory=list)
    last_duration_s: float | None = None
    size: tuple[int, int] | None = None
    tick_s: float = 0.0
    broken: str | None = None
    damage: str | None = None


def index(path: Path, threshold: float) -> Index:
    """Read a video once. Raises VideoError where it holds no picture that can be decoded."""
    reader = Reader(path, longest=LONGEST)
    result = Index()

    def pictures() -> Iterator[np.ndarray]:
        for frame in with_progress(reader, path.name, expected_frames(path)):
            result.times.append(frame.time_s)
            result.last_duration_s = frame.duration_s
            yield frame.image

    result.cuts = find_cuts(pictures(), threshold)
    result.damage = _damage(reader, result.times)
    if not result.times:
        raise VideoError(f"{path.name}: no frame could be decoded ({result.damage})")
    result.broken = _broken(path, reader)
    result.size, result.tick_s = reader.size, time_base(path)
    return result


def find_cuts(pictures: Iterator[np.ndarray], threshold: float) -> list[int]:
    """Numbers of the frames that start a new shot, by PySceneDetect, in one pass.

    A cut's change exceeds `threshold` and stands out from the changes around it: a pan or a zoom
    may change the picture as much, but does so in every frame. PySceneDetect's own shortest length
    of a shot counts frames or trusts a mean rate, so it is left to `shot_starts`.
    """
    detector = AdaptiveDetector(
        STANDS_OUT, min_scene_len=0, window_width=NEIGHBOURS, min_content_val=threshold
    )
    head = list(islice(pictures, NEIGHBOURS + 1))
    lead, number, found = len(head) - 1, -1, []
    for number, picture in enumerate(_mirrored(head, pictures)):
        # Pictures are BGR to PySceneDetect; the rate is a formality, only numbers are read back.
        bgr = np.ascontiguousarray(picture[:, :, ::-1])
        found += detector.process_frame(FrameTimecode(number, 25.0), bgr)
    frames = number + 1 - 2 * lead
    cuts = (cut.frame_num - lead for cut in found)
    return [cut for cut in cuts if 0 < cut < frames]


def _mirrored(head: list[np.ndarray], rest: Iterator[np.ndarray]) -> Iterator[np.ndarray]:
    """Lead in with the first pictures backwards, and out with the last.

    So that changes at either end have neighbours like any other, and a pan there is still a pan.
    """
    yield from reversed(head[1:])
    tail = deque(maxlen=max(1, len(head)))
    for picture in chain(head, rest):
        tail.append(picture)
        yield picture
    yield from list(tail)[-2::-1]


def _broken(path: Path, reader: Reader) -> str | None:
    missing = missing_bytes(path)
    if missing:
        return f"the file ends {missing} bytes before its container does"
    return reader.broken


def _damage(reader: Reader, times: array) -> str | None:
    """What a file that was read to its end lacks, in numbers."""
    backwards = int(np.sum(np.diff(times) <= 0))
    counts = {
        "packets not decoded": reader.undecodable,
        "frames damaged": reader.damaged,
        "frames not later than the one before": backwards,
    }
    return ", ".join(f"{what}: {number}" for what, number in counts.items() if number) or None


def shot_starts(times: np.ndarray, cuts: list[int], min_length_s: float) -> np.ndarray:
    """First frames of the shots: 0, and cuts at least `min_length_s` after the start before."""
    starts = [0] if len(times) else []
    # Half a millisecond short is rounding.
    shortest = min_length_s - ROUNDING_S / 2
    for cut in cuts:
        if times[cut] - times[starts[-1]] >= shortest:
            starts.append(cut)
    return np.array(starts, np.int64)


def last_length(times: np.ndarray, declared_s: float | None) -> float:
    """How long the last frame is shown, seconds: as declared, or as long as frames usually are."""
    if declared_s:
        return declared_s
    return float(np.median(np.diff(times))) if len(times) > 1 else 0.0


def is_vfr(times: np.ndarray, tick_s: float) -> bool:
    """Whether the gaps between frames differ by more than the container's clock explains.

    Each gap may be off the usual one by 1.5 ticks or 1 ms, whichever is more, since times are
    rounded to ticks; but half a gap is never rounding, however coarse the clock.
    """
    if len(times) < 3:
        return False
    gaps = np.diff(times)
    usual = float(np.median(gaps))
    tolerance = min(max(1.5 * tick_s, ROUNDING_S), usual / 2)
    return bool(np.any(np.abs(gaps - usual) > tolerance + 1e-9))


def to_tables(result: Index, min_length_s: float) -> tuple[dict, dict, dict]:
    """Columns of the frames and shots tables, and the facts about the video for its status row."""
    times = np.frombuffer(result.times)
    starts = shot_starts(times, result.cuts, min_length_s)
    end_s = float(times[-1]) + last_length(times, result.last_duration_s)
    lengths = np.diff(np.append(starts, len(times)))
    frames = {
        "frame": np.arange(len(times), dtype=np.int32),
        "time_s": times,
        "shot": np.repeat(np.arange(len(starts), dtype=np.int32), lengths),
    }
    shots = {
        "shot": np.arange(len(starts), dtype=np.int32),
        "start_frame": starts,
        "end_frame": starts + lengths,
        "start_s": times[starts],
        "end_s": np.append(times[starts[1:]], end_s),
    }
    width, height = result.size or (None, None)
    facts = {
        "status": "truncated" if result.broken else "ok",
        "reason": "; ".join(filter(None, (result.broken, result.damage))) or None,
        "width": width,
        "height": height,
        "n_frames": len(times),
        "start_s": float(times[0]),
        "duration_s": end_s - float(times[0]),
        "is_vfr": is_vfr(times, result.tick_s),
        "n_shots": len(starts),
    }
    return frames, shots, facts


def empty_tables(status: str, reason: str) -> tuple[dict, dict, dict]:
    """What is written of a video without frames."""
    frames, shots = (
        {name: [] for name in schemas.SCHEMAS[table].names} for table in ("frames", "shots")
    )
    return frames, shots, {"status": status, "reason": reason, "n_frames": 0, "n_shots": 0}


def index_file(
    media: Path, record: dict, threshold: float, min_length_s: float
) -> tuple[dict, dict, dict]:
    """Columns of the frames and shots tables, and the status row, of a video in any condition."""
    identity = {name: record[name] for name in ("video_id", "source", "sha256")}
    if record["status"] != "ok":
        frames, shots, facts = empty_tables(record["status"], record["reason"])
    else:
        try:
            frames, shots, facts = to_tables(index(media, threshold), min_length_s)
        except VideoError as error:
            frames, shots, facts = empty_tables("no_video", str(error))
    logging.info("%s: %s", identity["video_id"], facts)
    return frames, shots, {name: [value] for name, value in (identity | facts).items()}


def main() -> None:
    """Read the options, index the video, write its three tables."""
    options = parse_arguments()
    record = json.loads(options.record.read_text())
    columns = index_file(options.media, record, options.threshold, options.min_length_s)
    made_by = provenance.describe(
        "index_frames", provenance.parameters(options, leave_out=()), ("av", "scenedetect")
    )
    for table, rows in zip(("frames", "shots", "status"), columns, strict=True):
        parquet.write(getattr(options, table), table, rows, made_by)


def parse_arguments() -> argparse.Namespace:
    """Options of this script."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--media", type=Path, required=True, help="the video, as it was fetched")
    parser.add_argument("--record", type=Path, required=True, help="what fetching it found: JSON")
    parser.add_argument("--frames", type=Path, required=True, help="table to write: a row a frame")
    parser.add_argument("--shots", type=Path, required=True, help="table to write: a row a shot")
    parser.add_argument("--status", type=Path, required=True, help="table to write: one row")
    parser.add_argument(
        "--threshold",
        type=float,
        required=True,
        help="mean change of hue, saturation and brightness at a cut, 0 to 255; lower finds more",
    )
    parser.add_argument(
        "--min-length-s", type=float, required=True, help="shortest shot before a cut, seconds"
    )
    return parser.parse_args()


if __name__ == "__main__":
    run(main)
