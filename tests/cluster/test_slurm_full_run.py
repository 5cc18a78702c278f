"""Complete runs on a real SLURM with an accounting database: requests, records, results, retries.

The fixture `slurm` starts the cluster, which needs Debian's SLURM and MariaDB packages and root.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from corpus.planning.finished_run import FailedJob
from corpus.report import job_errors
from corpus.report.verification.comparison import compared_files, differences
from fake_cluster import edited_profile
from slurm_cluster import ACCOUNT, Cluster
from slurm_runs import Run, ended_jobs, replace_once, submissions
from workflow_runs import (
    N_JOBS,
    WITHOUT_SACCT,
    copied_workflow,
    corpus_options,
    one_video,
    started_cluster,
    two_videos,
)

ON_GPU = ("detect_faces", "extract_keypoints")
PARTITIONS = dict.fromkeys(ON_GPU, "gpu")
"""The partitions of rules that do not run in the partition `cpu`."""
FIELDS = ["JobID", "State", "Partition", "Account", "QOS", "ReqMem", "TimelimitRaw", "AllocTRES"]


@pytest.fixture(scope="module")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A running cluster with accounting."""
    yield from started_cluster(tmp_path_factory.mktemp("cluster"), accounting=True)
    Run.end_all()


@dataclass
class FullRun:
    """Results of two of the demo's videos, the output of Snakemake, and the profile."""

    results: Path
    text: str
    profile: Path

    def jobs(self) -> dict[str, str]:
        """Rule of each submitted job, by its SLURM id."""
        return {job_id: rule for job_id, (rule, _) in submissions(self.text).items()}


@pytest.fixture(scope="module")
def full_run(
    slurm: Cluster,
    short_of_memory: Run,
    short_of_time: Run,
    demo_clips: Path,
    tmp_path_factory,
    request: pytest.FixtureRequest,
) -> FullRun:
    """A run of all rules, with an account, a QOS and GPUs by --gres in the profile.

    The two runs that lack memory and time are active at the same time, since they mostly wait, and
    the local run with which a test compares the results.
    """
    folder = tmp_path_factory.mktemp("full_run")
    lines = ("slurm_account=my_project", "slurm-qos: long", "detect_faces: {gpu")
    profile = edited_profile(folder / "profile", *lines)
    file = profile / "profile.yaml"
    file.write_text(file.read_text().replace("=my_project", f"={ACCOUNT}"))
    run = Run(slurm, folder / "log", *two_videos(folder / "results"), profile=profile)
    request.getfixturevalue("local_results")
    return FullRun(folder / "results", run.succeed(900), profile)


@pytest.fixture(scope="module")
def records(slurm: Cluster, full_run: FullRun) -> list[dict[str, str]]:
    """Records of its jobs in the accounting database, with their rules.

    Without a start time, sacct leaves out jobs that ended before the last midnight.
    """
    jobs = full_run.jobs()
    columns = f"--format={','.join(FIELDS)},Comment%80"
    options = ("-X", "--parsable2", "--noheader", "--starttime=now-2days", columns)
    rows = slurm.run("sacct", *options).splitlines()
    all_records = [dict(zip([*FIELDS, "Comment"], row.split("|"), strict=True)) for row in rows]
    return [
        record | {"rule": jobs[record["JobID"]]}
        for record in all_records
        if record["JobID"] in jobs
    ]


def test_each_job_requests_what_it_needs_in_the_right_partition(
    slurm: Cluster, full_run: FullRun
) -> None:
    jobs = full_run.jobs()
    assert len(jobs) == N_JOBS
    requests_by_id = {request["JobId"]: request for request in slurm.requests()}
    for job_id, rule in jobs.items():
        request = requests_by_id[job_id]
        assert request["JobState"] == "COMPLETED"
        assert request["Partition"] == PARTITIONS.get(rule, "cpu"), rule
        assert request["ProcCnt"] == "1"
        memory = int(re.search(r"mem=(\d+)M", request["Tres"])[1])
        assert 300 <= memory <= 8000
        assert 10 <= int(request["TimeLimit"]) <= 60


