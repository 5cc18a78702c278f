"""Errors that a user can fix, and how scripts report them."""

import logging
import sys
from collections.abc import Callable


class CorpusError(Exception):
    """Base class of errors outside the code. The message says what to change."""


class InputError(CorpusError):
    """The configuration, the manifest or people.tsv is invalid."""


class ModelError(CorpusError):
    """A model file is missing, truncated, or not the expected one."""


class VideoError(CorpusError):
    """A media file contains no decodable picture."""


def run(main: Callable[[], None]) -> None:
    """Run the main function of a script, with log lines on stderr.

    A CorpusError ends the script with one line and exit status 1. Others keep their traceback.
    """
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(levelname)s %(message)s")
    try:
        main()
    except CorpusError as error:
        logging.error("%s", error)
        sys.exit(1)
