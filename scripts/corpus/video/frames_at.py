"""A few frames of a long video, without decoding all that comes before them."""

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import VideoReformatter

from corpus.video.orientation import orientation, upright
from corpus.video.reader import EXACT, Reader, open_pictures

INDEXED = {"mov", "mp4", "matroska", "webm"}
"""Containers whose times are trusted after a jump: they have an index and keep presentation times.
In others (AVI, MPEG streams) a jump lands somewhere near, on times that may be guessed."""


class _Unsure(Exception):
    """A jump did not lead to a frame that is certainly the right one."""


def stills(
    path: Path | str, wanted: set[int], times: Sequence[float]
) -> Iterator[tuple[int, np.ndarray]]:
    """Number and picture of each of the frames `wanted`, in order of time.

    `times` are the times of all frames of the video, seconds, as in the frames table. Pictures are
    (height, width, 3) uint8 RGB, upright, and the same as those of `corpus.video.reader.Reader`: a jump
    counts only if it led to a keyframe and every frame from there on has the time that the table
    says; else the video is read from its start. A wanted frame that cannot be decoded is left out.

    Raises VideoError and OSError as Reader does.
    """
    left = sorted(wanted)
    try:
        with open_pictures(path) as (container, stream):
            if not INDEXED & set(container.format.name.split(",")):
                raise _Unsure
            while left:
                yield left[0], _jump(container, stream, left[0], times)
                left.pop(0)
    except (_Unsure, av.FFmpegError):
        logging.info("%s: read from its start", Path(path).name)
        for frame in Reader(path, set(left)):
            if frame.image is not None:
                yield frame.number, frame.image


def _jump(
    container: "av.container.InputContainer",
    stream: "av.VideoStream",
    number: int,
    times: Sequence[float],
) -> np.ndarray:
    """Picture of one frame, decoded from the keyframe before it. Raises _Unsure."""
    ticks = round(times[number] / stream.time_base)
    container.seek(ticks, stream=stream)
    seen: list[float] = []
    for frame in _from_keyframe(container, stream, ticks):
        if frame.pts is None or frame.is_corrupt:
            raise _Unsure
        seen.append(float(frame.pts * stream.time_base))
        if frame.pts < ticks:
            continue
        first = number + 1 - len(seen)
        if first < 0 or list(times[first : number + 1]) != seen:
            raise _Unsure
        image = VideoReformatter().reformat(frame, format="rgb24", interpolation=EXACT, threads=1)
        return upright(image.to_ndarray(), orientation(frame))
    raise _Unsure


def _from_keyframe(
    container: "av.container.InputContainer", stream: "av.VideoStream", ticks: int
) -> Iterator["av.VideoFrame"]:
    """Frames from the keyframe that a jump landed on.

    Frames that are shown before the keyframe though they come after it in the file lean on what
    was jumped over, and so does everything where the keyframe is later than what is wanted.
    """
    keyframe: int | None = None
    for packet in container.demux(stream):
        if keyframe is None:
            if not packet.is_keyframe or packet.pts is None or packet.pts > ticks:
                raise _Unsure
            keyframe = packet.pts
        for frame in packet.decode():
            if frame.pts is None or frame.pts >= keyframe:
                yield frame
