"""What is looked at before jobs go to a cluster. Nothing here runs where they run on this machine."""

from corpus import cluster


onstart:
    if cluster.is_used(workflow):
        try:
            cluster.check_accounting(workflow)
            cluster.check_asks(workflow)
            cluster.wait_for_earlier_jobs(workflow, logger)
            cluster.record_finished(workflow)
        except InputError as error:
            logger.error(str(error))
            sys.exit(1)


onerror:
    if cluster.is_used(workflow):
        cluster.tell_cancelled(workflow, logger)
