"""Limits of SLURM partitions on the requests of jobs.

In a dry run Snakemake does not keep the settings of the executor, so they are read again from the
command line: the same limits then apply as in the real run.
"""

import contextlib
import io
import os
import sys
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache
from math import inf
from pathlib import Path

from corpus.core.errors import InputError

RESOURCES = ("mem_mb", "runtime", "threads", "gpu")
"""Resources that a partition limits: MB, minutes, cores, GPUs."""


class NoPartitionError(InputError):
    """No partition accepts a job; `request` says in one line which job, and what it requests."""

    def __init__(self, request: str, partitions: Collection) -> None:
        super().__init__("\n".join([request, *advice(partitions)]))
        self.request = request


def runs_here(workflow) -> bool:
    """Return whether jobs run on this machine; in a dry run, whether they would in the real run."""
    # Snakemake sets `use_threads` for every executor that submits jobs, also in a dry run, and it
    # counts the dry run itself as local.
    submits = workflow.dryrun and workflow.execution_settings.use_threads
    return workflow.local_exec and not submits


def executor_settings(workflow):
    """Return the settings of the SLURM executor, also in a dry run, or None for another executor.

    Call it after all rules were read.
    """
    settings = workflow.executor_settings
    if settings is None and workflow.dryrun and not runs_here(workflow):
        settings = settings_of_command_line()
    return settings if hasattr(settings, "partition_config") else None


@cache
def command_line():
    """Return the options of the command line and its profile as Snakemake reads them.

    None if this process was not started as `snakemake`.
    """
    from snakemake import cli

    program = Path(sys.argv[0])
    if program.name != "snakemake" and program.parent.name != "snakemake":
        return None
    # Snakemake has read them before, so a message would be printed twice.
    with contextlib.redirect_stderr(io.StringIO()), contextlib.suppress(SystemExit):
        return cli.parse_args(sys.argv[1:])[1]


@cache
def settings_of_command_line():
    """Return the settings of the executor that the command line names, or None."""
    from snakemake_interface_executor_plugins.registry import ExecutorPluginRegistry

    arguments = command_line()
    if arguments is None:
        return None
    return ExecutorPluginRegistry().get_plugin(arguments.executor).get_settings(arguments)


def remove_local_limits(workflow) -> None:
    """In a dry run, lift the limit on cores that Snakemake sets as for local execution.

    Otherwise each job of the plan would request a single core.
    """
    if arguments := command_line():
        workflow.global_resources["_cores"] = arguments.cores


def partition_file(workflow) -> Path | str | None:
    """Return the file with the partitions of the cluster, or None if there is none."""
    settings = executor_settings(workflow)
    if settings is None:
        return None
    return settings.partition_config or os.environ.get("SNAKEMAKE_SLURM_PARTITIONS")


def partitions_of(workflow) -> tuple:
    """Return the partitions that the profile describes.

    The result is empty for local execution, and if the profile describes no partitions.
    """
    return read_partitions(partition_file(workflow))


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
    minimum: Callable[..., int] | None = None,
) -> int:
    """Return what a job requests of a resource: its estimate, limited by the partitions.

    `estimate` is called with the keyword `attempt`, and so is `minimum`, the part of an estimate
    that is no guess. `resource` is `mem_mb` or `runtime`. Nothing is limited for local execution,
    nor for a rule with an explicit partition.

    Raises NoPartitionError if no partition allows the minimum that the first attempt requests.
    """
    amount = estimate(attempt=attempt)
    partitions = partitions_of(workflow)
    if not partitions or has_explicit_partition(workflow, rulename):
        return amount
    job = " ".join(["rule", rulename, *wildcards])
    first_amount = (minimum or estimate)(attempt=1)
    return limit_to_partitions(amount, first_amount, partitions, resource, n_gpus, job)


def limit_to_partitions(
    amount: int,
    first_amount: int,
    partitions: Collection,
    resource: str,
    n_gpus: int = 0,
    job: str = "a job",
) -> int:
    """Return the amount, or the largest limit of the partitions if that is less.

    `first_amount` is what the first attempt requests. Raises NoPartitionError if that exceeds the
    limit: the estimate is too high for this cluster. Later attempts get at most the limit.
    """
    limit = largest_limit(partitions, resource, n_gpus)
    if first_amount > limit:
        request = rejected_request(job, {resource: first_amount, "gpu": n_gpus})
        raise NoPartitionError(request, partitions)
    return amount if amount <= limit else int(limit)


def limited_threads(
    workflow, rulename: str, threads: int, memory: Callable[[int], int], n_gpus: int = 0
) -> int:
    """Return the cores of a job that can use any number of them, up to `threads`.

    Partitions of ordinary nodes come before those with more memory and those with GPUs that the job
    does not need, even if they allow fewer cores. `memory` returns the MB that a job with so many
    cores requests. Nothing is limited for local execution, nor for a rule with an explicit
    partition.
    """
    partitions = partitions_of(workflow)
    if not partitions or has_explicit_partition(workflow, rulename):
        return threads
    limits = [p.limits for p in partitions if p.limits.max_gpu >= n_gpus]
    limits.sort(key=lambda limit: (limit.max_gpu, limit.max_mem_mb, -limit.max_threads))
    fitting = [
        next((n for n in range(threads, 0, -1) if _fits(n, memory, limit)), 0) for limit in limits
    ]
    unrestrained = (
        n for n, limit in zip(fitting, limits, strict=True) if n == min(threads, limit.max_threads)
    )
    return next(unrestrained, max([1, *fitting]))


def _fits(threads: int, memory: Callable[[int], int], limit) -> bool:
    """Whether the cores, and the memory for them, are within the limits of a partition."""
    return threads <= limit.max_threads and memory(threads) <= limit.max_mem_mb


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


def rejected_request(job: str, requests: Mapping[str, float]) -> str:
    """Return a line about a job that no partition accepts."""
    return f"No partition accepts {job}, which requests {_amounts(requests)}."


def advice(partitions: Collection) -> list[str]:
    """Return lines with the limits of the partitions, and what to change."""
    lines = []
    for partition in partitions:
        limits = {name: getattr(partition.limits, f"max_{name}") for name in RESOURCES}
        finite_limits = {name: limit for name, limit in limits.items() if limit != inf}
        lines.append(f"  {partition.name}: {_amounts(finite_limits) or 'no limits'}")
    lines.append(
        "Request less with --set-resources RULE:NAME=VALUE, or correct the limits in the file "
        "that slurm-partition-config in the profile names."
    )
    return lines


def _amounts(amounts: Mapping[str, float]) -> str:
    """Amounts that are not 0, with their names."""
    return ", ".join(f"{name} {amount}" for name, amount in amounts.items() if amount)
