"""What Snakemake's workflow object says about a run when it ends."""

import logging
from collections import Counter
from collections.abc import Iterator
from types import SimpleNamespace

from snakemake.iocontainers import Wildcards

from corpus.planning.finished_run import FailedJob, RunRecords, read_run


class Job:
    """A job as Snakemake describes it."""

    def __init__(self, rule: str, video: str = "", *, is_norun: bool = False) -> None:
        self.rule = SimpleNamespace(name=rule)
        self.wildcards = Wildcards(fromdict={"video": video} if video else {})
        self.output = [f"results/{rule}/{video}.parquet"]
        self.log = [f"logs/{rule}/{video}.log"]
        self.is_norun = is_norun
        self.resources = {"mem_mb": 600, "runtime": 10}

    def is_group(self) -> bool:
        """Whether it stands for several jobs."""
        return False


class Group:
    """A group of jobs as Snakemake describes it."""

    def __init__(self, jobs: list[Job]) -> None:
        self.jobs = jobs

    def __iter__(self) -> Iterator[Job]:
        return iter(self.jobs)

    def is_group(self) -> bool:
        """Whether it stands for several jobs."""
        return True


def workflow_of(planned: list[Job], missing: list[Job], failed: list) -> SimpleNamespace:
    """A workflow after its last job."""
    dag = SimpleNamespace(
        needrun_jobs=lambda exclude_finished: missing if exclude_finished else planned,
        jobs=planned,
        jobid=planned.index,
    )
    return SimpleNamespace(
        dag=dag, default_target="all", scheduler=SimpleNamespace(failed=set(failed))
    )


def test_jobs_are_counted_by_rule_and_failures_have_their_logs():
    done, failed, waiting = Job("frames", "a"), Job("faces", "b"), Job("keypoints", "b")
    everything = Job("all", is_norun=True)
    records = RunRecords()
    for message in ("first attempt", "OUT_OF_MEMORY"):
        logs = ["logs/faces/b.log (check log file(s) for error details)", "slurm/7.log"]
        extra = {"jobid": 1, "rule_msg": message, "aux": {}, "log": logs}
        records.emit(logging.makeLogRecord({"msg": "Error in rule faces", **extra}))
    planned = [done, failed, waiting, everything]
    run = read_run(workflow_of(planned, [failed, waiting, everything], [failed]), records, {})
    assert run.finished == Counter(frames=1) and run.missing == Counter(faces=1, keypoints=1)
    logs = ["logs/faces/b.log", "slurm/7.log"]
    assert run.failed == [FailedJob("faces", "b", logs, "OUT_OF_MEMORY", 600, 10)]
    assert run.is_whole and run.folders == ["results/frames"]
    assert run.videos == ["a", "b"] and run.file == "results/frames/a.parquet"


def test_jobs_of_a_failed_group_are_listed_one_by_one():
    jobs = [Job("faces", "a"), Job("frames", "a")]

    run = read_run(workflow_of(jobs, jobs, [Group(jobs)]), RunRecords(), {})
    assert [job.rule for job in run.failed] == ["faces", "frames"]
    assert {job.memory_mb for job in run.failed} == {None}, "they request memory together"
    assert not run.is_whole


def test_a_run_without_jobs_is_noticed():
    records = RunRecords()
    records.emit(logging.makeLogRecord({"msg": "Building DAG of jobs..."}))
    assert not records.nothing_to_do
    records.emit(logging.makeLogRecord({"msg": "Nothing to be done (all files are present)."}))
    assert records.nothing_to_do
