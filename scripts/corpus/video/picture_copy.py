"""Copy the pictures of a video into an MP4 file packet by packet, if every browser plays them.

Copying is quick and changes no pixel, but is only correct if a player
shows each frame at the time and in the shape that the tables have. `reason_to_encode` checks this.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import av
import av.container
import numpy as np

from corpus.video.audio import AudioCopier
from corpus.video.container import open_video_stream, sound_stream
from corpus.video.stream_info import StreamInfo, player_zero
from corpus.video.timestamps import time_base
from corpus.video.writer import create_mp4

PIXEL_FORMATS = ("yuv420p", "yuvj420p")
"""Pixels of 8 bits with a quarter of the colours, the only ones that all decoders of browsers have
(MDN, "Web video codec guide", H.264: profiles Baseline, Main and High)."""
TIME_TOLERANCE_S = 1e-6
"""Times of packets and frames are computed from the same whole numbers."""
LATEST_START_S = 0.002
"""A later start is written as an empty edit, which players show in different ways."""


def reason_to_encode(
    path: Path, times_s: Sequence[float], status: Mapping[str, object], sound: bool
) -> str | None:
    """Say why the pictures of a video cannot be copied; None if they can.

    Parameters
    ----------
    path
        The video file.
    times_s
        Time of each frame in the table frames, container time in seconds.
    status
        Row of the table status: `stored_sizes` and `pixel_aspect`, missing in earlier versions.
    sound
        Whether the sound is copied, too.
    """
    with open_video_stream(path) as (container, stream):
        codec = stream.codec_context
        if codec.name != "h264":
            return f"the pictures are {codec.name}, which not all browsers play"
        if codec.pix_fmt not in PIXEL_FORMATS:
            return f"not all browsers play H.264 with {codec.pix_fmt} pixels"
        # The header of H.264 in MP4 (ISO/IEC 14496-15) begins with 1.
        if not container.format.name.startswith(("mov,", "matroska,")) or (
            bytes(codec.extradata or b"")[:1] != b"\1"
        ):
            return f"not all browsers play H.264 from files of the format {container.format.name}"
        if ", " in str(status.get("stored_sizes") or ""):
            return "the size of the pictures changes"
        if (status.get("pixel_aspect") or "1:1") != "1:1":
            return "the pixels are not square"
        if _start_s(container, stream, sound) - player_zero(path) > LATEST_START_S:
            return "the file starts late, which players show in different ways"
        tick = time_base(stream)
        # Packets without content are the end of the stream.
        packets = (packet for packet in container.demux(stream) if packet.size)
        stamps = [None if packet.pts is None else packet.pts * tick for packet in packets]
    if None in stamps or len(stamps) != len(times_s):
        return "the file has packets that do not give a frame, or frames without a time"
    differences = np.sort(np.array(stamps, float)) - np.asarray(times_s)
    if np.abs(differences).max() > TIME_TOLERANCE_S:
        return "players show the frames at other times than the tables have"
    return None


def decoding_times(path: Path) -> list[int]:
    """Decoding time of each packet of the pictures, in ticks; for packets that all have a PTS.

    Matroska stores none, and FFmpeg leaves out some of the first ones. Then they are the sorted
    presentation times, as late as the order of the packets allows.
    """
    with open_video_stream(path) as (container, stream):
        stamps = [(p.dts, p.pts or 0) for p in container.demux(stream) if p.size]
    known = [dts for dts, _ in stamps if dts is not None]
    if len(known) == len(stamps) and all(a < b for a, b in pairwise(known)):
        return known
    shown = sorted(pts for _, pts in stamps)
    position = {pts: index for index, pts in enumerate(shown)}
    delay = max(index - position[pts] for index, (_, pts) in enumerate(stamps))
    return [
        shown[index - delay] if index >= delay else shown[0] - delay + index
        for index in range(len(shown))
    ]


def _start_s(
    container: "av.container.InputContainer", stream: "av.VideoStream", sound: bool
) -> float:
    """Container time of the first picture, or of the sound if it is earlier, in seconds."""
    streams = [stream, sound_stream(container) if sound else None]
    return min(
        float(one.start_time * one.time_base)
        for one in streams
        if one and one.start_time is not None and one.time_base
    )


def copy_pictures(
    path: Path, source: Path, stream_info: StreamInfo, sound: bool, made_by: dict
) -> None:
    """Write the pictures of `source`, and its sound if wanted, into the MP4 file `path`.

    `stream_info` describes the pictures; `made_by` is stored in the file's comment. Times and the
    orientation are those of the original, title and other metadata are not copied. The caller has
    checked `reason_to_encode`.
    """
    with create_mp4(path, made_by) as target, open_video_stream(source) as (container, stream):
        output = target.add_stream_from_template(stream)
        output.metadata.clear()
        output.time_base = stream_info.time_base
        audio = AudioCopier(source, target, stream_info.zero_s) if sound else None
        shift = round(stream_info.zero_s / stream_info.time_base)
        packets = (packet for packet in container.demux(stream) if packet.size)
        for packet, dts in zip(packets, decoding_times(source), strict=True):
            packet.pts, packet.dts = (packet.pts or 0) - shift, dts - shift
            if audio:
                time_s = float(packet.dts * stream_info.time_base)
                target.mux(list(audio.packets_until(time_s)))
            packet.stream = output
            target.mux(packet)
        if audio:
            target.mux(list(audio.packets_until(float("inf"))))
            audio.close()
