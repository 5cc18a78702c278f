"""Decode a video from the middle, where that certainly gives the frames of reading from the start.

A seek is trusted only in formats with an index that stores presentation times, only if it leads to
a keyframe, and only while the times of the decoded frames are those of the frames table.
"""

from collections.abc import Iterator

import av
import av.container

SEEKABLE_FORMATS = {"mov", "mp4", "matroska", "webm"}
"""Formats whose times are reliable after a seek: they have an index and store presentation times.
In others (AVI, MPEG streams) a seek ends somewhere near, at times that FFmpeg may have guessed."""


class UncertainSeek(Exception):
    """A seek did not lead to a frame that is certainly the right one."""


def check_format(container: "av.container.InputContainer") -> None:
    """Raise UncertainSeek for a file whose format has no reliable index."""
    if not SEEKABLE_FORMATS & set(container.format.name.split(",")):
        raise UncertainSeek


def decode_from_keyframe(
    container: "av.container.InputContainer", stream: "av.VideoStream", target_pts: int
) -> Iterator["av.VideoFrame"]:
    """Yield the frames from the keyframe where the seek ended.

    Frames that are shown before the keyframe but stored after it are left out: they depend on
    frames that the seek skipped. Raises UncertainSeek where the keyframe is later than the target.
    """
    keyframe_pts: int | None = None
    for packet in container.demux(stream):
        if keyframe_pts is None:
            if not packet.is_keyframe or packet.pts is None or packet.pts > target_pts:
                raise UncertainSeek
            keyframe_pts = packet.pts
        for frame in packet.decode():
            if frame.pts is None or frame.pts >= keyframe_pts:
                yield frame
