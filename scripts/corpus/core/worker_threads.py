"""Apply a function to items in several threads, with results in order and in bounded memory.

Worth it for functions that spend most of their time in libraries that release Python's global lock,
such as the runs of a network. `corpus.core.processes` is for all others.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def mapped_in_order(
    functions: Sequence[Callable[[Item], Result]], items: Iterable[Item]
) -> Iterator[Result]:
    """Yield the result of each item, in the order of the items.

    Parameters
    ----------
    functions
        One for each thread. They give the same results, but each may have something of its own
        that two threads must not use at the same time. A single one is called in this thread.
    items
        Taken in this thread. With n functions, at most n + 1 items are in memory at a time, unless
        the caller keeps results.

    Raises the first exception, of a function or of `items`, at its place among the results. Calls
    that have not begun are then omitted, as well as after Ctrl-C, and when the iterator is closed.
    """
    if len(functions) == 1:
        yield from map(functions[0], items)
        return
    idle: SimpleQueue[Callable[[Item], Result]] = SimpleQueue()
    for function in functions:
        idle.put(function)

    def call(item: Item) -> Result:
        function = idle.get()
        try:
            return function(item)
        finally:
            idle.put(function)

    threads = ThreadPoolExecutor(len(functions))
    try:
        yield from _in_order((threads.submit(call, item) for item in items), len(functions))
    finally:
        threads.shutdown(cancel_futures=True)


def _in_order(futures: Iterator[Future[Result]], n_ahead: int) -> Iterator[Result]:
    """Yield the results; at most `n_ahead` calls have been submitted after the one yielded."""
    pending: deque[Future[Result]] = deque()
    failure = None
    while failure is None:
        try:
            pending.append(next(futures))
        except StopIteration:
            break
        except Exception as error:
            # Results of the items before come first, and so do their exceptions.
            failure = error
        if len(pending) > n_ahead:
            yield pending.popleft().result()
    while pending:
        yield pending.popleft().result()
    if failure is not None:
        raise failure
