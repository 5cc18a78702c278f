"""Runs of the workflow on the tests' own SLURM, as a user starts them."""

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import ClassVar

from repository import ROOT
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


def tables(results: Path) -> dict[str, bytes]:
    """All that says something of a corpus, as bytes; reports on time and memory do not."""
    told = ("people.tsv", "report/index.html", "report/methods.md", "report/coverage.svg")
    files = [*results.rglob("*.parquet"), *results.rglob("*.eaf"), *(results / t for t in told)]
    return {str(file.relative_to(results)): file.read_bytes() for file in files}


def copied_workflow(folder: Path) -> Path:
    """The workflow's files, to be edited, without what git does not know."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    for name in listed:
        if (ROOT / name).is_file() and not name.startswith("tests/"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    (folder / "resources").mkdir()
    (folder / "resources" / "demo").symlink_to(ROOT / "resources" / "demo")
    return folder


def replaced(file: Path, pattern: str, by: str) -> None:
    text, n = re.subn(pattern, by, file.read_text(), flags=re.M)
    assert n == 1, pattern
    file.write_text(text)


def running(slurm: Cluster) -> list[str]:
    return slurm.run("squeue", "-h", "-t", "RUNNING", "-o", "%i").split()


def queued(slurm: Cluster) -> list[str]:
    return slurm.run("squeue", "-h", "-o", "%i").split()


def limits(slurm: Cluster, numbers: list[str]) -> list[tuple[str, int, int]]:
    """How jobs ended, and the MB and minutes they had asked for, in order of submission."""
    # SLURM notes the end of a job a moment after Snakemake has seen its files.
    until(lambda: set(numbers) <= {r["JobId"] for r in slurm.requests()}, "the jobs' records")
    ended = {request["JobId"]: request for request in slurm.requests()}
    return [
        (
            ended[number]["JobState"],
            int(re.search(r"mem=(\d+)M", ended[number]["Tres"])[1]),
            int(ended[number]["TimeLimit"]),
        )
        for number in sorted(numbers, key=int)
    ]


def one_video(folder: Path, video: Path | str) -> tuple[str, str]:
    """Settings of a corpus of one video."""
    manifest = folder / "one.tsv"
    manifest.write_text(f"video_id\tsource\none\t{video}\n")
    return f"videos={manifest}", f"people={folder / 'none.tsv'}"
