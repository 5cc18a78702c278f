"""The time of each frame, from what container and decoder say."""

from fractions import Fraction

import av

NOMINAL_RATE = Fraction(25)
"""Frames a second of a raw stream that carries neither timestamps nor a rate."""


class Clock:
    """Presentation times, as FFmpeg itself settles on them.

    A frame's PTS is its time. Some containers (AVI) store only the order of decoding, so that PTS
    run backwards; where they do so more often than the decoder's timestamps (DTS), those count.
    Frames without a time follow the one before, at its duration or the stream's nominal rate.
    """

    def __init__(self, stream: "av.VideoStream") -> None:
        self.base = Fraction(stream.time_base)
        self.step = 1 / Fraction(stream.average_rate or NOMINAL_RATE)
        self.next = Fraction(0)
        self._last: dict[str, int | None] = {"pts": None, "dts": None}
        self._faults = {"pts": 0, "dts": 0}

    def read(self, frame: "av.VideoFrame") -> tuple[float, float | None]:
        """Time and declared duration (None: not declared) of the next frame, seconds."""
        ticks = self._ticks(frame)
        time = self.next if ticks is None else ticks * self.base
        duration = frame.duration * self.base if frame.duration else None
        self.next = time + (duration or self.step)
        return float(time), None if duration is None else float(duration)

    def _ticks(self, frame: "av.VideoFrame") -> int | None:
        stamps = {"pts": frame.pts, "dts": frame.dts}
        for name, other in (("dts", "pts"), ("pts", "dts")):
            last, stamp = self._last[name], stamps[name]
            if stamp is not None:
                self._faults[name] += last is not None and stamp <= last
                self._last[name] = stamp
            elif stamps[other] is not None:
                self._last[name] = stamps[other]
        trusted = self._faults["pts"] <= self._faults["dts"]
        if frame.dts is None:
            # As with frames drained from the decoder at the end.
            forward = frame.pts is not None and frame.pts * self.base >= self.next
            return frame.pts if trusted or forward else None
        return frame.pts if trusted and frame.pts is not None else frame.dts
