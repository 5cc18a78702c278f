"""Prepare items in a thread while earlier ones are used."""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
_END = object()


def prefetched(items: Iterable[Item], count: int) -> Iterator[Item]:
    """Yield the items; up to `count` of them are made ahead in a thread of their own.

    An exception of the iterable is raised at its place among the items.
    """
    iterator = iter(items)
    with ThreadPoolExecutor(1) as thread:
        pending = deque(thread.submit(next, iterator, _END) for _ in range(count))
        while (item := pending.popleft().result()) is not _END:
            pending.append(thread.submit(next, iterator, _END))
            yield item  # type: ignore[misc]
