"""The constants of a graph as arrays, and sparse arrays made dense."""

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from corpus.core.errors import ModelError
from corpus.networks.constants import densify, split_constants
from corpus.networks.graph import read_model
from tflite_files import NetworkBuilder


def vector(kind: str, values: list[int]):
    made = getattr(schema, f"{kind}VectorT")()
    made.values = values
    return made


def sparsity_of(dense: np.ndarray, compressed: tuple[int, ...], kind: str):
    """Values and sparsity of an array: axes in `compressed` are compressed, the others dense."""
    paths: list[tuple] = [()]
    axes = []
    for axis in range(dense.ndim):
        made = schema.DimensionMetadataT()
        if axis in compressed:
            made.format = schema.DimensionType.SPARSE_CSR
            branches = [[i for i in range(dense.shape[axis]) if dense[*p, i].any()] for p in paths]
            segments = np.cumsum([0, *map(len, branches)]).tolist()
            indices = [index for branch in branches for index in branch]
            made.arraySegments, made.arrayIndices = vector(kind, segments), vector(kind, indices)
            number = getattr(schema.SparseIndexVector, f"{kind}Vector")
            made.arraySegmentsType = made.arrayIndicesType = number
        else:
            made.denseSize = dense.shape[axis]
            branches = [list(range(dense.shape[axis]))] * len(paths)
        paths = [(*path, index) for path, row in zip(paths, branches, strict=True) for index in row]
        axes.append(made)
    sparsity = schema.SparsityParametersT()
    sparsity.traversalOrder, sparsity.dimMetadata = list(range(dense.ndim)), axes
    return np.array([dense[path] for path in paths], dense.dtype), sparsity


@pytest.fixture
def dense() -> np.ndarray:
    rng = np.random.default_rng(1)
    array = rng.integers(1, 100, (5, 1, 2, 7)).astype(np.float32)
    array[rng.random(array.shape) < 0.6] = 0
    array[2] = 0
    return array


@pytest.mark.parametrize("compressed", [(3,), (0, 3), (2,), (), (0, 1, 2, 3)])
@pytest.mark.parametrize("kind", ["Uint8", "Uint16", "Int32"])
def test_sparse_arrays_become_dense(dense: np.ndarray, compressed, kind: str) -> None:
    values, sparsity = sparsity_of(dense, compressed, kind)
    assert np.array_equal(densify(values, dense.shape, sparsity), dense)


@pytest.mark.parametrize(
    ("name", "value"), [("traversalOrder", [1, 0, 2, 3]), ("blockMap", [0]), ("blockMap", [0, 3])]
)
def test_blocks_and_permuted_axes_are_errors(dense: np.ndarray, name: str, value: list) -> None:
    values, sparsity = sparsity_of(dense, (3,), "Int32")
    setattr(sparsity, name, value)
    with pytest.raises(ModelError, match="sparse weights in blocks or with permuted axes"):
        densify(values, dense.shape, sparsity)


def test_weights_in_half_precision_are_converted_and_their_operators_dropped(dense) -> None:
    builder = NetworkBuilder()
    values, sparsity = sparsity_of(dense.astype(np.float16), (3,), "Uint8")
    stored = builder.constant(values, dense.shape, sparsity)
    filled = builder.add("DENSIFY", [stored], dense.shape)
    weights = builder.add("DEQUANTIZE", [filled], dense.shape)
    sizes = builder.constant(np.array([1, 2], np.int32))
    output = builder.add("LOGISTIC", [builder.image], (1, 9, 9, 3))
    constants, remaining = split_constants(read_model(builder.file(output)))
    assert np.array_equal(constants[weights], dense) and constants[weights].dtype == np.float32
    assert constants[sizes].tolist() == [1, 2]
    assert [operation.name for operation in remaining] == ["LOGISTIC"]
    assert builder.image not in constants


def test_quantized_weights_are_an_error() -> None:
    builder = NetworkBuilder()
    builder.constant(np.zeros(3, np.uint8))
    output = builder.add("LOGISTIC", [builder.image], (1, 9, 9, 3))
    with pytest.raises(ModelError, match="has a type that is neither float nor int32"):
        split_constants(read_model(builder.file(output)))
