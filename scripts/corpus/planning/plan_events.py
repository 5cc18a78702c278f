"""Call functions when Snakemake begins to plan, and when the plan is complete.

Snakemake's own hooks, such as `onstart`, do not run in a dry run. Its log messages are the only
signal there: one when the plan begins, and one with the numbers of jobs when it is complete.
"""

import logging
from collections.abc import Callable


class PlanEvents(logging.Handler):
    """Calls `begun` once before the plan is made, and `planned` each time its jobs are counted.

    A dry run counts them twice: before it prints the jobs, and at its end.
    """

    def __init__(self, workflow, begun: Callable[[], None], planned: Callable[[], None]) -> None:
        super().__init__()
        self.workflow, self.begun, self.planned = workflow, begun, planned
        self.has_begun = False

    def emit(self, record: logging.LogRecord) -> None:
        """Look at one log message, before Snakemake continues."""
        # The executor is set after the rules were read, before the plan is made.
        if not self.has_begun and self.workflow.executor_plugin is not None:
            self.has_begun = True
            self.begun()
        if getattr(record, "stats", None) is not None:
            self.planned()
