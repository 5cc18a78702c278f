"""Checks before jobs are submitted to SLURM, limits on their requests, and leftover jobs.

Only Snakemake's main process uses these checks, and only if it submits jobs to SLURM.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache
from getpass import getuser
from math import inf
from pathlib import Path

from snakemake_interface_common.exceptions import WorkflowError

from corpus.core.errors import InputError

RESOURCES = ("mem_mb", "runtime", "threads", "gpu")
"""Resources that a partition limits: MB, minutes, cores, GPUs."""

POLL_S = 10
"""Seconds between two looks at the jobs of an earlier run."""


def is_used(workflow) -> bool:
    """Return whether this process submits jobs to SLURM. Call it after all rules were read."""
    return hasattr(workflow.executor_settings, "partition_config")


def partitions_of(workflow) -> tuple:
    """Return the partitions that the profile describes.

    The result is empty for local execution, and if the profile describes no partitions.
    """
    if not is_used(workflow):
        return ()
    file = workflow.executor_settings.partition_config
    return read_partitions(file or os.environ.get("SNAKEMAKE_SLURM_PARTITIONS"))


@cache
def read_partitions(file: Path | str | None) -> tuple:
    """Read partitions from a file, with the parser of the executor, which chooses among them."""
    from snakemake_executor_plugin_slurm.partitions import read_partition_file

    return tuple(read_partition_file(Path(file))) if file else ()


def limited_request(
    workflow,
    resource: str,
    estimate: Callable[..., int],
    *,
    rulename: str,
    wildcards: Iterable[str],
    attempt: int,
    n_gpus: int = 0,
) -> int:
    """Return what a job requests of a resource: its estimate, limited by the partitions.

    `estimate` is called with the keyword `attempt`. `resource` is `mem_mb` or `runtime`. Nothing is
    limited for local execution, nor for a rule with an explicit partition.

    Raises InputError if no partition allows what the first attempt requests.
    """
    amount = estimate(attempt=attempt)
    partitions = partitions_of(workflow)
    if not partitions or has_explicit_partition(workflow, rulename):
        return amount
    job = " ".join(["rule", rulename, *wildcards])
    return limit_to_partitions(amount, estimate(attempt=1), partitions, resource, n_gpus, job)


def limit_to_partitions(
    amount: int,
    first_amount: int,
    partitions: Collection,
    resource: str,
    n_gpus: int = 0,
    job: str = "a job",
) -> int:
    """Return the amount, or the largest limit of the partitions if that is less.

    `first_amount` is what the first attempt requests. Raises InputError if that exceeds the limit:
    the estimate is too high for this cluster. Later attempts get at most the limit.
    """
    limit = largest_limit(partitions, resource, n_gpus)
    if first_amount > limit:
        requests = {resource: first_amount, "gpu": n_gpus}
        raise InputError(no_partition_message(job, requests, partitions))
    return amount if amount <= limit else int(limit)


def largest_limit(partitions: Collection, resource: str, n_gpus: int = 0) -> float:
    """Return the largest limit on `mem_mb` or `runtime` of partitions with at least `n_gpus`."""
    limits = [p.limits for p in partitions if p.limits.max_gpu >= n_gpus]
    return max((getattr(limit, f"max_{resource}") for limit in limits), default=inf)


def has_explicit_partition(workflow, rule: str) -> bool:
    """Return whether the profile or the command line names a partition for a rule."""
    settings = workflow.resource_settings
    defaults = settings.default_resources.args if settings.default_resources else []
    rule_resources = settings.overwrite_resources.get(rule, {})
    by_default = any(default.startswith("slurm_partition=") for default in defaults)
    return "slurm_partition" in rule_resources or by_default


def check_accounting(workflow) -> None:
    """Check that sacct works if the profile uses it for the states of jobs.

    Where sacct only reports an error, Snakemake would never see a job end. Raises InputError.
    """
    if workflow.executor_settings.status_command != "sacct":
        return
    done = subprocess.run(["sacct", "-X", "-n"], capture_output=True, text=True, timeout=120)
    if done.returncode:
        raise InputError(
            f"sacct does not work on this cluster ({done.stderr.strip() or 'no reason given'}). In "
            "the profile, remove the # before slurm-status-command: squeue."
        )


def check_requests(workflow) -> None:
    """Check before anything is submitted that some partition accepts each rule.

    One job is checked for each rule; requests that differ between jobs of a rule are checked by
    `limited_request`. Rules with an explicit partition are not checked. Raises InputError.
    """
    partitions = partitions_of(workflow)
    job_by_rule = {job.rule.name: job for job in workflow.dag.needrun_jobs() if not job.is_local}
    messages = []
    for rule, job in sorted(job_by_rule.items()):
        try:
            job.resources  # noqa: B018 - reading the property computes the resources
        except WorkflowError as error:
            # Snakemake wraps the error of `limited_request` and adds the position in the rules.
            if not isinstance(error.__context__, InputError):
                raise
            messages.append(str(error.__context__))
            continue
        unchecked = job.is_norun or job.resources.get("slurm_partition")
        if partitions and not unchecked and all(p.score_job_fit(job) is None for p in partitions):
            requests = {name: job.resources.get(name, 0) for name in RESOURCES}
            requests["threads"] = job.threads
            messages.append(no_partition_message(f"rule {rule}", requests, partitions))
    if messages:
        raise InputError("\n".join(messages))


def no_partition_message(job: str, requests: dict[str, int], partitions: Collection) -> str:
    """Return the error message for a job that no partition accepts, with requests and limits."""

    def format_amounts(amounts: Mapping[str, float]) -> str:
        return ", ".join(f"{name} {amount}" for name, amount in amounts.items() if amount)

    lines = [f"No partition accepts {job}, which requests {format_amounts(requests)}."]
    for partition in partitions:
        limits = {name: getattr(partition.limits, f"max_{name}") for name in RESOURCES}
        finite_limits = {name: limit for name, limit in limits.items() if limit != inf}
        lines.append(f"  {partition.name}: {format_amounts(finite_limits) or 'no limits'}")
    lines.append(
        "Request less with --set-resources RULE:NAME=VALUE, or correct the limits in the file "
        "that slurm-partition-config in the profile names."
    )
    return "\n".join(lines)


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
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    except subprocess.TimeoutExpired:
        return []
    return done.stdout.splitlines()
