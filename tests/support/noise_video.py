"""A noise video, and functions that compare its pictures before and after masking."""

from fractions import Fraction
from pathlib import Path

import numpy as np

from corpus.video.reader import Reader
from processed_video import ProcessedVideo
from synthetic_videos import from_pictures


def noise_video(processed: ProcessedVideo, folder: Path) -> Path:
    """A media file for `processed` in which every region has structure that masking removes."""
    noise = np.random.default_rng(2).integers(0, 256, (60, 80, 3), np.uint8)
    image = np.kron(noise, np.ones((2, 2, 1), np.uint8))
    n_frames = len(processed.times)
    times_ms = [1000 * Fraction(time) for time in processed.times]
    return from_pictures(folder / "noise.mp4", [image] * n_frames, times_ms)


def read_images(path: Path) -> list[np.ndarray]:
    """All pictures of a video, (height, width, 3) uint8 RGB."""
    return [frame.image for frame in Reader(path)]


def is_changed(before: np.ndarray, after: np.ndarray, x: float, y: float, radius: int = 4) -> bool:
    """Whether the picture around a point (pixels) differs strongly between two pictures."""
    x, y = round(x), round(y)
    area = (slice(max(y - radius, 0), y + radius + 1), slice(max(x - radius, 0), x + radius + 1))
    return np.abs(after[area].astype(float) - before[area]).mean() > 25
