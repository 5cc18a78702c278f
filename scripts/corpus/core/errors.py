"""Errors that a user can act on, and the way a script reports them."""

import logging
import sys
from collections.abc import Callable


class CorpusError(Exception):
    """Something outside the code is wrong; the message names what to change."""


class InputError(CorpusError):
    """The configuration, the manifest or people.tsv cannot be used as it is."""


class ModelError(CorpusError):
    """A model file is missing, wrong or truncated."""


class VideoError(CorpusError):
    """A media file holds no picture that can be decoded."""


def run(main: Callable[[], None]) -> None:
    """Run a script's main: plain lines on stderr, one of them for an error that a user can mend."""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(levelname)s %(message)s")
    try:
        main()
    except CorpusError as error:
        logging.error("%s", error)
        sys.exit(1)
