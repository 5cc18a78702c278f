"""A network on a GPU: the graph of a .tflite file, run by PyTorch in float32."""

from typing import NamedTuple

import numpy as np
import torch
from ai_edge_litert import schema_py_generated as schema

from corpus.core.errors import ModelError
from corpus.networks.constants import split_constants
from corpus.networks.graph import (
    OutputShapes,
    image_side,
    keep_outputs,
    read_model,
    select_outputs,
)
from corpus.networks.task_files import TfliteFile
from corpus.networks.torch_operators import OperatorInputs, Step, build_step, from_format, to_format


class _NetworkStep(NamedTuple):
    """A function, its inputs and output among the tensors, and the tensors not needed after it."""

    run: Step
    inputs: list[int]
    output: int
    unneeded: list[int]


class TorchNetwork:
    """A network that PyTorch runs on batches of images.

    Every batch has the same size; the last one is filled up with zeros. Libraries select their
    algorithms by the size, and each algorithm rounds differently: with one size, the result of an
    image does not depend on how many others there are. Create the device with
    `corpus.core.torch_setup.torch_device`, which turns off TF32 and algorithms that are not
    repeatable.

    Parameters
    ----------
    file
        The .tflite file.
    outputs
        Names and shapes of the outputs that are read. Operators that only other outputs need are
        not run.
    device
        The device.
    batch_size
        Images in a batch.
    channels_last
        Whether the channels of a pixel are next to each other in memory. On a CPU this is faster.
        On a GPU it was not measured: PyTorch's own kernels for depthwise convolutions, which are
        half of the operators, have the other layout. `benchmarks/gpu.py` compares them.

    Raises
    ------
    ModelError
        The file is damaged, does not have these outputs, or has an operator that is not supported.
    """

    def __init__(
        self,
        file: TfliteFile,
        outputs: OutputShapes,
        device: torch.device,
        batch_size: int,
        channels_last: bool = False,
    ) -> None:
        model = read_model(file)
        self.side = image_side(model, file.source)
        self._outputs = select_outputs(model, outputs, file.source)
        keep_outputs(model, list(self._outputs.values()))
        self._input = int(model.subgraphs[0].inputs[0])
        self._shapes, self._device = dict(outputs), device
        self._format = torch.channels_last if channels_last else torch.contiguous_format
        try:
            self._steps = self._build_steps(model)
        except ModelError as error:
            raise ModelError(f"{file.source}: {error}") from error
        # Transfers from pinned memory are faster.
        size = (batch_size, self.side, self.side, 3)
        self._batch = torch.zeros(size, pin_memory=device.type == "cuda")

    def _to_device(self, array: np.ndarray) -> torch.Tensor:
        tensor = torch.from_numpy(np.array(array, np.float32, order="C")).to(self._device)
        return tensor.contiguous(memory_format=self._format) if tensor.ndim == 4 else tensor

    def _build_steps(self, model: schema.ModelT) -> list[_NetworkStep]:
        tensors = model.subgraphs[0].tensors
        constants, operations = split_constants(model)

        def shape(index: int) -> tuple[int, ...]:
            lengths = tensors[index].shape
            return () if lengths is None else tuple(int(length) for length in lengths)

        steps: list[_NetworkStep] = []
        needed = set(self._outputs.values())
        for operation in reversed(operations):
            inputs = OperatorInputs(
                operation,
                [shape(index) for index in operation.inputs],
                shape(operation.outputs[0]),
                [constants.get(index) for index in operation.inputs],
                self._to_device,
            )
            variable = [index for index in operation.inputs if index not in constants]
            unneeded = sorted(set(variable) - needed)
            needed.update(variable)
            steps.append(_NetworkStep(build_step(inputs), variable, operation.outputs[0], unneeded))
        return steps[::-1]

    def __call__(self, images: np.ndarray) -> dict[str, np.ndarray]:
        """Run the network; see `corpus.networks.Network`."""
        results = {
            name: np.empty((len(images), *shape), np.float32)
            for name, shape in self._shapes.items()
        }
        size = len(self._batch)
        for start in range(0, len(images), size):
            count = min(size, len(images) - start)
            self._batch.numpy()[:count] = images[start : start + count]
            self._batch[count:] = 0
            batch = self._batch.to(self._device, non_blocking=True)
            for name, tensor in self.run_batch(batch).items():
                results[name][start : start + count] = tensor[:count].cpu().numpy()
        return results

    @torch.inference_mode()
    def run_batch(self, images: torch.Tensor) -> dict[str, torch.Tensor]:
        """Run the network on a complete batch that is on the device; returns its outputs there."""
        images = from_format(images).contiguous(memory_format=self._format)
        tensors = {self._input: images}
        for step in self._steps:
            tensors[step.output] = step.run(*(tensors[index] for index in step.inputs))
            for index in step.unneeded:
                del tensors[index]
        return {name: to_format(tensors[index]) for name, index in self._outputs.items()}
