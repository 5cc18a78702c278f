"""What a test costs follows from its folder: its mark, and the programs it may start.

A test in a folder of `COSTS` gets the mark of that name, so no test needs to set it. All other
tests are unit tests, which `make quick` runs; starting a program of `HEAVY` is an error in them.
"""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from repository import ROOT

COSTS = {
    "dryrun": "starts Snakemake or the commands of the images, but runs at most a few short jobs",
    "workflow": "runs the workflow or its networks, reads its results, encodes or downloads videos",
    "browser": "needs Chromium and chromedriver",
    "cluster": "needs root and SLURM's daemons, or the container images",
}
"""Mark and folder below `tests`, with the text for `pytest --markers`."""
UNIT = ("unit", "docs")
"""Folders of unit tests, which have no mark."""
HEAVY = {
    "snakemake": "dryrun",
    "chromium": "browser",
    "chromedriver": "browser",
    "slurmctld": "cluster",
    "podman": "cluster",
    "buildah": "cluster",
    "apptainer": "cluster",
}
"""Programs that a unit test may not start, and the folder for tests that start them."""


class HeavyProgramError(Exception):
    """A unit test started a program that belongs into another folder of tests."""


def cost_of(test: Path) -> str | None:
    """Mark of a test file; None for unit tests. Raises ValueError for an unknown folder."""
    folder = test.relative_to(ROOT / "tests").parts[0]
    if folder in UNIT:
        return None
    if folder in COSTS:
        return folder
    raise ValueError(f"{test}: tests belong into tests/{', tests/'.join([*UNIT, *COSTS])}")


def started_programs(command: object) -> list[str]:
    """Names of the program of a command and of the module that it starts with `python -m`."""
    if isinstance(command, (str, bytes, Path)):
        words = str(command).split()
    else:
        words = [str(word) for word in command]
    modules = [after for word, after in zip(words, words[1:], strict=False) if word == "-m"]
    return [Path(name).name for name in words[:1] + modules]


_checked: list[bool] = []
"""Not empty while a unit test runs."""


def check(command: object) -> None:
    """Raise HeavyProgramError if a unit test runs and the command starts a program of `HEAVY`."""
    for program in started_programs(command) if _checked else ():
        if program in HEAVY:
            text = f"a unit test may not start {program}: move it to tests/{HEAVY[program]}"
            raise HeavyProgramError(text)


@contextmanager
def without_heavy_programs() -> Iterator[None]:
    """Raise HeavyProgramError when a program of `HEAVY` is started."""
    start = subprocess.Popen.__init__

    def checked_start(self: subprocess.Popen, args: object, *rest, **settings) -> None:
        check(args)
        start(self, args, *rest, **settings)

    subprocess.Popen.__init__ = checked_start
    _checked.append(True)
    try:
        yield
    finally:
        _checked.pop()
        subprocess.Popen.__init__ = start
