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


def with_progress(
    items: Iterable[Item], label: str, total: int | None = None, unit: str = "frames"
) -> Iterator[Item]:
    """Yield the items, and show how many are done, the total, and the speed."""
    if sys.stderr.isatty():
        yield from tqdm(items, desc=label, total=total, unit=f" {unit}", leave=False)
        return
    started = shown = time.monotonic()
    done = 0
    for done, item in enumerate(items, start=1):
        yield item
        now = time.monotonic()
        if now - shown >= EVERY_S:
            shown = now
            share = f" of {total} ({done / total:.0%})" if total else ""
            logging.info("%s: %d%s %s, %.1f/s", label, done, share, unit, done / (now - started))
    logging.info("%s: %d %s in %.1f s", label, done, unit, time.monotonic() - started)
