"""The available face detectors.

The rules and the model of the configuration import this module: import only the standard library
and `corpus.core` at the top.
"""

from typing import TYPE_CHECKING

from corpus.core.loaded_once import loaded_once

if TYPE_CHECKING:
    from corpus.faces.detector import Detector

FAST_MTCNN, MTCNN = "fast-mtcnn", "mtcnn"
DETECTORS = (FAST_MTCNN, MTCNN)
"""Values of the config key `faces.detector`."""


@loaded_once
def load_detector(
    name: str, device: str, min_size: float, min_score: float, thread: int = 0
) -> "Detector":
    """Load the detector `name` on "cpu" or "cuda".

    `min_size` is the side of the smallest face, as a fraction of the shorter side of the image;
    `min_score` the lowest score of a detection. Each number of a `thread` gives a detector of its
    own, since two threads must not use one at the same time. Raises ModelError if facenet-pytorch
    is missing.
    """
    # Each library is imported only where it is used: PyTorch takes seconds.
    if name == MTCNN:
        from corpus.core.torch_setup import torch_device
        from corpus.faces.mtcnn import MtcnnDetector

        return MtcnnDetector(torch_device(device), min_size, min_score)
    from corpus.faces.cascade import CascadeDetector
    from corpus.faces.cascade_networks import litert_cascade, torch_cascade

    if device == "cpu":
        return CascadeDetector(litert_cascade(), min_size, min_score)
    from corpus.core.torch_setup import torch_device

    return CascadeDetector(torch_cascade(torch_device(device)), min_size, min_score)


def packages(name: str, device: str) -> tuple[str, ...]:
    """Distributions that determine what the detector `name` detects, for the provenance."""
    runs = "ai-edge-litert" if (name, device) == (FAST_MTCNN, "cpu") else "torch"
    return "facenet-pytorch", runs, "opencv-python-headless"
