"""Errors that a user can fix, and how scripts report them."""

import errno
import logging
import os
import sys
from collections.abc import Callable, Iterator

FULL_DISK = (errno.ENOSPC, errno.EDQUOT)
"""Error codes of a full disk and of a used quota."""


class CorpusError(Exception):
    """Base class of errors outside the code. The message says what to change."""


class InputError(CorpusError):
    """The configuration, the manifest or people.tsv is invalid."""


class ModelError(CorpusError):
    """A model file is missing, truncated, or not the expected one."""


class VideoError(CorpusError):
    """A media file contains no decodable picture."""


class MissingFileError(CorpusError, FileNotFoundError):
    """A file of the results does not exist."""


class DamagedFileError(CorpusError, ValueError):
    """A file of the results is damaged, or has another content than its name says."""


class WorkerError(CorpusError):
    """A process that a job started has ended before its work was done."""


def run(main: Callable[[], None]) -> None:
    """Run the main function of a script, with log lines on stderr.

    A CorpusError ends the script with one line and exit status 1. So does a full disk; its line is
    also printed to stdout, because the log usually is on the same disk. Other exceptions keep their
    traceback.
    """
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(levelname)s %(message)s")
    try:
        main()
    except Exception as error:
        message = full_disk_message(error)
        if message:
            print(f"{os.path.basename(sys.argv[0])}: {message}", flush=True)
        elif not isinstance(error, CorpusError):
            raise
        logging.error("%s", message or error)
        sys.exit(1)


def full_disk_message(error: BaseException) -> str | None:
    """A sentence about a full disk if it is the cause of an exception, else None."""
    for cause in _causes(error):
        for code in FULL_DISK:
            # Some libraries pass on only the text.
            if getattr(cause, "errno", None) == code or os.strerror(code) in str(cause):
                path = getattr(cause, "filename", None)
                place = f", while writing {path}" if path else ""
                return (
                    f"the disk is full ({os.strerror(code)}{place}). Free some space and run "
                    "snakemake again; it continues with what is missing"
                )
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An exception and those from which it was raised."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
