"""Devices that neural networks run on."""

from os.path import exists

DEVICES = ("auto", "cpu", "cuda")
"""Values of the config key `device`. auto: a GPU if the network can use one, otherwise the CPU."""


def has_nvidia_gpu() -> bool:
    """Whether this machine has an NVIDIA GPU with its driver. Does not import PyTorch."""
    return exists("/dev/nvidiactl")
