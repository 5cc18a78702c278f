"""Operators and networks in PyTorch agree with LiteRT, and results do not depend on the batch."""

import numpy as np
import pytest
import torch

from corpus.core.errors import ModelError
from corpus.core.torch_setup import torch_device
from corpus.networks.litert_network import LiteRtNetwork
from corpus.networks.task_files import TfliteFile
from corpus.networks.torch_network import TorchNetwork
from tflite_files import NetworkBuilder, options

RNG = np.random.default_rng(3)
SAME, VALID = 0, 1
NONE, RELU, RELU6 = 0, 1, 3


def weights(*shape: int) -> np.ndarray:
    return RNG.normal(size=shape).astype(np.float32)


def images(n: int, side: int = 9) -> np.ndarray:
    return RNG.normal(0, 3, (n, side, side, 3)).astype(np.float32)


def with_torch(file: TfliteFile, shape: tuple[int, ...], **settings) -> TorchNetwork:
    return TorchNetwork(file, {"y": shape}, torch_device("cpu"), **{"batch_size": 2} | settings)


def assert_same(builder: NetworkBuilder, output: int) -> None:
    """Compare both libraries on images; the output has the shape in the file."""
    file = builder.file(output)
    shape = tuple(builder.graph.tensors[output].shape[1:])
    batch = images(3, builder.graph.tensors[builder.image].shape[1])
    expected = LiteRtNetwork(file, {"y": shape})(batch)["y"]
    for channels_last in (True, False):
        result = with_torch(file, shape, channels_last=channels_last)(batch)["y"]
        assert result.dtype == np.float32
        np.testing.assert_allclose(result, expected, rtol=1e-4, atol=1e-4)


def window(kind: str, padding: int, stride: int, activation: int = NONE, **more):
    return options(
        kind,
        padding=padding,
        strideW=stride,
        strideH=stride,
        fusedActivationFunction=activation,
        **more,
    )


