"""Write small videos of kinds that cameras, broadcasts and browsers make.

Functions with the parameter `path` write that file and return the path.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

import synthetic_videos
from synthetic_videos import CODECS, VPX, X264, ffmpeg, pattern, rendered, tone

Size = tuple[int, int]
"""Width and height, pixels."""
FPS = 25


def part(suffix: str, *options: str, offset_s: float = 0, seconds: float = 1) -> bytes:
    """Content of a recording with sound, whose clock starts `offset_s` late."""
    inputs = *pattern("64x48", FPS, seconds), *tone(seconds)
    return rendered(
        *inputs, *CODECS[suffix], *options, "-output_ts_offset", str(offset_s), f".{suffix}"
    )


def appended(path: Path, *parts: bytes) -> Path:
    """One recording after the other in one file, as `cat` makes it."""
    path.write_bytes(b"".join(parts))
    return path


def with_gap(path: Path, gap_s: int) -> Path:
    """Video of one second with a frozen picture of `gap_s` seconds in its middle."""
    frozen = f"setpts=PTS+gte(N\\,12)*{gap_s}/TB"
    ffmpeg(*pattern("64x48", FPS, 1), "-vf", frozen, "-fps_mode", "passthrough", *X264, "-an", path)
    return path


def resized(path: Path, pictures: Iterable[np.ndarray], sizes: Sequence[Size]) -> Path:
    """WebM as a browser records it: picture n, (height, width, 3) uint8 RGB, has the size n."""
    with av.open(path, "w", format="webm") as container:
        stream = container.add_stream("libvpx", rate=FPS)
        stream.width, stream.height = sizes[0]
        stream.pix_fmt = "yuv420p"
        encoder, current = None, None
        for tick, (picture, size) in enumerate(zip(pictures, sizes, strict=True)):
            if size != current:
                container.mux(_packets(encoder, None, stream))
                encoder, current = _vp8_encoder(size), size
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame = frame.reformat(*size, format="yuv420p")
            frame.pts, frame.time_base = tick, Fraction(1, FPS)
            container.mux(_packets(encoder, frame, stream))
        container.mux(_packets(encoder, None, stream))
    return path


def _vp8_encoder(size: Size) -> "av.VideoCodecContext":
    encoder = av.CodecContext.create("libvpx", "w")
    encoder.width, encoder.height, encoder.pix_fmt = *size, "yuv420p"
    encoder.time_base, encoder.framerate = Fraction(1, FPS), Fraction(FPS)
    encoder.bit_rate, encoder.thread_count = 2_000_000, 1
    encoder.options = {"deadline": "realtime", "cpu-used": VPX[5]}
    return encoder


def _packets(encoder, frame, stream) -> list["av.Packet"]:
    packets = encoder.encode(frame) if encoder else []
    for packet in packets:
        packet.stream = stream
    return packets


def joined(path: Path, *sizes: str) -> Path:
    """H.264 in MP4 of clips with different sizes, joined by FFmpeg without encoding."""
    clips = [path.with_name(f"{size}.ts") for size in sizes]
    for clip, size in zip(clips, sizes, strict=True):
        ffmpeg(*pattern(size, FPS, 0.4), *X264, "-an", clip)
    listing = path.with_name("clips.txt")
    listing.write_text("".join(f"file '{clip.name}'\n" for clip in clips))
    ffmpeg("-f", "concat", "-i", listing, "-c", "copy", path)
    return path


def anamorphic(path: Path, aspect: Fraction, size: str = "64x48", *options: str) -> Path:
    """Video with pixels of the shape `aspect`."""
    filters = ("-vf", f"setsar={aspect.numerator}/{aspect.denominator}")
    codec = options or X264
    path.write_bytes(rendered(*pattern(size, FPS, 0.4), *filters, *codec, "-an", path.suffix))
    return path


def with_preview(path: Path) -> Path:
    """A preview of one picture, then the video, which is the default, and two sounds.

    The second sound is the default.
    """
    sounds = *tone(1), *tone(1)
    codecs = ("-c:v:0", "mjpeg", "-pix_fmt:v:0", "yuvj420p", "-c:v:1", "libx264", "-c:a", "aac")
    filters = ("-filter:v:0", "scale=32:24,select=lt(n\\,1)")
    maps = ("-map", "0:v", "-map", "1:v", "-map", "2:a", "-map", "3:a")
    defaults = [
        word
        for stream, flags in (("v:0", "0"), ("v:1", "default"), ("a:0", "0"), ("a:1", "default"))
        for word in (f"-disposition:{stream}", flags)
    ]
    inputs = *pattern("64x48", FPS, 1), *pattern("64x48", FPS, 1), *sounds
    ffmpeg(*inputs, *maps, *filters, *codecs, *defaults, path)
    return path


def interlaced(path: Path, seconds: float = 1) -> Path:
    """A bright bar that moves to the right, 25 frames per second.

    Each frame has the upper field of one picture and the lower field of the next.
    """
    bar = "geq=lum='255*between(mod(X-3*N\\,64)\\,0\\,15)':cb=128:cr=128"
    weave = (f"{bar},tinterlace=interleave_top,fieldorder=tff", "-flags", "+ilme+ildct")
    codec = ("-c:v", "libx264", "-preset", "ultrafast", "-crf", "4", "-g", "10", "-bf", "0")
    ffmpeg(*pattern("64x48", 2 * FPS, seconds), "-vf", *weave, *codec, "-an", path)
    return path


def packed_b_frames(path: Path) -> Path:
    """AVI of MPEG-4 as DivX 5 wrote it: each B-frame is in the packet of the frame before it.

    An empty frame follows in a packet of its own, so that there are as many packets as frames.
    """
    start, frame_code, user_data = b"\0\0\1", 0xB6, b"\0\0\1\xb2DivX503b1393p\0"
    codec = ("-c:v", "mpeg4", "-bf", "1", "-g", "12", "-an", "-f", "m4v")
    raw = path.with_suffix(".m4v")
    ffmpeg(*pattern("64x48", FPS, 1), *codec, raw)
    headers, frames = b"", []
    for unit in (start + piece for piece in raw.read_bytes().split(start)[1:]):
        if unit[3] == frame_code:
            frames.append((headers + user_data * bool(headers), unit))
            headers = b""
        elif unit[3] != user_data[3]:
            headers += unit
    packets: list[tuple[bytes, bool]] = []
    for header, frame in frames:
        if frame[4] >> 6 == 2:  # a B-frame
            packets[-1] = packets[-1][0] + frame, packets[-1][1]
            packets.append((_empty_frame(frame), False))
        else:
            packets.append((header + frame, bool(header)))
    with av.open(path, "w") as container:
        stream = container.add_stream("mpeg4", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for tick, (content, is_keyframe) in enumerate(packets):
            packet = av.Packet(content)
            packet.stream, packet.time_base = stream, Fraction(1, FPS)
            packet.pts = packet.dts = tick
            packet.is_keyframe = is_keyframe
            container.mux(packet)
    return path


def _empty_frame(frame: bytes) -> bytes:
    """MPEG-4 frame that is not coded, at the time of another frame (ISO/IEC 14496-2, 6.2.5)."""
    bits = "".join(f"{byte:08b}" for byte in frame[4:10])
    time_end = bits.index("0", 2) + 2 + 5  # seconds, marker, 25ths of a second in 5 bits
    content = "01" + bits[2:time_end] + "1" + "0"  # P-frame, time, marker, not coded
    content += "0" + "1" * (-(len(content) + 1) % 8)  # stuffing
    return b"\0\0\1\xb6" + bytes(int(content[k : k + 8], 2) for k in range(0, len(content), 8))


OPEN_GOP = ("-x264-params", "open-gop=1:keyint=10:bframes=3:scenecut=0", "-c:v", "libx264")
SHORT_GOP = ("-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-g", "10")
VIDEOS_TO_SEEK = {
    "mp4": lambda folder: synthetic_videos.plain(folder / "plain.mp4"),
    "mkv": lambda folder: synthetic_videos.plain(folder / "plain.mkv"),
    "webm": lambda folder: synthetic_videos.plain(folder / "plain.webm"),
    "mpg": lambda folder: synthetic_videos.plain(folder / "plain.mpg"),
    "avi": lambda folder: synthetic_videos.plain(folder / "plain.avi"),
    "ts": lambda folder: synthetic_videos.plain(folder / "plain.ts"),
    "late": lambda folder: synthetic_videos.late(folder / "late.mp4", 1.0),
    "edited": lambda folder: synthetic_videos.edited(folder / "edited.mp4", folder, 0.7),
    "fragmented": lambda folder: synthetic_videos.fragmented(folder / "fragmented.mp4"),
    "turned": lambda folder: synthetic_videos.turned(folder / "turned.mp4", folder, 90, "h"),
    "open GOP": lambda folder: synthetic_videos.silent(folder / "open.mp4", *OPEN_GOP, seconds=2),
    "damaged": lambda folder: synthetic_videos.damaged(
        synthetic_videos.silent(folder / "damaged.mp4", *SHORT_GOP), [4]
    ),
    "anamorphic": lambda folder: anamorphic(folder / "wide.mkv", Fraction(16, 11)),
    "interlaced": lambda folder: interlaced(folder / "interlaced.mp4"),
    "preview": lambda folder: with_preview(folder / "preview.mkv"),
    "several sizes": lambda folder: joined(folder / "joined.mp4", "64x48", "96x48", "32x24"),
    "appended": lambda folder: appended(folder / "twice.webm", *[part("webm")] * 2),
    "varying rate": lambda folder: with_gap(folder / "gap.mkv", 3),
    "shortened": lambda folder: synthetic_videos.shortened(
        synthetic_videos.plain(folder / "short.mkv"), 0.7
    ),
}
"""Functions that write a video into a folder, by the video's special property."""
