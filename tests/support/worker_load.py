"""How many workers pytest-xdist starts, and which of them run first when all cores are busy.

The tests in `cluster` take longest, since their runs wait for one job after another. All others
together need more time of the cores, but wait for nothing.
"""

import os
from pathlib import Path

import costs

LOWERED_BY = 10
"""Steps of `nice`. Of a core that both want, jobs of the cluster then get about nine tenths."""
_START = os.getpriority(os.PRIO_PROCESS, 0)


def n_workers() -> int:
    """The number of workers for `pytest -n auto`: one more than cores, since one often waits."""
    if hasattr(os, "sched_getaffinity"):
        return 1 + len(os.sched_getaffinity(0))
    return 1 + (os.cpu_count() or 1)


def lowered_priority(test: Path, start: int) -> int:
    """The `nice` value of a worker that runs a test; 19 is the lowest priority.

    `start` is the value with which the worker was started.
    """
    return start if costs.cost_of(test) == "cluster" else min(start + LOWERED_BY, 19)


def give_way_to_cluster(test: Path) -> None:
    """Lower the priority of this worker and its programs, unless the test needs the cluster.

    It stays lowered, because only root can raise it. The tests in `cluster` are the first that are
    distributed, so their worker has run no others before.
    """
    priority = lowered_priority(test, _START)
    if priority > os.getpriority(os.PRIO_PROCESS, 0):
        os.setpriority(os.PRIO_PROCESS, 0, priority)
