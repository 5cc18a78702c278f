"""Checks before jobs are submitted to SLURM, and jobs that an earlier run left behind.

Only Snakemake's main process uses these checks, and only if it submits jobs to SLURM.
"""

import os
import subprocess
import sys
import time
from collections.abc import Collection
from getpass import getuser

from corpus.core.errors import InputError

POLL_S = 10
"""Seconds between two looks at the jobs of an earlier run."""


def is_used(workflow) -> bool:
    """Return whether this process submits jobs to SLURM. Call it after all rules were read."""
    return hasattr(workflow.executor_settings, "partition_config")


def check_accounting(workflow) -> None:
    """Check that sacct works if the profile uses it for the states of jobs.

    Where sacct only reports an error, Snakemake would never see a job end. Raises InputError.
    """
    if workflow.executor_settings.status_command != "sacct":
        return
    done = subprocess.run(
        ["sacct", "-X", "-n"], capture_output=True, text=True, timeout=120, encoding="utf-8"
    )
    if done.returncode:
        raise InputError(
            f"sacct does not work on this cluster ({done.stderr.strip() or 'no reason given'}). In "
            "the profile, remove the # before slurm-status-command: squeue."
        )


def job_comment(job) -> str:
    """Return the comment that the executor attaches to a SLURM job: its rule and wildcards."""
    wildcards = "_".join(job.wildcards).replace("/", "_")
    return f"rule_{job.name}_wildcards_{wildcards}" if wildcards else f"rule_{job.name}"


def matching_jobs(listing: list[str], folder: str, comments: Collection[str]) -> list[str]:
    """Return the SLURM ids of jobs that were submitted from `folder` with one of the comments.

    `listing` holds lines of squeue: id, comment and working directory, separated by `|`.
    """
    rows = [line.split("|", 2) for line in listing]
    return [row[0] for row in rows if len(row) == 3 and row[2] == folder and row[1] in comments]


def wait_for_earlier_jobs(workflow, logger) -> None:
    """Wait for jobs of a killed run that still produce files this run needs, then restart.

    Two jobs must not write the same file. Restarting Snakemake makes it plan with the files that
    these jobs have completed in the meantime.
    """
    comments = {job_comment(job) for job in workflow.dag.needrun_jobs() if not job.is_local}
    reported = None
    while jobs := matching_jobs(_squeue("%i|%k|%Z"), str(workflow.workdir_init), comments):
        if jobs != reported:
            logger.info(
                f"Waiting for {len(jobs)} jobs of an earlier run that are still queued or running: "
                f"{' '.join(jobs)}. To cancel them instead, press Ctrl-C, run scancel with these "
                "ids, and start Snakemake again."
            )
        reported = jobs
        time.sleep(POLL_S)
    if reported:
        logger.info("All jobs of the earlier run have ended. Planning again ...")
        workflow.persistence.unlock()
        os.chdir(workflow.workdir_init)
        os.execv(sys.executable, sys.orig_argv)


def record_finished_jobs(workflow) -> None:
    """Record parameters and code of complete files that have no Snakemake metadata.

    Jobs of a killed run finish without Snakemake. Without this record, a later change of their
    parameters would not run them again.
    """
    for job in workflow.dag.jobs:
        if workflow.dag.reason(job).no_metadata and not workflow.dag.needrun(job):
            workflow.async_run(workflow.persistence.finished(job))


def report_cancelled_jobs(workflow, logger) -> None:
    """Report which jobs of an interrupted run were cancelled, and cancel those still active.

    Snakemake misses jobs that were being submitted or checked at the time of the interrupt.
    """
    job = next((job for job in workflow.dag.jobs if not job.is_local), None)
    if job is None:
        return
    run = workflow.scheduler.get_executor(job).run_uuid
    states = dict(line.split("|") for line in _squeue("%i|%T", f"--name={run}", "--states=all"))
    if active := [job for job, state in states.items() if state in ("PENDING", "RUNNING")]:
        subprocess.run(["scancel", *active], timeout=120)
    cancelled = [job for job, state in states.items() if state in ("CANCELLED", "COMPLETING")]
    if jobs := sorted(active + cancelled, key=lambda job_id: (len(job_id), job_id)):
        logger.error(f"{len(jobs)} jobs were cancelled on the cluster: {' '.join(jobs)}")


def _squeue(output_format: str, *filters: str) -> list[str]:
    """Return the lines that squeue prints about this user's jobs.

    Returns [] if squeue fails or does not respond; submission then reports the error.
    """
    user = f"--user={getuser()}"
    command = ["squeue", "--noheader", user, *filters, f"--format={output_format}"]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=120, encoding="utf-8"
        )
    except subprocess.TimeoutExpired:
        return []
    return done.stdout.splitlines()
