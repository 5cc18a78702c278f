"""What the SLURM profile requests from a cluster, tested with fake SLURM commands."""

import re
from pathlib import Path

import pytest
import yaml

from fake_cluster import PROFILE, FakeCluster, edited_profile, option_value
from workflow_runs import DEMO_VIDEOS, N_DEMO_JOBS

PARTITIONS = yaml.safe_load((PROFILE / "partitions.yaml").read_text())["partitions"]


def test_every_rule_goes_to_the_partition_that_fits(demo_requests: list[dict]) -> None:
    partitions = {request["rule"]: option_value(request, "-p") for request in demo_requests}
    assert partitions == {
        "fetch_video": "cpu",
        "index_frames": "cpu",
        "detect_faces": "gpu",
        "extract_keypoints": "gpu",
        "measure_movement": "cpu",
        "write_skeletons": "cpu",
        "cluster_faces": "cpu",  # the demo has few faces
        "identify_people": "cpu",
        "segment_gestures": "cpu",
        "compare_gestures": "cpu",
        "crop_faces": "cpu",
        "plot_coverage": "cpu",
        "write_page": "cpu",
        "write_methods": "cpu",
    }


def test_requests_fit_the_partition(demo_requests: list[dict]) -> None:
    assert len(demo_requests) == N_DEMO_JOBS
    for request in demo_requests:
        limits = PARTITIONS[option_value(request, "-p")]
        assert 0 < int(option_value(request, "--mem")) <= limits["max_mem_mb"]
        assert 0 < int(option_value(request, "-t")) <= limits["max_runtime"]
        assert option_value(request, "--cpus-per-task") == "1"
        assert option_value(request, "--nodes") == "1"
        on_gpu = option_value(request, "-p") == "gpu"
        assert (option_value(request, "--gpus") == "1") == on_gpu


def test_jobs_leave_retries_to_the_main_process(demo_requests: list[dict]) -> None:
    profile = yaml.safe_load((PROFILE / "profile.yaml").read_text())
    assert profile["retries"] == 2
    for request in demo_requests:
        assert "--retries 0" in request["script"]
        assert "--no-requeue" in request["options"]


def test_states_are_checked_early_and_with_squeue_too() -> None:
    """A short run consists of waits; squeue shows ended jobs only for some minutes."""
    profile = yaml.safe_load((PROFILE / "profile.yaml").read_text())
    assert 5 <= profile["slurm-init-seconds-before-status-checks"] <= 10


def test_the_executor_can_read_the_partitions() -> None:
    from snakemake_executor_plugin_slurm.partitions import read_partition_file

    limits = {p.name: p.limits for p in read_partition_file(PROFILE / "partitions.yaml")}
    assert list(limits) == ["cpu", "gpu", "highmem"]
    assert limits["gpu"].max_gpu and not limits["cpu"].max_gpu
    assert limits["highmem"].max_mem_mb > limits["gpu"].max_mem_mb


def test_each_line_of_the_profile_has_a_comment_with_its_reason() -> None:
    lines = (PROFILE / "profile.yaml").read_text().splitlines()
    for index, line in enumerate(lines):
        if re.match(r"[a-z][a-z-]*:", line) and not line.startswith(("printshellcmds", "executor")):
            nearby = lines[max(0, index - 4) : index + 1]
            assert any(re.match(r"# [A-Z]", text) for text in nearby), f"no reason beside: {line}"


@pytest.mark.parametrize(
    ("setting", "texts"),
    [
        ("cluster_faces:mem_mb=900000", ["rule cluster_faces", "mem_mb 900000"]),
        ("detect_faces:mem_mb=20000", ["rule detect_faces", "mem_mb 20000", "gpu 1"]),
        ("index_frames:runtime=99999", ["rule index_frames", "runtime 99999"]),
    ],
)
def test_a_request_that_no_partition_accepts_is_an_error_before_submission(
    demo_clips: Path, tmp_path: Path, setting: str, texts: list[str]
) -> None:
    cluster = FakeCluster(tmp_path / "slurm")
    printed, requests = cluster.run("--set-resources", setting, check=False)
    assert requests == []
    for text in [*texts, "cpu: mem_mb 8000", "highmem: mem_mb 512000", "--set-resources"]:
        assert text in printed
    assert "Traceback" not in printed


@pytest.mark.fault("slurm", "the cluster has no accounting", "an error before submission")
def test_a_cluster_without_accounting_is_an_error_before_submission(
    demo_clips: Path, tmp_path: Path
) -> None:
    """Otherwise Snakemake would wait forever for jobs that have ended."""
    cluster = FakeCluster(tmp_path / "slurm")
    printed, requests = cluster.run(check=False, status_command=())
    assert requests == []
    assert "slurm-status-command: squeue" in printed
    # The line that the message names solves the problem.
    profile = edited_profile(tmp_path / "profile", "slurm-status-command: squeue")
    targets = ("videos", "--until", "fetch_video")
    _, requests = cluster.run(*targets, profile=profile, status_command=())
    assert len(requests) == len(DEMO_VIDEOS)


def test_an_explicit_partition_is_not_checked(demo_clips: Path, tmp_path: Path) -> None:
    cluster = FakeCluster(tmp_path / "slurm")
    settings = ("--set-resources", "fetch_video:slurm_partition=fat", "fetch_video:mem_mb=900000")
    # Partitions that accept none of the demo's jobs.
    tiny = tmp_path / "partitions.yaml"
    tiny.write_text("partitions:\n  tiny: {max_runtime: 1, max_mem_mb: 1}\n")
    partition_option = ("--slurm-partition-config", str(tiny))
    _, requests = cluster.run("videos", "--until", "fetch_video", *settings, *partition_option)
    assert {option_value(request, "-p") for request in requests} == {"fat"}


@pytest.mark.fault("slurm", "a video is too long for any partition", "the video is named")
def test_a_video_too_long_for_any_partition_is_named(demo_clips: Path, tmp_path: Path) -> None:
    """The estimate exceeds the limits; if it is known, before anything is submitted."""
    cluster = FakeCluster(tmp_path / "slurm")
    short = tmp_path / "partitions.yaml"
    short.write_text("partitions:\n  short: {max_runtime: 10, max_mem_mb: 30000, max_gpu: 1}\n")
    partition_option = ("--slurm-partition-config", str(short))
    printed, requests = cluster.run("people", *partition_option, check=False)
    assert requests == []
    assert re.search(r"No partition accepts rule \w+.*, which requests runtime \d\d", printed)
    assert "short: mem_mb 30000, runtime 10" in printed
