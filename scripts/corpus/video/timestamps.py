"""The time of each frame, from the timestamps of the container and the decoder."""

from fractions import Fraction

import av

from corpus.core.errors import VideoError

NOMINAL_RATE = Fraction(25)
"""Frames per second assumed for a raw stream that has neither timestamps nor a frame rate."""
ROUNDING_S = 0.001
"""Matroska rounds times to this many seconds; MP4 files made from Matroska keep the rounding."""
TIME_TOLERANCE_S = ROUNDING_S / 2
"""Largest error of a time due to this rounding: a frame that is rounded down is still on time."""


def time_base(stream: "av.VideoStream") -> Fraction:
    """Return seconds per tick of a stream's timestamps. Raises VideoError where there are none."""
    if stream.time_base is None:
        raise VideoError("the video stream declares no time base")
    return stream.time_base


class Clock:
    """Presentation times of successive frames, determined as FFmpeg itself determines them.

    The time of a frame is its presentation timestamp (PTS). Some containers (AVI) store only the
    decoding order, so that their PTS run backwards. If the PTS run backwards more often than the
    decoding timestamps (DTS), the DTS are used. A frame without a timestamp follows the frame
    before it, after that frame's duration or one period of the stream's nominal rate. A frame that
    is not later than the one before it is placed one tick after it, so that no interval is empty or
    negative; `n_moved` counts such frames.
    """

    def __init__(self, stream: "av.VideoStream") -> None:
        self.time_base = time_base(stream)
        self.frame_period_s = 1 / Fraction(stream.average_rate or NOMINAL_RATE)
        self.next_time_s = Fraction(0)
        self.n_moved = 0
        self._last_time_s: Fraction | None = None
        self._last: dict[str, int | None] = {"pts": None, "dts": None}
        self._n_backwards = {"pts": 0, "dts": 0}

    def read(self, frame: "av.VideoFrame") -> tuple[float, float | None]:
        """Return the next frame's time and declared duration (None: not declared), seconds."""
        ticks = self._ticks(frame)
        time_s = self.next_time_s if ticks is None else ticks * self.time_base
        if self._last_time_s is not None and time_s <= self._last_time_s:
            time_s = self._last_time_s + self.time_base
            self.n_moved += 1
        self._last_time_s = time_s
        duration_s = frame.duration * self.time_base if frame.duration else None
        self.next_time_s = time_s + (duration_s or self.frame_period_s)
        return float(time_s), None if duration_s is None else float(duration_s)

    def _ticks(self, frame: "av.VideoFrame") -> int | None:
        stamps = {"pts": frame.pts, "dts": frame.dts}
        for name, other in (("dts", "pts"), ("pts", "dts")):
            last, stamp = self._last[name], stamps[name]
            if stamp is not None:
                self._n_backwards[name] += last is not None and stamp <= last
                self._last[name] = stamp
            elif stamps[other] is not None:
                self._last[name] = stamps[other]
        trust_pts = self._n_backwards["pts"] <= self._n_backwards["dts"]
        if frame.dts is None:
            # The frames that the decoder returns last, at the end of the file, have no DTS.
            is_later = frame.pts is not None and frame.pts * self.time_base >= self.next_time_s
            return frame.pts if trust_pts or is_later else None
        return frame.pts if trust_pts and frame.pts is not None else frame.dts
