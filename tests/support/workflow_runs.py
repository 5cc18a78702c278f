"""Run the workflow as a user starts it, and start a SLURM cluster for the tests."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import slurm_cluster
from repository import ROOT
from rule_files import RULES, is_per_video

DEMO = ("--profile", "profiles/laptop", "--configfile", "config/laptop.yaml")
"""Options of Snakemake for the demo."""
DEMO_VIDEOS = [
    line.split("\t")[0] for line in (ROOT / "config/laptop.tsv").read_text().splitlines()[1:]
]
"""Ids of the demo's videos."""
JOBS_PER_VIDEO, JOBS_OF_CORPUS = sum(map(is_per_video, RULES)), 7
"""Number of jobs that are submitted to a cluster for each video, and once for the corpus."""
N_DEMO_JOBS = JOBS_PER_VIDEO * len(DEMO_VIDEOS) + JOBS_OF_CORPUS
"""Number of jobs that the demo submits to a cluster."""
WITHOUT_SACCT = ("--slurm-status-command", "squeue")
"""Options of Snakemake for a cluster without an accounting database."""


def run_snakemake(*arguments: str | Path, check: bool = True) -> subprocess.CompletedProcess:
    """Run Snakemake in the workflow's folder; `stdout` of the result is its output.

    It neither makes nor removes locks, because a test on another worker may use them.
    """
    # The rules start `python`, which must be the interpreter of the tests.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    command = [sys.executable, "-m", "snakemake", "--nolock", *map(str, arguments)]
    process = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | {"PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert not check or process.returncode == 0, process.stdout[-8000:]
    return process


def started_cluster(folder: Path, accounting: bool = False) -> Iterator[slurm_cluster.Cluster]:
    """Start a temporary SLURM cluster, for a fixture.

    Tests that need it are skipped if a program is missing; in CI they fail instead.
    """
    if lack := slurm_cluster.missing(accounting):
        (pytest.fail if os.environ.get("CI") else pytest.skip)(lack)
    with slurm_cluster.Cluster(folder, accounting) as cluster:
        yield cluster
