"""Large arrays use the same memory again."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from corpus.core.reused_memory import MemoryOfThread, ReusedMemory


def test_arrays_for_one_purpose_share_memory():
    memory = ReusedMemory()
    first = memory.array("image", (4, 5, 3), np.uint8)
    smaller = memory.array("image", (2, 5), np.float32)
    assert smaller.dtype == np.float32 and smaller.shape == (2, 5)
    assert np.shares_memory(first, smaller)
    assert not np.shares_memory(first, memory.array("map", (4, 5, 3), np.uint8))


def test_memory_grows_to_the_largest_array():
    memory = ReusedMemory()
    small = memory.array("image", (2, 2), np.uint8)
    large = memory.array("image", (20, 20), np.uint8)
    assert large.shape == (20, 20) and not np.shares_memory(small, large)
    assert np.shares_memory(large, memory.array("image", (2, 2), np.uint8))
    assert memory.array("image", (0, 4), np.float32).shape == (0, 4)


def test_each_thread_has_its_own_memory():
    memory = MemoryOfThread()
    here = memory.array("image", (8,), np.uint8)
    with ThreadPoolExecutor(1) as pool:
        there = pool.submit(memory.array, "image", (8,), np.uint8).result()
    assert not np.shares_memory(here, there)