def test_every_job_is_recorded_with_its_account_and_a_comment(
    records: list[dict[str, str]],
) -> None:
    assert len(records) == N_JOBS
    for job in records:
        assert (job["State"], job["Account"], job["QOS"]) == ("COMPLETED", ACCOUNT, "long")
        assert job["Comment"].startswith(f"rule_{job['rule']}")


def test_requests_are_recorded(records: list[dict[str, str]]) -> None:
    for job in records:
        assert job["Partition"] == PARTITIONS.get(job["rule"], "cpu")
        assert 10 <= int(job["TimelimitRaw"]) <= 60
        assert 300 <= megabytes(job["ReqMem"]) <= 8000


def megabytes(text: str) -> float:
    """Convert SLURM's notation of memory, such as 1400M or 1.95G, to MB."""
    return float(text[:-1]) * {"M": 1, "G": 1024}[text[-1]]


def test_gpus_are_allocated_by_gres_and_by_number(records: list[dict[str, str]]) -> None:
    """detect_faces uses --gres from the site's line, extract_keypoints the rule's request."""
    for job in records:
        assert ("gres/gpu=1" in job["AllocTRES"]) == (job["rule"] in ON_GPU)


def test_gpu_jobs_get_a_gpu(slurm: Cluster, tmp_path: Path) -> None:
    """SLURM names the GPU of a job in its environment, however it was requested."""
    out = tmp_path / "gpus"
    command = ["sbatch", "--wait", "-p", "gpu", "--gpus=1", f"--output={out}", "-D", str(tmp_path)]
    slurm.run(*command, "--wrap=echo GPU $CUDA_VISIBLE_DEVICES", timeout_s=300)
    assert out.read_text().strip() in ("GPU 0", "GPU 1")


def test_results_are_byte_identical_to_those_of_local_execution(
    local_results: Path, full_run: FullRun
) -> None:
    assert len(compared_files(local_results)) > 40
    assert list(differences(local_results, full_run.results)) == []


def test_a_second_run_has_nothing_to_do(slurm: Cluster, full_run: FullRun, tmp_path: Path) -> None:
    again = two_videos(full_run.results)
    text = Run(slurm, tmp_path / "log", *again, profile=full_run.profile).succeed()
    assert "Nothing to be done" in text


def test_the_report_compares_requested_and_used_resources(full_run: FullRun) -> None:
    lines = (full_run.results / "report" / "efficiency.tsv").read_text().splitlines()
    names = lines[0].split("\t")
    rows = [dict(zip(names, line.split("\t"), strict=True)) for line in lines[1:]]
    assert {row["rule"] for row in rows} >= {"detect_faces", "cluster_faces", "fetch_video"}


@pytest.fixture(scope="module")
def short_of_memory(slurm: Cluster, demo_clips: Path, tmp_path_factory) -> Run:
    """A run in which jobs request a tenth of the fitted memory. It reads job states from squeue."""
    folder = tmp_path_factory.mktemp("memory")
    workflow = copied_workflow(folder / "workflow")
    replace_once(
        workflow / "scripts/corpus/planning/resource_model.py",
        r"^MEMORY_FACTOR = .*",
        "MEMORY_FACTOR = 0.1",
    )
    options = corpus_options(folder / "r", *one_video(folder, demo_clips / "both.mp4"))
    options += ("--retries", "4", *WITHOUT_SACCT)
    return Run(slurm, folder / "log", "videos", *options, folder=workflow)


