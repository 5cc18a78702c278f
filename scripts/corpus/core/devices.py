"""Devices that neural networks run on, and the choice between them.

A job that was given a GPU must not compute on the CPU without saying so: it would take many times
longer, and occupy a GPU that others wait for.
"""

import logging
import os
from os.path import exists

from corpus.core.errors import InputError

DEVICES = ("auto", "cpu", "cuda")
"""Values of the config key `device`. auto: a GPU if the network can use one, otherwise the CPU."""

NVIDIA_FILE = "/dev/nvidiactl"
"""Device file of NVIDIA's driver."""
OTHER_FILES = ("/dev/dxg", "/dev/nvmap", "/dev/kfd")
"""Device files of GPUs that PyTorch may be able to use: of Windows' subsystem for Linux, of NVIDIA
Jetson, of AMD."""
HIDDEN = ("", "-1", "NoDevFiles")
"""Values of CUDA_VISIBLE_DEVICES that hide all GPUs."""


def has_nvidia_gpu() -> bool:
    """Whether this machine has an NVIDIA GPU with its driver. Does not import PyTorch."""
    return exists(NVIDIA_FILE)


def signs_of_gpu() -> list[str]:
    """What says that this job can use a GPU of NVIDIA, for messages; [] if nothing does."""
    signs = [f"{name}={os.environ[name]}" for name in ("SLURM_JOB_GPUS",) if os.environ.get(name)]
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if visible is not None and visible not in HIDDEN:
        signs.append(f"CUDA_VISIBLE_DEVICES={visible}")
    if visible not in HIDDEN and has_nvidia_gpu():
        signs.append(NVIDIA_FILE)
    return signs


def check_gpu_exists() -> None:
    """Raise InputError if this machine has no GPU. Does not import PyTorch."""
    if not any(exists(file) for file in (NVIDIA_FILE, *OTHER_FILES)):
        raise InputError(
            "device: cuda, but this machine has no GPU with a driver. Set device to auto or cpu, "
            "or submit the jobs to a cluster with --profile profiles/slurm"
        )


def choose_device(device: str) -> str:
    """The device that a network runs on, "cpu" or "cuda", for the config key `device`.

    `auto` is cuda if PyTorch can compute there. If it cannot although this job was given a GPU, a
    warning says so. PyTorch, which takes seconds to load, is imported only where there may be a
    GPU. Raises InputError if cuda is requested but does not work.
    """
    if device == "cpu":
        return "cpu"
    signs = signs_of_gpu()
    if device == "auto" and not signs and not any(exists(file) for file in OTHER_FILES):
        return "cpu"
    problem = problem_with_cuda()
    if not problem:
        return "cuda"
    checks = (
        "Check that nvidia-smi lists the GPU in such a job, that the job requests one (`gpu` in "
        "the profile), and that the driver is new enough for this PyTorch"
    )
    if device == "cuda":
        raise InputError(f"device: cuda, but {problem}. {checks}, or use device: auto or cpu")
    if signs:
        logging.warning(
            "The job was given a GPU (%s), but computes on the CPU, because %s. %s. With device: "
            "cuda, such a job fails; with device: cpu, it requests no GPU",
            ", ".join(signs),
            problem,
            checks,
        )
    return "cpu"


def problem_with_cuda() -> str:
    """Why PyTorch cannot compute on a GPU here, as part of a sentence; empty if it can."""
    import torch

    if not torch.cuda.is_available():
        kind = "" if torch.version.cuda or torch.version.hip else ", built for CPUs only,"
        return f"PyTorch {torch.__version__}{kind} finds no CUDA device here"
    try:
        # The first kernel fails if the GPU is of a kind that PyTorch was not built for, or in use.
        torch.ones(1, device="cuda").add(1).item()
    except RuntimeError as error:
        message = str(error).strip().partition("\n")[0]
        return f"PyTorch {torch.__version__} cannot compute on the CUDA device: {message}"
    return ""