def length(side: int, padding: int, size: int, stride: int) -> int:
    """Places of a window along an axis."""
    return -(-side // stride) if padding == SAME else (side - size) // stride + 1


@pytest.mark.parametrize("side", [8, 9])
@pytest.mark.parametrize("size", [1, 2, 3, 5])
@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("padding", [SAME, VALID])
def test_windows(side: int, size: int, stride: int, padding: int) -> None:
    """Convolution, depthwise convolution, maximum and average, of even and odd sizes."""
    n = length(side, padding, size, stride)
    builder = NetworkBuilder(side)
    kernel, bias = builder.constant(weights(4, size, size, 3)), builder.constant(weights(4))
    conv = window("Conv2DOptions", padding, stride, RELU6)
    assert_same(builder, builder.add("CONV_2D", [builder.image, kernel, bias], (1, n, n, 4), conv))
    kernel, bias = builder.constant(weights(1, size, size, 6)), builder.constant(weights(6))
    deep = window("DepthwiseConv2DOptions", padding, stride, RELU, depthMultiplier=2)
    inputs = [builder.image, kernel, bias]
    assert_same(builder, builder.add("DEPTHWISE_CONV_2D", inputs, (1, n, n, 6), deep))
    pool = window("Pool2DOptions", padding, stride, filterWidth=size, filterHeight=size)
    assert_same(builder, builder.add("MAX_POOL_2D", [builder.image], (1, n, n, 3), pool))
    if padding == VALID:
        assert_same(builder, builder.add("AVERAGE_POOL_2D", [builder.image], (1, n, n, 3), pool))


def test_dilated_convolution() -> None:
    builder = NetworkBuilder()
    kernel, bias = builder.constant(weights(4, 3, 3, 3)), builder.constant(weights(4))
    dilated = window("Conv2DOptions", SAME, 1, dilationWFactor=2, dilationHFactor=2)
    assert_same(
        builder, builder.add("CONV_2D", [builder.image, kernel, bias], (1, 9, 9, 4), dilated)
    )


def test_operators_without_windows() -> None:
    builder = NetworkBuilder()
    x = builder.image
    slopes = builder.constant(weights(1, 1, 3))
    rows = builder.constant(np.array([[0, 0], [1, 2], [3, 0], [0, 5]], np.int32))
    size, axes = (builder.constant(np.array(v, np.int32)) for v in ([17, 20], [1, 2]))
    bilinear = options("ResizeBilinearOptions", halfPixelCenters=True)
    for output in (
        builder.add("PRELU", [x, slopes], (1, 9, 9, 3)),
        builder.add("RELU", [x], (1, 9, 9, 3)),
        builder.add("LOGISTIC", [x], (1, 9, 9, 3)),
        builder.add("PAD", [x, rows], (1, 12, 12, 8), options("PadOptions")),
        builder.add("RESIZE_BILINEAR", [x, size], (1, 17, 20, 3), bilinear),
        builder.add("ADD", [x, x], (1, 9, 9, 3), options("AddOptions", fusedActivationFunction=1)),
        builder.add("MEAN", [x, axes], (1, 3), options("ReducerOptions")),
        builder.add("MEAN", [x, axes], (1, 1, 1, 3), options("ReducerOptions", keepDims=True)),
    ):
        assert_same(builder, output)


@pytest.mark.parametrize("axis", [1, 2, 3, -1])
def test_tensors_are_joined_along_each_axis_of_the_format(axis: int) -> None:
    builder = NetworkBuilder()
    shape = [1, 9, 9, 3]
    shape[axis] *= 2
    other = builder.add("LOGISTIC", [builder.image], (1, 9, 9, 3))
    joined = options("ConcatenationOptions", axis=axis)
    assert_same(builder, builder.add("CONCATENATION", [builder.image, other], shape, joined))


def test_changes_of_shape_follow_the_order_of_the_format() -> None:
    builder = NetworkBuilder(side=6)
    kernel, bias = builder.constant(weights(12, 1, 1, 3)), builder.constant(weights(12))
    conv = window("Conv2DOptions", SAME, 1)
    channels = builder.add("CONV_2D", [builder.image, kernel, bias], (1, 6, 6, 12), conv)
    blocks = options("DepthToSpaceOptions", blockSize=2)
    assert_same(builder, builder.add("DEPTH_TO_SPACE", [channels], (1, 12, 12, 3), blocks))
    for shape in ((1, 432), (1, 144, 3), (1, 12, 3, 12)):
        target = builder.constant(np.array(shape, np.int32))
        assert_same(builder, builder.add("RESHAPE", [channels, target], shape))
    flat = builder.add(
        "RESHAPE", [channels, builder.constant(np.array([1, 432], np.int32))], (1, 432)
    )
    full = [flat, builder.constant(weights(5, 432) / 20), builder.constant(weights(5))]
    assert_same(
        builder, builder.add("FULLY_CONNECTED", full, (1, 5), options("FullyConnectedOptions"))
    )


@pytest.fixture(scope="module")
def small() -> TfliteFile:
    builder = NetworkBuilder()
    kernel, bias = builder.constant(weights(8, 3, 3, 3)), builder.constant(weights(8))
    x = builder.add(
        "CONV_2D", [builder.image, kernel, bias], (1, 5, 5, 8), window("Conv2DOptions", SAME, 2)
    )
    target = builder.constant(np.array([1, 200], np.int32))
    flat = builder.add("RESHAPE", [x, target], (1, 200))
    full = [flat, builder.constant(weights(5, 200)), builder.constant(weights(5))]
    return builder.file(
        builder.add("FULLY_CONNECTED", full, (1, 5), options("FullyConnectedOptions"))
    )


@pytest.mark.parametrize("batch_size", [2, 4])
@pytest.mark.parametrize("channels_last", [True, False])
def test_results_do_not_depend_on_the_other_images(
    small: TfliteFile, batch_size: int, channels_last: bool
) -> None:
    settings = {"batch_size": batch_size, "channels_last": channels_last}
    network, batch = with_torch(small, (5,), **settings), images(11)
    together = network(batch)["y"]
    alone = np.concatenate([network(batch[i : i + 1])["y"] for i in range(11)])
    backwards = network(np.ascontiguousarray(batch[::-1]))["y"][::-1]
    assert np.array_equal(together, alone) and np.array_equal(together, backwards)
    assert np.array_equal(together, network(batch)["y"])


@pytest.mark.parametrize("kind", [LiteRtNetwork, lambda *args: with_torch(args[0], (5,))])
def test_no_images_give_empty_results_and_images_stay_unchanged(small: TfliteFile, kind) -> None:
    network = kind(small, {"y": (5,)})
    assert network(images(0))["y"].shape == (0, 5)
    batch = images(3)
    batch.flags.writeable = False
    first = network(batch[:1])["y"].copy()
    assert np.array_equal(network(batch)["y"][:1], first), "an earlier call leaves no traces"


def one_operator(name: str, constants: list[np.ndarray], shape: tuple, made=None) -> TfliteFile:
    builder = NetworkBuilder()
    inputs = [builder.image, *map(builder.constant, constants)]
    return builder.file(builder.add(name, inputs, shape, made))


@pytest.mark.parametrize(
    ("file", "message"),
    [
        (one_operator("TANH", [], (1, 9, 9, 3)), "operator TANH is not supported on a GPU"),
        (
            one_operator(
                "RESIZE_BILINEAR",
                [np.array([9, 9], np.int32)],
                (1, 9, 9, 3),
                options("ResizeBilinearOptions", alignCorners=True),
            ),
            "RESIZE_BILINEAR is supported only with half pixel centres",
        ),
        (
            one_operator("ADD", [weights(1, 9, 9, 3)], (1, 9, 9, 3), options("AddOptions")),
            "ADD is supported only for tensors of the same shape",
        ),
        (
            one_operator("MEAN", [np.array([3], np.int32)], (1, 9, 9), options("ReducerOptions")),
            "MEAN is supported only over the height and width",
        ),
        (
            one_operator(
                "MAX_POOL_2D",
                [],
                (1, 9, 9, 3),
                window("Pool2DOptions", SAME, 1, 4, filterWidth=1, filterHeight=1),
            ),
            "MAX_POOL_2D has an activation that is not supported: 4",
        ),
        (
            one_operator(
                "AVERAGE_POOL_2D",
                [],
                (1, 9, 9, 3),
                window("Pool2DOptions", SAME, 1, filterWidth=2, filterHeight=2),
            ),
            "AVERAGE_POOL_2D is supported only without padding",
        ),
        (one_operator("PRELU", [weights(9, 9, 3)], (1, 9, 9, 3)), "a slope for each channel"),
    ],
)
def test_what_is_not_supported_is_an_error_that_names_it(file: TfliteFile, message: str) -> None:
    shape = (9, 9, 3) if "MEAN" not in message else (9, 9)
    with pytest.raises(ModelError, match=f"^small.task: small.tflite: .*{message}"):
        with_torch(file, shape)


def test_weights_that_are_not_constant_are_an_error() -> None:
    builder = NetworkBuilder(side=3)
    kernel = builder.add("LOGISTIC", [builder.image], (1, 3, 3, 3))
    made = window("Conv2DOptions", SAME, 1)
    bias = builder.constant(weights(1))
    output = builder.add("CONV_2D", [builder.image, kernel, bias], (1, 3, 3, 1), made)
    with pytest.raises(ModelError, match="CONV_2D has weights that are not constant"):
        with_torch(builder.file(output), (3, 3, 1))


def test_float32_is_used() -> None:
    """A difference that half precision and TF32 would lose."""
    builder = NetworkBuilder(side=1)
    kernel = builder.constant(np.array([1, -1, 0], np.float32).reshape(1, 1, 1, 3))
    made = window("Conv2DOptions", VALID, 1)
    bias = builder.constant(np.zeros(1, np.float32))
    output = builder.add("CONV_2D", [builder.image, kernel, bias], (1, 1, 1, 1), made)
    image = np.array([1 + 2**-20, 1, 0], np.float32).reshape(1, 1, 1, 3)
    assert with_torch(builder.file(output), (1, 1, 1))(image)["y"].item() == 2**-20
    assert torch.get_default_dtype() == torch.float32
