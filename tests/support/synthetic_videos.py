"""Write small test videos, each with one special property, in a fraction of a second.

Functions with the parameter `path` write that file and return the path. Frames show FFmpeg's moving
test pattern unless the docstring says otherwise.
"""

import subprocess
from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import av
import imageio_ffmpeg
import numpy as np

from corpus.video.reader import Reader

X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-g", "12")
"""FFmpeg options for H.264 with B-frames and a keyframe every 12 frames."""
VPX = ("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-threads", "1")
"""FFmpeg options for VP8. With more threads, the encoder takes ten times the CPU time."""
CODECS = {
    "mp4": (*X264, "-c:a", "aac", "-movflags", "+faststart"),
    "mov": (*X264, "-c:a", "aac", "-movflags", "+faststart"),
    "mkv": (*X264, "-c:a", "aac"),
    "flv": (*X264, "-c:a", "aac"),
    "ts": (*X264, "-c:a", "aac"),
    "webm": (*VPX, "-c:a", "libopus"),
    "mpg": ("-c:v", "mpeg1video", "-b:v", "1M", "-c:a", "mp2"),
    "avi": ("-c:v", "mpeg4", "-q:v", "4", "-c:a", "ac3"),
}
"""FFmpeg options for video and sound, by the suffix of the file."""


def ffmpeg(*arguments: object) -> bytes:
    """Run FFmpeg; return what it writes to `-`, or else its log (requested with `-v info`)."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *map(str, arguments)]
    process = subprocess.run(command, check=True, capture_output=True, stdin=subprocess.DEVNULL)
    return process.stdout or process.stderr


@cache
def rendered(*options: str) -> bytes:
    """Content of a video that FFmpeg makes without input files; the last option is the suffix."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"video{options[-1]}"
        ffmpeg(*options[:-1], path)
        return path.read_bytes()


def pattern(size: str = "160x120", rate: object = 25, seconds: float = 2) -> tuple[str, ...]:
    """Return FFmpeg options for a moving test pattern as input."""
    return ("-f", "lavfi", "-i", f"testsrc2=s={size}:r={rate}:d={seconds}")


def tone(seconds: float = 2) -> tuple[str, ...]:
    """Return FFmpeg options for a sine tone as input."""
    return ("-f", "lavfi", "-i", f"sine=d={seconds}")


def plain(path: Path, rate: object = 25, seconds: float = 2) -> Path:
    """Video and sound in the format that the suffix names, with B-frames where it supports them."""
    codecs = CODECS[path.suffix[1:]]
    inputs = *pattern(rate=rate, seconds=seconds), *tone(seconds)
    path.write_bytes(rendered(*inputs, *codecs, path.suffix))
    return path


def silent(path: Path, *options: str, size: str = "64x48", seconds: float = 0.4) -> Path:
    """Video without sound; `options` are FFmpeg's options for the output."""
    path.write_bytes(rendered(*pattern(size, seconds=seconds), *options, "-an", path.suffix))
    return path


def fragmented(path: Path) -> Path:
    """Fragmented MP4, the format in which live streams are recorded."""
    ffmpeg(*pattern(), *X264, "-movflags", "frag_keyframe+empty_moov", path)
    return path


def late(path: Path, start_s: float) -> Path:
    """The video stream starts `start_s` seconds after the sound."""
    sound, video = tone(3), ("-itsoffset", str(start_s), *pattern())
    streams = ("-map", "1:v", "-map", "0:a", *CODECS[path.suffix[1:]])
    path.write_bytes(rendered(*sound, *video, *streams, path.suffix))
    return path


def edited(path: Path, scratch: Path, start_s: float) -> Path:
    """MP4 cut without encoding: the frames before `start_s` stay, hidden by an edit list."""
    ffmpeg("-ss", start_s, "-i", plain(scratch / "whole.mp4"), "-c", "copy", path)
    return path


def turned(path: Path, scratch: Path, degrees: int, flip: str | None = None) -> Path:
    """Video with a display matrix: turned counter-clockwise by `degrees`, flipped `h` or `v`."""
    stored = silent(scratch / "stored.mp4", *X264, "-crf", "1", seconds=0.08)
    flips = [f"-display_{flip}flip"] if flip else []
    ffmpeg("-display_rotation", degrees, *flips, "-i", stored, "-c", "copy", path)
    return path


def shortened(path: Path, fraction: float = 0.6) -> Path:
    """Truncate an existing file to a fraction of its bytes."""
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * fraction)])
    return path


