"""Compare where the picture stream of a file ends with the end that the file declares."""

import av
import av.container

from corpus.video.timestamps import time_base

END_TOLERANCE_S = 0.5
"""An intact stream may end this many seconds, plus two frames, before its declared end."""


class EndCheck:
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

    def truncation(self, clock_jumped: bool = False) -> str | None:
        """Return why the file seems to be truncated, or None.

        An early end within END_TOLERANCE_S and two frames is accepted: containers round lengths,
        and some count frames that an edit list hides. If the clock of the file jumps, the declared
        end is that of one of its parts and says nothing.
        """
        missing_s = self._declared_end_s - self._end_s
        if not clock_jumped and missing_s > END_TOLERANCE_S + 2 * self._longest_gap_s:
            return (
                f"the picture ends {missing_s:.1f} s before its declared end, "
                f"{self._declared_end_s:.1f} s"
            )
        if self.last_packet_incomplete:
            return "the last packet is incomplete"
        return "the last frame is damaged" if self._last_frame_damaged else None