@pytest.fixture(scope="module")
def short_of_time(slurm: Cluster, demo_clips: Path, tmp_path_factory) -> Run:
    """A run in which jobs request two minutes, and one job first sleeps longer.

    It reads job states from squeue.
    """
    folder = tmp_path_factory.mktemp("time")
    workflow = copied_workflow(folder / "workflow")
    model = workflow / "scripts/corpus/planning/resource_model.py"
    replace_once(model, r"^START_MINUTES = .*", "START_MINUTES = 2")
    replace_once(model, r"^TIME_FACTOR = .*", "TIME_FACTOR = 0")
    marker = folder / "slept_once"
    replace_once(
        workflow / "scripts/index_frames.py",
        r"^(def main\(.*\) -> None:\n)",
        r"\1"
        f"    import os, time\n    marker = {str(marker)!r}\n"
        "    if not os.path.exists(marker):\n        open(marker, 'x')\n"
        "        time.sleep(600)\n",
    )
    options = corpus_options(folder / "r", *one_video(folder, demo_clips / "both.mp4"))
    return Run(slurm, folder / "log", "videos", *options, *WITHOUT_SACCT, folder=workflow)


def reason(run: Run, job_id: str) -> str:
    """Why a job failed, in the words of the summary, from what the run printed and logged."""
    [message] = re.findall(rf"message: (SLURM-job '{job_id}' .*)", run.text)
    [log] = re.findall(rf"SLURM jobid {job_id} \(log: (\S+)\)", run.text)
    error, shown_log = job_errors.describe_error(FailedJob("index_frames", "one", [log], message))
    assert shown_log == log
    return error


@pytest.mark.fault("slurm", "a job exceeds its memory", "tried again with more")
def test_a_job_killed_for_its_memory_is_retried_with_more(
    slurm: Cluster, short_of_memory: Run
) -> None:
    """SLURM kills attempts until one has enough memory."""
    jobs = submissions(short_of_memory.succeed(900))
    job_ids = [n for n, job in jobs.items() if job[0] == "index_frames"]
    attempts = ended_jobs(slurm, job_ids)
    assert len(attempts) >= 2, "the first attempt already had enough memory"
    assert all(state != "COMPLETED" for state, _, _ in attempts[:-1])
    assert attempts[-1][0] == "COMPLETED"
    requested = [memory for _, memory, _ in attempts]
    assert requested == [requested[0] * 2**n for n in range(len(requested))]
    assert "more than its memory" in reason(short_of_memory, min(job_ids, key=int))


@pytest.mark.fault("slurm", "a job exceeds its time", "tried again with more")
def test_a_job_killed_for_its_time_is_retried_with_more(slurm: Cluster, short_of_time: Run) -> None:
    """SLURM ends the first attempt with the state TIMEOUT."""
    jobs = submissions(short_of_time.succeed(900))
    job_ids = [n for n, job in jobs.items() if job[0] == "index_frames"]
    attempts = ended_jobs(slurm, job_ids)
    assert [state for state, _, _ in attempts] == ["TIMEOUT", "COMPLETED"]
    assert [minutes for _, _, minutes in attempts] == [2, 4]
    assert "at its time limit" in reason(short_of_time, min(job_ids, key=int))


@pytest.mark.fault("slurm", "the account does not exist", "reported")
def test_an_unknown_account_is_reported(slurm: Cluster, demo_clips: Path, tmp_path: Path) -> None:
    profile = edited_profile(tmp_path / "profile", "slurm_account=my_project")
    run = Run(
        slurm, tmp_path / "log", "videos", "--retries", "0", *two_videos(tmp_path / "r"),
        profile=profile,
    )  # fmt: skip
    assert run.wait() == 1
    assert "my_project" in run.text and ACCOUNT in run.text
    _, _, summary = run.text.rpartition("\nMade: ")
    assert summary.startswith("0 of 4 jobs.\nFailed: 2 jobs (2 fetch_video); 2 jobs did not run")
    assert re.search(r"\n  fetch_video both mp4: .* my_project .*\n  fetch_video hands ", summary)
    assert "\nNext: correct the cause, and continue with snakemake " in summary
