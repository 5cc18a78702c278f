"""Graphs that are written operator by operator run, and their tensors have the stated shapes."""

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from corpus.networks.graph_writer import RELU, GraphWriter
from corpus.networks.litert_network import LiteRtNetwork
from corpus.networks.task_files import TfliteFile

RNG = np.random.default_rng(4)


def run(graph: GraphWriter, output: int, images: np.ndarray, batch_size: int = 1) -> np.ndarray:
    shape = graph.shape(output)[1:]
    file = TfliteFile("written", graph.write([output]))
    return LiteRtNetwork(file, {"y": shape}, batch_size)(images)["y"]


def noise(n: int, side: int) -> np.ndarray:
    return RNG.normal(size=(n, side, side, 3)).astype(np.float32)


@pytest.mark.parametrize("side", [7, 8])
@pytest.mark.parametrize("padding", ["SAME", "VALID"])
@pytest.mark.parametrize("stride", [1, 2])
def test_windows_give_the_shape_of_the_output(side: int, padding: str, stride: int) -> None:
    graph = GraphWriter(side)
    kernel = RNG.normal(size=(5, 3, 3, 3)).astype(np.float32)
    bias = np.full(5, 0.5, np.float32)
    convolved = graph.convolution(graph.image, kernel, bias, stride, padding, RELU)
    largest = graph.pool("MAX_POOL_2D", graph.image, 3, stride, padding)
    images = noise(2, side)
    result = run(graph, convolved, images)
    assert result.min() == 0 and result.shape[1:] == graph.shape(convolved)[1:]
    if padding == "VALID":
        expected = (images[1, :3, :3] * kernel).sum((1, 2, 3)) + bias
        np.testing.assert_allclose(result[1, 0, 0], np.maximum(expected, 0), atol=1e-5)
        assert np.array_equal(
            run(graph, largest, images)[1, 0, 0], images[1, :3, :3].max(axis=(0, 1))
        )


def test_operators_of_one_kind_and_constants_of_integers_are_written() -> None:
    graph = GraphWriter(4)
    rows = graph.constant(np.array([[0, 0], [0, 1], [0, 0], [0, 2]], np.int32))
    padded = graph.operator("PAD", [graph.image, rows], (1, 5, 4, 5), schema.PadOptionsT())
    twice = graph.operator("PAD", [padded, rows], (1, 6, 4, 7), schema.PadOptionsT())
    images = noise(3, 4)
    expected = np.pad(images, ((0, 0), (0, 2), (0, 0), (0, 4)))
    assert np.array_equal(run(graph, twice, images), expected)


@pytest.mark.parametrize("batch_size", [2, 3])
def test_batches_on_a_cpu_do_not_change_results(batch_size: int) -> None:
    graph = GraphWriter(6)
    kernel = RNG.normal(size=(8, 3, 3, 3)).astype(np.float32)
    output = graph.convolution(graph.image, kernel, np.zeros(8, np.float32))
    images = noise(7, 6)
    together = run(graph, output, images, batch_size)
    np.testing.assert_allclose(together, run(graph, output, images), atol=1e-5)
    network = LiteRtNetwork(
        TfliteFile("written", graph.write([output])), {"y": (4, 4, 8)}, batch_size
    )
    alone = np.concatenate([network(images[n : n + 1])["y"] for n in range(7)])
    assert np.array_equal(alone, together)
    assert network(images[:0])["y"].shape == (0, 4, 4, 8)
