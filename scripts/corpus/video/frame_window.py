"""The neighbours of a decoded frame, which deinterlacing needs."""

from collections import deque
from collections.abc import Iterator

import av


class FrameWindow:
    """Iterates over frames, and gives access to the neighbours of the current one.

    Attributes
    ----------
    previous
        The frame before the current one, None at the start.
    """

    def __init__(self, frames: Iterator["av.VideoFrame"]) -> None:
        self.previous: av.VideoFrame | None = None
        self._current: av.VideoFrame | None = None
        self._frames = frames
        self._ahead: deque[av.VideoFrame] = deque(maxlen=1)

    def __iter__(self) -> Iterator["av.VideoFrame"]:
        return self

    def __next__(self) -> "av.VideoFrame":
        frame = self._ahead.popleft() if self._ahead else next(self._frames)
        self.previous, self._current = self._current, frame
        return frame

    def following(self) -> "av.VideoFrame | None":
        """Return the frame after the current one, None at the end; it is decoded if need be."""
        if not self._ahead:
            self._ahead.extend(frame for frame in [next(self._frames, None)] if frame)
        return self._ahead[0] if self._ahead else None
