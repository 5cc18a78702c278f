"""Arithmetic and memory traffic of networks in .tflite files, and the speed of a device.

The roofline model (Williams, Waterman & Patterson 2009, https://doi.org/10.1145/1498765.1498785)
bounds the speed of a program by the peak arithmetic and the bandwidth of the device.
"""

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

from corpus.networks.constants import split_constants
from corpus.networks.graph import Operation, OutputShapes, keep_outputs, read_model, select_outputs
from corpus.networks.task_files import TfliteFile

FLOAT_BYTES = 4


class Work(NamedTuple):
    """Work for one image."""

    flop: float
    """Floating-point operations; a multiply-add counts as two."""
    traffic: float
    """Bytes that are read and written if each operator reads its inputs and writes its output in
    float32. Weights are not counted, since a batch shares them."""
    live: float
    """Largest number of bytes that tensors take at the same time."""

    def __add__(self, other: "Work") -> "Work":
        return Work(
            self.flop + other.flop, self.traffic + other.traffic, max(self.live, other.live)
        )

    def times(self, n: int) -> "Work":
        """The work for n images, one after the other."""
        return Work(self.flop * n, self.traffic * n, self.live)


def network_work(file: TfliteFile, outputs: OutputShapes) -> Work:
    """The work of a network without the operators that only other outputs need."""
    model = read_model(file)
    keep_outputs(model, list(select_outputs(model, outputs, file.source).values()))
    tensors = model.subgraphs[0].tensors
    constants, operations = split_constants(model)

    def size(index: int) -> int:
        return math.prod(int(length) for length in tensors[index].shape)

    flop = traffic = 0.0
    last_use = {i: n for n, operation in enumerate(operations) for i in operation.inputs}
    for index in model.subgraphs[0].outputs:
        last_use[int(index)] = len(operations)
    alive = {int(index): size(index) for index in model.subgraphs[0].inputs}
    peak = 0
    for n, operation in enumerate(operations):
        (output,) = operation.outputs
        variable = [index for index in operation.inputs if index not in constants]
        shapes = [constants[i].shape for i in operation.inputs if i in constants]
        flop += size(output) * _flop_per_value(operation, shapes)
        traffic += FLOAT_BYTES * (size(output) + sum(map(size, variable)))
        alive[output] = size(output)
        peak = max(peak, sum(alive.values()))
        for index in variable:
            if last_use[index] == n:
                alive.pop(index, None)
    return Work(flop, traffic, float(FLOAT_BYTES * peak))


def _flop_per_value(operation: Operation, weights: list[tuple[int, ...]]) -> float:
    """Operations for one value of the output; `weights` are the shapes of constant inputs."""
    if operation.name in ("CONV_2D", "FULLY_CONNECTED"):
        return 2 * math.prod(weights[0][1:])
    if operation.name == "DEPTHWISE_CONV_2D":
        return 2 * math.prod(weights[0][1:3])
    if operation.name == "MAX_POOL_2D":
        return operation.options.filterWidth * operation.options.filterHeight
    if operation.name == "RESIZE_BILINEAR":
        return 8
    return 0 if operation.name in ("PAD", "RESHAPE", "CONCATENATION", "DEPTH_TO_SPACE") else 1


PERSON_FRAME = {"pose_detector": 1, "pose_landmarks": 1, "palm_detector": 2, "hand_landmarks": 2}
"""Runs of each network for one person in one frame if nothing is known from the frame before."""
FOLLOWED = {"pose_landmarks": 1, "hand_landmarks": 2}
"""The same if the body and both hands were there in the frame before."""


def person_frame_work(works: Mapping[str, Work], runs: Mapping[str, int]) -> Work:
    """The work for one person in one frame, from that of each network and its number of runs."""
    total = Work(0, 0, 0)
    for name, n in runs.items():
        total += works[name].times(n)
    return total


class DeviceSpeed(NamedTuple):
    """Peak speed of a device in float32, measured with PyTorch."""

    flop_s: float
    """Operations a second, of a product of large matrices."""
    bytes_s: float
    """Bytes read and written a second, of a copy of a large array."""

    def shortest_s(self, work: Work) -> float:
        """The time that the roofline allows for some work."""
        return max(work.flop / self.flop_s, work.traffic / self.bytes_s)


def measure_speed(device, timed: Callable[[Callable[[], object]], float], small: bool):
    """Measure a torch.device; `timed` returns the seconds of a call."""
    import torch

    n, length = (512, 1 << 22) if small else (8192, 1 << 29)
    matrix = torch.ones((n, n), device=device)
    values = torch.ones(length, device=device)
    target = torch.empty_like(values)
    product_s = timed(lambda: torch.mm(matrix, matrix))
    copy_s = timed(lambda: target.copy_(values))
    return DeviceSpeed(2 * n**3 / product_s, 2 * FLOAT_BYTES * length / copy_s)
