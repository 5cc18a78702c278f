"""Lay the parts of a file one after the other where its clock starts again or jumps.

Files that were made by appending one recording to another (`cat` of MPEG streams, recorders of
broadcasts and live streams) hold several clocks. Players and the ffmpeg program show such parts one
after the other. The rules are those of the ffmpeg program, option `-dts_delta_threshold`
(https://ffmpeg.org/ffmpeg.html#Advanced-options; the code is in fftools/ffmpeg_demux.c):

- MPEG transport and program streams, and other formats that FFmpeg marks as discontinuous
  (AVFMT_TS_DISCONT): the clock is wrong if it runs back by more than 0.1 s, or is more than 10 s
  away from where the packet before ends. Unlike in ffmpeg, a picture that is frozen while the sound
  goes on is not a jump: ffmpeg moves picture and sound apart there.
- Other formats, such as MP4 and Matroska, have one timeline. A gap of any length is part of it, for
  instance a frozen screen recording. ffmpeg does not correct them. Here, a clock that runs back by
  more than 0.1 s at a keyframe is corrected too, because no player shows two pictures at one time:
  the next picture follows the latest one so far.

A correction holds for the rest of the file and for all of its streams.
"""

from dataclasses import dataclass
from fractions import Fraction

import av
import av.container

from corpus.video.container import picture_stream, sound_stream
from corpus.video.timestamps import NOMINAL_RATE

MICROSECONDS = Fraction(1, av.time_base)
MAX_JUMP = 10 * av.time_base
"""Microseconds; default of ffmpeg's option `-dts_delta_threshold`."""
MAX_BACKWARD = av.time_base // 10
"""Microseconds; a constant in ffmpeg."""
TS_DISCONT = 0x0200
"""AVFMT_TS_DISCONT in libavformat/avformat.h: timestamps of the format may be discontinuous."""


@dataclass
class _StreamClock:
    """Times of one stream after correction, microseconds."""

    last: int
    """Decoding time of the last packet."""
    expected: int
    """Decoding time at which the next packet is expected: where the last one ends."""
    latest: int
    """Latest presentation time of a packet."""
    end: int
    """Presentation time at which that packet ends."""


class ClockJumps:
    """Corrects the timestamps of packets, which must come in the order of the file.

    The picture and the sound stream that players choose are observed. The correction is therefore
    the same whether pictures or sound are read.

    Attributes
    ----------
    jumps
        Times before and after each jump, seconds as the file has them.
    """

    def __init__(self, container: "av.container.InputContainer") -> None:
        picture, sound = picture_stream(container), sound_stream(container)
        self._observed = {stream.index for stream in (picture, sound) if stream is not None}
        rate = picture.average_rate if picture else None
        self._frame_period = round(1 / (rate or NOMINAL_RATE) / MICROSECONDS)
        self._is_discontinuous = bool(container.format.flags & TS_DISCONT)
        self._clocks: dict[int, _StreamClock] = {}
        self._last_seen: int | None = None
        self._offset = 0
        self.jumps: list[tuple[float, float]] = []

    def correct(self, packet: "av.Packet") -> None:
        """Change the timestamps of a packet in place."""
        if packet.dts is None and packet.pts is None:
            return
        self._shift(packet, self._offset)
        if packet.stream.index not in self._observed or packet.dts is None:
            return
        dts = _microseconds(packet.dts, packet.time_base)
        clock = self._clocks.get(packet.stream.index)
        expected = clock.expected if clock else self._last_seen
        if expected is not None and self._is_jump(packet, dts, expected, clock):
            before, after = expected - self._offset, dts - self._offset
            self.jumps.append((float(before * MICROSECONDS), float(after * MICROSECONDS)))
            shift = expected - dts
            if clock is not None and not self._is_discontinuous:
                shift = clock.end - _presentation(packet)
            self._offset += shift
            self._shift(packet, shift)
            dts = _microseconds(packet.dts, packet.time_base)
        self._note(packet, dts, clock)

    def _note(self, packet: "av.Packet", dts: int, clock: _StreamClock | None) -> None:
        """Take note of the corrected times of a packet."""
        duration = _microseconds(packet.duration or 0, packet.time_base)
        if not duration and packet.stream.type == "video":
            duration = self._frame_period
        latest = _presentation(packet)
        end = latest + duration
        if clock is not None and clock.latest > latest:
            latest, end = clock.latest, clock.end
        self._clocks[packet.stream.index] = _StreamClock(dts, dts + duration, latest, end)
        self._last_seen = dts

    def _is_jump(
        self, packet: "av.Packet", dts: int, expected: int, clock: _StreamClock | None
    ) -> bool:
        """Whether a packet is not where the clock of its stream expects it."""
        if not self._is_discontinuous:
            # FFmpeg guesses decoding times in these formats. The presentation time of a keyframe
            # is later than those of all frames that are stored before it.
            time = _presentation(packet)
            return clock is not None and packet.is_keyframe and time + MAX_BACKWARD < clock.latest
        if clock is not None and dts + MAX_BACKWARD < clock.last:
            return True
        # The clock of the file did not jump if another stream has reached the same time.
        times = [expected, *(other.expected for other in self._clocks.values())]
        return all(abs(dts - time) > MAX_JUMP for time in times)

    @staticmethod
    def _shift(packet: "av.Packet", offset: int) -> None:
        """Add microseconds, rounded to ticks, to the timestamps of a packet."""
        if not offset:
            return
        ticks = round(offset * MICROSECONDS / packet.time_base)
        if packet.dts is not None:
            packet.dts += ticks
        if packet.pts is not None:
            packet.pts += ticks


def _presentation(packet: "av.Packet") -> int:
    """Presentation time of a packet, or else its decoding time, microseconds."""
    ticks = packet.dts if packet.pts is None else packet.pts
    return _microseconds(ticks or 0, packet.time_base)


def _microseconds(ticks: int, time_base: Fraction) -> int:
    return round(ticks * time_base / MICROSECONDS)
