"""Read parts of a video, each without decoding all frames before it where that is safe.

The frames of a part are equal to those of reading the video from its start. A seek is used only
where it certainly leads to the same pictures (`corpus.video.seeking`); otherwise the file is
decoded from its start, and reading continues from where an earlier part ended.
"""

import logging
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import av
import av.container
import av.error
import numpy as np

from corpus.video.container import open_video_stream
from corpus.video.deinterlacing import deinterlace
from corpus.video.frame_window import FrameWindow
from corpus.video.pictures import PictureConverter, PictureFormat, PixelAspect
from corpus.video.reader import Frame, Reader
from corpus.video.seeking import UncertainSeek, check_format, decode_from_keyframe
from corpus.video.timestamps import time_base

EARLIER_S = (0.0, 2.0, 10.0)
"""A seek that leads to a later keyframe is repeated to an earlier time, seconds before the frame.

Frames that are shown before a keyframe but stored after it have no entry in the index."""


class FrameRanges:
    """Reads the frames of parts of a video.

    Parameters
    ----------
    path
        The media file.
    times
        The times of all frames of the video, seconds, as in the frames table.
    picture
        How images are made.
    may_seek
        False for a file in which several frames may have the same time in the file, because its
        clock starts again.
    """

    def __init__(
        self,
        path: Path | str,
        times: Sequence[float] | np.ndarray,
        picture: PictureFormat,
        may_seek: bool = True,
    ) -> None:
        self.path, self.times, self.picture = Path(path), np.asarray(times, float), picture
        self.may_seek = may_seek and is_seekable(self.path)
        self._idle: list[_ForwardReader] = []

    def read(self, frame_numbers: Sequence[int]) -> Iterator[Frame]:
        """Yield the frames with these ascending numbers, with images.

        A frame that cannot be decoded is left out. Several calls may be used at the same time.
        Raises VideoError and OSError as `corpus.video.reader.Reader` does.
        """
        remaining = [int(number) for number in frame_numbers]
        if self.may_seek and remaining and remaining[0] > 0:
            n_read = 0
            try:
                for frame in self._seek(remaining):
                    n_read += 1
                    yield frame
                return
            except (UncertainSeek, av.error.FFmpegError):
                self.may_seek = False
                logging.info("%s: read from its start, as seeking is not reliable", self.path.name)
                remaining = remaining[n_read:]
        if remaining:
            yield from self._read_forward(remaining)

    def close(self) -> None:
        """Close the file where it is still open."""
        while self._idle:
            self._idle.pop().close()

    def _read_forward(self, frame_numbers: list[int]) -> Iterator[Frame]:
        """Continue an idle reader that is not yet past the first frame, or else open the file."""
        usable = [reader for reader in self._idle if reader.next_number <= frame_numbers[0]]
        reader = max(usable, key=lambda reader: reader.next_number, default=None)
        if reader is None:
            self.close()
            reader = _ForwardReader(self.path, self.picture)
        else:
            self._idle.remove(reader)
        try:
            yield from reader.read(frame_numbers)
        except BaseException:
            reader.close()
            raise
        if self.may_seek:
            reader.close()
        else:
            self._idle.append(reader)

    def _seek(self, frame_numbers: list[int]) -> Iterator[Frame]:
        """Yield frames after a seek. Raises UncertainSeek where a frame's identity is in doubt."""
        wanted, last = set(frame_numbers), frame_numbers[-1]
        # The frame before the first one is needed to deinterlace it.
        first = frame_numbers[0] - int(self.picture.deinterlace)
        with open_video_stream(self.path) as (container, stream):
            check_format(container)
            converter, aspect = PictureConverter(self.picture.size), PixelAspect(container, stream)
            frames = _IdentifiedFrames(container, stream, self.times, max(first, 0))
            window = FrameWindow(iter(frames))
            for number, frame in enumerate(window, start=frames.first_number):
                if number in wanted:
                    shape = aspect.of(frame)
                    if self.picture.deinterlace and frame.interlaced_frame:
                        frame = deinterlace(frame, window.previous, window.following())
                    image = converter.image(frame, shape)
                    yield Frame(number, float(self.times[number]), image)
                if number >= last:
                    return
        raise UncertainSeek


class _IdentifiedFrames:
    """The frames of a video from a keyframe before `number` on, with checked times.

    Iteration raises UncertainSeek at a frame whose time is not the one in the table.

    Attributes
    ----------
    first_number
        Number of the first frame of the iteration.
    """

    def __init__(
        self,
        container: "av.container.InputContainer",
        stream: "av.VideoStream",
        times: np.ndarray,
        number: int,
    ) -> None:
        self._times, self._tick_s = times, time_base(stream)
        target_pts = round(times[number] / self._tick_s)
        for earlier_s in EARLIER_S:
            try:
                container.seek(target_pts - round(earlier_s / self._tick_s), stream=stream)
                self._frames = decode_from_keyframe(container, stream, target_pts)
                self._first = next(self._frames)
                break
            except (UncertainSeek, StopIteration):
                continue
        else:
            raise UncertainSeek
        self.first_number = int(np.searchsorted(times, self._time_of(self._first)))
        if self.first_number > number:
            raise UncertainSeek

    def __iter__(self) -> Iterator["av.VideoFrame"]:
        yield self._checked(self._first, self.first_number)
        for number, frame in enumerate(self._frames, start=self.first_number + 1):
            yield self._checked(frame, number)

    def _checked(self, frame: "av.VideoFrame", number: int) -> "av.VideoFrame":
        if number >= len(self._times) or self._times[number] != self._time_of(frame):
            raise UncertainSeek
        return frame

    def _time_of(self, frame: "av.VideoFrame") -> float:
        if frame.pts is None or frame.is_corrupt:
            raise UncertainSeek
        return float(frame.pts * self._tick_s)


class _ForwardReader:
    """A file that is decoded from its start, in parts that follow one another."""

    def __init__(self, path: Path, picture: PictureFormat) -> None:
        self.next_number = 0
        self._wanted = _ChangingNumbers()
        self._frames = iter(Reader(path, self._wanted, picture=picture))

    def read(self, frame_numbers: list[int]) -> Iterator[Frame]:
        """Yield the frames with these numbers, which must not lie before `next_number`."""
        self._wanted.numbers = frozenset(frame_numbers)
        while self.next_number <= frame_numbers[-1]:
            frame = next(self._frames, None)
            if frame is None:
                return
            self.next_number = frame.number + 1
            if frame.image is not None:
                yield frame

    def close(self) -> None:
        """Close the file."""
        close = getattr(self._frames, "close", None)  # a generator has it
        if close:
            close()


class _ChangingNumbers:
    """Numbers of frames to make images of; they change from part to part."""

    def __init__(self) -> None:
        self.numbers: Collection[int] = frozenset()

    def __contains__(self, number: object) -> bool:
        return number in self.numbers


def is_seekable(path: Path) -> bool:
    """Return whether the format of a file has an index that seeking can rely on.

    Raises VideoError and OSError as `corpus.video.reader.Reader` does.
    """
    with open_video_stream(path) as (container, _):
        try:
            check_format(container)
        except UncertainSeek:
            return False
        return True
