"""A network on the CPU, with LiteRT and its XNNPACK kernels.

LiteRT: https://github.com/google-ai-edge/LiteRT. It runs the same kernels as MediaPipe.
"""

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from corpus.core.errors import ModelError
from corpus.networks.graph import (
    OutputShapes,
    image_side,
    keep_outputs,
    read_model,
    select_outputs,
    write_model,
)
from corpus.networks.task_files import TfliteFile


class LiteRtNetwork:
    """A network that runs in one thread on the CPU.

    Every batch has the same size; the last one is filled up with zeros. So a result cannot depend
    on the other images. One thread, because several processes share the cores. Not to be called
    from two threads at the same time.

    Parameters
    ----------
    file
        The .tflite file.
    outputs
        Names and shapes of the outputs that are read. Operators that only other outputs need are
        not run.
    batch_size
        Images in a batch. MediaPipe's networks are not faster with more than one.

    Raises
    ------
    ModelError
        The file is damaged, does not have these outputs, or has operators unknown to LiteRT.
    """

    def __init__(self, file: TfliteFile, outputs: OutputShapes, batch_size: int = 1) -> None:
        model = read_model(file)
        self.side = image_side(model, file.source)
        self._batch_size, self._shapes = batch_size, dict(outputs)
        self._outputs = select_outputs(model, outputs, file.source)
        changed = keep_outputs(model, list(self._outputs.values()))
        content = write_model(model) if changed else file.content
        try:
            self._interpreter = Interpreter(model_content=content, num_threads=1)
            self._input = self._interpreter.get_input_details()[0]["index"]
            if batch_size > 1:
                shape = (batch_size, self.side, self.side, 3)
                self._interpreter.resize_tensor_input(self._input, shape)
            self._interpreter.allocate_tensors()
        except (ValueError, RuntimeError) as error:
            raise ModelError(f"{file.source} cannot be run by LiteRT: {error}") from error

    def __call__(self, images: np.ndarray) -> dict[str, np.ndarray]:
        """Run the network; see `corpus.networks.Network`."""
        results = {
            name: np.empty((len(images), *shape), np.float32)
            for name, shape in self._shapes.items()
        }
        for start in range(0, len(images), self._batch_size):
            batch = images[start : start + self._batch_size]
            # Views of the interpreter's memory, which must not be kept.
            self._interpreter.tensor(self._input)()[: len(batch)] = batch
            self._interpreter.tensor(self._input)()[len(batch) :] = 0
            self._interpreter.invoke()
            for name, index in self._outputs.items():
                places = slice(start, start + len(batch))
                results[name][places] = self._interpreter.tensor(index)()[: len(batch)]
        return results
