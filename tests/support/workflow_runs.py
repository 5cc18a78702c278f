"""Run the workflow as a user starts it, and start a SLURM cluster for the tests."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import network_watch
import slurm_cluster
import started_snakemake
from repository import ROOT, repository_files
from rule_files import RULES, is_per_video

DEMO = ("--profile", "profiles/laptop", "--configfile", "config/laptop.yaml")
"""Options of Snakemake for the demo."""
DEMO_VIDEOS = [
    line.split("\t")[0] for line in (ROOT / "config/laptop.tsv").read_text().splitlines()[1:]
]
"""Ids of the demo's videos."""
JOBS_PER_VIDEO, JOBS_OF_CORPUS = sum(map(is_per_video, RULES)), 8
"""Number of jobs that are submitted to a cluster for each video, and once for the corpus."""
N_DEMO_JOBS = JOBS_PER_VIDEO * len(DEMO_VIDEOS) + JOBS_OF_CORPUS
"""Number of jobs that the demo submits to a cluster."""
TWO_VIDEOS = ROOT / "tests" / "support" / "two_videos.tsv"
"""A manifest of two of the demo's videos.

One shows both people, at times together; in the other, one of them moves her hands.
"""
KEYPOINTS_OF_TWO_VIDEOS = "keypoints={frames_per_second: 6.25}"
"""Their setting: every fourth frame. This saves time, and gestures are still found."""
N_VIDEOS = 2
"""Number of these videos."""
N_JOBS = JOBS_PER_VIDEO * N_VIDEOS + JOBS_OF_CORPUS
"""Number of jobs that are submitted to a cluster for these videos."""
SHORT_WAITS = ("--workflow-profile", str(ROOT / "tests" / "support" / "short_waits"))
"""Options of Snakemake for a cluster on this machine; see the file."""
WITHOUT_SACCT = ("--slurm-status-command", "squeue")
"""Options of Snakemake for a cluster without an accounting database."""


def console_of(results: Path) -> Path:
    """The file with what Snakemake printed in the run that made the demo's results."""
    return results.parent / "console.txt"


def corpus_options(results: Path, *settings: str) -> tuple[str, ...]:
    """Options for a run with the demo's config; `settings` name the videos and can add more."""
    return ("--configfile", "config/laptop.yaml", "--config", f"results={results}", *settings)


def two_videos(results: Path, *settings: str) -> tuple[str, ...]:
    """Options for a run on the two videos of TWO_VIDEOS, with further settings of the config."""
    return corpus_options(results, f"videos={TWO_VIDEOS}", KEYPOINTS_OF_TWO_VIDEOS, *settings)


def one_video(folder: Path, video: Path | str) -> tuple[str, str]:
    """Settings for a corpus of one video."""
    manifest = folder / "one.tsv"
    manifest.write_text(f"video_id\tsource\none\t{video}\n")
    return f"videos={manifest}", f"people={folder / 'none.tsv'}"


def copied_workflow(folder: Path) -> Path:
    """Copy the files of the workflow that git knows, so that a test can edit them."""
    for name in repository_files():
        if not name.startswith("tests/"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    (folder / "resources").mkdir()
    (folder / "resources" / "demo").symlink_to(ROOT / "resources" / "demo")
    return folder


def run_snakemake(
    *arguments: str | Path, check: bool = True, network_record: Path | None = None
) -> subprocess.CompletedProcess:
    """Run Snakemake in the workflow's folder; `stdout` of the result is its output.

    It neither makes nor removes locks, because a test on another worker may use them. With
    `network_record`, it runs without network, and its attempts to contact anything are written to
    this file if the machine has the programs for it.
    """
    options = ["--nolock", *map(str, arguments)]
    if network_record and not network_watch.missing():
        command = [sys.executable, "-m", "snakemake", *options]
        process = subprocess.run(
            network_watch.watched(command, network_record),
            cwd=ROOT,
            env=started_snakemake.own_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
    else:
        process = started_snakemake.run(options, ROOT, merged=True)
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
