"""PyTorch is set up for repeatable results on the device that the configuration names."""

import pytest
import torch

from corpus.core import torch_setup
from corpus.core.torch_setup import torch_device


@pytest.mark.parametrize("chosen", ["cpu", "cuda"])
def test_the_chosen_device_and_one_cpu_thread_are_used(monkeypatch, chosen: str) -> None:
    monkeypatch.setattr(torch_setup, "choose_device", {"auto": chosen}.get)
    assert torch_device("auto").type == chosen
    assert torch.get_num_threads() == 1, "sums must not depend on the number of cores"


def test_only_repeatable_algorithms_are_used_where_there_are_any():
    torch_device("cpu")
    assert torch.are_deterministic_algorithms_enabled()
    assert torch.is_deterministic_algorithms_warn_only_enabled()


def test_single_precision_is_not_shortened():
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
    torch_device("cpu")
    assert not torch.backends.cuda.matmul.allow_tf32
    assert not torch.backends.cudnn.allow_tf32
