"""The workflow on a real SLURM: partitions, killed jobs, lost nodes and killed controllers.

This cluster has no accounting database, as some clusters; test_slurm_accounting.py has one. The
fixture `slurm` starts the cluster, which needs Debian's SLURM packages and root.
"""

import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from repository import ROOT
from slurm_cluster import Cluster
from slurm_runs import (
    Run,
    copied_workflow,
    demo_options,
    ended_jobs,
    environment,
    one_video,
    queued_jobs,
    replace_once,
    result_bytes,
    running_jobs,
    submissions,
    wait_until,
)
from workflow_runs import DEMO_VIDEOS, N_DEMO_JOBS, WITHOUT_SACCT, started_cluster

N_VIDEOS = len(DEMO_VIDEOS)
WAITING = f"Waiting for {N_VIDEOS} jobs of an earlier run"


@pytest.fixture(scope="module")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A running cluster without accounting."""
    yield from started_cluster(tmp_path_factory.mktemp("cluster"))
    Run.end_all()


@pytest.fixture(scope="module")
def on_cluster(
    slurm: Cluster, short_of_memory: Run, short_of_time: Run, demo_clips: Path, tmp_path_factory
) -> tuple[Path, str]:
    """Results of the demo on the cluster, and the output of Snakemake.

    The two runs that lack memory and time are active at the same time; they mostly wait.
    """
    folder = tmp_path_factory.mktemp("on_cluster")
    run = Run(slurm, folder / "log", *demo_options(folder / "results"))
    return folder / "results", run.succeed(600)


def test_each_job_requests_what_it_needs_in_the_right_partition(
    slurm: Cluster, on_cluster: tuple
) -> None:
    jobs = submissions(on_cluster[1])
    assert len(jobs) == N_DEMO_JOBS
    requests_by_id = {request["JobId"]: request for request in slurm.requests()}
    partitions = {"detect_faces": "gpu", "extract_keypoints": "gpu", "cluster_faces": "highmem"}
    for job_id, (rule, _) in jobs.items():
        request = requests_by_id[job_id]
        assert request["JobState"] == "COMPLETED"
        assert request["Partition"] == partitions.get(rule, "cpu"), rule
        assert request["ProcCnt"] == "1"
        memory = int(re.search(r"mem=(\d+)M", request["Tres"])[1])
        assert memory >= 20_000 if rule == "cluster_faces" else 300 <= memory <= 8000
        assert 10 <= int(request["TimeLimit"]) <= 60


def test_results_are_byte_identical_to_those_of_local_execution(
    demo_snapshot: Path, on_cluster: tuple
) -> None:
    local, remote = result_bytes(demo_snapshot), result_bytes(on_cluster[0])
    assert len(local) > 20
    assert local.keys() == remote.keys()
    assert [name for name in local if local[name] != remote[name]] == []


def test_gpu_jobs_get_a_gpu(on_cluster: tuple, slurm: Cluster, tmp_path: Path) -> None:
    """SLURM names the GPU of a job in its environment, however it was requested."""
    out = tmp_path / "gpus"
    command = ["sbatch", "--wait", "-p", "gpu", "--gpus=1", f"--output={out}", "-D", str(tmp_path)]
    slurm.run(*command, "--wrap=echo GPU $CUDA_VISIBLE_DEVICES")
    assert out.read_text().strip() in ("GPU 0", "GPU 1")


def test_a_second_run_has_nothing_to_do(slurm: Cluster, on_cluster: tuple, tmp_path: Path) -> None:
    text = Run(slurm, tmp_path / "log", *demo_options(on_cluster[0])).succeed()
    assert "Nothing to be done" in text


def test_the_report_compares_requested_and_used_resources(on_cluster: tuple) -> None:
    lines = (on_cluster[0] / "report" / "efficiency.tsv").read_text().splitlines()
    names = lines[0].split("\t")
    rows = [dict(zip(names, line.split("\t"), strict=True)) for line in lines[1:]]
    assert {row["rule"] for row in rows} >= {"detect_faces", "cluster_faces", "fetch_video"}


@pytest.fixture(scope="module")
def short_of_memory(slurm: Cluster, demo_clips: Path, tmp_path_factory) -> Run:
    """A run in which jobs request a tenth of the fitted memory."""
    folder = tmp_path_factory.mktemp("memory")
    workflow = copied_workflow(folder / "workflow")
    replace_once(
        workflow / "scripts/corpus/planning/resource_model.py",
        r"^MEMORY_FACTOR = .*",
        "MEMORY_FACTOR = 0.1",
    )
    options = demo_options(folder / "r", *one_video(folder, demo_clips / "both.mp4"))
    return Run(slurm, folder / "log", "videos", "--retries", "4", *options, folder=workflow)


@pytest.fixture(scope="module")
def short_of_time(slurm: Cluster, demo_clips: Path, tmp_path_factory) -> Run:
    """A run in which jobs request one minute, SLURM's minimum, and one job first sleeps longer."""
    folder = tmp_path_factory.mktemp("time")
    workflow = copied_workflow(folder / "workflow")
    model = workflow / "scripts/corpus/planning/resource_model.py"
    replace_once(model, r"^START_MINUTES = .*", "START_MINUTES = 1")
    replace_once(model, r"^TIME_FACTOR = .*", "TIME_FACTOR = 0")
    marker = folder / "slept_once"
    replace_once(
        workflow / "scripts/index_frames.py",
        r"^def main\(\) -> None:\n",
        "def main() -> None:\n"
        f"    import os, time\n    marker = {str(marker)!r}\n"
        "    if not os.path.exists(marker):\n        open(marker, 'x')\n"
        "        time.sleep(600)\n",
    )
    options = demo_options(folder / "r", *one_video(folder, demo_clips / "both.mp4"))
    return Run(slurm, folder / "log", "videos", *options, folder=workflow)


