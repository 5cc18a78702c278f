"""The three networks of MTCNN as .tflite files, written from the weights of facenet-pytorch.

Zhang et al. 2016, https://arxiv.org/abs/1604.02878, figure 2. The package contains the weights, but
its networks need PyTorch. LiteRT runs the same networks two to five times faster on a CPU, and
loads faster.
"""

from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from corpus.core.errors import ModelError
from corpus.faces.torch_weights import read_weights
from corpus.networks.graph_writer import GraphWriter


class Layers(NamedTuple):
    """The layers of a network, with their names in facenet-pytorch."""

    file: str
    """File of the weights in the package."""
    side: int
    """Side of the smallest image that the network takes, pixels."""
    trunk: tuple[str | tuple[int, str], ...]
    """Convolutions with PReLU, by name; largest values of (side of the window, padding)."""
    score: str
    """The convolution whose softmax is the probability of no face and of a face."""
    heads: tuple[str, ...]
    """The convolutions that give the corrections of the box, and the landmarks."""


PROPOSALS = Layers(
    file="pnet.pt",
    side=12,
    trunk=("conv1", (2, "SAME"), "conv2", "conv3"),
    score="conv4_1",
    heads=("conv4_2",),
)
"""P-Net: an image of any size; scores and corrections of boxes at each second pixel."""
REFINEMENT = Layers(
    file="rnet.pt",
    side=24,
    trunk=("conv1", (3, "SAME"), "conv2", (3, "VALID"), "conv3", "dense4"),
    score="dense5_1",
    heads=("dense5_2",),
)
"""R-Net: score and corrections of the box of one crop."""
OUTPUT = Layers(
    file="onet.pt",
    side=48,
    trunk=("conv1", (3, "SAME"), "conv2", (3, "VALID"), "conv3", (2, "VALID"), "conv4", "dense5"),
    score="dense6_1",
    heads=("dense6_2", "dense6_3"),
)
"""O-Net: score, corrections of the box, and landmarks of one crop."""


def weights_file(layers: Layers) -> Path:
    """File with the weights of a network in the package facenet-pytorch, which is not imported.

    Raises ModelError if the package is not installed.
    """
    package = find_spec("facenet_pytorch")
    if package is None or package.origin is None:
        raise ModelError("facenet-pytorch, which contains the weights of MTCNN, is not installed")
    return Path(package.origin).parent / "data" / layers.file


class TfliteNetwork(NamedTuple):
    """A network as the content of a .tflite file.

    Its input is (n, height, width, 3) float32 RGB from -1 to 1. Its outputs are the softmax of
    `Layers.score`, then those of `Layers.heads`, each (n, height, width, channels).
    """

    content: bytes
    input: int
    """Index of the input's tensor."""
    outputs: list[int]
    """Indices of the outputs' tensors."""


def tflite_of(layers: Layers) -> TfliteNetwork:
    """Write a network. Raises ModelError if facenet-pytorch is missing or has other weights."""
    network = _Network(layers)
    features = network.graph.image
    for layer in layers.trunk:
        if isinstance(layer, str):
            # PReLUs are numbered as the layers that they follow.
            convolved = network.convolution(features, layer)
            features = network.prelu(convolved, f"prelu{layer[-1]}")
        else:
            window, padding = layer
            features = network.graph.pool("MAX_POOL_2D", features, window, 2, padding)
    scores = network.softmax(network.convolution(features, layers.score))
    outputs = [scores, *(network.convolution(features, head) for head in layers.heads)]
    return TfliteNetwork(network.graph.write(outputs), network.graph.image, outputs)


class _Network:
    """Adds layers with the weights of facenet-pytorch to a graph."""

    def __init__(self, layers: Layers) -> None:
        self.weights = read_weights(weights_file(layers))
        self.graph = GraphWriter(layers.side)

    def convolution(self, features: int, layer: str) -> int:
        """Convolution without padding; a dense layer is one whose kernel covers all features."""
        _, height, width, _ = self.graph.shape(features)
        kernel = self._kernel(layer, height, width)
        return self.graph.convolution(features, kernel, self.weights[f"{layer}.bias"])

    def prelu(self, features: int, layer: str) -> int:
        slopes = self.graph.constant(self.weights[f"{layer}.weight"].reshape(1, 1, -1))
        return self.graph.operator("PRELU", [features, slopes], self.graph.shape(features))

    def softmax(self, features: int) -> int:
        options = schema.SoftmaxOptionsT(beta=1.0)
        return self.graph.operator("SOFTMAX", [features], self.graph.shape(features), options)

    def _kernel(self, layer: str, height: int, width: int) -> np.ndarray:
        """The weights of a layer as (outputs, height, width, inputs)."""
        weights = self.weights[f"{layer}.weight"]
        if weights.ndim == 4:
            return weights.transpose(0, 2, 3, 1)
        # facenet-pytorch flattens its features in the order width, height, channels.
        return weights.reshape(len(weights), width, height, -1).transpose(0, 2, 1, 3)
