"""Read video frames so that every stage sees the same numbers, times and orientation.

Frames are numbered from 0 in the order in which the decoder returns them. Times are the
container's presentation timestamps (PTS), never frame / fps: phones record at a variable frame
rate, and streams may start late. A rotation or mirror flag is applied, so images are upright.
Pixels are used as coded: interlaced frames are not deinterlaced, and pixels that are not square are
not rescaled.

Decoding uses one thread. FFmpeg conceals damage differently for each number of threads, and tables
must not depend on how many cores a machine has. Process several videos in parallel instead.
"""

import logging
import os
from collections.abc import Container, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import av
import av.container
import av.error
import av.logging
import av.stream
import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter

from corpus.core.errors import InputError, MissingFileError, VideoError
from corpus.video.orientation import display_matrix, swaps_axes, turn_upright
from corpus.video.timestamps import Clock, time_base

BITEXACT = Interpolation.BILINEAR | Interpolation.ACCURATE_RND | Interpolation.BITEXACT
"""Conversion of colours and scaling of images that gives the same result on every processor. It
costs about 1 ms per frame."""
END_TOLERANCE_S = 0.5
"""An intact stream may end this many seconds, plus two frames, before its declared end."""


@dataclass(frozen=True)
class Frame:
    """A decoded frame."""

    number: int
    """Position in the video, from 0."""
    time_s: float
    """Presentation time, seconds."""
    image: np.ndarray | None
    """(height, width, 3) uint8 RGB, upright; None where the image was not requested."""
    duration_s: float | None = None
    """Duration that the container declares, seconds; None where it declares none."""

    @property
    def pixels(self) -> np.ndarray:
        """The image. Raises ValueError where it was not requested."""
        if self.image is None:
            raise ValueError(f"the image of frame {self.number} was not requested")
        return self.image


class Reader:
    """Iterate over a video's frames once, in order of presentation.

    Parameters
    ----------
    path
        The media file.
    frame_numbers
        Frames to return images of (None: all). The other frames are decoded, since later frames may
        depend on them, but not converted. If this is a set, iteration stops after its last frame.
    max_side
        Images are scaled down until their longer side has at most this many pixels (None: images
        keep their size).

    Attributes
    ----------
    size
        (width, height) of the first frame in pixels, upright and before scaling.
    truncation
        After iteration: why the file seems to be truncated, or None.
    undecodable_packets
        Number of packets that the decoder rejected.
    damaged_frames
        Number of frames that the decoder returned with concealed errors.

    Raises
    ------
    VideoError
        The file has no video stream or is not a media file.
    OSError
        The file cannot be read.
    """

    def __init__(
        self,
        path: Path | str,
        frame_numbers: Container[int] | None = None,
        max_side: int | None = None,
    ) -> None:
        self.path = Path(path)
        self.frame_numbers = frame_numbers
        self.max_side = max_side
        self.size: tuple[int, int] | None = None
        self.truncation: str | None = None
        self.undecodable_packets = 0
        self.damaged_frames = 0
        self._scaled_size: tuple[int, int] | None = None
        self._scaler = VideoReformatter()

    def __iter__(self) -> Iterator[Frame]:
        last = self._last_number()
        with open_video_stream(self.path) as (container, stream):
            clock = Clock(stream)
            for number, frame in enumerate(self._decode(container, stream)):
                if last is not None and number > last:
                    return
                if self.size is None:
                    self._set_size(frame)
                has_image = self.frame_numbers is None or number in self.frame_numbers
                time_s, duration_s = clock.read(frame)
                yield Frame(number, time_s, self._image(frame) if has_image else None, duration_s)

    def _last_number(self) -> int | None:
        if isinstance(self.frame_numbers, (set, frozenset)):
            return max(self.frame_numbers, default=-1)
        return None

    def _decode(
        self, container: "av.container.InputContainer", stream: "av.VideoStream"
    ) -> Iterator["av.VideoFrame"]:
        """Yield every decodable frame; a corrupt packet is skipped, its neighbours are kept."""
        end = _EndCheck(container, stream)
        for frames in self._decode_packets(container, stream, end):
            for frame in frames:
                self.damaged_frames += frame.is_corrupt
                end.add_frame(frame)
                yield frame
        self.truncation = self.truncation or end.truncation()

    def _decode_packets(
        self, container: "av.container.InputContainer", stream: "av.VideoStream", end: "_EndCheck"
    ) -> Iterator[list["av.VideoFrame"]]:
        """Yield the frames of each packet of the video stream."""
        for packet in self._demux(container):
            if packet.stream.index != stream.index:
                end.add_other_packet(packet)
                continue
            if packet.size:
                end.last_packet_incomplete = packet.is_corrupt
            try:
                yield packet.decode()
            except av.error.FFmpegError as error:
                if not self.undecodable_packets:
                    logging.warning("%s: a packet cannot be decoded: %s", self.path.name, error)
                self.undecodable_packets += 1
        # The decoder still holds frames if reading, or flushing the decoder, failed above.
        yield _flush(stream)

    def _demux(self, container: "av.container.InputContainer") -> Iterator["av.Packet"]:
        """Yield the packets of all streams, until the end or the first read error.

        Packets of the other streams show how far the file extends.
        """
        try:
            for packet in container.demux():
                # An empty packet marks the end of a stream and flushes its decoder. Only the video
                # decoder is used.
                if packet.size or packet.stream.type == "video":
                    yield packet
        except av.error.FFmpegError as error:
            _check_readable(self.path)
            # Only `strerror`: the full message may contain the path, which differs by machine.
            self.truncation = f"reading stopped: {error.strerror}"
            logging.warning("%s: %s", self.path.name, self.truncation)

    def _set_size(self, frame: "av.VideoFrame") -> None:
        """Set the sizes from the first frame: scaled images keep it even if it changes."""
        width, height = frame.width, frame.height
        scale = min(1.0, self.max_side / max(width, height)) if self.max_side else 1.0
        if scale < 1.0:
            self._scaled_size = max(1, round(width * scale)), max(1, round(height * scale))
        self.size = (height, width) if swaps_axes(display_matrix(frame)) else (width, height)

    def _image(self, frame: "av.VideoFrame") -> np.ndarray:
        """Convert a frame to upright RGB of the chosen size."""
        width, height = self._scaled_size or (frame.width, frame.height)
        rgb = self._scaler.reformat(
            frame,
            width,
            height,
            "rgb24",
            interpolation=BITEXACT,
            threads=1,
        )
        return turn_upright(rgb.to_ndarray(), display_matrix(frame))


