"""Run tasks in several processes, with results in order and in bounded memory.

Unlike those of `concurrent.futures`, the processes end with this process, however it ends: they
watch it, so that a job that is killed leaves nothing behind. A process that is killed, for instance
because memory ran out, is reported in a sentence.
"""

import multiprocessing
import os
import pickle
import signal
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection, wait
from typing import Any

from corpus.core.errors import WorkerError

EVERY_S = 0.5
"""Seconds between two looks at how much is done."""

Count = Callable[[int], None]
"""Adds to the amount of work that is done."""
OpenTask = Callable[..., Callable[[Any, Count], Any]]
"""Called once in each process; returns the function of a task and of Count that gives its result.
It must be importable, since processes are started anew and not forked."""


def results_in_order(
    open_task: OpenTask,
    arguments: Sequence,
    tasks: Sequence,
    n_processes: int,
    *,
    count: Count = lambda _: None,
    avoid_successive: bool = False,
) -> Iterator[Any]:
    """Yield the results of all tasks, in the order of the tasks.

    Parameters
    ----------
    open_task, arguments
        `open_task(*arguments)` is called in each process.
    tasks
        What is given to the function that `open_task` returns, one at a time.
    n_processes
        Number of processes. At most twice as many tasks are begun or wait to be yielded.
    count
        Called with the amounts of work that the processes count.
    avoid_successive
        Whether a process should rather not get the task after its last one.

    Raises the exception of a task, with the traceback as a note; WorkerError if a process ended.
    """
    schedule = _Schedule(len(tasks), 2 * n_processes, avoid_successive)
    context = multiprocessing.get_context("spawn")
    done, counted = context.Value("Q", 0), 0
    workers = [_Worker(context, open_task, arguments, done) for _ in range(n_processes)]
    try:
        results: dict[int, Any] = {}
        for position in range(len(tasks)):
            while position not in results:
                for worker in workers:
                    if worker.task is None:
                        worker.start(schedule.next_task(worker.last_task, position), tasks)
                for worker in _ready(workers):
                    task, result = worker.receive()
                    results[task] = result
                total = done.value
                count(total - counted)
                counted = total
            yield results.pop(position)
    finally:
        for worker in workers:
            worker.stop()


class _Schedule:
    """Decides which task comes next."""

    def __init__(self, n_tasks: int, n_ahead: int, avoid_successive: bool) -> None:
        self._waiting = list(range(n_tasks))
        self._n_ahead, self._avoid_successive = n_ahead, avoid_successive

    def next_task(self, last_task: int | None, position: int) -> int | None:
        """The next task for a process, None if it has to wait.

        `last_task` is the one that it did before, `position` that of the next result to yield.
        """
        allowed = [task for task in self._waiting[:2] if task < position + self._n_ahead]
        if not allowed:
            return None
        is_successor = last_task is not None and allowed[0] == last_task + 1
        task = allowed[-1] if self._avoid_successive and is_successor else allowed[0]
        self._waiting.remove(task)
        return task


class _Worker:
    """A process and its connection."""

    def __init__(self, context, open_task: OpenTask, arguments: Sequence, done) -> None:
        self.connection, other_end = context.Pipe()
        self.task: int | None = None
        self.last_task: int | None = None
        self._process = context.Process(
            target=_serve, args=(other_end, done, open_task, arguments), daemon=True
        )
        self._process.start()
        other_end.close()

    def start(self, task: int | None, tasks: Sequence) -> None:
        """Send a task, given by its position, to the process."""
        if task is not None:
            self.task = self.last_task = task
            try:
                self.connection.send(tasks[task])
            except OSError:
                raise self._ended() from None

    def receive(self) -> tuple[int, Any]:
        """Receive the position of the task that has ended, and its result."""
        assert self.task is not None
        try:
            is_error, result = self.connection.recv()
        except (EOFError, OSError):
            raise self._ended() from None
        if is_error:
            raise result
        task, self.task = self.task, None
        return task, result

    def stop(self) -> None:
        """End the process, whatever it does."""
        self._process.terminate()
        self._process.join()
        self.connection.close()

    def _ended(self) -> WorkerError:
        """The error that says how the process ended."""
        self._process.join()
        code = self._process.exitcode or 0
        how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with {code}"
        return WorkerError(
            f"a worker process {how}. The usual reason is that memory ran out; run snakemake "
            "again with more memory or fewer cores"
        )


def _ready(workers: Sequence[_Worker]) -> list[_Worker]:
    """The workers that have sent something or have ended; wait for a moment if there are none."""
    busy = {worker.connection: worker for worker in workers if worker.task is not None}
    return [busy[connection] for connection in wait(list(busy), EVERY_S)]  # type: ignore[index]


# In the process -----------------------------------------------------------------------------------


def _serve(connection: Connection, done, open_task: OpenTask, arguments: Sequence) -> None:
    """Do the tasks that come through the connection, until it is closed."""
    # Ctrl-C reaches all processes of a terminal; the main process ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()

    def count(amount: int) -> None:
        with done.get_lock():
            done.value += amount

    call = None
    while True:
        try:
            task = connection.recv()
        except EOFError:
            return
        try:
            call = call or open_task(*arguments)
            answer = False, call(task, count)
        except Exception as error:
            answer = True, _portable(error)
        connection.send(answer)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _portable(error: Exception) -> Exception:
    """The exception, or one that can be sent to another process, with its traceback as a note."""
    try:
        portable = pickle.loads(pickle.dumps(error))
    except Exception:
        portable = RuntimeError(f"{type(error).__name__}: {error}")
    portable.add_note("In a worker process:\n" + "".join(traceback.format_exception(error)))
    return portable