def test_a_job_killed_for_its_memory_is_retried_with_more(
    slurm: Cluster, short_of_memory: Run
) -> None:
    """SLURM kills attempts until one has enough memory."""
    jobs = submissions(short_of_memory.succeed())
    attempts = ended_jobs(slurm, [n for n, job in jobs.items() if job[0] == "index_frames"])
    assert len(attempts) >= 2, "the first attempt already had enough memory"
    assert all(state != "COMPLETED" for state, _, _ in attempts[:-1])
    assert attempts[-1][0] == "COMPLETED"
    requested = [memory for _, memory, _ in attempts]
    assert requested == [requested[0] * 2**n for n in range(len(requested))]


def test_a_job_killed_for_its_time_is_retried_with_more(slurm: Cluster, short_of_time: Run) -> None:
    """SLURM ends the first attempt with the state TIMEOUT."""
    jobs = submissions(short_of_time.succeed())
    attempts = ended_jobs(slurm, [n for n, job in jobs.items() if job[0] == "index_frames"])
    assert [state for state, _, _ in attempts] == ["TIMEOUT", "COMPLETED"]
    assert [minutes for _, _, minutes in attempts] == [1, 2]


def test_ctrl_c_cancels_the_jobs_and_reports_them(
    slurm: Cluster, demo_clips: Path, tmp_path: Path
) -> None:
    run = Run(slurm, tmp_path / "log", "videos", *demo_options(tmp_path / "r"))
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
    Run(slurm, tmp_path / "log2", "videos", *demo_options(tmp_path / "r")).succeed()


@pytest.fixture
def resume_drained_node(slurm: Cluster) -> Iterator:
    """Drain the node of the partition cpu; call the returned function to resume it."""
    slurm.run("scontrol", "update", "NodeName=cpu1", "State=DRAIN", "Reason=test")

    def resume() -> None:
        slurm.run("scontrol", "update", "NodeName=cpu1", "State=RESUME")

    yield resume
    slurm.run("scontrol", "update", "NodeName=cpu1", "State=RESUME", check=False)


