"""Read a few frames of a long video by seeking, without decoding all frames before them."""

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path

import av
import av.container
import av.error
import numpy as np

from corpus.video.container import open_video_stream
from corpus.video.deinterlacing import deinterlace
from corpus.video.pictures import PictureConverter, PictureFormat, PixelAspect
from corpus.video.reader import Reader
from corpus.video.seeking import UncertainSeek, check_format, decode_from_keyframe
from corpus.video.timestamps import time_base


def read_frames_at(
    path: Path | str,
    frame_numbers: set[int],
    times: Sequence[float] | np.ndarray,
    picture: PictureFormat,
) -> Iterator[tuple[int, np.ndarray]]:
    """Yield the number and the image of each of the frames, in order of time.

    `times` are the times of all frames of the video, seconds, as in the frames table; `picture` is
    how images are made. Images are (height, width, 3) uint8 RGB, upright, and equal to those of
    `corpus.video.reader.Reader`. To guarantee this, a seek is accepted only if it led to a keyframe
    and every frame from there on has the time that the table gives; otherwise the video is read
    from its start. A frame that cannot be decoded is left out.

    Raises VideoError and OSError as Reader does.
    """
    remaining = sorted(frame_numbers)
    try:
        with open_video_stream(path) as (container, stream):
            check_format(container)
            converter, aspect = PictureConverter(picture.size), PixelAspect(container, stream)
            while remaining:
                frame = _seek_frame(container, stream, remaining[0], times, picture.deinterlace)
                yield remaining[0], converter.image(frame, aspect.of(frame))
                remaining.pop(0)
    except (UncertainSeek, av.error.FFmpegError):
        logging.info("%s: read from its start, since seeking is not reliable", Path(path).name)
        for frame in Reader(path, set(remaining), picture=picture):
            if frame.image is not None:
                yield frame.number, frame.image


def _seek_frame(
    container: "av.container.InputContainer",
    stream: "av.VideoStream",
    number: int,
    times: Sequence[float] | np.ndarray,
    deinterlaced: bool,
) -> "av.VideoFrame":
    """Return one frame, deinterlaced if so wished.

    Its neighbours are needed to deinterlace it. If it is a keyframe, the one before it is behind
    an earlier keyframe.
    """
    previous, frame, following = _decode_around(container, stream, number, times, number)
    if not (deinterlaced and frame.interlaced_frame):
        return frame
    if previous is None and number:
        previous, frame, following = _decode_around(container, stream, number, times, number - 1)
    return deinterlace(frame, previous, next(following, None))


def _decode_around(
    container: "av.container.InputContainer",
    stream: "av.VideoStream",
    number: int,
    times: Sequence[float] | np.ndarray,
    sought: int,
) -> "tuple[av.VideoFrame | None, av.VideoFrame, Iterator[av.VideoFrame]]":
    """Return the frame `number`, the one before it (None: it was not decoded) and those after it.

    They are decoded from the keyframe before the frame `sought`. Raises UncertainSeek where the
    frame's identity is in doubt.
    """
    tick_s = time_base(stream)
    sought_pts, target_pts = (round(times[frame] / tick_s) for frame in (sought, number))
    container.seek(sought_pts, stream=stream)
    decoded_times: list[float] = []
    previous = None
    frames = decode_from_keyframe(container, stream, sought_pts)
    for frame in frames:
        if frame.pts is None or frame.is_corrupt:
            raise UncertainSeek
        decoded_times.append(float(frame.pts * tick_s))
        if frame.pts < target_pts:
            previous = frame
            continue
        first = number + 1 - len(decoded_times)
        if first < 0 or list(times[first : number + 1]) != decoded_times:
            raise UncertainSeek
        return previous, frame, frames
    raise UncertainSeek
