"""Let the C library give the memory of images back to the system as soon as they are freed."""

import ctypes
import sys

M_MMAP_THRESHOLD = -3
"""Parameter of glibc's `mallopt`: size from which a block is a mapping of its own, bytes."""
LARGE = 128 * 1024
"""glibc's initial threshold, bytes."""


def separate_large_blocks() -> None:
    """Keep blocks of memory from 128 kB on apart from small ones, for this process.

    glibc raises its threshold to the size of the largest block that was freed
    (https://man7.org/linux/man-pages/man3/mallopt.3.html). Images are then allocated among the
    small arrays of keypoints. These occupy the space of freed images, and the next image needs new
    memory: while a chunk of 1,500 frames is extracted, memory grows by all of their images. A
    threshold that is set does not change. Does nothing on systems without glibc.
    """
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:
            mallopt(M_MMAP_THRESHOLD, LARGE)
