"""Inputs of networks: parts of frames, scaled to the side and the range of values they expect."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import NamedTuple

import numpy as np

from corpus.core.reused_memory import MemoryOfThread
from corpus.pose.regions import Region, crop_region

MAX_THREADS = 8
"""Largest number of threads that sample parts for a GPU."""

_MEMORY = MemoryOfThread()


class Part(NamedTuple):
    """A region of an image: (height, width, 3) RGB, uint8."""

    image: np.ndarray
    region: Region


def network_input(
    parts: Sequence[Part], side: int, *, replicate: bool, lowest: float = 0.0, on_gpu: bool = False
) -> np.ndarray:
    """The input of a network, one part after the other.

    Parameters
    ----------
    side
        Side of the network's input, pixels.
    replicate
        As in `crop_region`.
    lowest
        The values are from `lowest` to 1.
    on_gpu
        Whether the network runs on a GPU. Parts are then sampled by several threads, because a GPU
        would wait for one.

    Returns (n, side, side, 3) float32. On a CPU, this is memory that the next call uses again.
    """
    shape = (len(parts), side, side, 3)
    images = np.empty(shape, np.float32) if on_gpu else _MEMORY.array("images", shape, np.float32)
    scale, offset = np.float32((1 - lowest) / 255), np.float32(lowest)

    def fill(image: np.ndarray, part: Part) -> None:
        crop = _MEMORY.array("crop", shape[1:], np.uint8)
        crop_region(part.image, part.region, side, replicate=replicate, out=crop)
        np.multiply(crop, scale, out=image)
        if lowest:
            image += offset

    for _ in (_threads().map if on_gpu else map)(fill, images, parts):
        pass
    return images


@cache
def _threads() -> ThreadPoolExecutor:
    """Threads of this process, as many as it may use cores."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return ThreadPoolExecutor(min(cores or 1, MAX_THREADS))
