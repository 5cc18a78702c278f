"""Who can read the results: what this process and its jobs create, and a warning at the start."""

from corpus.inputs import access


def protect_results():
    """Exclude other users from what this process and its jobs write, and warn about open results."""
    if config["privacy"]["readable_by_others"]:
        return
    access.exclude_others()
    if workflow.is_main_process and (warning := access.warning(config["results"])):
        logger.warning(warning)


protect_results()
