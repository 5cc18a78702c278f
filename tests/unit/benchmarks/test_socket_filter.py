"""A thread that may not open sockets, in a process that may."""

import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

import socket_filter
from socket_filter import forbid_sockets

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the filter is one of Linux")
OPEN_IN_CHILD = "import socket; socket.socket(socket.AF_INET)"


def in_filtered_thread(function: Callable):
    """Call a function in a thread that may not open sockets, and return its result."""
    with ThreadPoolExecutor(1) as executor:
        assert executor.submit(forbid_sockets).result()
        return executor.submit(function).result()


def socket_error(family: int) -> str:
    try:
        socket.socket(family).close()
    except OSError as error:
        return type(error).__name__
    return ""


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6, socket.AF_UNIX])
def test_no_family_of_sockets_can_be_opened(family: int) -> None:
    assert in_filtered_thread(lambda: socket_error(family)) == "PermissionError"


@pytest.mark.fault("network", "a thread of MediaPipe looks up a name", "no look-up leaves")
def test_names_cannot_be_looked_up() -> None:
    with pytest.raises(socket.gaierror):
        in_filtered_thread(lambda: socket.getaddrinfo("example.org", 443))


def test_threads_that_the_thread_starts_cannot_open_sockets_either() -> None:
    errors = []

    def start_another() -> None:
        thread = threading.Thread(target=lambda: errors.append(socket_error(socket.AF_INET)))
        thread.start()
        thread.join()

    in_filtered_thread(start_another)
    assert errors == ["PermissionError"]


def test_other_threads_and_their_child_processes_are_not_affected() -> None:
    in_filtered_thread(lambda: None)
    assert socket_error(socket.AF_INET) == ""
    assert subprocess.run([sys.executable, "-c", OPEN_IN_CHILD]).returncode == 0


def test_other_files_and_programs_still_work_in_the_thread() -> None:
    echo = [sys.executable, "-c", "print('works')"]
    run = lambda: subprocess.run(echo, capture_output=True, text=True).stdout  # noqa: E731
    assert in_filtered_thread(run) == "works\n"


def test_system_without_such_filters_is_recognised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket_filter.sys, "platform", "darwin")
    assert not forbid_sockets()
    monkeypatch.undo()
    monkeypatch.setattr(socket_filter.platform, "machine", lambda: "riscv64")
    assert not forbid_sockets()
    assert socket_error(socket.AF_INET) == ""
