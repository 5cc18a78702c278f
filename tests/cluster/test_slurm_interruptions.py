"""Interrupted runs on a real SLURM: lost nodes, killed runs, and controllers that are jobs.

This cluster has no accounting database, like some real clusters; the one in test_slurm_full_run.py
has it. The fixture `slurm` starts the cluster, which needs Debian's SLURM packages and root.
"""

import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import synthetic_videos
from repository import ROOT
from slurm_cluster import Cluster
from slurm_runs import (
    Run,
    ended_jobs,
    environment,
    queued_jobs,
    running_jobs,
    submissions,
    wait_until,
)
from workflow_runs import (
    N_VIDEOS,
    SHORT_WAITS,
    WITHOUT_SACCT,
    corpus_options,
    started_cluster,
    two_videos,
)

WAITING = f"Waiting for {N_VIDEOS} jobs of an earlier run"


@pytest.fixture(scope="module")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A running cluster without accounting."""
    yield from started_cluster(tmp_path_factory.mktemp("cluster"))
    Run.end_all()


@pytest.mark.fault(
    "interruptions", "Ctrl-C while jobs run on SLURM", "they are cancelled and reported"
)
def test_ctrl_c_cancels_the_jobs_and_reports_them(
    slurm: Cluster, demo_clips: Path, tmp_path: Path
) -> None:
    run = Run(slurm, tmp_path / "log", "videos", *two_videos(tmp_path / "r"))
    wait_until(lambda: len(running_jobs(slurm)) == N_VIDEOS, "a running job for each video")
    jobs = running_jobs(slurm)
    run.process.send_signal(signal.SIGINT)
    assert run.wait(60) == 1
    wait_until(lambda: queued_jobs(slurm) == [], "an empty queue")
    message = re.search(r"(\d+) jobs were cancelled on the cluster: (.*)", run.text)
    assert message, run.text[-3000:]
    assert sorted(message[2].split()) == sorted(jobs)
    assert {state for state, _, _ in ended_jobs(slurm, jobs)} == {"CANCELLED"}
    assert not list((tmp_path / "r").rglob("*.parquet"))
    # The same command continues; no lock is left.
    Run(slurm, tmp_path / "log2", "videos", *two_videos(tmp_path / "r")).succeed()


@pytest.fixture
def resume_drained_node(slurm: Cluster) -> Iterator:
    """Drain the node of the partition cpu; call the returned function to resume it."""
    slurm.run("scontrol", "update", "NodeName=cpu1", "State=DRAIN", "Reason=test")

    def resume() -> None:
        slurm.run("scontrol", "update", "NodeName=cpu1", "State=RESUME")

    yield resume
    slurm.run("scontrol", "update", "NodeName=cpu1", "State=RESUME", check=False)


@pytest.mark.fault(
    "interruptions", "snakemake is killed while jobs wait on SLURM", "a new run waits for them"
)
def test_a_new_run_waits_for_jobs_of_a_killed_run(
    slurm: Cluster, demo_clips: Path, tmp_path: Path, resume_drained_node
) -> None:
    results = tmp_path / "r"
    first = Run(slurm, tmp_path / "log", "videos", *two_videos(results))
    wait_until(lambda: len(queued_jobs(slurm)) == N_VIDEOS, "a queued job for each video")
    jobs = queued_jobs(slurm)
    first.process.kill()
    first.process.wait()
    locked = Run(slurm, tmp_path / "log1", "videos", *two_videos(results))
    assert locked.wait() == 1 and "--unlock" in locked.text
    Run(slurm, tmp_path / "log2", "videos", "--unlock", *two_videos(results)).succeed()

    second = Run(slurm, tmp_path / "log3", "videos", *two_videos(results))
    wait_until(lambda: WAITING in second.text, "a message about the jobs")
    assert all(job in second.text for job in jobs)
    resume_drained_node()
    text = second.succeed()
    assert {rule for rule, _ in submissions(text).values()} == {"index_frames"}
    assert "Planning again" in text

    # Parameters of jobs that finished without Snakemake are recorded too.
    later = two_videos(results, "fetch={container: mkv, format: best}", "shots={threshold: 20}")
    planned = Run(slurm, tmp_path / "log4", "videos", "--dry-run", *later).succeed()
    assert re.search(rf"index_frames +{N_VIDEOS}\n", planned)
    assert "missing provenance" not in planned


@pytest.mark.fault(
    "interruptions", "SLURM jobs finish after snakemake was killed", "they are not repeated"
)
def test_jobs_that_finish_without_snakemake_are_not_repeated(
    slurm: Cluster, demo_clips: Path, tmp_path: Path
) -> None:
    results = tmp_path / "r"
    first = Run(slurm, tmp_path / "log", "videos", *two_videos(results))
    wait_until(lambda: len(submissions(first.text)) == N_VIDEOS, "a submission for each video")
    first.process.kill()
    first.process.wait()
    wait_until(lambda: queued_jobs(slurm) == [], "an empty queue")
    Run(slurm, tmp_path / "log2", "--unlock", "videos", *two_videos(results)).succeed()
    record_times = {file: file.stat().st_mtime_ns for file in results.glob("videos/*.json")}
    assert len(record_times) == N_VIDEOS
    text = Run(slurm, tmp_path / "log3", "videos", *two_videos(results)).succeed()
    assert {rule for rule, _ in submissions(text).values()} == {"index_frames"}
    assert record_times == {file: file.stat().st_mtime_ns for file in results.glob("videos/*.json")}


@pytest.mark.fault("slurm", "a node is lost", "its job is tried again")
def test_a_lost_node_costs_one_retry(slurm: Cluster, demo_clips: Path, tmp_path: Path) -> None:
    run = Run(slurm, tmp_path / "log", "videos", *two_videos(tmp_path / "r"))
    wait_until(lambda: len(running_jobs(slurm)) == N_VIDEOS, "a running job for each video")
    lost_jobs = running_jobs(slurm)
    slurm.lose_node("cpu1")
    listed = ("squeue", "-h", "--states=all", f"--jobs={','.join(lost_jobs)}", "-o", "%T")
    try:
        wait_until(lambda: set(slurm.run(*listed).split()) == {"NODE_FAIL"}, "a lost node", 120)
    finally:
        # Later tests need this node.
        slurm.start_node("cpu1")
    text = run.succeed()
    assert {state for state, _, _ in ended_jobs(slurm, lost_jobs)} == {"NODE_FAIL"}
    assert text.count("Trying to restart job") == N_VIDEOS
    assert len(submissions(text)) == 3 * N_VIDEOS  # lost, fetched again, indexed
    for file in (tmp_path / "r" / "frames").iterdir():
        assert pq.read_metadata(file).num_rows > 0


def sbatch(slurm: Cluster, *arguments: str | Path) -> str:
    """Submit a job in the workflow's folder, as a user does, and return its id."""
    process = subprocess.run(
        ["sbatch", "--parsable", *map(str, arguments)],
        cwd=ROOT,
        env=environment(slurm),
        capture_output=True,
        text=True,
        check=True,
    )
    return process.stdout.strip()


