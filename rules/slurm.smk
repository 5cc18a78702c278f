"""What is looked at before jobs go to a slurm. Nothing here runs where they run on this machine."""

from corpus.planning import slurm


onstart:
    if slurm.is_used(workflow):
        try:
            slurm.check_accounting(workflow)
            slurm.check_asks(workflow)
            slurm.wait_for_earlier_jobs(workflow, logger)
            slurm.record_finished(workflow)
        except InputError as error:
            logger.error(str(error))
            sys.exit(1)


onerror:
    if slurm.is_used(workflow):
        slurm.tell_cancelled(workflow, logger)
