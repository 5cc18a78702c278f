"""SLURM: checks before jobs are submitted, and a report of cancelled jobs.

Skipped for local execution.
"""

from corpus.planning import slurm


onstart:
    if slurm.is_used(workflow):
        try:
            slurm.check_accounting(workflow)
            slurm.check_requests(workflow)
            slurm.wait_for_earlier_jobs(workflow, logger)
            slurm.record_finished_jobs(workflow)
        except InputError as error:
            logger.error(str(error))
            sys.exit(1)


onerror:
    if slurm.is_used(workflow):
        slurm.report_cancelled_jobs(workflow, logger)
    report_pending_videos()
