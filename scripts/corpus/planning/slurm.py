"""Before jobs go to SLURM: whether some partition takes them, and what is there from before.

Used by Snakemake's own process alone, and only where it sends jobs to SLURM.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Collection
from functools import cache, wraps
from getpass import getuser
from inspect import Parameter, Signature, signature
from math import inf
from pathlib import Path

from snakemake_interface_common.exceptions import WorkflowError

from corpus.core.errors import InputError

ASKS = ("mem_mb", "runtime", "threads", "gpu")
"""What a job asks for: MB, minutes, cores, GPUs."""

POLL_S = 10
"""Seconds between looks at jobs of an earlier run."""


def is_used(workflow) -> bool:
    """Whether this process sends its jobs to SLURM. Known once the whole workflow was read."""
    return hasattr(workflow.executor_settings, "partition_config")


def partitions_of(workflow) -> tuple:
    """Partitions that the profile describes; none where jobs run here, or nothing is described."""
    if not is_used(workflow):
        return ()
    file = workflow.executor_settings.partition_config
    return read_partitions(file or os.environ.get("SNAKEMAKE_SLURM_PARTITIONS"))


@cache
def read_partitions(file: Path | str | None) -> tuple:
    """The partitions in a file, as the executor reads them: it also chooses among them."""
    from snakemake_executor_plugin_slurm.partitions import read_partition_file

    return tuple(read_partition_file(Path(file))) if file else ()


def most(partitions: Collection, resource: str, n_gpus: int = 0) -> float:
    """The most of `mem_mb` or `runtime` that any partition with so many GPUs allows."""
    limits = [p.limits for p in partitions if p.limits.max_gpu >= n_gpus]
    return max((getattr(limit, f"max_{resource}") for limit in limits), default=inf)


def limited(
    amount: int,
    first: int,
    partitions: Collection,
    resource: str,
    n_gpus: int = 0,
    who: str = "a job",
) -> int:
    """What an attempt may ask for: `amount`, or the most that there is.

    `first` is what the first attempt asks for. More than there is of that is an InputError; a later
    attempt gets all there is.
    """
    limit = most(partitions, resource, n_gpus)
    if first > limit:
        raise InputError(refusal(who, {resource: first, "gpu": n_gpus}, partitions))
    return amount if amount <= limit else int(limit)


def limiter(workflow) -> Callable:
    """Decorator for the functions of rules/resources.smk: `limited` on their answers.

    It takes the resource's name, and a function that tells the job's GPUs. Nothing is limited where
    jobs run on this machine.
    """

    def limit(resource: str, gpus: Callable | None = None) -> Callable:
        def decorate(function: Callable) -> Callable:
            @wraps(function)
            def ask(wildcards, rulename: str, attempt: int, **known):
                amount = function(wildcards, attempt=attempt, **known)
                partitions = partitions_of(workflow)
                if not partitions or names_partition(workflow, rulename):
                    return amount
                first = function(wildcards, attempt=1, **known)
                n_gpus = gpus(wildcards) if gpus else 0
                who = " ".join(["rule", rulename, *wildcards])
                return limited(amount, first, partitions, resource, n_gpus, who)

            # Snakemake gives a function what its signature names, and all it has for `known`.
            parameters = signature(function).parameters.values()
            named = Parameter("rulename", Parameter.POSITIONAL_OR_KEYWORD)
            ask.__signature__ = Signature([*parameters, named])
            return ask

        return decorate

    return limit


def names_partition(workflow, rule: str) -> bool:
    """Whether the profile or the command line sends a rule to a partition by its name."""
    settings = workflow.resource_settings
    defaults = settings.default_resources.args if settings.default_resources else []
    own = settings.overwrite_resources.get(rule, {})
    return "slurm_partition" in own or any(d.startswith("slurm_partition=") for d in defaults)


def check_accounting(workflow) -> None:
    """Refuse to ask sacct where it only answers with an error: jobs would never be seen to end."""
    if workflow.executor_settings.status_command != "sacct":
        return
    done = subprocess.run(["sacct", "-X", "-n"], capture_output=True, text=True, timeout=120)
    if done.returncode:
        raise InputError(
            f"sacct does not answer here ({done.stderr.strip() or 'no reason given'}). In the "
            "profile, take the # away from slurm-status-command: squeue."
        )


def check_asks(workflow) -> None:
    """Refuse a run with a rule that no partition takes, before anything is submitted.

    One job stands for its rule: what differs between jobs of a rule is limited where it is asked
    for. A rule with an explicit partition is left to SLURM.
    """
    partitions = partitions_of(workflow)
    by_rule = {job.rule.name: job for job in workflow.dag.needrun_jobs() if not job.is_local}
    faults = []
    for name, job in sorted(by_rule.items()):
        try:
            job.resources  # noqa: B018 - this is where they are computed
        except WorkflowError as error:
            # Snakemake wraps what `limited` says in the place where it was said.
            if not isinstance(error.__context__, InputError):
                raise
            faults.append(str(error.__context__))
            continue
        explicit = job.is_norun or job.resources.get("slurm_partition")
        if partitions and not explicit and all(p.score_job_fit(job) is None for p in partitions):
            asks = {ask: job.resources.get(ask, 0) for ask in ASKS} | {"threads": job.threads}
            faults.append(refusal(f"rule {name}", asks, partitions))
    if faults:
        raise InputError("\n".join(faults))


def refusal(who: str, asks: dict[str, int], partitions: Collection) -> str:
    """The message that no partition takes a job, with what it asks for and what there is."""

    def listed(values: dict[str, float]) -> str:
        return ", ".join(f"{name} {value}" for name, value in values.items() if value)

    lines = [f"No partition allows what {who} asks for: {listed(asks)}."]
    for partition in partitions:
        limits = {ask: getattr(partition.limits, f"max_{ask}") for ask in ASKS}
        known = {ask: limit for ask, limit in limits.items() if limit != inf}
        lines.append(f"  {partition.name}: {listed(known) or 'no limits'}")
    lines.append(
        "Ask for less with --set-resources RULE:NAME=VALUE, or correct the limits in the file that "
        "the profile's slurm-partition-config names."
    )
    return "\n".join(lines)


def comment(job) -> str:
    """What the executor notes in SLURM of a job: its rule and wildcards."""
    wildcards = "_".join(job.wildcards).replace("/", "_")
    return f"rule_{job.name}_wildcards_{wildcards}" if wildcards else f"rule_{job.name}"


def still_there(listing: list[str], folder: str, wanted: Collection[str]) -> list[str]:
    """Numbers of jobs in `listing`, lines of squeue's number, comment and folder, that were
    submitted in `folder` for one of the `wanted` comments."""
    rows = [line.split("|", 2) for line in listing]
    return [row[0] for row in rows if len(row) == 3 and row[2] == folder and row[1] in wanted]


def wait_for_earlier_jobs(workflow, logger) -> None:
    """Wait for jobs of a run that was killed, where they make what is still to be made, then
    start anew: two jobs must not write one file, and what is complete need not be made again."""
    wanted = {comment(job) for job in workflow.dag.needrun_jobs() if not job.is_local}
    told = None
    while jobs := still_there(_squeue("%i|%k|%Z"), str(workflow.workdir_init), wanted):
        if jobs != told:
            logger.info(
                f"{len(jobs)} jobs of an earlier run are still in the queue or at work, and are "
                f"waited for: {' '.join(jobs)}. To end them instead: Ctrl-C here, then scancel "
                "with these numbers, then start again."
            )
        told = jobs
        time.sleep(POLL_S)
    if told:
        logger.info("All jobs of the earlier run have ended. Planning anew ...")
        workflow.persistence.unlock()
        os.chdir(workflow.workdir_init)
        os.execv(sys.executable, sys.orig_argv)


def record_finished(workflow) -> None:
    """Note how the files came about that are complete but were finished without Snakemake, by jobs
    of a run that was killed: else a later change of their parameters would go unnoticed."""
    for job in workflow.dag.jobs:
        if workflow.dag.reason(job).no_metadata and not workflow.dag.needrun(job):
            workflow.async_run(workflow.persistence.finished(job))


def tell_cancelled(workflow, logger) -> None:
    """After a run that was stopped: say which of its jobs were cancelled, and cancel those that
    were being looked at or handed in at that moment, which Snakemake misses."""
    job = next((job for job in workflow.dag.jobs if not job.is_local), None)
    if job is None:
        return
    run = workflow.scheduler.get_executor(job).run_uuid
    states = dict(line.split("|") for line in _squeue(f"--name={run}", "--states=all", "%i|%T"))
    if left := [job for job, state in states.items() if state in ("PENDING", "RUNNING")]:
        subprocess.run(["scancel", *left], timeout=120)
    cancelled = [job for job, state in states.items() if state in ("CANCELLED", "COMPLETING")]
    if jobs := sorted(left + cancelled, key=lambda number: (len(number), number)):
        logger.error(f"{len(jobs)} jobs were cancelled on the cluster: {' '.join(jobs)}")


def _squeue(*arguments: str) -> list[str]:
    """Lines of squeue about this user's jobs; none where it does not answer, which the submission
    will tell. The last argument is the format."""
    *filters, form = arguments
    command = ["squeue", "--noheader", f"--user={getuser()}", *filters, f"--format={form}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    except subprocess.TimeoutExpired:
        return []
    return done.stdout.splitlines()
