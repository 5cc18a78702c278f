"""What Snakemake knows about a run when it ends: finished, failed and missing jobs.

Snakemake's main process imports this module when it starts: use only the standard library.
"""

import logging
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

NOTHING_TO_DO = "Nothing to be done"
"""Begin of Snakemake's message if all files exist; it then calls neither of its hooks."""
MAX_FOLDERS = 3
"""Number of folders of new files that are listed."""


@dataclass(frozen=True)
class FailedJob:
    """A job that failed at its last attempt.

    `wildcards` is empty for a job of the whole corpus. `logs` are the log of the rule, then those
    of the cluster. `message` is what the executor says about it, such as SLURM's status.
    `memory_mb` and `minutes` are what it requested; None in a group of jobs, which request more.
    """

    rule: str
    wildcards: str = ""
    logs: Sequence[str] = ()
    message: str = ""
    memory_mb: int | None = None
    minutes: int | None = None


@dataclass(frozen=True)
class FinishedRun:
    """Jobs of a run.

    `finished` and `missing` count jobs by rule; jobs that only name files of a target are left out.
    `missing` includes the failed ones. `is_whole` says whether the default target was asked for.
    `file` is the new file, if there is only one, and `folders` are those of the new files.
    `videos` are the ids of all videos with a job, done in this run or before. `pending` has the
    reason of each download of this run that failed, by video.
    """

    finished: Counter[str] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)
    failed: Sequence[FailedJob] = ()
    is_whole: bool = True
    file: str = ""
    folders: Sequence[str] = ()
    videos: Sequence[str] = ()
    pending: Mapping[str, str] = field(default_factory=dict)


class RunRecords(logging.Handler):
    """Keeps what Snakemake's log messages say about failed jobs, for the end of a run."""

    def __init__(self) -> None:
        super().__init__()
        self.failures: dict[int, tuple[str, list[str]]] = {}
        self.nothing_to_do = False

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the message and the logs of a job's last failure."""
        if str(record.msg).startswith(NOTHING_TO_DO):
            self.nothing_to_do = True
        # Only messages about failed jobs have it.
        if hasattr(record, "rule_msg") and hasattr(record, "aux"):
            message = str(getattr(record, "rule_msg", "") or "")
            self.failures[getattr(record, "jobid", -1)] = (
                message,
                list(getattr(record, "log", [])),
            )


def read_run(workflow, records: RunRecords, pending: Mapping[str, str]) -> FinishedRun:
    """Collect the jobs of a run from Snakemake's workflow object, after the last job.

    `pending` has the reason of each failed download, by video.
    """
    dag = workflow.dag
    planned = [job for job in dag.needrun_jobs(exclude_finished=False) if not job.is_norun]
    missing = {job for job in dag.needrun_jobs(exclude_finished=True) if not job.is_norun}
    finished = [job for job in planned if job not in missing]
    failed = workflow.scheduler.failed
    alone = {job for job in failed if not job.is_group()}
    files = sorted(str(file) for job in finished for file in job.output)
    return FinishedRun(
        finished=Counter(job.rule.name for job in finished),
        missing=Counter(job.rule.name for job in missing),
        failed=sorted(
            (
                _failed_job(job, *records.failures.get(dag.jobid(job), ("", [])), job in alone)
                for job in _single_jobs(failed)
            ),
            key=lambda job: (job.rule, job.wildcards),
        ),
        is_whole=any(job.rule.name == workflow.default_target for job in dag.jobs),
        file=files[0] if len(files) == 1 else "",
        folders=_folders(files),
        videos=sorted({job.wildcards.video for job in dag.jobs if hasattr(job.wildcards, "video")}),
        pending=pending,
    )


def _single_jobs(jobs: Iterable) -> Iterable:
    """Jobs, with the jobs of a group one by one."""
    for job in jobs:
        yield from job if job.is_group() else [job]


def _failed_job(job, message: str, logs: list[str], is_alone: bool) -> FailedJob:
    """A failed job with the logs of the rule first, and its requests if it `is_alone`."""
    own = [str(log) for log in job.log]
    # Messages of Snakemake mark some of its paths with words in brackets.
    others = [log.partition(" (")[0] for log in logs]
    wildcards = " ".join(str(value) for value in job.wildcards)
    requests = [job.resources.get(name) for name in ("mem_mb", "runtime")] if is_alone else []
    return FailedJob(
        job.rule.name,
        wildcards,
        [*own, *(log for log in others if log not in own)],
        message,
        *(value if isinstance(value, int) else None for value in requests),
    )


def _folders(files: Sequence[str]) -> list[str]:
    """Folders of the files, sorted; only the parent of each if there are more than MAX_FOLDERS."""
    folders = {os.path.dirname(file) for file in files}
    if len(folders) > MAX_FOLDERS:
        folders = {os.path.dirname(folder) for folder in folders}
    return sorted(folders) if len(folders) <= MAX_FOLDERS else []
