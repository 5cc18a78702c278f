"""Which tests run one after another on the same worker of pytest-xdist.

All tests of `cluster` share the one SLURM cluster that a machine can have, and all tests of
`workflow` share the results of the demo. The other tests share the fixtures of their file.
"""

import pytest
from xdist.scheduler import LoadScopeScheduling

TOGETHER = ("cluster", "workflow")
"""Folders below `tests` whose tests all run on one worker."""


class WorkUnits(LoadScopeScheduling):
    """Give each worker a whole file or a whole folder at a time, in the order of the collection."""

    def __init__(self, config: pytest.Config, log: object) -> None:
        # The default is by number of tests, which would start the slowest files last.
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        """Name of the unit of work of a test."""
        file = nodeid.partition("::")[0]
        folder = file.split("/")[1]
        return folder if folder in TOGETHER else file
