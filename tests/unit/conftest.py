"""Limits of the unit tests: they share the cores with the other workers of pytest-xdist."""

import sys

import pytest


@pytest.fixture(autouse=True)
def one_thread_of_torch() -> None:
    """Let PyTorch use one thread: more of them wait for each other if the cores are busy."""
    if torch := sys.modules.get("torch"):
        torch.set_num_threads(1)
