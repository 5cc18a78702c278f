"""What a dry run with the SLURM profile says: requests, and jobs that fit into no partition."""

import os
import re
import sys
from pathlib import Path

import pytest

import started_snakemake
from fake_cluster import FakeCluster, option_value
from repository import ROOT
from workflow_runs import N_DEMO_JOBS

PARTITIONS_16_GB = """\
partitions:
  small: {max_runtime: 1440, max_mem_mb: 16000, max_threads: 4, max_gpu: 1}
"""
"""A site whose nodes have 16 GB."""


def dry_run(tmp_path: Path, *options: str, partitions: str | None = None) -> tuple[int, str]:
    """Exit status and output of a dry run of the demo with the SLURM profile, without SLURM."""
    words = ["-n", "--nolock", "--profile", "profiles/slurm"]
    words += ["--configfile", "config/laptop.yaml", *options]
    if partitions is not None:
        (tmp_path / "partitions.yaml").write_text(partitions)
        words += ["--slurm-partition-config", str(tmp_path / "partitions.yaml")]
    words += ["--config", f"results={tmp_path / 'results'}"]
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"}
    done = started_snakemake.run(words, ROOT, environment)
    return done.returncode, done.stdout + done.stderr


def rows(printed: str) -> dict[str, list[str]]:
    """Rows of the last table of requests, by rule."""
    table = printed.rpartition("Requests to SLURM")[2].split("\n")[1:]
    lines = [line.split() for line in table[: table.index(next(filter(_is_last, table))) + 1]]
    return {line[0]: line[1:] for line in lines if not line[0].startswith("-")}


def _is_last(line: str) -> bool:
    return line.startswith("all ")


def test_a_dry_run_shows_what_each_rule_requests(demo_clips: Path, tmp_path: Path) -> None:
    status, printed = dry_run(tmp_path)
    assert status == 0, printed[-3000:]
    requests = rows(printed)
    assert requests.pop("rule") == [
        "jobs", "cores", "mem_mb", "minutes", "gpus", "core_hours", "gpu_hours", "partition",
    ]  # fmt: skip
    n_jobs, cores, largest_mb, *_ = requests.pop("all")
    assert (int(n_jobs), cores) == (N_DEMO_JOBS, "1")
    assert sum(int(row[0]) for row in requests.values()) == N_DEMO_JOBS
    assert int(largest_mb) == max(int(row[2]) for row in requests.values()) <= 8000
    assert {rule for rule, row in requests.items() if row[4] == "1"} == {
        "detect_faces", "extract_keypoints",
    }  # fmt: skip
    assert {row[-1] for row in requests.values()} == {"cpu", "gpu"}
    # Below both tables of jobs, so that it is also in view at the end.
    assert printed.count("Requests to SLURM") == 2
    assert "write_elan" not in requests, "local rules request nothing"


@pytest.mark.fault(
    "slurm",
    "a dry run of jobs that no partition accepts",
    "refused with the rules, requests and limits, as the real start refuses them",
)
def test_a_dry_run_refuses_what_no_partition_accepts(demo_clips: Path, tmp_path: Path) -> None:
    setting = ("--set-resources", "detect_faces:mem_mb=20000", "cluster_faces:mem_mb=900000")
    status, printed = dry_run(tmp_path, *setting)
    assert status == 1 and "Traceback" not in printed
    expected = [
        r"No partition accepts rule cluster_faces, which requests mem_mb 900000, .*",
        r"No partition accepts rule detect_faces \w+, which requests mem_mb 20000, .* gpu 1\. 3",
        r"  highmem: mem_mb 512000, runtime 4320, threads 8",
        r"Request less with --set-resources RULE:NAME=VALUE",
    ]
    for pattern in expected:
        assert re.search(f"^{pattern}", printed, re.M), printed[-3000:]
    assert not re.search("^rule ", printed, re.M), "it stops before it prints the jobs"


@pytest.mark.fault(
    "slurm",
    "a mistyped key and text for a number in the partition file, in a dry run",
    "both are named with their lines, before the plan is made",
)
def test_a_dry_run_names_faults_of_the_partition_file(tmp_path: Path) -> None:
    faulty = "partitions:\n  a: {max_runtime: 3d, max_mem: 8000}\n  b: {max_mem_mb: '16000'}\n"
    status, printed = dry_run(tmp_path, partitions=faulty)
    assert status == 1
    file = f"{tmp_path}/partitions.yaml"
    expected = [
        f"{file}, line 2, partitions.a.max_mem: no such key; did you mean max_mem_mb?",
        f"{file}, line 3, partitions.b.max_mem_mb: '16000'; remove the quotes",
    ]
    assert [line for line in printed.splitlines() if line.startswith(file)] == expected
    assert "Job stats" not in printed


def test_faults_of_the_partition_file_stop_a_real_start(demo_clips: Path, tmp_path: Path) -> None:
    """The executor would end with a traceback that does not name the file."""
    file = tmp_path / "partitions.yaml"
    file.write_text("partitions:\n  cpu: {max_mem: 8000}\n")
    cluster = FakeCluster(tmp_path / "slurm")
    printed, requests = cluster.run("--slurm-partition-config", str(file), check=False)
    assert requests == [] and "Traceback" not in printed
    assert f"{file}, line 2, partitions.cpu.max_mem: no such key" in printed


@pytest.mark.fault(
    "slurm",
    "a cluster whose nodes have 16 GB of memory",
    "the demo is planned and every job is submitted",
)
def test_the_demo_runs_on_nodes_with_16_gb(demo_clips: Path, tmp_path: Path) -> None:
    file = tmp_path / "partitions.yaml"
    file.write_text(PARTITIONS_16_GB)
    cluster = FakeCluster(tmp_path / "slurm")
    targets = ("page", "movement", f"{cluster.results}/report/methods.md")
    _, requests = cluster.run(*targets, "--slurm-partition-config", str(file))
    assert len(requests) == N_DEMO_JOBS
    assert {option_value(request, "-p") for request in requests} == {"small"}
    assert all(int(option_value(request, "--mem")) <= 8000 for request in requests)
