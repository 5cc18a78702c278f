"""Set up PyTorch so that results are repeatable.

Separate from `corpus.core.devices`, because some stages that choose a device do not need PyTorch
on a CPU.
"""

import os

from corpus.core.devices import choose_device


def torch_device(device: str, threads: int = 1):
    """Set up PyTorch for repeatable results, and return the torch.device for the key `device`.

    `corpus.core.devices.choose_device` describes the choice. On the CPU, use one thread unless the
    result does not depend on the number of threads: sums that are split over threads round
    differently, and Snakemake already runs one job per video in parallel. Raises InputError if cuda
    is requested but does not work.
    """
    # cuBLAS is repeatable only with a fixed workspace, which it reads at start-up:
    # https://docs.nvidia.com/cuda/cublas/#results-reproducibility
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    import torch

    torch.manual_seed(0)
    torch.set_num_threads(threads)
    # use_deterministic_algorithms does the same, but imports PyTorch's compiler, which takes 2 s.
    torch.set_deterministic_debug_mode("warn")
    torch.backends.cudnn.benchmark = False
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    return torch.device(choose_device(device))
