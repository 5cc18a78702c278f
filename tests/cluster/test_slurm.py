"""The workflow on a real SLURM: three partitions, lost jobs, lost nodes, lost controllers.

Without an accounting database, which not all clusters have: test_slurm_accounting.py has one.
The fixture `slurm` starts the cluster; it needs Debian's SLURM, and root.
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
    WITHOUT_SACCT,
    Run,
    copied_workflow,
    environment,
    limits,
    on_demo,
    one_video,
    queued,
    replaced,
    running,
    submissions,
    tables,
    until,
)
from workflow_runs import started_cluster

pytestmark = [pytest.mark.workflow, pytest.mark.cluster]


@pytest.fixture(scope="module")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    yield from started_cluster(tmp_path_factory.mktemp("cluster"))
    Run.end_all()


@pytest.fixture(scope="module")
def on_cluster(
    slurm: Cluster, short_of_memory: Run, short_of_time: Run, demo_clips: Path, tmp_path_factory
) -> tuple[Path, str]:
    """The demo's results as the cluster makes them, and what Snakemake printed.

    Two other runs are under way at the same time, which mostly wait.
    """
    folder = tmp_path_factory.mktemp("on_cluster")
    run = Run(slurm, folder / "log", *on_demo(folder / "results"))
    return folder / "results", run.went_well(600)


def test_tables_are_byte_identical_to_those_of_the_laptop(demo: Path, on_cluster: tuple) -> None:
    here, there = tables(demo), tables(on_cluster[0])
    assert len(here) > 20
    assert here.keys() == there.keys()
    assert [name for name in here if here[name] != there[name]] == []


def test_each_job_asks_for_what_it_needs_where_it_is(slurm: Cluster, on_cluster: tuple) -> None:
    jobs = submissions(on_cluster[1])
    assert len(jobs) == 25
    ended = {request["JobId"]: request for request in slurm.requests()}
    partitions = {"detect_faces": "gpu", "extract_keypoints": "gpu", "cluster_faces": "highmem"}
    for number, (rule, _) in jobs.items():
        request = ended[number]
        assert request["JobState"] == "COMPLETED"
        assert request["Partition"] == partitions.get(rule, "cpu"), rule
        assert request["ProcCnt"] == "1"
        memory = int(re.search(r"mem=(\d+)M", request["Tres"])[1])
        assert memory >= 20_000 if rule == "cluster_faces" else 300 <= memory <= 8000
        assert 10 <= int(request["TimeLimit"]) <= 60


def test_gpu_jobs_got_a_gpu(on_cluster: tuple, slurm: Cluster, tmp_path: Path) -> None:
    """SLURM names a job's GPU in its environment, whichever way it was asked for."""
    out = tmp_path / "gpus"
    command = ["sbatch", "--wait", "-p", "gpu", "--gpus=1", f"--output={out}", "-D", str(tmp_path)]
    slurm.run(*command, "--wrap=echo GPU $CUDA_VISIBLE_DEVICES")
    assert out.read_text().strip() in ("GPU 0", "GPU 1")


def test_a_second_run_has_nothing_to_do(slurm: Cluster, on_cluster: tuple, tmp_path: Path) -> None:
    text = Run(slurm, tmp_path / "log", *on_demo(on_cluster[0])).went_well()
    assert "Nothing to be done" in text


def test_the_report_compares_asked_and_used(on_cluster: tuple) -> None:
    lines = (on_cluster[0] / "report" / "efficiency.tsv").read_text().splitlines()
    names = lines[0].split("\t")
    rows = [dict(zip(names, line.split("\t"), strict=True)) for line in lines[1:]]
    assert {row["rule"] for row in rows} >= {"detect_faces", "cluster_faces", "fetch_video"}


