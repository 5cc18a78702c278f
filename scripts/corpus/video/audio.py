"""The sound of a video, carried over into another file."""

import logging
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av

COPIED = ("aac", "mp3")
"""Codecs that every browser plays inside MP4; all others become AAC."""
GAP_S = 0.1
"""Silence that is longer than clocks are inexact, and stays."""


class AudioCopier:
    """First sound stream of `source`, for an MP4 file that is being written.

    A second pass over the file, that decodes no pictures. Times move by `-zero_s`, as those of the
    pictures do. Where `source` has no sound, nothing comes.
    """

    def __init__(self, source: Path, target: "av.container.OutputContainer", zero_s: float) -> None:
        self.zero_s = zero_s
        self.container = av.open(
            f"file:{source}", metadata_errors="ignore", options={"protocol_whitelist": "file"}
        )
        self.stream = next(iter(self.container.streams.audio), None)
        self.output = self._added(target) if self.stream else None
        self._sample: int | None = None
        self._packets = self._read()
        self._next: av.Packet | None = next(self._packets, None)

    def until(self, time_s: float) -> Iterator["av.Packet"]:
        """Packets up to a time of the new file, seconds, in order."""
        while self._next is not None and _time(self._next) <= time_s:
            yield self._next
            self._next = next(self._packets, None)

    def close(self) -> None:
        self.container.close()

    @property
    def copied(self) -> bool:
        return self.stream.codec_context.name in COPIED

    def _added(self, target: "av.container.OutputContainer") -> "av.AudioStream":
        if self.copied:
            output = target.add_stream_from_template(self.stream)
            output.metadata.clear()
            return output
        output = target.add_stream("aac", rate=self.stream.rate)
        output.codec_context.layout = (
            "mono" if self.stream.codec_context.channels == 1 else "stereo"
        )
        return output

    def _read(self) -> Iterator["av.Packet"]:
        if self.stream is None:
            return
        copied = self.copied
        for packet in self._demuxed():
            if copied:
                if packet.dts is None:
                    continue
                shift = round(Fraction(self.zero_s) / packet.time_base)
                packet.pts = (packet.dts if packet.pts is None else packet.pts) - shift
                packet.dts -= shift
                packet.stream = self.output
                yield packet
            else:
                yield from self._encoded(packet)
        if not copied:
            yield from self.output.encode(None)

    def _demuxed(self) -> Iterator["av.Packet"]:
        try:
            yield from self.container.demux(self.stream)
        except av.FFmpegError as error:
            logging.warning("the sound breaks off: %s", error)

    def _encoded(self, packet: "av.Packet") -> Iterator["av.Packet"]:
        try:
            frames = packet.decode()
        except av.FFmpegError:
            return
        for frame in frames:
            yield from self.output.encode(self._timed(frame))

    def _timed(self, frame: "av.AudioFrame") -> "av.AudioFrame":
        """On the new file's clock, in samples: after the frame before, except after a gap."""
        base = Fraction(1, frame.sample_rate)
        if frame.pts is not None:
            at = round((frame.pts * frame.time_base - Fraction(self.zero_s)) / base)
            if self._sample is None or at > self._sample + GAP_S * frame.sample_rate:
                self._sample = at
        frame.pts, frame.time_base = self._sample or 0, base
        self._sample = frame.pts + frame.samples
        return frame


def _time(packet: "av.Packet") -> float:
    stamp = packet.dts if packet.dts is not None else packet.pts
    return float((stamp or 0) * packet.time_base)
