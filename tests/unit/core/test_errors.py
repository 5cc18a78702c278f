"""Scripts end with one plain line for errors that a user can fix."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from corpus.core import errors

SCRIPT = """
import sys
from pathlib import Path
from corpus.core.errors import run
from corpus.tables import parquet

def main():
    frames = {"frame": list(range(200_000))}
    parquet.write(Path(sys.argv[1]), "frames", frames, {"step": "test"})

run(main)
"""


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_found_among_the_causes(code: int) -> None:
    try:
        try:
            raise OSError(code, os.strerror(code), "results/a.parquet")
        except OSError as error:
            raise ValueError("could not write") from error
    except ValueError as error:
        message = errors.full_disk_message(error)
    assert message is not None and message.startswith("the disk is full (")
    assert os.strerror(code) in message and "results/a.parquet" in message
    by_text = RuntimeError(f"ffmpeg: {os.strerror(code)}")
    assert errors.full_disk_message(by_text) is not None
    assert errors.full_disk_message(OSError(errno.EACCES, "no", "a")) is None


FULL = "the disk is full"


def run_script(root: Path, command: list[str | Path]) -> subprocess.CompletedProcess:
    environment = os.environ | {"PYTHONPATH": str(root / "scripts")}
    return subprocess.run(command, env=environment, capture_output=True, text=True)


@pytest.mark.fault(
    "environment",
    "the disk is full while a table is written, and the log is on the same disk",
    "one sentence on the console, no traceback, no incomplete file",
)
def test_a_full_disk_is_reported_on_the_console(root: Path, tmp_path: Path) -> None:
    mount = "mount -t tmpfs -o size=60k tmpfs"
    namespace = ["unshare", "--mount", "--map-root-user", "sh", "-c"]
    if subprocess.run([*namespace, f'{mount} "$0"', tmp_path], capture_output=True).returncode:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("a file system cannot be mounted")
    run = f'{mount} "$0" && "$1" -c "$2" "$0/frames.parquet" 2> "$0/log"; echo $?; ls -A "$0"'
    done = run_script(root, [*namespace, run, tmp_path, sys.executable, SCRIPT])
    sentence, status, *files = done.stdout.splitlines()
    assert FULL in sentence and os.strerror(errno.ENOSPC) in sentence
    assert "run snakemake again" in sentence
    assert (status, files) == ("1", ["log"])


def test_a_used_quota_is_reported_on_the_console(root: Path, tmp_path: Path) -> None:
    """The limit on the size of files stands for a quota, since it needs no rights."""
    limit = (
        "import errno, signal, resource\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))\n"
        "from corpus.core import errors\n"
        "errors.FULL_DISK = (errno.EFBIG,)\n"
    )
    path = tmp_path / "frames.parquet"
    done = run_script(root, [sys.executable, "-c", limit + SCRIPT, path])
    assert done.returncode == 1
    [line] = done.stdout.splitlines()
    assert FULL in line
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []
