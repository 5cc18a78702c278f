"""Memory for large arrays that is used again.

A process gets large arrays as fresh pages from the system (`corpus.core.large_blocks`). Each page
is filled with zeros when it is touched first, which can take longer than the computation.
"""

import math
import threading

import numpy as np


class ReusedMemory:
    """Arrays by purpose. An array is valid until one for the same purpose is taken."""

    def __init__(self) -> None:
        self._buffers: dict[str, np.ndarray] = {}

    def array(self, purpose: str, shape: tuple[int, ...], dtype: type) -> np.ndarray:
        """An array with any content. The memory grows to the largest one for each purpose."""
        n_bytes = math.prod(shape) * np.dtype(dtype).itemsize
        buffer = self._buffers.get(purpose)
        if buffer is None or len(buffer) < n_bytes:
            buffer = self._buffers[purpose] = np.empty(n_bytes, np.uint8)
        return buffer[:n_bytes].view(dtype).reshape(shape)


class MemoryOfThread(threading.local, ReusedMemory):
    """Arrays by purpose, other ones in each thread."""
