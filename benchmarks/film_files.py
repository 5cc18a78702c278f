"""Read the pictures of videos and photographs, and write films."""

import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

import imageio_ffmpeg
import numpy as np
from PIL import Image, ImageOps

FPS = 25
WIDTH, HEIGHT = 640, 480
"""Size of films by default, pixels."""

Pictures = np.ndarray
"""Pictures of a film: (n, height, width, 3), RGB, uint8."""


def read_clip(path: Path, width: int = WIDTH, height: int = HEIGHT) -> Pictures:
    """All pictures of a video at `FPS`, scaled into width x height with black margins."""
    fit = (
        f"fps={FPS},scale={width}:{height}:force_original_aspect_ratio=decrease:reset_sar=1,"
        f"pad={width}:{height}:(ow-iw)/2:(oh-ih)/2"
    )
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin", "-threads", "1"]
    command += ["-i", str(path), "-vf", fit, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    data = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    return np.frombuffer(data, dtype=np.uint8).reshape(-1, height, width, 3)


def read_photograph(path: Path, width: int = WIDTH, height: int = HEIGHT) -> np.ndarray:
    """A photograph, upright, scaled into width x height with black margins: RGB, uint8."""
    with Image.open(path) as image:
        upright = ImageOps.exif_transpose(image).convert("RGB")
        return np.asarray(ImageOps.pad(upright, (width, height), Image.Resampling.LANCZOS))


def write_film(path: Path, pictures: Iterable[np.ndarray], fps: float = FPS) -> None:
    """Write pictures of one size as H.264 in an MP4 file, without sound.

    The size must be even. The same pictures give the same file. `fps` are pictures per second.
    """
    pictures = iter(pictures)
    first = next(pictures)
    height, width = first.shape[:2]
    path.parent.mkdir(parents=True, exist_ok=True)
    options = ["-crf", "20", "-preset", "veryfast", "-threads", "1", "-bitexact"]
    writer = imageio_ffmpeg.write_frames(
        path,
        (width, height),
        fps=fps,
        codec="libx264",
        quality=None,
        output_params=options,
        macro_block_size=2,
    )
    writer.send(None)
    for picture in _chain(first, pictures):
        writer.send(np.ascontiguousarray(picture))
    writer.close()


def _chain(first: np.ndarray, others: Iterator[np.ndarray]) -> Iterator[np.ndarray]:
    yield first
    yield from others
