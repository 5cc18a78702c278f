"""Which tests run one after another on the same worker of pytest-xdist.

All tests in `cluster` share the one SLURM cluster that a machine can have, and all tests of the
demo share its results, which some of them change for a while. Other tests share the fixtures of
their file.
"""

import pytest
from xdist.scheduler import LoadScopeScheduling


def work_unit(nodeid: str) -> str:
    """Name of the unit of work of a test: a folder, the demo or a file."""
    file = nodeid.partition("::")[0]
    if file.startswith("tests/cluster/"):
        return "cluster"
    return "demo" if file.startswith("tests/workflow/test_demo") else file


class WorkUnits(LoadScopeScheduling):
    """Give each worker a unit of work at a time, in the order of the collection."""

    def __init__(self, config: pytest.Config, log: object) -> None:
        # The default is by number of tests, which would start the slowest files last.
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        """Name of the unit of work of a test."""
        return work_unit(nodeid)
