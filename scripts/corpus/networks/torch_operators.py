"""Operators of .tflite graphs in PyTorch.

Definitions: https://www.tensorflow.org/mlir/tfl_ops. The format has images as (n, height, width,
channels); PyTorch has (n, channels, height, width). Tensors with four axes are kept in PyTorch's
order here. Each function takes an operator and returns a function of its inputs that are not
constant.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import torch
from ai_edge_litert import schema_py_generated as schema
from torch.nn import functional

from corpus.core.errors import ModelError
from corpus.networks.graph import Operation

Step = Callable[..., torch.Tensor]


@dataclass
class OperatorInputs:
    """What the functions of this module need to know of an operator.

    Attributes
    ----------
    operation
        The operator.
    shapes
        Shape of each input in the order of the format; () if the file does not give it.
    output_shape
        Shape of the output in the order of the format.
    constants
        Array of each input, None if it is not constant.
    to_device
        Moves an array to the device of the network.
    """

    operation: Operation
    shapes: list[tuple[int, ...]]
    output_shape: tuple[int, ...]
    constants: list[np.ndarray | None]
    to_device: Callable[[np.ndarray], torch.Tensor] = field(repr=False)

    def array(self, position: int) -> np.ndarray:
        """The constant input at `position`. Raises ModelError if it is missing."""
        array = self.constants[position] if position < len(self.constants) else None
        if array is None:
            raise ModelError(f"operator {self.operation.name} has weights that are not constant")
        return array


def convolution(inputs: OperatorInputs) -> Step:
    """CONV_2D. Its weights are (output channels, height, width, input channels)."""
    return _convolution(inputs, inputs.array(1).transpose(0, 3, 1, 2), groups=1)


def depthwise_convolution(inputs: OperatorInputs) -> Step:
    """DEPTHWISE_CONV_2D. Its weights are (1, height, width, output channels)."""
    weights = inputs.array(1).transpose(3, 0, 1, 2)
    return _convolution(inputs, weights, groups=inputs.shapes[0][3])


def _convolution(inputs: OperatorInputs, weights: np.ndarray, groups: int) -> Step:
    options = inputs.operation.options
    strides = (options.strideH, options.strideW)
    dilation = (options.dilationHFactor, options.dilationWFactor)
    pad, symmetric = _padding(inputs, weights.shape[2:], dilation, value=0.0)
    kernel, bias = inputs.to_device(weights), inputs.to_device(inputs.array(2))
    activate = _activation(inputs)

    def run(x: torch.Tensor) -> torch.Tensor:
        x = functional.conv2d(pad(x), kernel, bias, strides, symmetric, dilation, groups)
        return activate(x)

    return run


def max_pool(inputs: OperatorInputs) -> Step:
    """MAX_POOL_2D."""
    options = inputs.operation.options
    size = (options.filterHeight, options.filterWidth)
    pad, symmetric = _padding(inputs, size, (1, 1), value=-math.inf)
    strides, activate = (options.strideH, options.strideW), _activation(inputs)
    return lambda x: activate(functional.max_pool2d(pad(x), size, strides, symmetric))


def average_pool(inputs: OperatorInputs) -> Step:
    """AVERAGE_POOL_2D without padding."""
    options = inputs.operation.options
    if options.padding != schema.Padding.VALID:
        raise ModelError("operator AVERAGE_POOL_2D is supported only without padding")
    size = (options.filterHeight, options.filterWidth)
    strides, activate = (options.strideH, options.strideW), _activation(inputs)
    return lambda x: activate(functional.avg_pool2d(x, size, strides))


def _padding(
    inputs: OperatorInputs, size: tuple[int, ...], dilation: tuple[int, int], value: float
) -> tuple[Step, tuple[int, int]]:
    """Padding of a window: a function that pads unequal sides, and the padding of equal sides.

    With the padding SAME, the output has ceil(length / stride) places, and of an odd number of
    added rows, the additional one is behind.
    """
    options = inputs.operation.options
    if options.padding == schema.Padding.VALID:
        return torch.nn.Identity(), (0, 0)
    added = []
    strides = (options.strideH, options.strideW)
    for length, window, stride, step in zip(
        inputs.shapes[0][1:3], size, strides, dilation, strict=True
    ):
        places = math.ceil(length / stride)
        added.append(max((places - 1) * stride + (window - 1) * step + 1 - length, 0))
    if added[0] % 2 == 0 and added[1] % 2 == 0:
        return torch.nn.Identity(), (added[0] // 2, added[1] // 2)
    (top, left), (bottom, right) = ([n // 2 for n in added], [n - n // 2 for n in added])
    return lambda x: functional.pad(x, (left, right, top, bottom), value=value), (0, 0)


def _activation(inputs: OperatorInputs) -> Step:
    """The function that an operator applies to its result."""
    activation = inputs.operation.options.fusedActivationFunction
    functions = {
        schema.ActivationFunctionType.NONE: torch.nn.Identity(),
        schema.ActivationFunctionType.RELU: functional.relu,
        schema.ActivationFunctionType.RELU6: functional.relu6,
    }
    if activation not in functions:
        name = inputs.operation.name
        raise ModelError(f"operator {name} has an activation that is not supported: {activation}")
    return functions[activation]


def fully_connected(inputs: OperatorInputs) -> Step:
    """FULLY_CONNECTED, of tensors with two axes."""
    weights, bias = inputs.to_device(inputs.array(1)), inputs.to_device(inputs.array(2))
    activate = _activation(inputs)
    # In a product of matrices, the order of the sum can depend on the row: on a CPU it does.
    return lambda x: activate((x[:, None] * weights).sum(-1) + bias)


def add(inputs: OperatorInputs) -> Step:
    """ADD, of two tensors of the same shape."""
    if len(set(inputs.shapes)) > 1 or any(array is not None for array in inputs.constants):
        raise ModelError("operator ADD is supported only for tensors of the same shape")
    activate = _activation(inputs)
    return lambda x, y: activate(x + y)


def prelu(inputs: OperatorInputs) -> Step:
    """PRELU with a slope for each channel."""
    slopes = inputs.array(1)
    if slopes.size != inputs.shapes[0][-1]:
        raise ModelError("operator PRELU is supported only with a slope for each channel")
    slopes = inputs.to_device(slopes.reshape(-1))
    return lambda x: functional.prelu(x, slopes)


def pad(inputs: OperatorInputs) -> Step:
    """PAD with zeros. Its second input has a row (before, behind) for each axis."""
    rows = inputs.array(1)
    order = [0, 3, 1, 2] if len(rows) == 4 else list(range(len(rows)))
    # PyTorch lists the last axis first.
    amounts = [int(amount) for axis in reversed(order) for amount in rows[axis]]
    return lambda x: functional.pad(x, amounts)


def resize_bilinear(inputs: OperatorInputs) -> Step:
    """RESIZE_BILINEAR with pixel centres at halves."""
    options, size = inputs.operation.options, [int(length) for length in inputs.array(1)]
    if options.alignCorners or not options.halfPixelCenters:
        raise ModelError("operator RESIZE_BILINEAR is supported only with half pixel centres")
    # functional.interpolate would take a slow way that also makes gradients repeatable.
    return lambda x: torch.ops.aten.upsample_bilinear2d(x, size, False)


def depth_to_space(inputs: OperatorInputs) -> Step:
    """DEPTH_TO_SPACE: channels are (row in the block, column in the block, output channel)."""
    block = inputs.operation.options.blockSize

    def run(x: torch.Tensor) -> torch.Tensor:
        n, channels, height, width = x.shape
        x = x.reshape(n, block, block, channels // block**2, height, width)
        x = x.permute(0, 3, 4, 1, 5, 2)
        return x.reshape(n, channels // block**2, height * block, width * block)

    return run


def reshape(inputs: OperatorInputs) -> Step:
    """RESHAPE. The first axis is that of the images."""
    shape = inputs.output_shape[1:]
    return lambda x: from_format(to_format(x).reshape(len(x), *shape))


def concatenation(inputs: OperatorInputs) -> Step:
    """CONCATENATION along any axis but the first."""
    rank, activate = len(inputs.output_shape), _activation(inputs)
    axis = inputs.operation.options.axis % rank
    if rank == 4:
        axis = [0, 2, 3, 1][axis]
    return lambda *tensors: activate(torch.cat(tensors, axis))


def mean(inputs: OperatorInputs) -> Step:
    """MEAN over height and width."""
    axes, keep = sorted(inputs.array(1).reshape(-1).tolist()), inputs.operation.options.keepDims
    if len(inputs.shapes[0]) != 4 or axes != [1, 2]:
        raise ModelError("operator MEAN is supported only over the height and width of images")
    return lambda x: x.mean((2, 3), keepdim=keep)


def to_format(x: torch.Tensor) -> torch.Tensor:
    """A tensor in the order of axes of the format."""
    return x.permute(0, 2, 3, 1) if x.ndim == 4 else x


def from_format(x: torch.Tensor) -> torch.Tensor:
    """A tensor in the order of axes that this module uses."""
    return x.permute(0, 3, 1, 2) if x.ndim == 4 else x


OPERATORS: dict[str, Callable[[OperatorInputs], Step]] = {
    "ADD": add,
    "AVERAGE_POOL_2D": average_pool,
    "CONCATENATION": concatenation,
    "CONV_2D": convolution,
    "DEPTHWISE_CONV_2D": depthwise_convolution,
    "DEPTH_TO_SPACE": depth_to_space,
    "FULLY_CONNECTED": fully_connected,
    "LOGISTIC": lambda _: torch.sigmoid,
    "MAX_POOL_2D": max_pool,
    "MEAN": mean,
    "PAD": pad,
    "PRELU": prelu,
    "RELU": lambda _: functional.relu,
    "RESHAPE": reshape,
    "RESIZE_BILINEAR": resize_bilinear,
}
"""Functions by name of the operator in the format."""


def build_step(inputs: OperatorInputs) -> Step:
    """The function of an operator. Raises ModelError if it is not supported."""
    name = inputs.operation.name
    if name not in OPERATORS:
        raise ModelError(f"operator {name} is not supported on a GPU; use device: cpu")
    return OPERATORS[name](inputs)
