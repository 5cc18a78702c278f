"""Run networks in .tflite files on images: with LiteRT on a CPU, with PyTorch on a GPU.

    from corpus.networks import open_network, read_task_file
    networks = read_task_file(Path("hand_landmarker.task"))
    palms = open_network(networks["hand_detector.tflite"], PALM_OUTPUTS, "cpu")
    palms(images)["scores"]

| module | contents |
|---|---|
| `network` | the interface of a network, and opening one for a device |
| `task_files` | the networks in a .task file |
| `graph` | reading a .tflite file, selecting its outputs, removing what they do not need |
| `graph_writer` | writing a .tflite file, operator by operator |
| `litert_network` | a network on a CPU |
| `torch_network` | a network on a GPU |
| `torch_operators` | the operators of networks in PyTorch |
| `constants` | the weights of a network as arrays |
"""

from corpus.networks.network import Network, open_network
from corpus.networks.task_files import TfliteFile, read_task_file

__all__ = ["Network", "TfliteFile", "open_network", "read_task_file"]
