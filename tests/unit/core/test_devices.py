"""The choice between the CPU and a GPU, and what a job says whose GPU does not work."""

import logging
import re
import sys

import pytest
import torch

from corpus.core import devices
from corpus.core.devices import check_gpu_exists, choose_device, signs_of_gpu
from corpus.core.errors import InputError


class NoCuda:
    """A tensor of a GPU that PyTorch lists, but cannot compute on."""

    def add(self, _: int) -> None:
        raise RuntimeError("CUDA error: no kernel image is available\nCompile with ...")


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch):
    """A machine with the given device files and variables, whose GPU works, fails or is absent."""

    def describe(files: tuple[str, ...] = (), gpu: str = "", **variables: str) -> None:
        monkeypatch.setattr(devices, "exists", lambda file: file in files)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(torch.cuda, "is_available", lambda: bool(gpu))
        # The CPU stands for the GPU.
        results = {"works": torch.zeros(1), "fails": NoCuda()}
        monkeypatch.setattr(torch, "ones", lambda *_, device: results[gpu])

    for name in ("SLURM_JOB_GPUS", "CUDA_VISIBLE_DEVICES"):
        monkeypatch.delenv(name, raising=False)
    describe()
    return describe


@pytest.mark.parametrize(
    ("files", "variables", "signs"),
    [
        ((), {}, []),
        (("/dev/nvidiactl",), {}, ["/dev/nvidiactl"]),
        ((), {"SLURM_JOB_GPUS": "2,3"}, ["SLURM_JOB_GPUS=2,3"]),
        ((), {"CUDA_VISIBLE_DEVICES": "MIG-1"}, ["CUDA_VISIBLE_DEVICES=MIG-1"]),
        (("/dev/nvidiactl",), {"CUDA_VISIBLE_DEVICES": ""}, []),
        (("/dev/nvidiactl",), {"CUDA_VISIBLE_DEVICES": "-1"}, []),
        (("/dev/nvidiactl",), {"CUDA_VISIBLE_DEVICES": "NoDevFiles"}, []),
        (("/dev/dxg",), {}, []),
    ],
)
def test_signs_of_a_gpu(machine, files, variables: dict, signs: list) -> None:
    machine(files, **variables)
    assert signs_of_gpu() == signs


@pytest.mark.parametrize("files", [("/dev/nvidiactl",), ("/dev/dxg",)])
@pytest.mark.parametrize("device", ["auto", "cuda"])
def test_a_working_gpu_is_used_unless_the_cpu_is_asked_for(machine, device: str, files) -> None:
    machine(files, "works")
    assert choose_device(device) == "cuda"
    assert choose_device("cpu") == "cpu"


def test_without_signs_of_a_gpu_pytorch_is_not_imported(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    assert choose_device("auto") == choose_device("cpu") == "cpu"


@pytest.mark.fault(
    "environment", "the GPU of a job does not work", "device: cuda fails, auto warns what to check"
)
@pytest.mark.parametrize(
    ("gpu", "problem"),
    [
        ("", r"PyTorch \S+( built for CPUs only,)? finds no CUDA device here"),
        (
            "fails",
            r"PyTorch [\w.+]+ cannot compute on the CUDA device: CUDA error: no kernel image",
        ),
    ],
)
def test_a_gpu_that_does_not_work_is_not_passed_over(machine, caplog, gpu, problem) -> None:
    machine(("/dev/nvidiactl",), gpu, SLURM_JOB_GPUS="0")
    with pytest.raises(InputError, match=f"^device: cuda, but {problem}.*Check that nvidia-smi"):
        choose_device("cuda")
    with caplog.at_level(logging.WARNING):
        assert choose_device("auto") == "cpu"
    (record,) = caplog.records
    assert record.levelname == "WARNING"
    given = r"The job was given a GPU \(SLURM_JOB_GPUS=0, /dev/nvidiactl\), but computes on the CPU"
    assert re.match(f"{given}, because {problem}", record.getMessage())


def test_a_hidden_gpu_gives_no_warning(machine, caplog) -> None:
    machine(("/dev/nvidiactl", "/dev/dxg"), CUDA_VISIBLE_DEVICES="")
    assert choose_device("auto") == "cpu"
    assert not caplog.records


def test_a_run_on_a_machine_without_a_gpu_is_refused(machine):
    with pytest.raises(InputError, match="device: cuda, but this machine has no GPU"):
        check_gpu_exists()
    machine((devices.NVIDIA_FILE,))
    check_gpu_exists()
