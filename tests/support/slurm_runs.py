"""Run the workflow on a temporary SLURM cluster, as a user starts it."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import ClassVar

from repository import ROOT
from slurm_cluster import Cluster
from workflow_runs import SHORT_WAITS, WITHOUT_SACCT


class Run:
    """Snakemake in the background, submitting jobs to the cluster; `text` is its output so far."""

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
        command += SHORT_WAITS
        command += [] if slurm.accounting else WITHOUT_SACCT
        with open(log, "wb") as out:
            self.process = subprocess.Popen(
                [*command, *map(str, arguments)],
                cwd=folder,
                env=environment(slurm),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                # A Ctrl-C in the terminal of the tests must not reach this process.
                start_new_session=True,
            )
        Run.started.append(self)

    @classmethod
    def end_all(cls) -> None:
        """Kill the runs that a failed test left behind."""
        for run in cls.started:
            if run.process.poll() is None:
                run.process.kill()

    @property
    def text(self) -> str:
        """Everything printed so far."""
        return self.log.read_text(errors="replace")

    def wait(self, timeout_s: float = 300) -> int:
        """Wait for the end of the run and return its exit status."""
        try:
            return self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise AssertionError(
                f"still running after {timeout_s} s\n{self.text[-6000:]}"
            ) from None

    def succeed(self, timeout_s: float = 300) -> str:
        """Wait for the run, which must succeed, and return its output."""
        assert self.wait(timeout_s) == 0, self.text[-8000:]
        return self.text


def environment(slurm: Cluster) -> dict[str, str]:
    """Environment in which rules use the Python of the tests and SLURM's commands the cluster."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{slurm.environment['PATH']}"
    return slurm.environment | {"PATH": path}


def wait_until(condition, description: str, timeout_s: float = 60) -> None:
    """Wait until the condition returns true. Fails after the timeout."""
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end, f"not within {timeout_s} s: {description}"
        time.sleep(0.3)


def submissions(text: str) -> dict[str, tuple[str, str]]:
    """Rule and wildcards by SLURM job id, from the output of Snakemake."""
    matches = re.findall(r"SLURM jobid (\d+) \(log: \S+/rule_(\w+?)/(?:([^/]*)/)?\d+\.log\)", text)
    return {job_id: (rule, wildcards) for job_id, rule, wildcards in matches}


def replace_once(file: Path, pattern: str, replacement: str) -> None:
    """Replace the only match of a pattern in a file."""
    text, n = re.subn(pattern, replacement, file.read_text(), flags=re.M)
    assert n == 1, pattern
    file.write_text(text)


def running_jobs(slurm: Cluster) -> list[str]:
    """Ids of running jobs."""
    return slurm.run("squeue", "-h", "-t", "RUNNING", "-o", "%i").split()


def queued_jobs(slurm: Cluster) -> list[str]:
    """Ids of pending and running jobs."""
    return slurm.run("squeue", "-h", "-o", "%i").split()


def ended_jobs(slurm: Cluster, job_ids: list[str]) -> list[tuple[str, int, int]]:
    """State, requested MB and requested minutes of ended jobs, in order of submission."""
    # SLURM records the end of a job a moment after Snakemake has seen its files.
    wait_until(
        lambda: set(job_ids) <= {r["JobId"] for r in slurm.requests()}, "records of the jobs"
    )
    ended = {request["JobId"]: request for request in slurm.requests()}
    return [
        (
            ended[job_id]["JobState"],
            int(re.search(r"mem=(\d+)M", ended[job_id]["Tres"])[1]),
            int(ended[job_id]["TimeLimit"]),
        )
        for job_id in sorted(job_ids, key=int)
    ]
