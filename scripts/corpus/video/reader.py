"""Reading video: every stage sees the same frames, with the same numbers, times and orientation.

Frames are numbered as they come out of the decoder, from 0. Times are the container's own
presentation timestamps (PTS), never frame / fps: phone videos vary their frame rate and streams
may start late. A rotation or mirror flag is applied, so pictures are upright. Pixels are as coded:
interlaced fields are left as they are, and pixels that are not square stay so.

Decoding uses one thread: FFmpeg conceals damage differently with every number of threads, and
tables must not depend on how many cores a machine has. Run several videos at once instead.
"""

import logging
from collections.abc import Container, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter

from corpus.core.errors import VideoError
from corpus.video.orientation import is_turned, orientation, upright
from corpus.video.timestamps import Clock

EXACT = Interpolation.BILINEAR | Interpolation.ACCURATE_RND | Interpolation.BITEXACT
"""How colours are converted and pictures scaled: the same on every processor, for 1 ms a frame."""
SLACK_S = 0.5
"""So much, and two frames more, a stream may end before its declared end: honest files do."""


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
    wanted frame when `wanted` is a sized collection of numbers. Pictures are scaled down until
    their longer side has at most `longest` pixels (None: left as they are).

    Attributes after iteration: `size` is (width, height) of the first frame, upright and not
    scaled. `broken` says why the file seems to break off early, else None. `undecodable` counts
    packets that the decoder refused, `damaged` frames that it patched up.

    Raises VideoError where there is no picture stream or not even a container, OSError where the
    file cannot be read.
    """

    def __init__(
        self,
        path: Path | str,
        wanted: Container[int] | None = None,
        longest: int | None = None,
    ) -> None:
        self.path = Path(path)
        self.wanted = wanted
        self.longest = longest
        self.size: tuple[int, int] | None = None
        self.broken: str | None = None
        self.undecodable = 0
        self.damaged = 0
        self._shape: tuple[int, int] | None = None
        self._scaler = VideoReformatter()

    def __iter__(self) -> Iterator[Frame]:
        last = max(self.wanted, default=-1) if isinstance(self.wanted, (set, frozenset)) else None
        with open_pictures(self.path) as (container, stream):
            clock = Clock(stream)
            for number, frame in enumerate(self._decode(container, stream)):
                if last is not None and number > last:
                    return
                if self.size is None:
                    self._measure(frame)
                wanted = self.wanted is None or number in self.wanted
                time, duration = clock.read(frame)
                yield Frame(number, time, self._image(frame) if wanted else None, duration)

    def _decode(
        self, container: "av.container.InputContainer", stream: "av.VideoStream"
    ) -> Iterator["av.VideoFrame"]:
        """Every frame that can be had: a packet that does not decode costs no more than itself."""
        end = _End(container, stream)
        for frames in self._pieces(container, stream, end):
            for frame in frames:
                self.damaged += frame.is_corrupt
                end.show(frame)
                yield frame
        self.broken = self.broken or end.reason()

    def _pieces(
        self, container: "av.container.InputContainer", stream: "av.VideoStream", end: "_End"
    ) -> Iterator[list["av.VideoFrame"]]:
        for packet in self._demux(container):
            if packet.stream.index != stream.index:
                end.pass_by(packet)
                continue
            if packet.size:
                end.incomplete = packet.is_corrupt
            try:
                yield packet.decode()
            except av.FFmpegError as error:
                if not self.undecodable:
                    logging.warning("%s: a packet does not decode: %s", self.path.name, error)
                self.undecodable += 1
        # Frames the decoder still holds where reading, or asking for the last ones, failed.
        yield _flush(stream)

    def _demux(self, container: "av.container.InputContainer") -> Iterator["av.Packet"]:
        """Packets of all streams: the others tell how far the file goes. A read error ends them."""
        try:
            for packet in container.demux():
                # An empty packet tells a decoder that its stream is over; only ours is asked.
                if packet.size or packet.stream.type == "video":
                    yield packet
        except av.FFmpegError as error:
            _check_readable(self.path)
            # Not the whole error, which may hold a path of this machine.
            self.broken = f"reading stopped: {error.strerror}"
            logging.warning("%s: %s", self.path.name, self.broken)

    def _measure(self, frame: "av.VideoFrame") -> None:
        """Take the first frame's size; scaled pictures all get one shape, even if that changes."""
        width, height = frame.width, frame.height
        scale = min(1.0, self.longest / max(width, height)) if self.longest else 1.0
        if scale < 1.0:
            self._shape = max(1, round(width * scale)), max(1, round(height * scale))
        self.size = (height, width) if is_turned(orientation(frame)) else (width, height)

    def _image(self, frame: "av.VideoFrame") -> np.ndarray:
        width, height = self._shape or (frame.width, frame.height)
        rgb = self._scaler.reformat(
            frame,
            width,
            height,
            "rgb24",
            interpolation=EXACT,
            threads=1,
        )
        return upright(rgb.to_ndarray(), orientation(frame))


