"""The constant tensors of a .tflite graph as arrays.

Weights are stored in half precision and some of them sparse; the graph has operators that convert
them to dense float32. These are evaluated here, once.
"""

from collections.abc import Iterable

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from corpus.core.errors import ModelError
from corpus.networks.graph import Operation, operations

TYPES = {
    schema.TensorType.FLOAT32: np.dtype("<f4"),
    schema.TensorType.FLOAT16: np.dtype("<f2"),
    schema.TensorType.INT32: np.dtype("<i4"),
}


def split_constants(model: schema.ModelT) -> tuple[dict[int, np.ndarray], list[Operation]]:
    """Constant tensors of a model by index, and the operations that are left without them.

    Raises ModelError, without the name of the file, if a constant is stored in an unknown way.
    """
    constants = stored_constants(model)
    remaining = []
    for operation in operations(model):
        source = operation.inputs[0]
        if operation.name in ("DEQUANTIZE", "DENSIFY") and source in constants:
            # Sparse tensors are dense already.
            constants[operation.outputs[0]] = constants[source].astype(np.float32)
        else:
            remaining.append(operation)
    return constants, remaining


def stored_constants(model: schema.ModelT) -> dict[int, np.ndarray]:
    """Arrays of the tensors that have data in the file, by index."""
    constants = {}
    for index, tensor in enumerate(model.subgraphs[0].tensors):
        data = model.buffers[tensor.buffer].data
        if data is not None and len(data):
            constants[index] = _constant(tensor, np.asarray(data, np.uint8))
    return constants


def _constant(tensor: schema.TensorT, data: np.ndarray) -> np.ndarray:
    if tensor.type not in TYPES:
        raise ModelError(f"constant {tensor.name} has a type that is neither float nor int32")
    values = data.view(TYPES[tensor.type])
    if tensor.sparsity is not None:
        return densify(values, tuple(tensor.shape), tensor.sparsity)
    return values.reshape(tensor.shape)


def densify(
    values: np.ndarray, shape: tuple[int, ...], sparsity: schema.SparsityParametersT
) -> np.ndarray:
    """The dense array of a sparse tensor.

    The format nests the axes like a tree, see the comments of its schema. An axis is either
    dense, with a branch for each of its indices, or compressed: its segments say which part of its
    indices are the branches of a node. Raises ModelError for blocks and permuted axes.
    """
    is_permuted = list(sparsity.traversalOrder) != list(range(len(shape)))
    if is_permuted or len(sparsity.blockMap if sparsity.blockMap is not None else ()):
        raise ModelError("sparse weights in blocks or with permuted axes are not supported")
    positions = np.zeros((1, 0), np.int64)
    for axis in sparsity.dimMetadata:
        if axis.format == schema.DimensionType.DENSE:
            counts = np.full(len(positions), axis.denseSize)
            indices = np.tile(np.arange(axis.denseSize), len(positions))
        else:
            counts = np.diff(_integers(axis.arraySegments.values))
            indices = _integers(axis.arrayIndices.values)
        positions = np.column_stack([np.repeat(positions, counts, axis=0), indices])
    dense = np.zeros(shape, values.dtype)
    dense[tuple(positions.T)] = values
    return dense


def _integers(values: Iterable[int]) -> np.ndarray:
    return np.asarray(values, np.int64)
