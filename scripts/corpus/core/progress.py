"""Show progress: a bar on a terminal, a line every few seconds in a log file."""

import logging
import sys
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

from tqdm import tqdm

Item = TypeVar("Item")
EVERY_S = 10.0
"""Seconds between two lines in a log file."""


class Progress:
    """Shows how many items are done, of how many, and the speed.

    `total` is the number of all items, None if it is unknown.
    """

    def __init__(self, label: str, total: int | None = None, unit: str = "frames") -> None:
        self._label, self._total, self._unit = label, total, unit
        self._bar = None
        if sys.stderr.isatty():
            self._bar = tqdm(desc=label, total=total, unit=f" {unit}", leave=False)
        self._started = self._shown = time.monotonic()
        self._done = 0

    def add(self, count: int) -> None:
        """Count items as done."""
        self._done += count
        if self._bar is not None:
            self._bar.update(count)
            return
        now = time.monotonic()
        if now - self._shown >= EVERY_S:
            self._shown = now
            share = f" of {self._total} ({self._done / self._total:.0%})" if self._total else ""
            speed = self._done / (now - self._started)
            logging.info("%s: %d%s %s, %.1f/s", self._label, self._done, share, self._unit, speed)

    def finish(self) -> None:
        """Remove the bar, or log a last line."""
        if self._bar is not None:
            self._bar.close()
            return
        seconds = time.monotonic() - self._started
        logging.info("%s: %d %s in %.1f s", self._label, self._done, self._unit, seconds)


def with_progress(
    items: Iterable[Item], label: str, total: int | None = None, unit: str = "frames"
) -> Iterator[Item]:
    """Yield the items, and show how many are done, the total, and the speed."""
    progress = Progress(label, total, unit)
    for item in items:
        yield item
        progress.add(1)
    progress.finish()
