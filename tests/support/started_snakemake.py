"""Start Snakemake often without importing it each time.

Importing Snakemake costs more than planning the demo. `run` therefore asks a process that has
imported it to fork. The fork gets the arguments, the environment and the folder, and then does what
`python -m snakemake` does: it reads the profile, parses the rules, runs jobs, and ends with
Snakemake's exit status. It shares only installed packages with other runs, no module of the
workflow.

A process of its own is started if a test changes a variable that Python or a package may read when
it starts or is imported, such as LC_ALL, HOME and PYTHONUTF8: all but those of `READ_LATER`.
"""

import atexit
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path

import costs
import snakemake_forks

READ_LATER = re.compile(
    "PATH|NO_COLOR|XDG_CACHE_HOME|PYTEST_CURRENT_TEST|FAKE_SLURM_[A-Z]+"
    # Libraries set these when a test imports them: OpenCV, scikit-learn, and PyTorch in
    # `corpus.core.torch_setup`. No test sets them to something else.
    "|LD_LIBRARY_PATH|QT_[A-Z_]+|KMP_[A-Z_]+|CUBLAS_[A-Z_]+"
)
"""Environment variables that are read only while Snakemake runs, or by what it starts."""
ENVIRONMENT = dict(os.environ)
"""Environment of the process that forks."""


def _can_fork(environment: Mapping[str, str]) -> bool:
    """Whether a run differs from the process that forks in variables of `READ_LATER` only.

    On other systems than Linux, libraries of the system do not survive a fork.
    """
    if sys.platform != "linux":
        return False
    changed = dict(dict(environment).items() ^ ENVIRONMENT.items())
    return all(READ_LATER.fullmatch(name) for name in changed)


class _Server:
    """The process that forks, which the first run starts. It ends with this process."""

    def __init__(self) -> None:
        self._process: subprocess.Popen | None = None
        self._one_at_a_time = threading.Lock()

    def status_of(self, task: dict) -> int | None:
        """The exit status of a run as in `subprocess`, or None if it was killed at its timeout."""
        with self._one_at_a_time:
            if self._process is None or self._process.poll() is not None:
                self._process = subprocess.Popen(
                    [sys.executable, snakemake_forks.__file__],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    env=ENVIRONMENT,
                    text=True,
                )
                atexit.register(self._process.communicate)
            assert self._process.stdin and self._process.stdout
            self._process.stdin.write(json.dumps(task) + "\n")
            self._process.stdin.flush()
            return json.loads(self._process.stdout.readline())


_SERVER = _Server()


def own_environment() -> dict[str, str]:
    """The environment of this process in which `python` is the interpreter of the tests.

    The commands of the rules start `python`.
    """
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return os.environ | {"PATH": path}


def run(
    arguments: list[str],
    folder: Path,
    environment: Mapping[str, str] | None = None,
    *,
    merged: bool = False,
    timeout_s: float | None = None,
) -> subprocess.CompletedProcess:
    """Run Snakemake in a folder, by default with the environment of `own_environment`.

    `stdout` and `stderr` of the result are texts; with `merged`, stdout has both. Raises
    subprocess.TimeoutExpired if Snakemake was killed because it took longer.
    """
    command = [sys.executable, "-m", "snakemake", *arguments]
    environment = own_environment() if environment is None else environment
    if not _can_fork(environment):
        errors = subprocess.STDOUT if merged else subprocess.PIPE
        done = subprocess.run(
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, text=True,
            stdout=subprocess.PIPE, stderr=errors, timeout=timeout_s,
        )  # fmt: skip
        return subprocess.CompletedProcess(command, done.returncode, done.stdout, done.stderr or "")
    costs.check(command)
    with tempfile.TemporaryDirectory() as outputs:
        files = {name: Path(outputs, name) for name in ("stdout", "stderr")}
        for file in files.values():
            file.touch()
        task = {
            "command": command,
            "folder": str(folder),
            "environment": dict(environment),
            "stdout": str(files["stdout"]),
            "stderr": str(files["stdout" if merged else "stderr"]),
            "timeout_s": timeout_s,
        }
        status = _SERVER.status_of(task)
        texts = {name: file.read_text() for name, file in files.items()}
    if status is None:
        raise subprocess.TimeoutExpired(command, timeout_s or 0, texts["stdout"], texts["stderr"])
    return subprocess.CompletedProcess(command, status, **texts)
