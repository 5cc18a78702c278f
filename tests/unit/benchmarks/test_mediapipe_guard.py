"""MediaPipe's library can connect to nothing, and nothing else is changed."""

import ctypes
import os
import re
import socket
import subprocess
import sys
from contextlib import nullcontext
from types import ModuleType, SimpleNamespace

import pytest

from corpus.core.errors import ModelError
from lock_files import LOCK, locked_versions
from repository import ROOT, SCRIPTS, repository_files

GUARD = "benchmarks/mediapipe_guard.py"
IMPORT = re.compile(
    r"(?<!mediapipe_guard )(?<!mediapipe_reference )\b(?:import|from) +(?:[\w.]+, *)*mediapipe\b"
    "|(?:import_module|__import__)\\(f?[\"']mediapipe"
)
WITHOUT_FILTER = """
import ctypes, os, subprocess, sys
import mediapipe_guard
before = dict(os.environ)
mediapipe_guard.forbid_sockets = lambda: False
with mediapipe_guard.OfflineExecutor(1) as executor:
    executor.submit(len, ()).result()
assert os.environ == before, "Python code sees other proxies"
printed = subprocess.run(["env"], env=os.environ, capture_output=True, text=True).stdout
assert "none:" not in printed and "no_proxy=*" in printed, "a child process sees other proxies"
getenv = ctypes.CDLL(None).getenv
getenv.restype = ctypes.c_char_p
print([getenv(name.encode()) for name in sys.argv[1:]])
"""
"""Calls a function as MediaPipe's library is called on a system without a filter of sockets."""


@pytest.fixture(scope="module")
def guard() -> ModuleType:
    import mediapipe_guard

    return mediapipe_guard


@pytest.fixture
def open_socket(guard: ModuleType):
    """The function `socket` of C, called as MediaPipe calls its library."""
    dispatcher = guard.mediapipe_module("tasks.python.core.serial_dispatcher")
    function = guard.mediapipe_module("tasks.python.core.mediapipe_c_utils").CFunction
    signature = function("socket", [ctypes.c_int] * 3, ctypes.c_int)
    with dispatcher.SerialDispatcher(ctypes.CDLL(None), [signature]) as library:
        yield library.socket


@pytest.mark.skipif(sys.platform != "linux", reason="the filter is one of Linux")
@pytest.mark.fault("network", "MediaPipe reports its use to Google", "it cannot open a socket")
@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6, socket.AF_UNIX])
def test_library_is_called_where_no_socket_can_be_opened(open_socket, family: int) -> None:
    assert open_socket(family, socket.SOCK_STREAM, 0) == -1
    socket.socket(family).close()


@pytest.mark.fault(
    "network", "a task of MediaPipe is created outside the guarded thread", "refused"
)
def test_library_creates_no_task_in_another_thread(guard: ModuleType) -> None:
    load = guard.mediapipe_module("tasks.python.core.mediapipe_c_bindings").load_raw_library
    for name in ("MpTextToSpeechCreate", "MpImageSegmenterCreate"):
        with pytest.raises(ModelError, match=f"{name} would report its use"):
            load([SimpleNamespace(func_name=name)])


@pytest.mark.fault(
    "network", "another version of MediaPipe calls its library elsewhere", "refused at import"
)
def test_version_with_another_dispatcher_is_refused(guard: ModuleType) -> None:
    other = SimpleNamespace(SerialDispatcher=lambda *_: nullcontext(SimpleNamespace()))
    with pytest.raises(ImportError, match=r"MediaPipe \S+ could report its use .* envs/lock.txt"):
        guard._check_dispatcher(other)


@pytest.mark.fault(
    "network", "no_proxy is *, on a system without a filter of sockets", "a proxy that is refused"
)
def test_without_filter_only_c_code_sees_the_refused_proxy() -> None:
    proxies = {"https_proxy": "http://127.0.0.1:1", "no_proxy": "*", "NO_PROXY": "*"}
    paths = os.pathsep.join([str(SCRIPTS), str(ROOT / "benchmarks")])
    environment = os.environ | proxies | {"PYTHONPATH": paths}
    command = [sys.executable, "-c", WITHOUT_FILTER, *proxies]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.stdout == "[b'none://mediapipe-sends-nothing', None, None]\n", done.stderr


def test_nothing_else_in_the_repository_imports_mediapipe() -> None:
    """Each place in which MediaPipe could be imported without the guard."""
    exempt = {GUARD, "tests/unit/benchmarks/test_mediapipe_guard.py"}
    files = [path for path in repository_files() if path not in exempt]
    texts = {path: (ROOT / path).read_bytes().decode(errors="replace") for path in files}
    assert [path for path, text in texts.items() if IMPORT.search(text)] == []
    assert IMPORT.search((ROOT / GUARD).read_text())


def test_the_workflow_itself_does_not_use_mediapipe() -> None:
    """It is not among the packages that users install."""
    reference = re.compile(r"\b(import|from) mediapipe|import_module\(f?[\"']mediapipe")
    folders = ("scripts/", "rules/", "tools/", "containers/", "Snakefile")
    files = [path for path in repository_files() if path.startswith(folders)]
    texts = {path: (ROOT / path).read_bytes().decode(errors="replace") for path in files}
    assert [path for path, text in texts.items() if reference.search(text)] == []
    assert "mediapipe" not in locked_versions(LOCK)


@pytest.mark.parametrize(
    "line",
    [
        "import mediapipe",
        "import cv2, mediapipe, os",
        "import mediapipe as mp",
        "    from mediapipe.tasks.python import vision",
        'import_module("mediapipe.tasks")',
        "__import__('mediapipe')",
    ],
)
def test_imports_are_recognised(line: str) -> None:
    assert IMPORT.search(line)
