"""Small .tflite networks that tests put together operator by operator."""

from collections.abc import Sequence

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from corpus.networks.graph import write_model
from corpus.networks.task_files import TfliteFile

TYPES = {
    np.dtype(np.float32): schema.TensorType.FLOAT32,
    np.dtype(np.float16): schema.TensorType.FLOAT16,
    np.dtype(np.int32): schema.TensorType.INT32,
    np.dtype(np.uint8): schema.TensorType.UINT8,
}


class NetworkBuilder:
    """A network that takes square RGB images. Methods return indices of tensors."""

    def __init__(self, side: int = 9) -> None:
        self.model = schema.ModelT()
        self.model.version = 3
        self.model.operatorCodes, self.model.buffers = [], [schema.BufferT()]
        self.graph = schema.SubGraphT()
        self.graph.tensors, self.graph.operators = [], []
        self.model.subgraphs = [self.graph]
        self.image = self._tensor((1, side, side, 3), np.dtype(np.float32), buffer=0)
        self.graph.inputs = [self.image]

    def _tensor(self, shape: Sequence[int], dtype: np.dtype, buffer: int) -> int:
        tensor = schema.TensorT()
        tensor.shape, tensor.type, tensor.buffer = list(shape), TYPES[dtype], buffer
        tensor.name = f"tensor {len(self.graph.tensors)}"
        self.graph.tensors.append(tensor)
        return len(self.graph.tensors) - 1

    def constant(self, array: np.ndarray, shape: Sequence[int] = (), sparsity=None) -> int:
        """A constant; a sparse one has its values in `array`, and the shape `shape`."""
        buffer = schema.BufferT()
        buffer.data = np.frombuffer(array.tobytes(), np.uint8)
        self.model.buffers.append(buffer)
        index = self._tensor(shape or array.shape, array.dtype, len(self.model.buffers) - 1)
        self.graph.tensors[index].sparsity = sparsity
        return index

    def add(self, name: str, inputs: Sequence[int], shape: Sequence[int], options=None) -> int:
        """An operator with one output of float32. `options` is an object such as AddOptionsT."""
        code = schema.OperatorCodeT()
        code.builtinCode = code.deprecatedBuiltinCode = getattr(schema.BuiltinOperator, name)
        code.version = 1
        self.model.operatorCodes.append(code)
        operator = schema.OperatorT()
        operator.opcodeIndex = len(self.model.operatorCodes) - 1
        operator.inputs = list(inputs)
        operator.outputs = [self._tensor(shape, np.dtype(np.float32), buffer=0)]
        if options is not None:
            kind = type(options).__name__.removesuffix("T")
            operator.builtinOptionsType = getattr(schema.BuiltinOptions, kind)
            operator.builtinOptions = options
        self.graph.operators.append(operator)
        return operator.outputs[0]

    def file(self, *outputs: int) -> TfliteFile:
        """The file of the network with these outputs."""
        self.graph.outputs = list(outputs)
        return TfliteFile("small.task: small.tflite", write_model(self.model))


def options(kind: str, **values):
    """Options of an operator, such as options("Conv2DOptions", strideW=2)."""
    made = getattr(schema, f"{kind}T")()
    for name, value in values.items():
        assert hasattr(made, name), name
        setattr(made, name, value)
    return made