def blanked(path: Path, fraction: float = 0.5) -> Path:
    """Replace the end of an existing file, after a fraction of its bytes, by zeros.

    The size stays the same, as in an unfinished download.
    """
    data = path.read_bytes()
    n_kept = int(len(data) * fraction)
    path.write_bytes(data[:n_kept] + bytes(len(data) - n_kept))
    return path


def damaged(path: Path, packets: Sequence[int]) -> Path:
    """Overwrite some video packets of an existing file, numbered from 0 in decoding order."""
    with av.open(path) as container:
        contents = [bytes(packet) for packet in container.demux(video=0)]
    data = bytearray(path.read_bytes())
    for index in packets:
        start, size = data.index(contents[index]), len(contents[index])
        data[start : start + size] = b"\xff" * size
    path.write_bytes(data)
    return path


def without_index(path: Path, scratch: Path) -> Path:
    """MP4 without its end, where the index is stored."""
    ffmpeg("-i", plain(scratch / "whole.mp4"), "-c", "copy", "-movflags", "-faststart", path)
    return shortened(path, 0.5)


def only_sound(path: Path) -> Path:
    """Sound without video."""
    ffmpeg(*tone(0.5), "-c:a", "aac", path)
    return path


def cover_art(path: Path) -> Path:
    """Sound with a picture of the album cover."""
    picture = ("-map", "0", "-map", "1", "-frames:v", "1", "-c:v", "mjpeg")
    ffmpeg(*tone(0.5), *pattern(seconds=0.1), *picture, "-disposition:v:0", "attached_pic", path)
    return path


def from_pictures(
    path: Path,
    pictures: Sequence[np.ndarray],
    times: Sequence[Fraction | int],
    tick: Fraction = Fraction(1, 1000),
) -> Path:
    """Video of the given RGB pictures at the given times (in ticks), in high quality."""
    with av.open(path, "w") as container:
        stream = container.add_stream("libx264", options={"crf": "8", "preset": "ultrafast"})
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt, stream.time_base = "yuv420p", tick
        stream.codec_context.time_base = tick
        for picture, time in zip(pictures, times, strict=True):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = int(time), tick
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def from_shots(
    path: Path,
    lengths: Sequence[int],
    step_ms: int = 40,
    times: Sequence[int] | None = None,
) -> Path:
    """Video of still scenes separated by cuts; `lengths` are their lengths in frames.

    Frames are `step_ms` milliseconds apart, or shown at `times`, in milliseconds.
    """
    pictures = [scene(seed) for seed, length in enumerate(lengths) for _ in range(length)]
    return from_pictures(path, pictures, times or range(0, step_ms * len(pictures), step_ms))


def scene(seed: int, width: int = 96, height: int = 64) -> np.ndarray:
    """Return a picture of large coloured blocks, different for every seed."""
    blocks = np.random.default_rng(seed).integers(0, 256, (4, 6, 3), np.uint8)
    return np.kron(blocks, np.ones((height // 4, width // 6, 1), np.uint8))


def reader_times(path: Path) -> list[float]:
    """Return the times of all frames, seconds, according to the workflow's reader."""
    no_images = frozenset({10**9})
    return [frame.time_s for frame in Reader(path, no_images)]


def ffmpeg_times(path: Path, as_played: bool = False) -> list[Fraction]:
    """Return the presentation times of all frames, seconds, according to the ffmpeg program.

    `as_played` are the times at which ffmpeg plays the frames, with the sound: the clock of the
    file is corrected, and starts at 0.
    """
    times, sound = ([], ["-map", "0:a:0?"]) if as_played else (["-copyts"], [])
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", *times, "-i", str(path), *sound]
    command += ["-map", "0:v:0", "-fps_mode", "passthrough", "-vf", "showinfo", "-f", "null", "-"]
    log = subprocess.run(command, check=True, capture_output=True, text=True).stderr
    time_base = log.split("config in time_base: ")[1].split(",")[0]
    ticks = [int(line.split()[0]) for line in log.split(" pts:")[1:]]
    return [tick * Fraction(time_base) for tick in ticks]


def ffmpeg_picture(path: Path, height: int, width: int) -> np.ndarray:
    """Return the first frame according to the ffmpeg program: (height, width, 3) uint8 RGB."""
    raw = ffmpeg("-i", path, "-frames:v", 1, "-f", "rawvideo", "-pix_fmt", "rgb24", "-")
    return np.frombuffer(raw, np.uint8).reshape(height, width, 3)
