"""Read the graph of a .tflite file, select outputs, and remove the operators they do not need.

The format is a flatbuffer: https://github.com/google-ai-edge/LiteRT, tflite/converter/schema.
LiteRT brings classes for it.
"""

import struct
from collections.abc import Mapping
from typing import Any, NamedTuple

import flatbuffers
from ai_edge_litert import schema_py_generated as schema

from corpus.core.errors import ModelError
from corpus.networks.task_files import TfliteFile

FILE_IDENTIFIER = b"TFL3"

OutputShapes = Mapping[str, tuple[int, ...]]
"""Names of outputs, and their shapes for one image without the axis of images."""


def read_model(file: TfliteFile) -> schema.ModelT:
    """The content of a .tflite file with one graph, as objects. Raises ModelError."""
    if file.content[4:8] != FILE_IDENTIFIER:
        raise ModelError(f"{file.source} is not a .tflite file")
    try:
        model = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(file.content, 0))
    except (struct.error, ValueError, TypeError, IndexError, AttributeError) as error:
        raise ModelError(f"{file.source} is a damaged .tflite file: {error}") from error
    if len(model.subgraphs or ()) != 1 or len(model.subgraphs[0].inputs) != 1:
        raise ModelError(f"{file.source} is not a network with one graph and one input")
    return model


def image_side(model: schema.ModelT, source: str) -> int:
    """Side of the square RGB image that a network takes, pixels. Raises ModelError."""
    graph = model.subgraphs[0]
    tensor = graph.tensors[graph.inputs[0]]
    shape = [int(length) for length in tensor.shape]
    if len(shape) != 4 or shape[0] != 1 or shape[1] != shape[2] or shape[3] != 3:
        raise ModelError(f"{source} takes an input of shape {shape}, not a square RGB image")
    if tensor.type != schema.TensorType.FLOAT32:
        raise ModelError(f"{source} takes integers; only networks in floating point can be used")
    return shape[1]


def select_outputs(model: schema.ModelT, shapes: OutputShapes, source: str) -> dict[str, int]:
    """Index in the graph's tensors of each named output.

    Outputs are recognised by their shapes, because versions of a network name them differently.
    Outputs of the same shape are taken in the order of `shapes`, which is their order in the file.
    Raises ModelError if the network has no such output.
    """
    graph = model.subgraphs[0]
    remaining = [int(index) for index in graph.outputs]
    selected = {}
    for name, shape in shapes.items():
        fits = (i for i in remaining if tuple(graph.tensors[i].shape) == (1, *shape))
        index = next(fits, None)
        if index is None:
            actual = ", ".join(str(graph.tensors[i].shape[1:].tolist()) for i in graph.outputs)
            raise ModelError(
                f"{source} has no output {name} of shape {list(shape)}, but {actual}; it is "
                "another network than this stage needs"
            )
        remaining.remove(index)
        selected[name] = index
    return selected


def keep_outputs(model: schema.ModelT, outputs: list[int]) -> bool:
    """Make `outputs` the only outputs of a model, and remove operators that none of them needs.

    Returns whether the model was changed. Tensors stay, so that their indices do.
    """
    graph = model.subgraphs[0]
    needed, kept = set(outputs), []
    for operator in reversed(graph.operators):
        if needed.intersection(operator.outputs):
            needed.update(operator.inputs)
            kept.append(operator)
    changed = len(kept) < len(graph.operators) or list(graph.outputs) != outputs
    graph.operators, graph.outputs = kept[::-1], outputs
    if changed:
        # They would name outputs that are gone.
        model.signatureDefs = None
    return changed


class Operation(NamedTuple):
    """One operator of a graph: its name in the format, its options, and indices of its tensors."""

    name: str
    options: Any
    inputs: list[int]
    outputs: list[int]


def operations(model: schema.ModelT) -> list[Operation]:
    """The operators of a model in the order in which they run."""
    codes = [_OPERATOR_NAMES[_operator_code(code)] for code in model.operatorCodes]
    return [
        Operation(
            codes[operator.opcodeIndex],
            operator.builtinOptions,
            [int(index) for index in operator.inputs],
            [int(index) for index in operator.outputs],
        )
        for operator in model.subgraphs[0].operators
    ]


_OPERATOR_NAMES = {
    code: name for name, code in vars(schema.BuiltinOperator).items() if not name.startswith("_")
}


def _operator_code(code: schema.OperatorCodeT) -> int:
    """Number of an operator. Old files have it in a field of one byte, new ones in both fields."""
    return max(code.builtinCode, code.deprecatedBuiltinCode)


def write_model(model: schema.ModelT) -> bytes:
    """The content of the .tflite file of a model."""
    sizes = (len(buffer.data) for buffer in model.buffers if buffer.data is not None)
    # Large enough from the start: a builder grows by copying all of its content.
    builder = flatbuffers.Builder(sum(sizes) + (1 << 20))
    builder.Finish(model.Pack(builder), FILE_IDENTIFIER)
    return bytes(memoryview(builder.Bytes)[builder.Head() :])
