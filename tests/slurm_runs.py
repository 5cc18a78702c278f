"""Runs of the workflow on the tests' own SLURM, as a user starts them."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import ClassVar

from conftest import ROOT
from slurm_cluster import Cluster, interruptible

WITHOUT_SACCT = ["--slurm-status-command", "squeue"]


class Run:
    """Snakemake sending its jobs to the cluster, in the background; `text` is what it printed."""

    started: ClassVar[list["Run"]] = []

    def __init__(
        self,
        slurm: Cluster,
        log: Path,
        *arguments: str | Path,
        folder: Path = ROOT,
        profile: Path | str = "profiles/slurm",
    ):
        self.slurm = slurm
        self.log = log
        command = [sys.executable, "-m", "snakemake", "--profile", str(profile)]
        command += ["--slurm-partition-config", str(slurm.folder / "partitions.yaml")]
        # The machine is small and near: look often, wait little.
        command += ["--slurm-init-seconds-before-status-checks", "2", "--latency-wait", "15"]
        command += [] if slurm.accounting else WITHOUT_SACCT
        with open(log, "wb") as out:
            self.process = subprocess.Popen(
                [*command, *map(str, arguments)],
                cwd=folder,
                env=environment(slurm),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                # A Ctrl-C at the tests' own terminal, and only that, should not reach it.
                start_new_session=True,
                preexec_fn=interruptible,
            )
        Run.started.append(self)

    @classmethod
    def end_all(cls) -> None:
        """End what a failed test left at work."""
        for run in cls.started:
            if run.process.poll() is None:
                run.process.kill()

    @property
    def text(self) -> str:
        return self.log.read_text(errors="replace")

    def ended(self, timeout_s: float = 300) -> int:
        """Its exit status, once it ended."""
        try:
            return self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise AssertionError(
                f"still running after {timeout_s} s\n{self.text[-6000:]}"
            ) from None

    def went_well(self, timeout_s: float = 300) -> str:
        assert self.ended(timeout_s) == 0, self.text[-8000:]
        return self.text


def environment(slurm: Cluster) -> dict[str, str]:
    """The rules' `python` is the one of the tests, and commands of SLURM reach the cluster."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{slurm.environment['PATH']}"
    return slurm.environment | {"PATH": path}


def until(happened, what: str, timeout_s: float = 60) -> None:
    end = time.monotonic() + timeout_s
    while not happened():
        assert time.monotonic() < end, f"not within {timeout_s} s: {what}"
        time.sleep(0.3)


def submissions(text: str) -> dict[str, tuple[str, str]]:
    """SLURM's number -> (rule, wildcards), from what Snakemake printed."""
    found = re.findall(r"SLURM jobid (\d+) \(log: \S+/rule_(\w+?)/(?:([^/]*)/)?\d+\.log\)", text)
    return {number: (rule, wildcards) for number, rule, wildcards in found}


def on_demo(results: Path, *more: str) -> tuple[str, ...]:
    return ("--configfile", "config/laptop.yaml", "--config", f"results={results}", *more)
