"""dlib's face recognition network as a .tflite file, written from dlib's own weights.

A residual network (He et al. 2016, https://arxiv.org/abs/1512.03385) of 29 convolutions, as in
https://github.com/davisking/dlib/blob/master/tools/python/src/face_recognition.cpp. The scale
and shift of each channel after a convolution, dlib's layer `affine`, become part of its weights.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from corpus.core.errors import ModelError
from corpus.faces.dlib_weights import DlibWeights, read_dlib_weights
from corpus.networks.graph_writer import NO_ACTIVATION, RELU, GraphWriter
from corpus.networks.task_files import TfliteFile

SIDE, DIMENSIONS = 150, 128
"""Side of the image of a face in pixels, and length of an embedding."""


class Block(NamedTuple):
    """Residual blocks of two convolutions of 3 x 3 pixels, one after the other."""

    channels: int
    count: int
    halves: bool
    """Whether the first of them halves the size of the image."""


BLOCKS = (
    Block(32, 3, halves=False),
    Block(64, 4, halves=True),
    Block(128, 3, halves=True),
    Block(256, 3, halves=True),
    Block(256, 1, halves=True),
)
"""`alevel4` to `alevel0` of dlib's network."""


class DlibGraph(NamedTuple):
    """The network, and what is subtracted from its images before they are divided by 256."""

    file: TfliteFile
    """Input: (n, 150, 150, 3) float32. Output: (n, 128) float32."""
    means: np.ndarray
    """(3,) float32: mean red, green and blue, from 0 to 255."""


def read_dlib_network(path: Path) -> DlibGraph:
    """Write the network with the weights in dlib's .dat file. Raises ModelError."""
    weights = read_dlib_weights(path)
    try:
        content = _Layers(weights).write()
    except ValueError as error:
        raise ModelError(
            f"model {path} contains another network of dlib ({error}): name dlib's "
            "dlib_face_recognition_resnet_model_v1.dat as models.dlib.file in the configuration, "
            "or remove models.dlib from it"
        ) from error
    return DlibGraph(TfliteFile(str(path), content), weights.means)


class _Layers:
    """Adds the layers to a graph, in the order in which the file has their weights.

    Takes them out of the list of layers, so that the weights are not twice in memory. Raises
    ValueError if the file has other layers.
    """

    def __init__(self, weights: DlibWeights) -> None:
        if weights.side != SIDE:
            raise ValueError(f"for images of {weights.side} pixels")
        weights.layers.reverse()
        self._layers = weights.layers
        self._graph = GraphWriter(SIDE)

    def write(self) -> bytes:
        """The content of the .tflite file."""
        graph = self._graph
        features = self._convolution(graph.image, 32, window=7, stride=2, activation=RELU)
        self._next("max_pool_2", (3, 3, 2, 2, 0, 0))
        features = graph.pool("MAX_POOL_2D", features, 3, 2, "VALID")
        for channels, count, halves in BLOCKS:
            for number in range(count):
                features = self._block(features, channels, halves and number == 0)
        self._next("avg_pool_2", (0, 0, 1, 1, 0, 0))
        channels = graph.shape(features)[3]
        axes = graph.constant(np.array([1, 2], np.int32))
        means = graph.operator("MEAN", [features, axes], (1, channels), schema.ReducerOptionsT())
        weights = self._next("fc_2", (DIMENSIONS, channels), channels * DIMENSIONS)
        inputs = [
            means,
            graph.constant(weights.reshape(channels, DIMENSIONS).T),
            graph.constant(np.zeros(DIMENSIONS, np.float32)),
        ]
        options = schema.FullyConnectedOptionsT()
        output = graph.operator("FULLY_CONNECTED", inputs, (1, DIMENSIONS), options)
        if self._layers:
            raise ValueError(f"a layer {self._layers[-1].name} follows")
        return graph.write([output])

    def _block(self, features: int, channels: int, halves: bool) -> int:
        """A residual block: the sum of two convolutions and of the features themselves."""
        stride = 2 if halves else 1
        changed = self._convolution(features, channels, 3, stride, RELU)
        changed = self._convolution(changed, channels, 3, 1, NO_ACTIVATION)
        if halves:
            self._next("avg_pool_2", (2, 2, 2, 2, 0, 0))
            features = self._graph.pool("AVERAGE_POOL_2D", features, 2, 2, "VALID")
        self._next("add_prev_")
        self._next("relu_")
        # In dlib, a sum has the larger size of the two along each axis, and what is missing is 0.
        shapes = (self._graph.shape(changed), self._graph.shape(features))
        shape = tuple(max(lengths) for lengths in zip(*shapes, strict=True))
        inputs = [self._padded(changed, shape), self._padded(features, shape)]
        return self._graph.operator(
            "ADD", inputs, shape, schema.AddOptionsT(fusedActivationFunction=RELU)
        )

    def _convolution(
        self, features: int, channels: int, window: int, stride: int, activation: int
    ) -> int:
        """Convolution, scale and shift. dlib pads with half a window, unless it moves by steps."""
        inputs = self._graph.shape(features)[3]
        padding = window // 2 if stride == 1 else 0
        settings = (channels, window, window, stride, stride, padding, padding)
        size = channels * inputs * window**2
        weights = self._next("con_4", settings, size + channels)
        scale, shift = np.split(self._next("affine_", (), 2 * channels).astype(float), 2)
        if activation == RELU:
            self._next("relu_")
        kernel = weights[:size].reshape(channels, inputs, window, window).transpose(0, 2, 3, 1)
        return self._graph.convolution(
            features,
            (kernel * scale[:, None, None, None]).astype(np.float32),
            (weights[size:] * scale + shift).astype(np.float32),
            stride,
            "SAME" if padding else "VALID",
            activation,
        )

    def _padded(self, features: int, shape: tuple[int, ...]) -> int:
        """The features with zeros behind them, so that they have a shape."""
        lengths = self._graph.shape(features)
        if lengths == shape:
            return features
        missing = [(0, to - length) for to, length in zip(shape, lengths, strict=True)]
        rows = self._graph.constant(np.array(missing, np.int32))
        return self._graph.operator("PAD", [features, rows], shape, schema.PadOptionsT())

    def _next(self, name: str, settings: tuple[int, ...] = (), size: int = 0) -> np.ndarray:
        """The weights of the next layer, which has to be this one."""
        if not self._layers:
            raise ValueError(f"a layer {name} is missing")
        layer, expected = self._layers.pop(), (name, settings, size)
        if (layer.name, layer.settings, layer.weights.size) != expected:
            found = (layer.name, layer.settings, layer.weights.size)
            raise ValueError(f"layer {found} instead of {expected}")
        return layer.weights