def test_a_new_run_waits_for_jobs_of_a_killed_run(
    slurm: Cluster, demo_clips: Path, tmp_path: Path, resume_drained_node
) -> None:
    results = tmp_path / "r"
    first = Run(slurm, tmp_path / "log", "videos", *demo_options(results))
    wait_until(lambda: len(queued_jobs(slurm)) == N_VIDEOS, "a queued job for each video")
    jobs = queued_jobs(slurm)
    first.process.kill()
    first.process.wait()
    locked = Run(slurm, tmp_path / "log1", "videos", *demo_options(results))
    assert locked.wait() == 1 and "--unlock" in locked.text
    Run(slurm, tmp_path / "log2", "videos", "--unlock", *demo_options(results)).succeed()

    second = Run(slurm, tmp_path / "log3", "videos", *demo_options(results))
    wait_until(lambda: WAITING in second.text, "a message about the jobs")
    assert all(job in second.text for job in jobs)
    resume_drained_node()
    text = second.succeed()
    assert {rule for rule, _ in submissions(text).values()} == {"index_frames"}
    assert "Planning again" in text

    # Parameters of jobs that finished without Snakemake are recorded too.
    later = demo_options(results, "fetch={container: mkv, format: best}", "shots={threshold: 20}")
    planned = Run(slurm, tmp_path / "log4", "videos", "--dry-run", *later).succeed()
    assert re.search(rf"index_frames +{N_VIDEOS}\n", planned)
    assert "missing provenance" not in planned


def test_jobs_that_finish_without_snakemake_are_not_repeated(
    slurm: Cluster, demo_clips: Path, tmp_path: Path
) -> None:
    results = tmp_path / "r"
    first = Run(slurm, tmp_path / "log", "videos", *demo_options(results))
    wait_until(lambda: len(submissions(first.text)) == N_VIDEOS, "a submission for each video")
    first.process.kill()
    first.process.wait()
    wait_until(lambda: queued_jobs(slurm) == [], "an empty queue")
    Run(slurm, tmp_path / "log2", "--unlock", "videos", *demo_options(results)).succeed()
    record_times = {file: file.stat().st_mtime_ns for file in results.glob("videos/*.json")}
    assert len(record_times) == N_VIDEOS
    text = Run(slurm, tmp_path / "log3", "videos", *demo_options(results)).succeed()
    assert {rule for rule, _ in submissions(text).values()} == {"index_frames"}
    assert record_times == {file: file.stat().st_mtime_ns for file in results.glob("videos/*.json")}


def test_a_lost_node_costs_one_retry(slurm: Cluster, demo_clips: Path, tmp_path: Path) -> None:
    run = Run(slurm, tmp_path / "log", "videos", *demo_options(tmp_path / "r"))
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
        "profiles/slurm/controller.sbatch", "videos", *WITHOUT_SACCT,
        "--slurm-init-seconds-before-status-checks", "2", "--latency-wait", "15",
        "--slurm-partition-config", slurm.folder / "partitions.yaml",
        *demo_options(folder / "r"),
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


def test_a_failing_video_does_not_affect_other_slices(
    slurm: Cluster, demo_clips: Path, tmp_path: Path
) -> None:
    """Two slices of a corpus in which one video cannot be downloaded: all others are processed."""
    manifest = tmp_path / "six.tsv"
    sources = dict.fromkeys(["a", "b", "d", "y", "z"], demo_clips / "collins.mp4")
    sources["c_down"] = "http://127.0.0.1:9/clip.mp4"
    rows = [f"{name}\t{source}" for name, source in sources.items()]
    manifest.write_text("\n".join(["video_id\tsource", *rows]) + "\n")
    settings = (f"videos={manifest}", f"people={tmp_path / 'none.tsv'}")
    corpus = demo_options(tmp_path / "r", *settings)
    job = sbatch(
        slurm, "--array=1-2", "--partition=cpu", "--cpus-per-task=2", "--mem=4000", "--time=30",
        f"--output={tmp_path}/slice-%a.log",
        "profiles/slurm/slice.sbatch", "faces", "2", "--retries", "0", *corpus,
    )  # fmt: skip
    wait_until(lambda: queued_jobs(slurm) == [], "the end of both slices", 300)
    states = [r["JobState"] for r in slurm.requests() if job in (r.get("ArrayJobId"), r["JobId"])]
    logs = "\n".join(file.read_text() for file in sorted(tmp_path.glob("slice-*.log")))
    assert sorted(states) == ["COMPLETED", "FAILED"], logs[-6000:]
    embedded = sorted(file.stem for file in (tmp_path / "r" / "embeddings").glob("*.parquet"))
    assert embedded == ["a", "b", "d"]
    # A run with the profile processes only the remaining videos.
    planned = Run(slurm, tmp_path / "log", "faces", "--dry-run", *corpus).succeed()
    assert re.search(r"fetch_video +3\n", planned) and re.search(r"embed_faces +3\n", planned)