@pytest.fixture(scope="module")
def short_of_memory(slurm: Cluster, demo_clips: Path, tmp_path_factory) -> Run:
    """A run that asks for a fifteenth of the memory that was measured."""
    folder = tmp_path_factory.mktemp("memory")
    workflow = copied_workflow(folder / "workflow")
    replaced(
        workflow / "scripts/corpus/planning/resource_model.py",
        r"^MEMORY_FACTOR = .*",
        "MEMORY_FACTOR = 0.1",
    )
    more = on_demo(folder / "r", *one_video(folder, demo_clips / "both.mp4"))
    return Run(slurm, folder / "log", "videos", "--retries", "4", *more, folder=workflow)


@pytest.fixture(scope="module")
def short_of_time(slurm: Cluster, demo_clips: Path, tmp_path_factory) -> Run:
    """A run that asks for one minute, the least that SLURM knows, and sleeps once for longer."""
    folder = tmp_path_factory.mktemp("time")
    workflow = copied_workflow(folder / "workflow")
    needs = workflow / "scripts/corpus/planning/resource_model.py"
    replaced(needs, r"^START_MINUTES = .*", "START_MINUTES = 1")
    replaced(needs, r"^TIME_FACTOR = .*", "TIME_FACTOR = 0")
    seen = folder / "seen"
    replaced(
        workflow / "scripts/index_frames.py",
        r"^def main\(\) -> None:\n",
        "def main() -> None:\n"
        f"    import os, time\n    seen = {str(seen)!r}\n"
        "    if not os.path.exists(seen):\n        open(seen, 'x')\n        time.sleep(600)\n",
    )
    more = on_demo(folder / "r", *one_video(folder, demo_clips / "both.mp4"))
    return Run(slurm, folder / "log", "videos", *more, folder=workflow)


def test_a_job_that_exceeds_its_memory_gets_more(slurm: Cluster, short_of_memory: Run) -> None:
    """Real kills, until an attempt has enough."""
    jobs = submissions(short_of_memory.went_well())
    attempts = limits(slurm, [n for n, job in jobs.items() if job[0] == "index_frames"])
    assert len(attempts) >= 2, "the first attempt had enough"
    assert all(state != "COMPLETED" for state, _, _ in attempts[:-1])
    assert attempts[-1][0] == "COMPLETED"
    asked = [memory for _, memory, _ in attempts]
    assert asked == [asked[0] * 2**n for n in range(len(asked))]


def test_a_job_that_exceeds_its_time_gets_more(slurm: Cluster, short_of_time: Run) -> None:
    """A real TIMEOUT."""
    jobs = submissions(short_of_time.went_well())
    attempts = limits(slurm, [n for n, job in jobs.items() if job[0] == "index_frames"])
    assert [state for state, _, _ in attempts] == ["TIMEOUT", "COMPLETED"]
    assert [minutes for _, _, minutes in attempts] == [1, 2]


def test_ctrl_c_cancels_the_jobs_and_says_so(
    slurm: Cluster, demo_clips: Path, tmp_path: Path
) -> None:
    run = Run(slurm, tmp_path / "log", "videos", *on_demo(tmp_path / "r"))
    until(lambda: len(running(slurm)) == 3, "three jobs at work")
    jobs = running(slurm)
    run.process.send_signal(signal.SIGINT)
    assert run.ended(60) == 1
    until(lambda: queued(slurm) == [], "an empty queue")
    told = re.search(r"(\d+) jobs were cancelled on the cluster: (.*)", run.text)
    assert told, run.text[-3000:]
    assert sorted(told[2].split()) == sorted(jobs)
    assert {state for state, _, _ in limits(slurm, jobs)} == {"CANCELLED"}
    assert not list((tmp_path / "r").rglob("*.parquet"))
    # And on it goes, without a word about locks.
    Run(slurm, tmp_path / "log2", "videos", *on_demo(tmp_path / "r")).went_well()


@pytest.fixture
def drained(slurm: Cluster) -> Iterator:
    """The node of the partition cpu takes no new jobs until the function given is called."""
    slurm.run("scontrol", "update", "NodeName=cpu1", "State=DRAIN", "Reason=test")

    def resume() -> None:
        slurm.run("scontrol", "update", "NodeName=cpu1", "State=RESUME")

    yield resume
    slurm.run("scontrol", "update", "NodeName=cpu1", "State=RESUME", check=False)


