"""Devices that neural networks run on, and a repeatable PyTorch setup."""

import os
from os.path import exists

from corpus.core.errors import InputError

DEVICES = ("auto", "cpu", "cuda")
"""auto: on a GPU where there is one that the network can use, else on the CPU."""


def has_nvidia_gpu() -> bool:
    """Whether this machine has an NVIDIA GPU and its driver, told without loading PyTorch."""
    return exists("/dev/nvidiactl")


def torch_device(wanted: str, threads: int = 1):
    """The torch.device for the configuration's `device`: auto is cuda where there is one.

    One thread on the CPU, unless the result does not hang on it: sums split over threads round
    differently, and parallel work is for Snakemake, a video a job. Raises InputError where
    cuda is asked for and not there.
    """
    # cuBLAS gives repeatable results only with a fixed workspace, read when it starts:
    # https://docs.nvidia.com/cuda/cublas/#results-reproducibility
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    import torch

    torch.manual_seed(0)
    torch.set_num_threads(threads)
    torch.use_deterministic_algorithms(True, warn_only=True)
    torch.backends.cudnn.benchmark = False
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    if wanted == "auto":
        wanted = "cuda" if torch.cuda.is_available() else "cpu"
    elif wanted == "cuda" and not torch.cuda.is_available():
        raise InputError("device: cuda, but PyTorch finds no CUDA device here; use auto or cpu")
    return torch.device(wanted)
