"""Load models once per process, although each video asks for them again.

A process that analyses many videos, one after the other, calls the same functions for each of them
(`corpus.video_groups`). A process of one video is not affected.
"""

import os
from collections.abc import Callable, Hashable
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
MOST_KEPT = 4
"""Results that are kept of each function. A stage uses at most two models."""


def loaded_once(load: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Decorate a function that reads model files: it reads them again only if they changed.

    Arguments are compared by value, and files also by size and time of change. The last
    `MOST_KEPT` results are kept. Exceptions are not kept.
    """
    kept: dict[Hashable, Result] = {}

    @wraps(load)
    def load_or_reuse(*arguments: Arguments.args, **named: Arguments.kwargs) -> Result:
        key = _key([arguments, sorted(named.items())])
        if key not in kept:
            result = load(*arguments, **named)
            for oldest in list(kept)[: len(kept) + 1 - MOST_KEPT]:
                del kept[oldest]
            kept[key] = result
        return kept[key]

    return load_or_reuse


def _key(value: Any) -> Hashable:
    """Return a hashable value that differs if an argument, or a file that it names, differs."""
    if isinstance(value, list | tuple):
        return tuple(map(_key, value))
    if isinstance(value, Path) and value.is_file():
        status = os.stat(value)
        return os.path.abspath(value), status.st_size, status.st_mtime_ns
    return value