def test_jobs_of_a_killed_controller_are_found_again(
    slurm: Cluster, demo_clips: Path, tmp_path: Path, drained
) -> None:
    results = tmp_path / "r"
    first = Run(slurm, tmp_path / "log", "videos", *on_demo(results))
    until(lambda: len(queued(slurm)) == 3, "three jobs in the queue")
    jobs = queued(slurm)
    first.process.kill()
    first.process.wait()
    locked = Run(slurm, tmp_path / "log1", "videos", *on_demo(results))
    assert locked.ended() == 1 and "--unlock" in locked.text
    Run(slurm, tmp_path / "log2", "videos", "--unlock", *on_demo(results)).went_well()

    second = Run(slurm, tmp_path / "log3", "videos", *on_demo(results))
    until(lambda: "3 jobs of an earlier run" in second.text, "word of the jobs")
    assert all(job in second.text for job in jobs)
    drained()
    text = second.went_well()
    assert {rule for rule, _ in submissions(text).values()} == {"index_frames"}
    assert "Planning anew" in text

    # What finished without a controller is known by its parameters all the same.
    later = on_demo(results, "fetch={container: mkv, format: best}", "shots={threshold: 20}")
    planned = Run(slurm, tmp_path / "log4", "videos", "--dry-run", *later).went_well()
    assert re.search(r"index_frames +3", planned)
    assert "missing provenance" not in planned


def test_jobs_that_finish_without_a_controller_are_not_repeated(
    slurm: Cluster, demo_clips: Path, tmp_path: Path
) -> None:
    results = tmp_path / "r"
    first = Run(slurm, tmp_path / "log", "videos", *on_demo(results))
    until(lambda: len(submissions(first.text)) == 3, "three submissions")
    first.process.kill()
    first.process.wait()
    until(lambda: queued(slurm) == [], "an empty queue")
    Run(slurm, tmp_path / "log2", "--unlock", "videos", *on_demo(results)).went_well()
    made = {file: file.stat().st_mtime_ns for file in results.glob("videos/*.json")}
    assert len(made) == 3
    text = Run(slurm, tmp_path / "log3", "videos", *on_demo(results)).went_well()
    assert {rule for rule, _ in submissions(text).values()} == {"index_frames"}
    assert made == {file: file.stat().st_mtime_ns for file in results.glob("videos/*.json")}


def test_a_lost_node_costs_one_retry(slurm: Cluster, demo_clips: Path, tmp_path: Path) -> None:
    run = Run(slurm, tmp_path / "log", "videos", *on_demo(tmp_path / "r"))
    until(lambda: len(running(slurm)) == 3, "three jobs at work")
    lost = running(slurm)
    slurm.lose_node("cpu1")
    listed = ("squeue", "-h", "--states=all", f"--jobs={','.join(lost)}", "-o", "%T")
    try:
        until(lambda: set(slurm.run(*listed).split()) == {"NODE_FAIL"}, "a lost node", 120)
    finally:
        # Other tests need it.
        slurm.start_node("cpu1")
    text = run.went_well()
    assert {state for state, _, _ in limits(slurm, lost)} == {"NODE_FAIL"}
    assert text.count("Trying to restart job") == 3
    assert len(submissions(text)) == 3 + 3 + 3  # lost, fetched again, indexed
    for file in (tmp_path / "r" / "frames").iterdir():
        assert pq.read_metadata(file).num_rows > 0


