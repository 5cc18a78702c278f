"""What the jobs of a plan request from SLURM: a check against the partitions, and a table."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from snakemake_interface_common.exceptions import WorkflowError

from corpus.core.errors import InputError
from corpus.planning import slurm_limits
from corpus.planning.slurm_limits import NoPartitionError

COLUMNS = ("rule", "jobs", "cores", "mem_mb", "minutes", "gpus", "core_hours", "gpu_hours")
"""Columns of the table with one row per rule, before the column of partitions."""


MAX_CHECKED_JOBS = 5000
"""All jobs are checked in plans of up to this size. A job takes 1 to 2 ms."""


@dataclass(frozen=True)
class JobRequest:
    """What one job requests at its first attempt."""

    rule: str
    cores: int
    mem_mb: int
    minutes: int
    gpus: int
    partition: str
    """The partition that the executor chooses; empty if SLURM chooses."""


def check_and_collect(workflow) -> tuple[list[JobRequest], bool]:
    """Return the requests of jobs of the plan that would be submitted, and whether of all jobs.

    Raises InputError if there are jobs that no partition accepts, with all their rules.
    """
    jobs, is_complete = _jobs_to_check(workflow)
    partitions = slurm_limits.partitions_of(workflow)
    rejected: dict[str, list[str]] = defaultdict(list)
    requests = []
    for job in jobs:
        try:
            requests.append(job_request(job, partitions))
        except NoPartitionError as error:
            rejected[job.rule.name].append(error.request)
    if rejected:
        lines = [_of_rule(sorted(messages)) for _, messages in sorted(rejected.items())]
        raise InputError("\n".join([*lines, *slurm_limits.advice(partitions)]))
    order = {rule.name: index for index, rule in enumerate(workflow.rules)}
    return sorted(requests, key=lambda request: order[request.rule]), is_complete


def _jobs_to_check(workflow) -> tuple[list, bool]:
    """Return all jobs that would be submitted, or of a large plan one for each rule.

    Snakemake computes the requests of all jobs only to print them.
    """
    jobs = [job for job in workflow.dag.needrun_jobs() if is_submitted(workflow, job)]
    prints_jobs = workflow.dryrun and not is_quiet(workflow)
    if len(jobs) <= MAX_CHECKED_JOBS or prints_jobs:
        return jobs, True
    return list(
        {job.rule.name: job for job in sorted(jobs, key=lambda job: tuple(job.wildcards))}.values()
    ), False


def is_quiet(workflow) -> bool:
    """Return whether Snakemake prints no jobs."""
    return any(quietness.name in ("RULES", "ALL") for quietness in workflow.output_settings.quiet)


def is_submitted(workflow, job) -> bool:
    """Return whether a job is submitted. In a dry run, Snakemake counts every job as local."""
    if not workflow.dryrun:
        return not (job.is_local or job.is_norun)
    return not (job.is_norun or job.rule.name in workflow._localrules)


def job_request(job, partitions: Collection) -> JobRequest:
    """Return what a job requests, and its partition. Raises NoPartitionError if there is none."""
    from snakemake_executor_plugin_slurm.partitions import parse_gpu_requirements

    try:
        resources = job.resources
    except WorkflowError as error:
        # Snakemake wraps the error of `limited_request` and adds the position in the rules.
        if isinstance(error.__context__, NoPartitionError):
            raise error.__context__ from None
        raise
    amounts = {"mem_mb": resources.get("mem_mb", 0), "runtime": resources.get("runtime", 0)}
    gpus = parse_gpu_requirements(job)[0]
    partition = resources.get("slurm_partition") or ""
    if partitions and not partition:
        fits = {p.name: p.score_job_fit(job) for p in partitions}
        fits = {name: fit for name, fit in fits.items() if fit is not None}
        if not fits:
            name = " ".join(["rule", job.rule.name, *job.wildcards])
            amounts |= {"threads": job.threads, "gpu": gpus}
            raise NoPartitionError(slurm_limits.rejected_request(name, amounts), partitions)
        partition = max(fits, key=lambda name: fits[name])
    cores = int(resources.get("cpus_per_task", 0)) or job.threads
    mem_mb = int(amounts["mem_mb"]) or int(resources.get("mem_mb_per_cpu", 0)) * cores
    return JobRequest(job.rule.name, cores, mem_mb, int(amounts["runtime"]), gpus, str(partition))


def _of_rule(messages: Sequence[str]) -> str:
    """The message about the first rejected job of a rule, and how many others there are."""
    others = len(messages) - 1
    return messages[0] + (f" {others} more of its jobs request too much." if others else "")


def table(requests: Iterable[JobRequest]) -> str:
    """Return a table of requests: for each rule the largest of each, and hours of all its jobs.

    Empty without requests.
    """
    of_rule: dict[str, list[JobRequest]] = defaultdict(list)
    for request in requests:
        of_rule[request.rule].append(request)
    if not of_rule:
        return ""
    every = [request for jobs in of_rule.values() for request in jobs]
    rows = [_row(rule, jobs) for rule, jobs in of_rule.items()]
    rows.append([*_row("all", every)[:-1], ""])
    header = [*COLUMNS, "partition"]
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]
    rule = ["-" * width for width in widths]
    lines = [_line(row, widths) for row in [header, rule, *rows[:-1], rule, rows[-1]]]
    title = "Requests to SLURM: the largest of each rule's jobs at its first attempt, and the hours"
    return "\n".join([f"{title} that all its jobs request together", *lines])


def _row(rule: str, jobs: Sequence[JobRequest]) -> list[str]:
    """One row of the table, as text."""
    largest = [max(getattr(job, name) for job in jobs) for name in COLUMNS[2:6]]
    minutes = [sum(getattr(job, name) * job.minutes for job in jobs) for name in ("cores", "gpus")]
    partitions = sorted({job.partition or "(SLURM's default)" for job in jobs})
    numbers = [str(len(jobs)), *map(str, largest), *(f"{value / 60:.1f}" for value in minutes)]
    return [rule, *numbers, ", ".join(partitions)]


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    """A line with the first and the last column left-aligned, the others right-aligned."""
    aligned = [
        cell.rjust(width) if 0 < i < len(cells) - 1 else cell.ljust(width)
        for i, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return "  ".join(aligned).rstrip()
