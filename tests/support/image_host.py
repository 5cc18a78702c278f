"""A machine on which users start the container image, and users without privileges on it."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from repository import ROOT
from slurm_cluster import Cluster

AS_OTHER_USER = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
"""Start of a command that runs without privileges."""


class Host:
    """A machine where users start the image. It has only Apptainer, python3 and perhaps SLURM."""

    def __init__(self, site: Path, slurm: Cluster | None = None) -> None:
        path = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
        kept = ("HOME", "USER", "LOGNAME", "LANG")
        self.environment = {n: os.environ[n] for n in kept if n in os.environ}
        self.environment |= {"PATH": path, "CORPUS_SITE": str(site)}
        self.slurm = slurm
        if slurm:
            self.environment["SLURM_CONF"] = slurm.environment["SLURM_CONF"]

    def start(self, program: str, *arguments: str | Path, **settings) -> subprocess.Popen:
        """Start a program of the folder `containers`: run, exec or doctor."""
        command = [str(ROOT / "containers" / program), *map(str, arguments)]
        defaults = {
            "cwd": ROOT, "env": self.environment, "stdin": subprocess.DEVNULL,
            "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT,
            "start_new_session": True,
        }  # fmt: skip
        return subprocess.Popen(command, **defaults | settings)

    def run(
        self, program: str, *arguments: str | Path, timeout_s: float = 600, **settings
    ) -> tuple[int, str]:
        """Run a program of the folder `containers`; return its exit status and its output."""
        process = self.start(program, *arguments, **settings)
        output, _ = process.communicate(timeout=timeout_s)
        return process.returncode, output.decode()


@contextlib.contextmanager
def open_to_all(*paths: Path) -> Iterator[None]:
    """Temporarily let other users reach some files of the tests, which only root can read."""
    # Without privileges, Apptainer mounts with FUSE; on most machines all users may use its device.
    Path("/dev/fuse").chmod(0o666)
    folders = {folder for path in paths for folder in path.resolve().parents}
    modes = {folder: folder.stat().st_mode for folder in folders}
    try:
        for folder, mode in modes.items():
            folder.chmod(mode | 0o001)
        yield
    finally:
        for folder, mode in modes.items():
            folder.chmod(mode)