def sbatch(slurm: Cluster, *arguments: str | Path) -> str:
    """The number of a job that was submitted in the workflow's folder, as a user does it."""
    done = subprocess.run(
        ["sbatch", "--parsable", *map(str, arguments)],
        cwd=ROOT,
        env=environment(slurm),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def controller(slurm: Cluster, folder: Path) -> tuple[str, Path]:
    """The number and the log of a controller that was submitted, with its jobs in the queue."""
    log = folder / "controller.log"
    job = sbatch(
        slurm, "--partition=highmem", "--time=30", "--mem=3000", f"--output={log}",
        "profiles/slurm/controller.sbatch", "videos", *WITHOUT_SACCT,
        "--slurm-init-seconds-before-status-checks", "2", "--latency-wait", "15",
        "--slurm-partition-config", slurm.folder / "partitions.yaml",
        *on_demo(folder / "r"),
    )  # fmt: skip
    until(lambda: len(queued(slurm)) == 4, "the controller and its three jobs")
    return job, log


def ends(slurm: Cluster, job: str) -> list[str]:
    """The states in which a job ended, each time that it was started."""
    return [request["JobState"] for request in slurm.requests() if request["JobId"] == job]


def test_the_controller_as_a_job_outlives_its_time(
    slurm: Cluster, demo_clips: Path, tmp_path: Path, drained
) -> None:
    """With its time nearly up it leaves its jobs alone, queues itself again, and goes on."""
    job, log = controller(slurm, tmp_path)
    state = ("squeue", "-h", "-j", job, "-o", "%T")
    slurm.run("scancel", "--batch", "--signal=USR1", job)
    until(lambda: "PENDING" in slurm.run(*state), "a new turn")
    assert len(queued(slurm)) == 4
    until(lambda: "RUNNING" in slurm.run(*state), "a second start")
    until(lambda: "3 jobs of an earlier run" in log.read_text(), "word of the jobs")
    drained()
    until(lambda: queued(slurm) == [], "the end of the run", 180)
    assert "100%" in log.read_text(), log.read_text()[-4000:]
    assert ends(slurm, job)[-1] == "COMPLETED"


def test_an_interrupt_of_the_controller_job_cancels_its_jobs(
    slurm: Cluster, demo_clips: Path, tmp_path: Path, drained
) -> None:
    job, log = controller(slurm, tmp_path)
    slurm.run("scancel", "--batch", "--signal=INT", job)
    until(lambda: queued(slurm) == [], "an empty queue", 120)
    assert "3 jobs were cancelled on the cluster" in log.read_text()
    assert ends(slurm, job) == ["FAILED"]


def test_slices_in_one_submission_spare_each_other(
    slurm: Cluster, demo_clips: Path, tmp_path: Path
) -> None:
    """Two slices of a corpus in which one video cannot be fetched: all others arrive."""
    manifest = tmp_path / "six.tsv"
    sources = dict.fromkeys(["a", "b", "d", "y", "z"], demo_clips / "collins.mp4")
    sources["c_down"] = "http://127.0.0.1:9/clip.mp4"
    rows = [f"{name}\t{source}" for name, source in sources.items()]
    manifest.write_text("\n".join(["video_id\tsource", *rows]) + "\n")
    more = (f"videos={manifest}", f"people={tmp_path / 'none.tsv'}")
    corpus = on_demo(tmp_path / "r", *more)
    job = sbatch(
        slurm, "--array=1-2", "--partition=cpu", "--cpus-per-task=2", "--mem=4000", "--time=30",
        f"--output={tmp_path}/slice-%a.log",
        "profiles/slurm/slice.sbatch", "faces", "2", "--retries", "0", *corpus,
    )  # fmt: skip
    until(lambda: queued(slurm) == [], "the end of both slices", 300)
    ended = [r["JobState"] for r in slurm.requests() if job in (r.get("ArrayJobId"), r["JobId"])]
    logs = "\n".join(file.read_text() for file in sorted(tmp_path.glob("slice-*.log")))
    assert sorted(ended) == ["COMPLETED", "FAILED"], logs[-6000:]
    arrived = sorted(file.stem for file in (tmp_path / "r" / "embeddings").glob("*.parquet"))
    assert arrived == ["a", "b", "d"]
    # The rest is for the profile, which repeats nothing of what is there.
    planned = Run(slurm, tmp_path / "log", "faces", "--dry-run", *corpus).went_well()
    assert re.search(r"fetch_video +3\n", planned) and re.search(r"embed_faces +3\n", planned)
