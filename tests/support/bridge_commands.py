"""A bridge without a container: its host side, and commands that are sent through it.

    python tests/support/bridge_commands.py FOLDER    run the host side until its parent ends

The programs of the host are fakes that print what they receive.
tests/cluster/test_image_on_slurm.py uses real programs and a real container.
"""

import errno
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from repository import ROOT

CONTAINERS = ROOT / "containers"
sys.path.insert(0, str(CONTAINERS))

import pytest  # noqa: E402

from bridge import host, launcher  # noqa: E402

ON_LINUX = pytest.mark.skipif(
    sys.platform != "linux", reason="SLURM, Apptainer and therefore the bridge run only on Linux"
)
LAUNCH = ["/shared/clone with 'quotes'/containers/exec", "--site", "/shared/site.ini"]


class Bridge:
    """Context manager that runs the host side of a bridge in a folder."""

    def __init__(self, folder: Path, programs: dict[str, str], **environment: str) -> None:
        self.folder = folder
        self.host_bin = folder.parent / "host_bin"
        self.host_bin.mkdir(exist_ok=True)
        for name, body in programs.items():
            file = self.host_bin / name
            file.write_text(f"#!/bin/bash\n{body}\n")
            file.chmod(0o755)
        self.log = folder.parent / "bridge.log"
        self.environment = environment

    def __enter__(self) -> "Bridge":
        self.folder.mkdir()
        path = f"{self.host_bin}:/usr/bin:/bin"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, __file__, str(self.folder)],
                env={"PATH": path, "HOST_ONLY": "yes", **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                start_new_session=True,
            )
        end = time.monotonic() + 20
        while not (self.folder / "ready").exists():
            assert time.monotonic() < end and self.process.poll() is None, self.log.read_text()
            time.sleep(0.02)
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(20)

    def stop(self) -> None:
        """Suspend the host side, as on a machine that is too busy to answer."""
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let the host side continue."""
        self.process.send_signal(signal.SIGCONT)

    def command(self, program: str, *arguments: str) -> list[str]:
        """Command line that runs a program of the host, as in a container."""
        return [str(self.folder / "bin" / program), *arguments]

    def run(self, program: str, *arguments: str, **settings) -> subprocess.CompletedProcess:
        """Run a command through the bridge and wait for it to end."""
        settings = {"capture_output": True, "timeout": 60, **settings}
        if "input" not in settings:
            settings.setdefault("stdin", subprocess.DEVNULL)
        return subprocess.run(self.command(program, *arguments), **settings)

    def start(self, program: str, *arguments: str, **settings) -> subprocess.Popen:
        """Start a command through the bridge, without waiting for it."""
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(self.command(program, *arguments), **pipes | settings)


def fail_to_fork(times: int) -> None:
    """Let the first attempts of the host side to start a process fail, as at a limit."""
    fork, attempts = os.fork, iter(range(times))

    def fork_later() -> int:
        if next(attempts, None) is not None:
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        return fork()

    os.fork = fork_later


def serve(folder: Path) -> None:
    """Run the host side as the launcher does, but without a container.

    Environment variables inject faults: FAILING_FORKS is a number, FORK_S replaces the time limit.
    """
    fail_to_fork(int(os.environ.pop("FAILING_FORKS", 0)))
    host.FORK_S = float(os.environ.pop("FORK_S", host.FORK_S))
    programs = host.find_programs()
    launcher.fill_folder(str(folder), programs, LAUNCH, ["EXTRA"])
    listener = host.listen(str(folder / "socket"))
    (folder / "ready").touch()
    host.serve(listener, programs, ["EXTRA"])


if __name__ == "__main__":
    os.umask(0o022)
    serve(Path(sys.argv[1]))
