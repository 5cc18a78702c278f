"""Run a network on batches of one size, so that results do not depend on the number of images."""

from collections.abc import Callable

import numpy as np

Network = Callable[[np.ndarray], list[np.ndarray]]
"""From n images, an array (n, ...) of float32, to outputs with n as their first length."""


def fixed_batches(network: Network, size: int) -> Network:
    """The network, always called with `size` images; the last batch is filled with zeros.

    Libraries select their algorithms by the number of images, and each algorithm rounds
    differently. With one number, the result of an image does not depend on how many others there
    are.
    """

    def run(images: np.ndarray) -> list[np.ndarray]:
        parts = []
        # Without images, one batch of zeros gives the shapes of the outputs.
        for start in range(0, max(len(images), 1), size):
            batch = images[start : start + size]
            filled = np.zeros((size, *images.shape[1:]), np.float32)
            filled[: len(batch)] = batch
            parts.append([output[: len(batch)] for output in network(filled)])
        return [np.concatenate(outputs) for outputs in zip(*parts, strict=True)]

    return run
