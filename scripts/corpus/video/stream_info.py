"""Properties of a video from its header: length, time base, frame rate, pixel shape."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av

from corpus.video.reader import Reader, open_container, open_video_stream
from corpus.video.timestamps import NOMINAL_RATE, time_base

ZERO_BASED_FORMATS = ("mov,", "matroska,")
"""FFmpeg's names of the formats with a timeline that starts at 0, whenever their streams start."""


def estimate_frame_count(path: Path | str) -> int | None:
    """Return roughly how many frames a video has, from its header; accurate enough for progress.

    Returns None where the header declares neither a number of frames nor a length and a rate.
    """
    with open_video_stream(path) as (container, stream):
        if stream.frames:
            return stream.frames
        if container.duration and stream.average_rate:
            return round(container.duration / av.time_base * stream.average_rate)
    return None


def seconds_per_tick(path: Path | str) -> float:
    """Return the time base of the video stream: seconds per tick of its timestamps."""
    with open_video_stream(path) as (_, stream):
        return float(time_base(stream))


def player_zero(path: Path | str) -> float:
    """Return the container time, in seconds, that players show as 0:00.

    To seek a player to container time t, seek to t minus this value. MP4, QuickTime, Matroska and
    WebM have a timeline of their own, on which streams may start late (ISO/IEC 14496-12, edit
    lists; RFC 9559, timestamps). Players show that timeline, even where no stream starts at its 0,
    as measured in Chromium. Other formats, such as MPEG-TS, start at an arbitrary time: players
    count from the start of their first stream.
    """
    with open_container(Path(path)) as container:
        if container.format.name.startswith(ZERO_BASED_FORMATS):
            return 0.0
        return (container.start_time or 0) / av.time_base


@dataclass(frozen=True)
class StreamInfo:
    """Properties that a new file must copy to show frames at the same time and shape."""

    time_base: Fraction
    """Seconds per tick."""
    rate: Fraction
    """Average frames per second."""
    pixel_aspect: Fraction
    """Width of a pixel divided by its height, in the upright picture."""
    zero_s: float
    """Container time that players show as 0:00, seconds; see `player_zero`."""


def describe_stream(path: Path | str) -> StreamInfo:
    """Read the properties from the header and the first frame. Raises VideoError as Reader does."""
    reader = Reader(path, frozenset({0}))
    for _ in reader:
        break
    with open_video_stream(path) as (_, stream):
        aspect = Fraction(stream.sample_aspect_ratio or 1) or Fraction(1)
        is_turned = reader.size is not None and reader.size == (stream.height, stream.width)
        if is_turned and stream.height != stream.width:
            aspect = 1 / aspect
        rate = Fraction(stream.average_rate or NOMINAL_RATE)
        return StreamInfo(time_base(stream), rate, aspect, player_zero(path))
