"""Reading video: every stage sees the same frames, with the same numbers, times and orientation.

Frames are numbered as they come out of the decoder, from 0. Times are the container's own
presentation timestamps (PTS), never frame / fps: phone videos vary their frame rate and streams
may start late. A rotation flag is applied, so pictures are upright.
"""

import logging
from collections.abc import Container, Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np

from corpus.errors import VideoError


@dataclass(frozen=True)
class Frame:
    """A decoded frame: its number, its time in seconds, and its picture where it was wanted."""

    number: int
    time_s: float
    image: np.ndarray | None
    """(height, width, 3) uint8 RGB, upright; None where the picture was not asked for."""
    duration_s: float | None = None
    """How long the container says it is shown, seconds; None where it does not say."""


class Reader:
    """Iterate over a video's frames once, in order of presentation.

    `wanted` holds the numbers of the frames whose pictures are needed (None: all); the others are
    decoded, since the next may depend on them, but not converted. Iteration stops after the last
    wanted frame when `wanted` is a sized collection of numbers.

    Attributes after iteration: `broken` is the decoder's message where the file broke off early,
    else None.

    Raises VideoError where there is no picture stream or not even a container.
    """

    def __init__(self, path: Path | str, wanted: Container[int] | None = None) -> None:
        self.path = Path(path)
        self.wanted = wanted
        self.broken: str | None = None

    def __iter__(self) -> Iterator[Frame]:
        last = max(self.wanted, default=-1) if isinstance(self.wanted, (set, frozenset)) else None
        try:
            container = av.open(str(self.path), metadata_errors="ignore")
        except (av.FFmpegError, OSError) as error:
            raise VideoError(f"{self.path.name}: not a video file ({error})") from error
        with container:
            # Cover art in an audio file is a stream of one picture, not a video.
            streams = [
                stream
                for stream in container.streams.video
                if not stream.disposition & av.stream.Disposition.attached_pic
            ]
            if not streams:
                raise VideoError(f"{self.path.name}: no picture stream")
            stream = streams[0]
            stream.thread_type = "AUTO"
            for number, frame in enumerate(self._decode(container, stream)):
                if last is not None and number > last:
                    return
                wanted = self.wanted is None or number in self.wanted
                yield Frame(
                    number,
                    _time(frame, stream, number),
                    _upright(frame) if wanted else None,
                    float(frame.duration * stream.time_base) if frame.duration else None,
                )

    def _decode(self, container: "av.container.InputContainer", stream: "av.VideoStream"):
        try:
            yield from container.decode(stream)
        except av.FFmpegError as error:
            self.broken = f"decoding stopped: {error}"
            logging.warning("%s: %s", self.path.name, self.broken)


def _time(frame: "av.VideoFrame", stream: "av.VideoStream", number: int) -> float:
    """PTS in seconds; a raw stream without timestamps is counted at its nominal rate."""
    ticks = frame.pts if frame.pts is not None else frame.dts
    if ticks is not None:
        return float(ticks * stream.time_base)
    return float(number / (stream.average_rate or 25))


def _upright(frame: "av.VideoFrame") -> np.ndarray:
    """(height, width, 3) RGB picture with the display matrix's rotation applied.

    `frame.rotation` is the angle in degrees, counter-clockwise, by which the picture must be
    turned to stand upright (https://pyav.basswood-io.com/docs/stable/api/video.html).
    """
    image = frame.to_ndarray(format="rgb24")
    turns = round(frame.rotation / 90) % 4
    return np.ascontiguousarray(np.rot90(image, turns)) if turns else image


def time_base(path: Path | str) -> float:
    """Seconds per tick of the picture stream's clock."""
    with av.open(str(path)) as container:
        return float(container.streams.video[0].time_base)
