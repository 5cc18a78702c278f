"""Reading graphs of .tflite files, selecting outputs, and removing what they do not need."""

import numpy as np
import pytest

from corpus.core.errors import ModelError
from corpus.networks.graph import (
    image_side,
    keep_outputs,
    operations,
    read_model,
    select_outputs,
    write_model,
)
from corpus.networks.litert_network import LiteRtNetwork
from corpus.networks.task_files import TfliteFile
from tflite_files import NetworkBuilder


@pytest.fixture(scope="module")
def forked() -> TfliteFile:
    """A network with a common operator, then two outputs of the same shape and one of another."""
    builder = NetworkBuilder(side=4)
    common = builder.add("LOGISTIC", [builder.image], (1, 4, 4, 3))
    first = builder.add("LOGISTIC", [common], (1, 4, 4, 3))
    second = builder.add("TANH", [common], (1, 4, 4, 3))
    flat = builder.add("RESHAPE", [common, builder.constant(np.array([1, 48], np.int32))], (1, 48))
    return builder.file(first, second, flat)


def test_outputs_are_recognised_by_shape_and_then_by_order(forked: TfliteFile) -> None:
    model = read_model(forked)
    outputs = model.subgraphs[0].outputs
    shapes = {"flat": (48,), "first": (4, 4, 3), "second": (4, 4, 3)}
    selected = select_outputs(model, shapes, "small")
    assert selected == {"first": outputs[0], "second": outputs[1], "flat": outputs[2]}
    assert image_side(model, "small") == 4


def test_another_network_is_an_error_that_lists_its_outputs(forked: TfliteFile) -> None:
    message = (
        r"small has no output boxes of shape \[2254, 12\], but \[4, 4, 3\], \[4, 4, 3\], \[48\]"
    )
    with pytest.raises(ModelError, match=message):
        select_outputs(read_model(forked), {"boxes": (2254, 12)}, "small")
    with pytest.raises(ModelError, match="no output b of shape"):
        select_outputs(read_model(forked), {"a": (48,), "b": (48,)}, "small")


def test_operators_of_other_outputs_are_removed_and_results_stay_the_same(forked) -> None:
    model = read_model(forked)
    outputs = select_outputs(model, {"flat": (48,)}, "small")
    assert [operation.name for operation in operations(model)] == [
        *("LOGISTIC", "LOGISTIC", "TANH", "RESHAPE")
    ]
    assert keep_outputs(model, list(outputs.values()))
    assert [operation.name for operation in operations(model)] == ["LOGISTIC", "RESHAPE"]
    rewritten = read_model(TfliteFile("small", write_model(model)))
    assert not keep_outputs(rewritten, list(outputs.values()))
    images = np.random.default_rng(0).random((3, 4, 4, 3), dtype=np.float32)
    complete = LiteRtNetwork(forked, {"first": (4, 4, 3), "second": (4, 4, 3), "flat": (48,)})
    reduced = LiteRtNetwork(forked, {"flat": (48,)})
    assert np.array_equal(complete(images)["flat"], reduced(images)["flat"])
    assert reduced(images).keys() == {"flat"}


@pytest.mark.fault("inputs", "a network in a .task file is no network", "an error that names it")
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is not a .tflite file"),
        (b"\x1c\0\0\0ONNX" + bytes(50), "is not a .tflite file"),
        (b"\xff\xff\xff\x7fTFL3" + bytes(50), "is a damaged .tflite file"),
        (b"\x1c\0\0\0TFL3" + bytes(50), "is not a network with one graph and one input"),
    ],
)
def test_other_content_is_an_error(content: bytes, message: str) -> None:
    with pytest.raises(ModelError, match=f"^my.task: my.tflite {message}"):
        read_model(TfliteFile("my.task: my.tflite", content))


def test_only_square_rgb_images_are_taken() -> None:
    builder = NetworkBuilder()
    builder.graph.tensors[builder.image].shape = [1, 9, 8, 3]
    model = read_model(builder.file(builder.add("LOGISTIC", [builder.image], (1, 9, 8, 3))))
    with pytest.raises(ModelError, match=r"small takes an input of shape \[1, 9, 8, 3\]"):
        image_side(model, "small")
