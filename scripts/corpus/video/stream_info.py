"""What a file says of itself before it is decoded: length, clock, shape of its pictures."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av

from corpus.video.reader import Reader, open_container, open_pictures
from corpus.video.timestamps import NOMINAL_RATE

OWN_TIMELINE = ("mov,", "matroska,")
"""FFmpeg's names of containers whose clock starts at 0 whenever their streams do."""


def expected_frames(path: Path | str) -> int | None:
    """Roughly how many frames a video has, from its header: good enough to show progress."""
    with open_pictures(path) as (container, stream):
        if stream.frames:
            return stream.frames
        if container.duration and stream.average_rate:
            return round(container.duration / av.time_base * stream.average_rate)
    return None


def time_base(path: Path | str) -> float:
    """Seconds per tick of the picture stream's clock."""
    with open_pictures(path) as (_, stream):
        return float(stream.time_base)


def player_zero(path: Path | str) -> float:
    """The time on the container's clock that players show as 0:00, seconds.

    To seek a player to time t, seek to t minus this. MP4, QuickTime, Matroska and WebM have a
    timeline of their own, on which streams may start late (ISO/IEC 14496-12, edit lists; RFC 9559,
    timestamps): players show that, also where nothing starts at its 0, as measured in Chromium.
    Others, such as MPEG-TS, begin anywhere: players count from where their first stream starts.
    """
    with open_container(Path(path)) as container:
        if container.format.name.startswith(OWN_TIMELINE):
            return 0.0
        return (container.start_time or 0) / av.time_base


@dataclass(frozen=True)
class StreamInfo:
    """What another file must repeat to show a video's pictures when and as the original does."""

    time_base: Fraction
    """Seconds per tick."""
    rate: Fraction
    """Frames a second, on average."""
    pixel_aspect: Fraction
    """Width of an upright picture's pixel to its height."""
    zero_s: float
    """As `player_zero`."""


def describe_stream(path: Path | str) -> StreamInfo:
    """Read from the header and the first picture. Raises VideoError as Reader does."""
    reader = Reader(path, frozenset({0}))
    for _ in reader:
        break
    with open_pictures(path) as (_, stream):
        aspect = Fraction(stream.sample_aspect_ratio or 1) or Fraction(1)
        turned = reader.size is not None and reader.size == (stream.height, stream.width)
        if turned and stream.height != stream.width:
            aspect = 1 / aspect
        rate = Fraction(stream.average_rate or NOMINAL_RATE)
        return StreamInfo(Fraction(stream.time_base), rate, aspect, player_zero(path))
