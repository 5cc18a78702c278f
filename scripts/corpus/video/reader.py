"""Read video frames so that every stage sees the same numbers, times and pictures.

Frames are numbered from 0 in the order in which the decoder returns them. Times are the
container's presentation timestamps (PTS), never frame / fps: phones record at a variable frame
rate, and streams may start late. Parts of a file whose clock starts again follow one another
(`corpus.video.clock_jumps`). A rotation or mirror flag is applied, so images are upright; they have
square pixels and one size (`corpus.video.pictures`), and interlaced frames are deinterlaced
(`corpus.video.deinterlacing`). docs/video_files.md describes this for users.

Decoding uses one thread. FFmpeg conceals damage differently for each number of threads, and tables
must not depend on how many cores a machine has. Process several videos in parallel instead.
"""

import logging
from collections.abc import Container, Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import av.container
import av.error
import numpy as np

from corpus.video.clock_jumps import ClockJumps
from corpus.video.container import check_readable, open_video_stream
from corpus.video.deinterlacing import deinterlace
from corpus.video.end_check import EndCheck
from corpus.video.frame_window import FrameWindow
from corpus.video.pictures import PictureConverter, PictureFormat, PictureLog, PixelAspect
from corpus.video.timestamps import Clock


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
    picture
        How images are made, as the status table has it (`corpus.video.picture_format`). None:
        images have the size of the first frame.
    deinterlace
        Whether interlaced frames are deinterlaced, if `picture` does not say so.

    Attributes
    ----------
    pictures
        The pictures that were decoded, as stored.
    clock_jumps
        Times in seconds, as the file has them, before and after each jump of its clock.
    late_frames
        Number of frames that were not later than the one before.
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
        picture: PictureFormat | None = None,
        deinterlace: bool = True,
    ) -> None:
        self.path = Path(path)
        self.frame_numbers = frame_numbers
        self.pictures = PictureLog()
        self.clock_jumps: list[tuple[float, float]] = []
        self.late_frames = 0
        self.truncation: str | None = None
        self.undecodable_packets = 0
        self.damaged_frames = 0
        self._converter = PictureConverter(picture.size if picture else None, max_side)
        self._deinterlace = picture.deinterlace if picture else deinterlace

    def __iter__(self) -> Iterator[Frame]:
        last = self._last_number()
        with open_video_stream(self.path) as (container, stream):
            clock, aspect = Clock(stream), PixelAspect(container, stream)
            frames = FrameWindow(self._decode(container, stream, aspect))
            for number, frame in enumerate(frames):
                if last is not None and number > last:
                    return
                time_s, duration_s = clock.read(frame)
                self.late_frames = clock.n_moved
                shape = aspect.of(frame)
                self.pictures.add(frame, shape)
                image = None
                if self.frame_numbers is None or number in self.frame_numbers:
                    if self._deinterlace and frame.interlaced_frame:
                        frame = deinterlace(frame, frames.previous, frames.following())
                    image = self._converter.image(frame, shape)
                yield Frame(number, time_s, image, duration_s)

    def _last_number(self) -> int | None:
        if isinstance(self.frame_numbers, (set, frozenset)):
            return max(self.frame_numbers, default=-1)
        return None

    def _decode(
        self,
        container: "av.container.InputContainer",
        stream: "av.VideoStream",
        aspect: PixelAspect,
    ) -> Iterator["av.VideoFrame"]:
        """Yield every decodable frame; a corrupt packet is skipped, its neighbours are kept."""
        end, clock = EndCheck(container, stream), ClockJumps(container)
        self.clock_jumps = clock.jumps
        for packet in self._demux(container):
            clock.correct(packet)
            if packet.stream.index != stream.index:
                end.add_other_packet(packet)
                continue
            if packet.size:
                end.last_packet_incomplete = packet.is_corrupt
            frames = self._decode_packet(packet)
            aspect.note_packet(packet)
            yield from self._note_frames(frames, end)
        # The decoder still holds frames if reading, or flushing the decoder, failed above.
        yield from self._note_frames(_flush(stream), end)
        self.truncation = self.truncation or end.truncation(bool(clock.jumps))

    def _note_frames(
        self, frames: list["av.VideoFrame"], end: EndCheck
    ) -> Iterator["av.VideoFrame"]:
        for frame in frames:
            self.damaged_frames += frame.is_corrupt
            end.add_frame(frame)
            yield frame

    def _decode_packet(self, packet: "av.Packet") -> list["av.VideoFrame"]:
        """Return the frames that a packet completes; none if it cannot be decoded."""
        try:
            return packet.decode()
        except av.error.FFmpegError as error:
            if not self.undecodable_packets:
                logging.warning("%s: a packet cannot be decoded: %s", self.path.name, error)
            self.undecodable_packets += 1
            return []

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
            check_readable(self.path)
            # Only `strerror`: the full message may contain the path, which differs by machine.
            self.truncation = f"reading stopped: {error.strerror}"
            logging.warning("%s: %s", self.path.name, self.truncation)


def _flush(stream: "av.VideoStream") -> list["av.VideoFrame"]:
    """Return the frames that the decoder still holds."""
    try:
        return stream.decode(None)
    except av.error.FFmpegError:
        return []
