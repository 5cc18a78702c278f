"""Tasks for worker processes, which import this module."""

import os
import signal
from pathlib import Path

from corpus.core.errors import ModelError
from corpus.core.processes import results_in_order


class LocalError(Exception):
    """An exception that cannot be sent to another process."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(first + second)


def open_recorder(folder: str):
    """Tasks are recorded in the file of their process, and doubled."""
    file = Path(folder) / f"{os.getpid()}.txt"

    def double(task: int, count) -> int:
        count(task)
        with file.open("a") as log:
            log.write(f"{task}\n")
        return 2 * task

    return double


def open_faulty(kind: str):
    """The task 2 fails in some way."""

    def fail(task: int, count) -> int:
        if task == 2:
            if kind == "killed":
                os.kill(os.getpid(), signal.SIGKILL)
            if kind == "exit":
                os._exit(3)
            raise ModelError("no model") if kind == "error" else LocalError("not ", "portable")
        return task

    return fail


def open_waiting():
    """Each process prints a line and then waits."""

    def wait(task: int, count) -> None:
        # One call, so that the lines of two processes are not mixed.
        os.write(1, b"waiting\n")
        signal.pause()

    return wait


if __name__ == "__main__":
    # A job with two processes, for a test that kills it.
    list(results_in_order(open_waiting, [], [0, 1], 2))