def submit_controller(slurm: Cluster, folder: Path) -> tuple[str, Path]:
    """Submit a controller and wait until its jobs are queued; return its id and its log."""
    log = folder / "controller.log"
    job = sbatch(
        slurm, "--partition=highmem", "--time=30", "--mem=3000", f"--output={log}",
        "profiles/slurm/controller.sbatch", "videos", *WITHOUT_SACCT, *SHORT_WAITS,
        "--slurm-partition-config", slurm.folder / "partitions.yaml",
        *two_videos(folder / "r"),
    )  # fmt: skip
    wait_until(lambda: len(queued_jobs(slurm)) == 1 + N_VIDEOS, "the controller and its jobs")
    return job, log


def end_states(slurm: Cluster, job: str) -> list[str]:
    """The state in which each start of a job ended."""
    return [request["JobState"] for request in slurm.requests() if request["JobId"] == job]


def test_a_controller_job_requeues_itself_before_its_time_limit(
    slurm: Cluster, demo_clips: Path, tmp_path: Path, resume_drained_node
) -> None:
    """It leaves its jobs running, is queued again, waits for them, and continues."""
    job, log = submit_controller(slurm, tmp_path)
    state = ("squeue", "-h", "-j", job, "-o", "%T")
    slurm.run("scancel", "--batch", "--signal=USR1", job)
    wait_until(lambda: "PENDING" in slurm.run(*state), "the controller to be queued again")
    assert len(queued_jobs(slurm)) == 1 + N_VIDEOS
    wait_until(lambda: "RUNNING" in slurm.run(*state), "a second start")
    wait_until(
        lambda: WAITING in log.read_text(),
        "a message about the jobs",
    )
    resume_drained_node()
    wait_until(lambda: queued_jobs(slurm) == [], "the end of the run", 180)
    assert "100%" in log.read_text(), log.read_text()[-4000:]
    assert end_states(slurm, job)[-1] == "COMPLETED"


def test_interrupting_the_controller_job_cancels_its_jobs(
    slurm: Cluster, demo_clips: Path, tmp_path: Path, resume_drained_node
) -> None:
    job, log = submit_controller(slurm, tmp_path)
    slurm.run("scancel", "--batch", "--signal=INT", job)
    wait_until(lambda: queued_jobs(slurm) == [], "an empty queue", 120)
    assert f"{N_VIDEOS} jobs were cancelled on the cluster" in log.read_text()
    assert end_states(slurm, job) == ["FAILED"]


@pytest.mark.fault(
    "slurm",
    "one of many videos that a job processes cannot be downloaded",
    "all others are processed, with three submissions for all of them",
)
def test_a_failing_download_does_not_affect_the_other_videos_of_a_job(
    slurm: Cluster, tmp_path: Path
) -> None:
    manifest = tmp_path / "six.tsv"
    short_video = synthetic_videos.silent(tmp_path / "short.mp4")
    sources = dict.fromkeys(["a", "b", "d", "y", "z"], short_video)
    sources["c_down"] = "http://127.0.0.1:9/clip.mp4"
    rows = [f"{name}\t{source}" for name, source in sources.items()]
    manifest.write_text("\n".join(["video_id\tsource", *rows]) + "\n")
    settings = (f"videos={manifest}", f"people={tmp_path / 'none.tsv'}", "videos_per_job=10")
    corpus = corpus_options(tmp_path / "r", *settings)
    run = Run(slurm, tmp_path / "log", "movement", "--retries", "0", *corpus)
    assert run.wait() == 1 and "1 video of 1 could not be downloaded yet" in run.text
    submitted = sorted(rule for rule, _ in submissions(run.text).values())
    assert submitted == ["analyse_faces", "analyse_movement", "fetch_group"], run.text[-6000:]
    for table in ("embeddings", "phases"):
        written = sorted(file.stem for file in (tmp_path / "r" / table).glob("*.parquet"))
        assert written == sorted(sources)
    [missing] = pq.read_table(tmp_path / "r/status/c_down.parquet").to_pylist()
    assert missing["status"] == "pending" and "refused" in missing["reason"]
    # The next run tries the download again, and looks at the group.
    planned = Run(slurm, tmp_path / "log", "movement", "--dry-run", *corpus).succeed()
    for rule in ("fetch_group", "analyse_faces", "analyse_movement"):
        assert re.search(rf"{rule} +1\n", planned)
