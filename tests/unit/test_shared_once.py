"""Workers of pytest-xdist make a shared thing only once."""

import threading
from pathlib import Path

import pytest

from shared_once import once


def test_only_the_first_worker_makes_a_thing(tmp_path: Path) -> None:
    needed = []
    for _ in range(3):
        with once(tmp_path, "demo") as is_needed:
            needed.append(is_needed)
    assert needed == [True, False, False]


def test_others_wait_until_it_is_made(tmp_path: Path) -> None:
    needed = []

    def make() -> None:
        with once(tmp_path, "demo") as is_needed:
            needed.append(is_needed)

    other = threading.Thread(target=make)
    with once(tmp_path, "demo"):
        other.start()
        other.join(0.1)
        assert needed == [], "the other one did not wait"
    other.join(10)
    assert needed == [False]


def test_after_an_error_the_next_worker_tries_again(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), once(tmp_path, "demo"):
        raise RuntimeError
    with once(tmp_path, "demo") as is_needed:
        assert is_needed