class _End:
    """How a file ends, and how it should."""

    def __init__(self, container: "av.container.InputContainer", stream: "av.VideoStream") -> None:
        self.base = stream.time_base
        self.incomplete = False
        """The last packet read is cut short."""
        self._damaged = False
        self._reached = self._gap = 0.0
        self._shown: float | None = None
        self._own = stream.duration is not None
        if self._own:
            self._declared = float(((stream.start_time or 0) + stream.duration) * self.base)
        else:
            start, length = container.start_time or 0, container.duration or 0
            self._declared = (start + length) / av.time_base

    def pass_by(self, packet: "av.Packet") -> None:
        """A packet of another stream: it may be what a length of the whole file is about."""
        if not self._own and packet.pts is not None:
            end = float((packet.pts + (packet.duration or 0)) * packet.time_base)
            self._reached = max(self._reached, end)

    def show(self, frame: "av.VideoFrame") -> None:
        """A frame of the picture stream."""
        self._damaged = frame.is_corrupt
        if frame.pts is not None:
            time = float(frame.pts * self.base)
            if self._shown is not None:
                self._gap = max(self._gap, time - self._shown)
            self._shown = time
            self._reached = max(self._reached, time + float((frame.duration or 0) * self.base))

    def reason(self) -> str | None:
        """Why the file seems to break off, or None.

        Late by half a second and two frames is not enough: containers round, and count frames that
        an edit list leaves out.
        """
        missing = self._declared - self._reached
        if missing > SLACK_S + 2 * self._gap:
            return (
                f"the picture ends {missing:.1f} s before its declared end, {self._declared:.1f} s"
            )
        if self.incomplete:
            return "the last packet is incomplete"
        return "the last frame is damaged" if self._damaged else None


@contextmanager
def open_pictures(
    path: Path | str,
) -> Iterator[tuple["av.container.InputContainer", "av.VideoStream"]]:
    """Open a file: the container, and its picture stream, made ready for decoding."""
    container = open_container(Path(path))
    with container:
        # Cover art in an audio file is a stream of one picture, not a video.
        streams = [
            stream
            for stream in container.streams.video
            if not stream.disposition & av.stream.Disposition.attached_pic
        ]
        if not streams:
            raise VideoError(f"{Path(path).name}: no picture stream")
        stream = streams[0]
        stream.thread_type = "NONE"
        stream.codec_context.thread_count = 1
        yield container, stream


def open_container(path: Path) -> "av.container.InputContainer":
    if not path.stat().st_size:
        raise VideoError(f"{path.name}: the file is empty")
    level = av.logging.get_level()
    av.logging.set_level(av.logging.ERROR)
    av.logging.set_skip_repeated(False)
    try:
        with av.logging.Capture() as notes:
            # `file:` keeps a colon in a name from being taken for a protocol; the whitelist keeps a
            # playlist that poses as a video off the network.
            return av.open(
                f"file:{path}", metadata_errors="ignore", options={"protocol_whitelist": "file"}
            )
    except (av.FFmpegError, OSError) as error:
        _check_readable(path)
        # The demuxer's own words say more than its error code: "moov atom not found".
        words = [message.strip() for _, _, message in notes] + [error.strerror or str(error)]
        raise VideoError(f"{path.name}: not a video file ({words[0]})") from error
    finally:
        av.logging.set_level(level)


def _check_readable(path: Path) -> None:
    """Raise OSError where not the video but its disk is at fault: that may pass."""
    with path.open("rb") as file:
        while file.read(1 << 20):
            pass


def _flush(stream: "av.VideoStream") -> list["av.VideoFrame"]:
    try:
        return stream.decode(None)
    except av.FFmpegError:
        return []
