"""Classify failed downloads: is another attempt worthwhile, or is the video permanently gone?

A video that is permanently gone becomes a row of the corpus and is not tried again. Every other
error fails the job, so that Snakemake tries again. After the last attempt, the video becomes a row
with the status `pending`, and the next run tries again. An error that is not listed here counts as
temporary: a needless retry costs minutes, whereas a video that is wrongly taken for gone is lost
from the corpus.

| what happened | counts as | because |
|---|---|---|
| HTTP 404, 410, 451 | permanent | not found, removed, removed for legal reasons |
| HTTP 401; login, age check, membership or payment required | permanent | no retry helps, but |
| | | cookies may |
| private, removed, account closed, geo-blocked, DRM | permanent | the site says so |
| a file of 0 bytes, after all of yt-dlp's own attempts | permanent | the site has nothing else |
| a page on which yt-dlp finds no video, or a page in place of a video | temporary | the page may |
| | | be the login page of a network; if the address is wrong, the user removes it |
| a transfer of unknown length that lacks its end | temporary | the connection was cut |
| HTTP 403 | temporary | far more often an expired media address or a throttled network than |
| | | a dead link; a whole corpus must not be taken for gone after one bad hour |
| HTTP 429, 5xx, and every other status | temporary | a problem of the server |
| no connection, DNS, timeout, TLS, interrupted transfer | temporary | a problem of the network |
| "not a bot", captcha, rate limits, "content isn't available" | temporary | YouTube's messages |
| | | for a network or an account with too many requests |
| not started yet, live now, no such format | temporary | there is a video, but not now or not in |
| | | this format |
| disk full, not writable, ffmpeg failed | temporary | says nothing about the video |
"""

import re
from collections.abc import Iterator
from typing import cast

from yt_dlp.networking.exceptions import HTTPError
from yt_dlp.utils import GeoRestrictedError, bug_reports_message

from corpus.core.errors import CorpusError

PERMANENT_STATUS = frozenset({401, 404, 410, 451})
"""HTTP statuses after which no retry helps."""

# yt-dlp has exception types for few of these cases: its extractors pass on the messages of the
# site. Most of these patterns are messages of YouTube.
TEMPORARY_MESSAGES = re.compile(
    r"not a bot|captcha|rate.?limit|too many requests|try again|needs to be reloaded"
    # Shown for every video when a network or an account has sent too many requests.
    r"|content isn't available|content is not available"
    r"|premieres in|will begin|not currently live|requested format is not available",
    re.IGNORECASE,
)
PERMANENT_MESSAGES = re.compile(
    r"private video|video is private|been removed|been deleted|no longer available"
    r"|does not exist|doesn't exist|account .*(?:terminated|closed)"
    r"|video (?:is unavailable|is not available|isn't available)|video unavailable\.?$"
    r"|recording is not available|not made this video available|blocked (?:it )?in your country"
    r"|blocked it on copyright grounds|copyright claim|not available (?:in|from) your"
    r"|geo.?restrict|DRM protected"
    r"|members.only|join this channel|channel's members|confirm your age|age.restricted"
    r"|did not get any data blocks"
    r"|registered users|login required|music premium|requires payment|purchase|rental",
    re.IGNORECASE,
)


class FetchError(CorpusError):
    """A video could not be fetched this time; another attempt may succeed."""


def is_permanent(error: BaseException) -> bool:
    """Return whether an exception of yt-dlp means that the video is permanently gone."""
    chain = list(exception_chain(error))
    messages = [_normalise(str(exception)) for exception in chain]
    if TEMPORARY_MESSAGES.search(" ".join(messages)):
        return False
    if any(isinstance(exception, GeoRestrictedError) for exception in chain):
        return True
    if any(PERMANENT_MESSAGES.search(message) for message in messages):
        return True
    return any(
        isinstance(exception, HTTPError) and exception.status in PERMANENT_STATUS
        for exception in chain
    )


def exception_chain(error: BaseException) -> Iterator[BaseException]:
    """Yield the exception and all exceptions that caused it, outermost first.

    yt-dlp stores the original exception in `exc_info` or `cause`, in addition to Python's chain.
    """
    pending, visited = [error], set()
    while pending:
        exception = pending.pop(0)
        if not isinstance(exception, BaseException) or id(exception) in visited:
            continue
        visited.add(id(exception))
        yield exception
        pending += [
            (getattr(exception, "exc_info", None) or (None, None))[1],
            getattr(exception, "cause", None),
            exception.__cause__,
            exception.__context__,
        ]


def one_line_message(error: BaseException) -> str:
    """Return yt-dlp's message on one line.

    Its prefix, the repr of its cause and the request to report a bug are removed.
    """
    bug_report = cast(str, bug_reports_message())  # the stub says None
    text = str(error).removeprefix("ERROR: ").partition(bug_report)[0]
    text = re.sub(r" \(caused by .*\)", "", text)
    text = re.sub(r" at 0x[0-9a-f]+", "", text)  # differs at each attempt
    return " ".join(text.split())


def _normalise(text: str) -> str:
    """Remove web addresses, which may contain any word, and use straight apostrophes."""
    text_without_addresses = re.sub(r"https?://\S+", "", text)
    return " ".join(text_without_addresses.split()).replace("\u2019", "'")
