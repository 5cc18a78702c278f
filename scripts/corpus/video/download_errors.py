"""Which failed download is worth another attempt, and which video is gone for good.

A video that is gone becomes a row of the corpus and blocks nothing; everything else fails the job,
so that Snakemake tries again. Whatever is not known here counts as passing: a needless retry costs
minutes, while a video taken for gone by mistake is lost from the corpus.

| what happened | counts as | because |
|---|---|---|
| HTTP 404, 410, 451 | gone | not found, removed, removed for legal reasons |
| HTTP 401; login, age check, members or payment needed | gone | no retry helps; cookies may |
| private, removed, account closed, geo-blocked, DRM | gone | the site says so |
| a file of no bytes, after all of yt-dlp's own attempts | gone | that is what the site holds |
| a page that yt-dlp finds no video in | gone | the address is wrong or its site not supported |
| HTTP 403 | passing | an expired media address or a throttled network far more often than a |
| | | dead link: a whole corpus must not be taken for gone in one bad hour |
| HTTP 429, 5xx, and every other status | passing | the server's trouble |
| no connection, DNS, timeout, TLS, broken transfer | passing | the network's trouble |
| "not a bot", captcha, rate limits, "content isn't available" | passing | YouTube's words for a |
| | | network or account that asked too often |
| not begun yet, live now, no such format | passing | there is a video, only not now or not so |
| disk full, not writable, ffmpeg failed | passing | says nothing about the video |
"""

import re
from collections.abc import Iterator

from yt_dlp.networking.exceptions import HTTPError
from yt_dlp.utils import GeoRestrictedError, UnsupportedError, bug_reports_message

from corpus.core.errors import CorpusError

GONE_STATUS = frozenset({401, 404, 410, 451})

# yt-dlp has types for few of these: extractors hand on the words of the site, mostly YouTube.
PASSING_WORDS = re.compile(
    r"not a bot|captcha|rate.?limit|too many requests|try again|needs to be reloaded"
    # said of every video to a network or an account that asked too often
    r"|content isn't available|content is not available"
    r"|premieres in|will begin|not currently live|requested format is not available",
    re.IGNORECASE,
)
GONE_WORDS = re.compile(
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


def is_gone(error: BaseException) -> bool:
    """Whether an exception that yt-dlp raised means that the video is gone for good."""
    errors = list(causes(error))
    words = " ".join(_plain(str(each)) for each in errors)
    if PASSING_WORDS.search(words):
        return False
    if any(isinstance(each, (GeoRestrictedError, UnsupportedError)) for each in errors):
        return True
    if any(GONE_WORDS.search(_plain(str(each))) for each in errors):
        return True
    return any(isinstance(each, HTTPError) and each.status in GONE_STATUS for each in errors)


def causes(error: BaseException) -> Iterator[BaseException]:
    """The exception and all that it was raised from, outermost first.

    yt-dlp keeps the original in `exc_info` or `cause`, beside Python's own chain.
    """
    pending, seen = [error], set()
    while pending:
        each = pending.pop(0)
        if not isinstance(each, BaseException) or id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        pending += [
            (getattr(each, "exc_info", None) or (None, None))[1],
            getattr(each, "cause", None),
            each.__cause__,
            each.__context__,
        ]


def message(error: BaseException) -> str:
    """yt-dlp's message on one line, without its prefix, the cause's repr and the plea to report."""
    text = str(error).removeprefix("ERROR: ").partition(bug_reports_message())[0]
    text = re.sub(r" \(caused by .*\)", "", text)
    return " ".join(text.split())


def _plain(text: str) -> str:
    """The message without addresses, which may hold any word, and with straight apostrophes."""
    without = re.sub(r"https?://\S+", "", text)
    return " ".join(without.split()).replace("\u2019", "'")
