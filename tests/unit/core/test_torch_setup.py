"""The device of neural networks follows the configuration and the machine."""

import pytest
import torch

from corpus.core.errors import InputError
from corpus.core.torch_setup import torch_device


def test_a_requested_gpu_that_is_missing_is_an_error(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert torch_device("auto").type == "cpu"
    with pytest.raises(InputError, match="device: cuda, but PyTorch finds no CUDA device"):
        torch_device("cuda")


def test_auto_uses_a_gpu_and_one_cpu_thread(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert torch_device("auto").type == "cuda"
    assert torch.get_num_threads() == 1, "sums must not depend on the number of cores"


def test_only_repeatable_algorithms_are_used_where_there_are_any():
    torch_device("cpu")
    assert torch.are_deterministic_algorithms_enabled()
    assert torch.is_deterministic_algorithms_warn_only_enabled()
