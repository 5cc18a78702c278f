"""SLURM: the requests of a plan, checks before jobs are submitted, and a report of cancelled jobs.

Skipped for local execution, except for the check of the GPU, what is noted when jobs start, and what
is reported when they fail.
"""

from functools import cache

from corpus.core.devices import check_gpu_exists
from corpus.inputs.faults import raise_faults
from corpus.inputs.partition_file import partition_faults
from corpus.planning import slurm, slurm_limits, slurm_requests
from corpus.planning.plan_events import PlanEvents


def check_partition_file():
    """Stop if the file with the partitions has a fault, before the executor reads it."""
    if file := slurm_limits.partition_file(workflow):
        stop_on_error(raise_faults, partition_faults(file))


@cache
def table_of_requests():
    """What the jobs of a dry run request; stops if no partition accepts one of them.

    Empty for a large plan whose jobs are not printed.
    """
    slurm_limits.remove_local_limits(workflow)
    requests, is_complete = stop_on_error(slurm_requests.check_and_collect, workflow)
    return slurm_requests.table(requests) if is_complete else ""


def report_requests():
    """Print the requests below each table of jobs of a dry run: before the jobs and at the end."""
    if workflow.dryrun and slurm_limits.executor_settings(workflow):
        if text := table_of_requests():
            logger.info(text)


if workflow.is_main_process:
    logger.addHandler(PlanEvents(workflow, check_partition_file, report_requests))


onstart:
    if not config["privacy"]["readable_by_others"]:
        access.note_warning(config["results"])
    # Before jobs run, since a failing job loses the earlier results of its stage.
    if config["device"] == "cuda" and slurm_limits.runs_here(workflow):
        stop_on_error(check_gpu_exists)
    if slurm.is_used(workflow):
        try:
            slurm.check_accounting(workflow)
            slurm_requests.check_and_collect(workflow)
            slurm.wait_for_earlier_jobs(workflow, logger)
            slurm.record_finished_jobs(workflow)
        except InputError as error:
            logger.error(str(error))
            sys.exit(1)
