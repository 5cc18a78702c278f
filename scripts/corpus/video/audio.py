"""Copy the sound of a video into an MP4 file that is being written."""

import logging
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import av.container
import av.error

from corpus.video.clock_jumps import ClockJumps
from corpus.video.container import open_container, picture_stream, sound_stream

COPYABLE_CODECS = ("aac", "mp3")
"""Codecs that every browser plays inside MP4. Sound in other codecs is encoded as AAC."""
MIN_GAP_S = 0.1
"""Silence in the timestamps longer than this is kept; shorter gaps are inaccurate timestamps."""


class AudioCopier:
    """Packets of the sound of `source`, for the output container `target`.

    The stream is the one that players play (`corpus.video.container.sound_stream`). The source file
    is read a second time, without decoding its video frames. Times are shifted by `-zero_s`, as
    those of the frames are. Without sound in `source` there are no packets, and `output` is None.
    """

    def __init__(self, source: Path, target: "av.container.OutputContainer", zero_s: float) -> None:
        self.zero_s = zero_s
        self.container = open_container(source)
        self.stream = sound_stream(self.container)
        self.output = self._add_stream(target, self.stream) if self.stream else None
        self._next_sample: int | None = None
        self._packets = self._output_packets()
        self._next_packet: av.Packet | None = next(self._packets, None)

    def packets_until(self, time_s: float) -> Iterator["av.Packet"]:
        """Yield the remaining packets up to a time of the new file, seconds, in order."""
        while self._next_packet is not None and _packet_time(self._next_packet) <= time_s:
            yield self._next_packet
            self._next_packet = next(self._packets, None)

    def close(self) -> None:
        """Close the source file."""
        self.container.close()

    @property
    def is_copied(self) -> bool:
        """Whether packets are copied; otherwise the sound is decoded and encoded as AAC."""
        return self.stream is not None and self.stream.codec_context.name in COPYABLE_CODECS

    def _add_stream(
        self, target: "av.container.OutputContainer", stream: "av.AudioStream"
    ) -> "av.AudioStream":
        if self.is_copied:
            output = target.add_stream_from_template(stream)
            output.metadata.clear()
            return output
        output = target.add_stream("aac", rate=stream.rate)
        output.codec_context.layout = "mono" if stream.codec_context.channels == 1 else "stereo"
        return output

    def _output_packets(self) -> Iterator["av.Packet"]:
        if self.stream is None or self.output is None:
            return
        is_copied = self.is_copied
        last_dts: int | None = None
        for packet in self._source_packets(self.stream):
            if is_copied:
                # Where the clock of the file starts again, the parts may overlap by some packets.
                if packet.dts is None or (last_dts is not None and packet.dts <= last_dts):
                    continue
                last_dts = packet.dts
                shift = round(Fraction(self.zero_s) / packet.time_base)
                packet.pts = (packet.dts if packet.pts is None else packet.pts) - shift
                packet.dts -= shift
                packet.stream = self.output
                yield packet
            else:
                yield from self._encode(packet, self.output)
        if not is_copied:
            yield from self.output.encode(None)

    def _source_packets(self, stream: "av.AudioStream") -> Iterator["av.Packet"]:
        # Packets of the picture are read too: the clock of the file is corrected by both.
        clock = ClockJumps(self.container)
        picture = picture_stream(self.container)
        try:
            for packet in self.container.demux(*filter(None, (picture, stream))):
                clock.correct(packet)
                if packet.stream.index == stream.index:
                    yield packet
        except av.error.FFmpegError as error:
            logging.warning("the sound stream ends early: %s", error)

    def _encode(self, packet: "av.Packet", output: "av.AudioStream") -> Iterator["av.Packet"]:
        try:
            frames = packet.decode()
        except av.error.FFmpegError:
            return
        for frame in frames:
            yield from output.encode(self._set_time(frame))

    def _set_time(self, frame: "av.AudioFrame") -> "av.AudioFrame":
        """Set the frame's time in the new file, in samples.

        It follows the frame before without a break, except after a gap of more than MIN_GAP_S.
        """
        time_base = Fraction(1, frame.sample_rate)
        if frame.pts is not None and frame.time_base is not None:
            sample = round((frame.pts * frame.time_base - Fraction(self.zero_s)) / time_base)
            max_sample = (self._next_sample or 0) + MIN_GAP_S * frame.sample_rate
            if self._next_sample is None or sample > max_sample:
                self._next_sample = sample
        frame.pts, frame.time_base = self._next_sample or 0, time_base
        self._next_sample = frame.pts + frame.samples
        return frame


def _packet_time(packet: "av.Packet") -> float:
    timestamp = packet.dts if packet.dts is not None else packet.pts
    return float((timestamp or 0) * packet.time_base)
