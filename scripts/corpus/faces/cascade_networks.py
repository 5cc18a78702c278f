"""Run the three networks of MTCNN: with LiteRT on a CPU, with PyTorch on a GPU."""

from typing import NamedTuple

import numpy as np

from corpus.faces.cascade_graphs import OUTPUT, PROPOSALS, REFINEMENT, Layers, tflite_of
from corpus.faces.fixed_batches import Network, fixed_batches

MOST_KEPT = 64
"""Interpreters that are kept of a network. A video needs about ten."""


class CascadeNetworks(NamedTuple):
    """The networks of MTCNN on one device. Each row of a result depends on its own image only.

    They take (n, height, width, 3) RGB from -1 to 1, and return (n, height, width, channels):
    probabilities of no face and of a face, then the heads of `corpus.faces.cascade_graphs.Layers`.
    """

    propose: Network
    """P-Net, on images of any size."""
    refine: Network
    """R-Net, on crops of 24 x 24 pixels."""
    output: Network
    """O-Net, on crops of 48 x 48 pixels."""
    images_at_once: int
    """Number of images that are searched together."""


def litert_cascade() -> CascadeNetworks:
    """The networks on a CPU. Raises ModelError if facenet-pytorch, with the weights, is missing."""
    propose, refine, output = (LiteRt(layers) for layers in (PROPOSALS, REFINEMENT, OUTPUT))
    # In batches, R-Net takes half of the time for a crop; P-Net and O-Net gain nothing.
    return CascadeNetworks(propose, fixed_batches(refine, 16), fixed_batches(output, 2), 1)


class BatchSizes(NamedTuple):
    """Images that PyTorch takes at once."""

    propose: int = 16
    """Whole images, which are also searched together."""
    refine: int = 512
    output: int = 128


LARGE_BATCHES = BatchSizes()
"""Those of a GPU."""


def torch_cascade(device, sizes: BatchSizes = LARGE_BATCHES) -> CascadeNetworks:
    """The networks of facenet-pytorch in float32 on a torch.device."""
    from facenet_pytorch import MTCNN

    model = MTCNN(device=device).eval()
    parts = (model.pnet, model.rnet, model.onet)
    networks = (
        fixed_batches(_torch(part, device), size) for part, size in zip(parts, sizes, strict=True)
    )
    return CascadeNetworks(*networks, images_at_once=sizes.propose)


class LiteRt:
    """A network in one thread on the CPU, for images of any number and size.

    An interpreter is kept for each size, because preparing one takes longer than a run. Not to be
    called from two threads at the same time.
    """

    def __init__(self, layers: Layers) -> None:
        network = tflite_of(layers)
        self.content, self.input, self.outputs = network.content, network.input, network.outputs
        self.interpreters = {}

    def __call__(self, images: np.ndarray) -> list[np.ndarray]:
        interpreter = self.interpreters.get(images.shape)
        if interpreter is None:
            interpreter = self.interpreters[images.shape] = self._open(images.shape)
        interpreter.set_tensor(self.input, images)
        interpreter.invoke()
        return [interpreter.get_tensor(output) for output in self.outputs]

    def _open(self, shape: tuple[int, ...]):
        from ai_edge_litert.interpreter import Interpreter

        # A process that searches many videos of different sizes would otherwise fill the memory.
        if len(self.interpreters) >= MOST_KEPT:
            self.interpreters.clear()
        interpreter = Interpreter(model_content=self.content, num_threads=1)
        interpreter.resize_tensor_input(self.input, shape)
        interpreter.allocate_tensors()
        return interpreter


def _torch(module, device) -> Network:
    """A network of facenet-pytorch, which returns its heads first, and the probabilities last."""
    import torch

    def run(images: np.ndarray) -> list[np.ndarray]:
        with torch.no_grad():
            pixels = torch.from_numpy(images).to(device).permute(0, 3, 1, 2).contiguous()
            *heads, probabilities = module(pixels)
        return [_with_places(output.cpu().numpy()) for output in (probabilities, *heads)]

    return run


def _with_places(output: np.ndarray) -> np.ndarray:
    """(n, height, width, channels) from (n, channels, height, width) or (n, channels)."""
    return output.transpose(0, 2, 3, 1) if output.ndim == 4 else output[:, None, None]
