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
    """A network that runs in one thread on the CPU, one image at a time.

    One image at a time, because then a result cannot depend on the other images; larger batches
    are not faster on a CPU. One thread, because several processes share the cores. Not to be called
    from two threads at the same time.

    Parameters
    ----------
    file
        The .tflite file.
    outputs
        Names and shapes of the outputs that are read. Operators that only other outputs need are
        not run.

    Raises
    ------
    ModelError
        The file is damaged, does not have these outputs, or has operators unknown to LiteRT.
    """

    def __init__(self, file: TfliteFile, outputs: OutputShapes) -> None:
        model = read_model(file)
        self.side = image_side(model, file.source)
        self._shapes = dict(outputs)
        self._outputs = select_outputs(model, outputs, file.source)
        changed = keep_outputs(model, list(self._outputs.values()))
        content = write_model(model) if changed else file.content
        try:
            self._interpreter = Interpreter(model_content=content, num_threads=1)
            self._interpreter.allocate_tensors()
        except (ValueError, RuntimeError) as error:
            raise ModelError(f"{file.source} cannot be run by LiteRT: {error}") from error
        self._input = self._interpreter.get_input_details()[0]["index"]

    def __call__(self, images: np.ndarray) -> dict[str, np.ndarray]:
        """Run the network; see `corpus.networks.Network`."""
        results = {
            name: np.empty((len(images), *shape), np.float32)
            for name, shape in self._shapes.items()
        }
        for row, image in enumerate(images):
            # Views of the interpreter's memory, which must not be kept.
            self._interpreter.tensor(self._input)()[0] = image
            self._interpreter.invoke()
            for name, index in self._outputs.items():
                results[name][row] = self._interpreter.tensor(index)()[0]
        return results
