"""Properties of a video from its header: length, time base, frame rate, streams."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av

from corpus.video.container import open_container, open_video_stream, sound_stream
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
    """Properties that a new file must copy to show frames at the same time."""

    time_base: Fraction
    """Seconds per tick."""
    rate: Fraction
    """Average frames per second."""
    zero_s: float
    """Container time that players show as 0:00, seconds; see `player_zero`."""


def describe_stream(path: Path | str) -> StreamInfo:
    """Read the properties from the header. Raises VideoError as Reader does."""
    with open_video_stream(path) as (_, stream):
        rate = Fraction(stream.average_rate or NOMINAL_RATE)
        return StreamInfo(time_base(stream), rate, player_zero(path))


def describe_streams(path: Path | str) -> dict[str, str | None]:
    """Name the picture and the sound stream that are used, and the other ones of both kinds.

    Returns the columns picture_stream, sound_stream and other_streams of the status table.
    """
    with open_video_stream(path) as (container, picture):
        sound = sound_stream(container)
        others = [
            _describe(stream)
            for stream in (*container.streams.video, *container.streams.audio)
            if stream not in (picture, sound)
        ]
        return {
            "picture_stream": _describe(picture),
            "sound_stream": _describe(sound) if sound else None,
            "other_streams": "; ".join(others) or None,
        }


def _describe(stream: "av.VideoStream | av.AudioStream") -> str:
    """Number of a stream in the file, its kind and codec, and the size of a picture stream."""
    kind = "picture" if stream.type == "video" else "sound"
    codec = stream.codec_context.name if stream.codec_context else "unknown codec"
    size = f" {stream.width}x{stream.height}" if stream.type == "video" else ""
    return f"{stream.index}: {kind}, {codec}{size}"
