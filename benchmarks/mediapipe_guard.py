"""Import MediaPipe so that it contacts nobody. Nothing else in this project imports it.

The workflow runs MediaPipe's networks without MediaPipe. Tests and benchmarks compare with it.

MediaPipe 1.2.2 reports each landmarker to play.googleapis.com: versions, tasks, counts and run
times, and thereby the address of the user. It has no setting for this. Its library is called in
threads of its own, and the threads of the library start there, also those that send. Here, none of
these threads may open a socket. Everything else in the process may.

Where the system cannot forbid it (macOS), the library gets a proxy that does not exist, of a kind
that libcurl refuses before it looks up or contacts anything. The variables are set for C code only:
`os.environ` stays as it was, and downloads in Python with it. Programs that the process starts
without `env=os.environ` get the variables too.
"""

import ctypes
import importlib
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from types import ModuleType, SimpleNamespace

import mediapipe
from mediapipe.tasks.python.core import mediapipe_c_bindings, serial_dispatcher

from corpus.core.errors import ModelError
from socket_filter import forbid_sockets

__all__ = ["mediapipe", "mediapipe_module"]

REFUSED_PROXY = b"none://mediapipe-sends-nothing"
"""A proxy of no kind that libcurl knows."""


def forbid_connections() -> None:
    """Forbid the calling thread to connect to anything, or else let libcurl fail."""
    if not forbid_sockets():
        refuse_proxies()


@cache
def refuse_proxies() -> None:
    """Let libcurl fail before it looks up an address, in the whole process.

    It reads these variables for each request. Set once: another thread may be reading them later.
    """
    libc = ctypes.CDLL(None)
    libc.setenv(b"https_proxy", REFUSED_PROXY, 1)
    # These name hosts that are contacted without the proxy.
    for name in (b"no_proxy", b"NO_PROXY"):
        libc.unsetenv(name)


class OfflineExecutor(ThreadPoolExecutor):
    """Calls the library in one thread, which may not connect to anything."""

    def __init__(self, max_workers: int) -> None:
        super().__init__(max_workers, initializer=forbid_connections)


def _load_without_tasks(signatures=(), lib_name="mediapipe"):
    """Load the library for calls in any thread, which must not create a task.

    A task reports its use. MediaPipe's dispatcher creates those of `vision`, in its own thread.
    """
    for signature in signatures:
        if signature.func_name.endswith("Create"):
            raise ModelError(f"MediaPipe's {signature.func_name} would report its use to Google")
    return _load_raw_library(signatures, lib_name)


def mediapipe_module(name: str) -> ModuleType:
    """A module of MediaPipe by its name, such as "tasks.python.vision.pose_landmarker"."""
    return importlib.import_module(f"mediapipe.{name}")


def _check_dispatcher(dispatcher: ModuleType) -> None:
    """Raise ImportError if MediaPipe does not call its library through OfflineExecutor."""
    with dispatcher.SerialDispatcher(None, ()) as example:
        if not isinstance(vars(example).get("_executor"), OfflineExecutor):
            raise ImportError(
                f"MediaPipe {mediapipe.__version__} could report its use to Google, because it "
                "calls its library in another way than the version in envs/lock.txt. Install that "
                "version"
            )


_load_raw_library = mediapipe_c_bindings.load_raw_library
mediapipe_c_bindings.load_raw_library = _load_without_tasks
# The dispatcher finds the executor under this name.
serial_dispatcher.concurrent = SimpleNamespace(
    futures=SimpleNamespace(ThreadPoolExecutor=OfflineExecutor)
)
_check_dispatcher(serial_dispatcher)
