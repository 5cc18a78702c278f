"""A bounded window of small pictures that moves along a video."""

from dataclasses import dataclass, field

import cv2
import numpy as np

from corpus.video.shots.comparison import mean_change, shrink, small_shape

REACH_S = 1.85
"""How much of the video around a frame is needed to judge it, seconds."""
REACH_FRAMES = 4
"""How many frames around a frame are needed to judge it, if they are further apart."""


@dataclass
class Window:
    """The last seconds of a video, as small pictures.

    The lists have one entry per frame in the window; `first` is the number in the video of the
    first of them.
    """

    first: int = 0
    times: list[float] = field(default_factory=list)
    """Times of the frames, seconds, never decreasing."""
    pictures: list[np.ndarray] = field(default_factory=list)
    """Small pictures, (height, width, 3) float32 RGB; see comparison.shrink."""
    halves: list[np.ndarray] = field(default_factory=list)
    """The same at half the size."""
    changes: list[float] = field(default_factory=list)
    """Mean change from the previous frame, grey levels; 0 for frame 0."""
    shape: tuple[int, int] | None = None

    def append(self, time_s: float, image: np.ndarray) -> None:
        """Add a frame: `image` is (height, width, 3) uint8 RGB of any size."""
        self.shape = self.shape or small_shape(image)
        picture = shrink(image, self.shape)
        rows, columns = self.shape
        previous = self.pictures[-1] if self.pictures else picture
        self.changes.append(mean_change(previous, picture))
        self.times.append(max(time_s, self.times[-1]) if self.times else time_s)
        self.pictures.append(picture)
        half = (columns // 2, rows // 2)
        self.halves.append(cv2.resize(picture, half, interpolation=cv2.INTER_AREA))

    def is_complete(self, frame: int) -> bool:
        """Return whether all frames that are needed to judge a frame have been read."""
        last = len(self.times) - 1
        return last - frame >= REACH_FRAMES and self.times[last] - self.times[frame] > REACH_S

    def trim(self, frame: int) -> int:
        """Drop the frames that are no longer needed to judge `frame`; return its new index."""
        n_old = 0
        while n_old < frame - REACH_FRAMES and self.times[n_old] < self.times[frame] - REACH_S:
            n_old += 1
        for values in (self.times, self.pictures, self.halves, self.changes):
            del values[:n_old]
        self.first += n_old
        return frame - n_old
