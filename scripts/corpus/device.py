"""Where neural networks may be told to run."""

from os.path import exists

DEVICES = ("auto", "cpu", "cuda")
"""auto: on a GPU where there is one that the network can use, else on the CPU."""


def has_nvidia_gpu() -> bool:
    """Whether this machine has an NVIDIA GPU and its driver, told without loading PyTorch."""
    return exists("/dev/nvidiactl")
