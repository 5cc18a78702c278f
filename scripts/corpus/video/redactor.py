"""Removes credentials from messages about a download, and from all that its process prints."""

import atexit
import logging
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from threading import Thread

from corpus.core.addresses import HIDDEN, redact_text, secrets_of

N_COOKIE_FIELDS = 7
"""Number of fields in a line of a cookies.txt, separated by tabs; the last is the value."""
_MIN_COOKIE_LENGTH = 4
"""Shorter cookies, such as a consent "yes", are parts of ordinary words."""


class Redactor:
    """Replaces the credentials of one download or of several, and those in any web address."""

    def __init__(
        self, address: str, cookies_file: str | None = None, others: Iterable[str] = ()
    ) -> None:
        """`others` are the addresses of further downloads."""
        secrets = cookie_values(cookies_file).union(*map(secrets_of, (address, *others)))
        # A secret may contain another one.
        self._secrets = sorted(secrets, key=lambda secret: (-len(secret), secret))

    def hide(self, text: str) -> str:
        """Return a message without credentials."""
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return redact_text(text)

    def hide_all(self, value: object) -> object:
        """Return a JSON value with `hide` applied to all texts in it."""
        if isinstance(value, str):
            return self.hide(value)
        if isinstance(value, dict):
            return {key: self.hide_all(item) for key, item in value.items()}
        return [self.hide_all(item) for item in value] if isinstance(value, list) else value


def cookie_values(path: str | None) -> set[str]:
    """Return the values of a cookies.txt; none where it cannot be read, which is reported later."""
    try:
        text = Path(path).expanduser().read_text(encoding="utf-8") if path else ""
    except (OSError, UnicodeDecodeError):
        return set()
    rows = [line.split("\t") for line in text.splitlines()]
    values = {row[-1].strip() for row in rows if len(row) == N_COOKIE_FIELDS}
    return {value for value in values if len(value) >= _MIN_COOKIE_LENGTH}


def filter_stderr(redactor: Redactor) -> None:
    """Redact all that this process and its children write to stderr from now on.

    Not only log messages contain addresses: tracebacks do, and so does what ffmpeg prints.
    """
    log = os.dup(2)
    read_end, write_end = os.pipe()
    os.dup2(write_end, 2)
    os.close(write_end)
    thread = Thread(target=_copy_lines, args=(read_end, log, redactor), daemon=True)
    thread.start()

    def finish() -> None:
        sys.stderr.flush()
        os.dup2(log, 2)  # closes the last writing end, unless a child is still running
        thread.join(timeout=5)

    atexit.register(finish)


def _copy_lines(read_end: int, log: int, redactor: Redactor) -> None:
    lines: Iterable[bytes]
    with os.fdopen(read_end, "rb") as lines:
        for line in lines:
            text = redactor.hide(line.decode("utf-8", "replace"))
            try:
                os.write(log, text.encode("utf-8", "replace"))
            except OSError:
                continue  # on a full disk, the download must still end


class RedactingLogger:
    """Passes yt-dlp's messages to the script's log."""

    def __init__(self, redactor: Redactor) -> None:
        self._hide = redactor.hide

    def debug(self, text: str) -> None:
        """Log an ordinary message: yt-dlp sends these here too, and marks true debug messages."""
        level = logging.DEBUG if text.startswith("[debug] ") else logging.INFO
        logging.log(level, "%s", self._hide(text))

    def warning(self, text: str) -> None:
        """Log a warning."""
        logging.warning("%s", self._hide(text))

    def error(self, text: str) -> None:
        """Log an error without yt-dlp's prefix."""
        logging.error("%s", self._hide(text.removeprefix("ERROR: ").strip()))
