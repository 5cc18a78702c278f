"""The interface of a network that takes images, and opening one for a device."""

from typing import Protocol

import numpy as np

from corpus.networks.graph import OutputShapes
from corpus.networks.task_files import TfliteFile


class Network(Protocol):
    """A network that takes square RGB images.

    Attributes
    ----------
    side
        Side of the images, pixels.
    """

    side: int

    def __call__(self, images: np.ndarray) -> dict[str, np.ndarray]:
        """Run the network on images.

        Parameters
        ----------
        images
            (n, side, side, 3) float32, in the range of values that the network expects.

        Returns
        -------
        dict
            float32 array by name of the output, with n as its first length. Each row depends only
            on its own image, to the last bit.
        """
        ...


BATCH_SIZE = 32
"""Images in a batch on a GPU."""


def open_network(
    file: TfliteFile,
    outputs: OutputShapes,
    device: str,
    batch_size: int = BATCH_SIZE,
    cpu_batch_size: int = 1,
) -> Network:
    """Open a network for "cpu" (LiteRT, one thread) or "cuda" (PyTorch, float32).

    `outputs` gives names to the outputs; see `corpus.networks.graph.select_outputs`. All batches
    have `batch_size` images on a GPU and `cpu_batch_size` on a CPU, and are filled up, so a network
    that is asked for few images at a time should have small ones. Raises ModelError if the file is
    damaged, or does not have these outputs.
    """
    # Each library is imported only where it is used: PyTorch takes seconds.
    if device == "cpu":
        from corpus.networks.litert_network import LiteRtNetwork

        return LiteRtNetwork(file, outputs, cpu_batch_size)
    from corpus.core.torch_setup import torch_device
    from corpus.networks.torch_network import TorchNetwork

    return TorchNetwork(file, outputs, torch_device(device), batch_size)
