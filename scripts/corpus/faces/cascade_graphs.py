"""The three networks of MTCNN as .tflite files, written from the weights of facenet-pytorch.

Zhang et al. 2016, https://arxiv.org/abs/1604.02878, figure 2. The package contains the weights, but
its networks need PyTorch. LiteRT runs the same networks two to five times faster on a CPU, and
loads faster.
"""

from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from corpus.core.errors import ModelError
from corpus.faces.torch_weights import read_weights
from corpus.networks.graph import write_model


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
    graph = _Graph(read_weights(weights_file(layers)))
    image = features = graph.tensor((1, layers.side, layers.side, 3))
    for layer in layers.trunk:
        if isinstance(layer, str):
            # PReLUs are numbered as the layers that they follow.
            convolved = graph.convolution(features, layer)
            features = graph.prelu(convolved, f"prelu{layer[-1]}")
        else:
            features = graph.largest(features, *layer)
    scores = graph.softmax(graph.convolution(features, layers.score))
    outputs = [scores, *(graph.convolution(features, head) for head in layers.heads)]
    graph.content.inputs, graph.content.outputs = [image], outputs
    return TfliteNetwork(write_model(graph.model()), image, outputs)


class _Graph:
    """A graph of a .tflite file that grows by one operator at a time.

    The methods take and return indices of tensors. The format: LiteRT, tflite/converter/schema.
    """

    OPERATORS = (
        schema.BuiltinOperator.CONV_2D,
        schema.BuiltinOperator.PRELU,
        schema.BuiltinOperator.MAX_POOL_2D,
        schema.BuiltinOperator.SOFTMAX,
    )

    def __init__(self, weights: dict[str, np.ndarray]) -> None:
        self.weights = weights
        # The first buffer is empty, by the rules of the format.
        self.buffers = [schema.BufferT()]
        self.content = schema.SubGraphT(tensors=[], operators=[])

    def model(self) -> schema.ModelT:
        codes = [
            schema.OperatorCodeT(deprecatedBuiltinCode=code, builtinCode=code, version=1)
            for code in self.OPERATORS
        ]
        return schema.ModelT(
            version=3, operatorCodes=codes, subgraphs=[self.content], buffers=self.buffers
        )

    def tensor(self, shape: Iterable[int], values: np.ndarray | None = None) -> int:
        """Add a tensor; without values, it is computed."""
        buffer = 0
        if values is not None:
            data = np.frombuffer(np.ascontiguousarray(values, np.float32).tobytes(), np.uint8)
            self.buffers.append(schema.BufferT(data=data))
            buffer = len(self.buffers) - 1
        name = f"tensor{len(self.content.tensors)}"
        self.content.tensors.append(
            schema.TensorT(
                shape=list(shape), type=schema.TensorType.FLOAT32, buffer=buffer, name=name
            )
        )
        return len(self.content.tensors) - 1

    def convolution(self, features: int, layer: str) -> int:
        """Convolution without padding; a dense layer is one whose kernel covers all features."""
        _, height, width, _ = self._shape(features)
        kernel = self._kernel(layer, height, width)
        channels, kernel_height, kernel_width, _ = kernel.shape
        result = self.tensor((1, height - kernel_height + 1, width - kernel_width + 1, channels))
        options = schema.Conv2DOptionsT(padding=schema.Padding.VALID, strideW=1, strideH=1)
        bias = self.weights[f"{layer}.bias"]
        inputs = [features, self.tensor(kernel.shape, kernel), self.tensor(bias.shape, bias)]
        kind = schema.BuiltinOptions.Conv2DOptions
        return self._operator(schema.BuiltinOperator.CONV_2D, inputs, result, kind, options)

    def prelu(self, features: int, layer: str) -> int:
        slopes = self.weights[f"{layer}.weight"]
        inputs = [features, self.tensor((1, 1, len(slopes)), slopes)]
        result = self.tensor(self._shape(features))
        return self._operator(schema.BuiltinOperator.PRELU, inputs, result)

    def largest(self, features: int, window: int, padding: str) -> int:
        """Largest value of each window of a side, at each second place.

        "SAME" adds what the last window lacks at the end, as PyTorch does if it rounds sizes up.
        """
        _, height, width, channels = self._shape(features)
        missing = 0 if padding == "SAME" else window - 1
        sides = (-((missing - length) // 2) for length in (height, width))
        options = schema.Pool2DOptionsT(
            padding=getattr(schema.Padding, padding),
            strideW=2,
            strideH=2,
            filterWidth=window,
            filterHeight=window,
        )
        result = self.tensor((1, *sides, channels))
        kind = schema.BuiltinOptions.Pool2DOptions
        return self._operator(schema.BuiltinOperator.MAX_POOL_2D, [features], result, kind, options)

    def softmax(self, features: int) -> int:
        result = self.tensor(self._shape(features))
        kind = schema.BuiltinOptions.SoftmaxOptions
        options = schema.SoftmaxOptionsT(beta=1.0)
        return self._operator(schema.BuiltinOperator.SOFTMAX, [features], result, kind, options)

    def _operator(
        self, code: int, inputs: list[int], result: int, kind: int = 0, options: object = None
    ) -> int:
        self.content.operators.append(
            schema.OperatorT(
                opcodeIndex=self.OPERATORS.index(code),
                inputs=inputs,
                outputs=[result],
                builtinOptionsType=kind,
                builtinOptions=options,
            )
        )
        return result

    def _kernel(self, layer: str, height: int, width: int) -> np.ndarray:
        """The weights of a layer as (outputs, height, width, inputs)."""
        weights = self.weights[f"{layer}.weight"]
        if weights.ndim == 4:
            return weights.transpose(0, 2, 3, 1)
        # facenet-pytorch flattens its features in the order width, height, channels.
        return weights.reshape(len(weights), width, height, -1).transpose(0, 2, 1, 3)

    def _shape(self, tensor: int) -> list[int]:
        return self.content.tensors[tensor].shape
