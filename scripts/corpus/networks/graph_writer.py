"""Write the graph of a .tflite file, one operator at a time.

The format: https://github.com/google-ai-edge/LiteRT, tflite/converter/schema. Images are (n,
height, width, channels) float32, with n = 1 in the shapes of the file.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from corpus.networks.graph import write_model

NO_ACTIVATION = schema.ActivationFunctionType.NONE
RELU = schema.ActivationFunctionType.RELU
TYPES = {
    np.dtype(np.float32): schema.TensorType.FLOAT32,
    np.dtype(np.int32): schema.TensorType.INT32,
}


class GraphWriter:
    """A graph with one input, an RGB image. The methods take and return indices of tensors.

    Parameters
    ----------
    side
        Side of the image, pixels.
    """

    def __init__(self, side: int) -> None:
        # The first buffer is empty, by the rules of the format.
        self._buffers = [schema.BufferT()]
        self._operator_codes: list[int] = []
        self._graph = schema.SubGraphT(tensors=[], operators=[])
        self.image = self._tensor((1, side, side, 3))

    def write(self, outputs: list[int]) -> bytes:
        """The content of the file, with these outputs."""
        self._graph.inputs, self._graph.outputs = [self.image], outputs
        codes = [
            schema.OperatorCodeT(deprecatedBuiltinCode=code, builtinCode=code, version=1)
            for code in self._operator_codes
        ]
        return write_model(
            schema.ModelT(
                version=3, operatorCodes=codes, subgraphs=[self._graph], buffers=self._buffers
            )
        )

    def shape(self, tensor: int) -> tuple[int, ...]:
        """Shape of a tensor, with one image."""
        return tuple(self._graph.tensors[tensor].shape)

    def constant(self, values: np.ndarray) -> int:
        """Add a tensor with values, of float32 or int32."""
        data = np.frombuffer(np.ascontiguousarray(values).tobytes(), np.uint8)
        self._buffers.append(schema.BufferT(data=data))
        return self._tensor(values.shape, len(self._buffers) - 1, TYPES[values.dtype])

    def operator(
        self, name: str, inputs: list[int], shape: Iterable[int], options: object = None
    ) -> int:
        """Add an operator with one output of this shape.

        `name` is that of the format; `options` is an object such as schema.Conv2DOptionsT.
        """
        code = getattr(schema.BuiltinOperator, name)
        if code not in self._operator_codes:
            self._operator_codes.append(code)
        kind = 0
        if options is not None:
            kind = getattr(schema.BuiltinOptions, type(options).__name__.removesuffix("T"))
        result = self._tensor(shape)
        self._graph.operators.append(
            schema.OperatorT(
                opcodeIndex=self._operator_codes.index(code),
                inputs=inputs,
                outputs=[result],
                builtinOptionsType=kind,
                builtinOptions=options,
            )
        )
        return result

    def convolution(
        self,
        features: int,
        kernel: np.ndarray,
        bias: np.ndarray,
        stride: int = 1,
        padding: str = "VALID",
        activation: int = NO_ACTIVATION,
    ) -> int:
        """Convolution with a kernel (outputs, height, width, inputs) and a bias (outputs,).

        "SAME" pads with zeros, so that an output with stride 1 has the size of the input.
        """
        options = schema.Conv2DOptionsT(strideW=stride, strideH=stride)
        options.fusedActivationFunction = activation
        inputs = [features, self.constant(kernel), self.constant(bias)]
        channels, *window, _ = kernel.shape
        return self._slide("CONV_2D", inputs, window, channels, options, padding)

    def pool(self, name: str, features: int, window: int, stride: int, padding: str) -> int:
        """MAX_POOL_2D or AVERAGE_POOL_2D of square windows of a side.

        "SAME" adds what the last window lacks, as PyTorch does if it rounds sizes up.
        """
        options = schema.Pool2DOptionsT(strideW=stride, strideH=stride)
        options.filterWidth = options.filterHeight = window
        channels = self.shape(features)[3]
        return self._slide(name, [features], [window, window], channels, options, padding)

    def _slide(
        self,
        name: str,
        inputs: list[int],
        window: list[int],
        channels: int,
        options: Any,
        padding: str,
    ) -> int:
        """Add an operator that slides a window over images."""
        options.padding = getattr(schema.Padding, padding)
        missing = (0, 0) if padding == "SAME" else (window[0] - 1, window[1] - 1)
        lengths = zip(self.shape(inputs[0])[1:3], missing, strict=True)
        # Rounded up.
        sides = (-((lost - length) // options.strideH) for length, lost in lengths)
        return self.operator(name, inputs, (1, *sides, channels), options)

    def _tensor(
        self, shape: Iterable[int], buffer: int = 0, kind: int = schema.TensorType.FLOAT32
    ) -> int:
        """Add a tensor; without a buffer, it is computed."""
        name = f"tensor{len(self._graph.tensors)}"
        self._graph.tensors.append(
            schema.TensorT(shape=list(shape), type=kind, buffer=buffer, name=name)
        )
        return len(self._graph.tensors) - 1