class _EndCheck:
    """Compares where the video stream ends with the end that the file declares."""

    def __init__(self, container: "av.container.InputContainer", stream: "av.VideoStream") -> None:
        self.time_base = time_base(stream)
        self.last_packet_incomplete = False
        self._last_frame_damaged = False
        self._end_s = self._longest_gap_s = 0.0
        self._last_time_s: float | None = None
        self._stream_declares_end = stream.duration is not None
        if stream.duration is not None:
            ticks = (stream.start_time or 0) + stream.duration
            self._declared_end_s = float(ticks * self.time_base)
        else:
            start, length = container.start_time or 0, container.duration or 0
            self._declared_end_s = (start + length) / av.time_base

    def add_other_packet(self, packet: "av.Packet") -> None:
        """Take note of a packet of another stream: the declared length may refer to that stream."""
        if not self._stream_declares_end and packet.pts is not None:
            end_s = float((packet.pts + (packet.duration or 0)) * packet.time_base)
            self._end_s = max(self._end_s, end_s)

    def add_frame(self, frame: "av.VideoFrame") -> None:
        """Take note of a decoded frame."""
        self._last_frame_damaged = frame.is_corrupt
        if frame.pts is None:
            return
        time_s = float(frame.pts * self.time_base)
        if self._last_time_s is not None:
            self._longest_gap_s = max(self._longest_gap_s, time_s - self._last_time_s)
        self._last_time_s = time_s
        duration_s = float((frame.duration or 0) * self.time_base)
        self._end_s = max(self._end_s, time_s + duration_s)

    def truncation(self) -> str | None:
        """Return why the file seems to be truncated, or None.

        An early end within END_TOLERANCE_S and two frames is accepted: containers round lengths,
        and some count frames that an edit list hides.
        """
        missing_s = self._declared_end_s - self._end_s
        if missing_s > END_TOLERANCE_S + 2 * self._longest_gap_s:
            return (
                f"the picture ends {missing_s:.1f} s before its declared end, "
                f"{self._declared_end_s:.1f} s"
            )
        if self.last_packet_incomplete:
            return "the last packet is incomplete"
        return "the last frame is damaged" if self._last_frame_damaged else None


@contextmanager
def open_video_stream(
    path: Path | str,
) -> Iterator[tuple["av.container.InputContainer", "av.VideoStream"]]:
    """Open a file; yield the container and its first video stream, set to decode in one thread.

    Raises VideoError where there is no video stream or the file is not a media file, OSError where
    it cannot be read.
    """
    container = open_container(Path(path))
    with container:
        # Cover art of an audio file is stored as a video stream of one picture.
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
    """Open a media file with FFmpeg.

    Raises VideoError where it is not a media file, OSError where it cannot be read.
    """
    if not _size_of(path):
        raise VideoError(f"{path.name}: the file is empty")
    level = av.logging.get_level()
    av.logging.set_level(av.logging.ERROR)
    av.logging.set_skip_repeated(False)
    log_entries: list[tuple[int, str, str]] = []
    try:
        with av.logging.Capture() as log_entries:
            # With `file:`, FFmpeg does not take a colon in the name for a protocol. The whitelist
            # stops a playlist that is named like a video from reaching the network.
            return av.open(
                f"file:{path}", metadata_errors="ignore", options={"protocol_whitelist": "file"}
            )
    except (av.error.FFmpegError, OSError) as error:
        _check_readable(path)
        # The demuxer's log says more than its error code, for instance "moov atom not found".
        messages = [text.strip() for _, _, text in log_entries] + [error.strerror or str(error)]
        raise VideoError(f"{path.name}: not a video file ({messages[0]})") from error
    finally:
        av.logging.set_level(level)


def _size_of(path: Path) -> int:
    """Size of a file. Raises MissingFileError if it does not exist."""
    try:
        return path.stat().st_size
    except FileNotFoundError as error:
        target = f", the target of the link {path}" if path.is_symlink() else ""
        raise MissingFileError(
            f"{os.path.realpath(path)}: no such file{target}. The video was moved or deleted; "
            "correct its source in the manifest and run snakemake again"
        ) from error


def _check_readable(path: Path) -> None:
    """Read the whole file.

    Raises InputError without the right to read it, OSError where the disk failed, so that the job
    is retried.
    """
    try:
        with path.open("rb") as file:
            while file.read(1 << 20):
                pass
    except PermissionError as error:
        raise InputError(
            f"{path}: cannot be read ({error.strerror}); give yourself the right to read it"
        ) from error


def _flush(stream: "av.VideoStream") -> list["av.VideoFrame"]:
    """Return the frames that the decoder still holds."""
    try:
        return stream.decode(None)
    except av.error.FFmpegError:
        return []
