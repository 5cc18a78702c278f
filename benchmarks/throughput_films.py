"""Films of known length that show people side by side, for measurements of time and memory."""

import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import imageio_ffmpeg
import numpy as np

from film_files import FPS, write_film

SHAPES = {1: (4, 3), 2: (16, 9)}
"""Width and height of the picture by number of people."""
SOURCE_S = 10.0
"""Longest part of a clip that is used, seconds; longer films repeat it."""


class Film(NamedTuple):
    """A film to measure: height in pixels, number of people side by side, seconds."""

    height: int
    people: int
    seconds: float

    @property
    def kind(self) -> str:
        """What films of different length have in common."""
        return f"{self.height}p_{self.people}"

    @property
    def name(self) -> str:
        """A valid video id."""
        return f"{self.kind}_{self.seconds:g}s".replace(".", "_")

    @property
    def n_frames(self) -> int:
        """Number of pictures."""
        return round(self.seconds * FPS)

    @property
    def width(self) -> int:
        """Width of the picture in pixels; even, and a multiple of the number of people."""
        across, down = SHAPES.get(self.people, SHAPES[2])
        step = 2 * self.people
        return self.height * across // down // step * step


def read_cell(path: Path, width: int, height: int) -> np.ndarray:
    """The middle of a clip's pictures at `FPS`: (n, height, width, 3), RGB, uint8.

    The pictures are scaled so that they fill width x height, and what is outside is cut off.
    """
    fill = (
        f"fps={FPS},scale={width}:{height}:force_original_aspect_ratio=increase,"
        f"crop={width}:{height},setsar=1"
    )
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin", "-threads", "1"]
    command += ["-t", str(SOURCE_S), "-i", str(path), "-vf", fill]
    command += ["-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    data = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    return np.frombuffer(data, dtype=np.uint8).reshape(-1, height, width, 3)


def back_and_forth(n_pictures: int, position: int) -> int:
    """The picture of a clip to show at a position: a repetition from its start would be a cut."""
    period = max(2 * (n_pictures - 1), 1)
    step = position % period
    return step if step < n_pictures else period - step


def pictures(film: Film, clips: Sequence[Path]) -> Iterator[np.ndarray]:
    """Yield the pictures of a film; the clips are used in turn, each in a cell of its own.

    A clip that is shown a second time is mirrored and starts elsewhere.
    """
    width = film.width // film.people
    cells = []
    for number in range(film.people):
        turn, index = divmod(number, len(clips))
        cell = read_cell(clips[index], width, film.height)
        cells.append((cell[:, :, ::-1] if turn % 2 else cell, turn * len(cell) // 2))
    for frame in range(film.n_frames):
        shown = [cell[back_and_forth(len(cell), frame + start)] for cell, start in cells]
        yield np.concatenate(shown, axis=1)


def write(film: Film, clips: Sequence[Path], folder: Path) -> Path:
    """Write a film unless it exists; returns its path."""
    path = folder / f"{film.name}.mp4"
    if not path.exists():
        write_film(path, pictures(film, clips))
    return path
