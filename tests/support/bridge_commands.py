"""A bridge without a container: its host side, and commands that go through it.

    python tests/bridges.py FOLDER    the host side, until what started it ends

The host's programs are stand-ins that show what reached them. test_containers.py has the real
ones, and a real container in between.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

from repository import ROOT

CONTAINERS = ROOT / "containers"
sys.path.insert(0, str(CONTAINERS))

import pytest  # noqa: E402

from bridge import host, launcher  # noqa: E402
from slurm_cluster import interruptible  # noqa: E402

ON_LINUX = pytest.mark.skipif(
    sys.platform != "linux", reason="SLURM and Apptainer, and so the bridge, run on Linux alone"
)
LAUNCH = ["/shared/clone with 'quotes'/containers/exec", "--site", "/shared/site.ini"]


class Bridge:
    """The host side, at work in a folder; a context."""

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

    def command(self, program: str, *arguments: str) -> list[str]:
        """The stand-in for a program, as a container has it."""
        return [str(self.folder / "bin" / program), *arguments]

    def run(self, program: str, *arguments: str, **settings) -> subprocess.CompletedProcess:
        """A command through the bridge, to its end."""
        settings = {"capture_output": True, "timeout": 60, **settings}
        if "input" not in settings:
            settings.setdefault("stdin", subprocess.DEVNULL)
        return subprocess.run(self.command(program, *arguments), **settings)

    def start(self, program: str, *arguments: str, **settings) -> subprocess.Popen:
        """A command through the bridge, at work."""
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        usual = {**pipes, "preexec_fn": interruptible}
        return subprocess.Popen(self.command(program, *arguments), **usual | settings)


def serve(folder: Path) -> None:
    """What the launcher does, without a container."""
    programs = host.find_programs()
    launcher.fill_folder(str(folder), programs, LAUNCH, ["EXTRA"])
    # Also where a program is not there, its stand-in is: nobody keeps a container from calling it.
    listener = host.listen(str(folder / "socket"))
    (folder / "ready").touch()
    host.serve(listener, programs, ["EXTRA"])


if __name__ == "__main__":
    os.umask(0o022)
    serve(Path(sys.argv[1]))
