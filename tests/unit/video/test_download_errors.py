"""Errors of yt-dlp are classified as temporary or permanent."""

import pytest
from yt_dlp.networking.exceptions import HTTPError, IncompleteRead, TransportError
from yt_dlp.utils import (
    DownloadError,
    ExtractorError,
    GeoRestrictedError,
    UnavailableVideoError,
    UnsupportedError,
)

from corpus.core.errors import CorpusError
from corpus.video.download_errors import (
    FetchError,
    exception_chain,
    is_permanent,
    one_line_message,
)


def raised_by_ytdlp(error: BaseException) -> DownloadError:
    """Wrap an exception as YoutubeDL does."""
    cause = getattr(error, "exc_info", None) or (None, None, None)
    return DownloadError(f"ERROR: {error}", cause if cause[0] else (type(error), error, None))


def status_error(status: int) -> ExtractorError:
    """Return the exception that an extractor raises for an HTTP status."""

    class Response:
        reason = "refused"

    Response.status = status
    http = HTTPError(Response())
    return ExtractorError("Unable to download webpage", cause=http, expected=True)


def message_error(text: str) -> ExtractorError:
    """Return an extractor's exception with the message of a site."""
    return ExtractorError(text, expected=True, video_id="dQw4w9WgXcQ", ie="youtube")


PERMANENT_MESSAGES = [
    "Private video. Sign in if you've been granted access to this video",
    "Video unavailable",
    "Video unavailable. This video is private",
    "Video unavailable. This video has been removed by the uploader",
    "This video has been removed for violating YouTube's Terms of Service",
    (
        "Video unavailable. This video is no longer available because the YouTube account "
        "associated with this video has been terminated."
    ),
    "Video unavailable. This video is no longer available due to a copyright claim by A",
    "The uploader has not made this video available in your country",
    (
        "Video unavailable. This video contains content from A, who has blocked it in your "
        "country on copyright grounds"
    ),
    "Join this channel to get access to members-only content like this video",
    (
        "Sign in to confirm your age. This video may be inappropriate for some users. Use "
        "--cookies-from-browser or --cookies for the authentication"
    ),
    "This video is only available for registered users. Use --cookies",
    "This video is DRM protected",
    "This live stream recording is not available.",
]
PERMANENT = [
    GeoRestrictedError("This video is not available from your location", countries=["DE"]),
    *map(status_error, (401, 404, 410, 451)),
    *map(message_error, PERMANENT_MESSAGES),
]
TEMPORARY_MESSAGES = [
    "Sign in to confirm you\u2019re not a bot. Use --cookies-from-browser or --cookies",
    "Sign in to confirm you're not a bot. Use --cookies-from-browser or --cookies",
    (
        "Video unavailable. This content isn't available, try again later. The current session "
        "has been rate-limited by YouTube for up to an hour."
    ),
    "Video unavailable. This content isn\u2019t available.",
    "The page needs to be reloaded.",
    "Requested content is not available, rate-limit reached or login required",
    "Premieres in 3 hours",
    "This live event will begin in 2 days.",
    "Requested format is not available. Use --list-formats for a list of available formats",
    "A message that is not in any list",
]
TEMPORARY = [
    *map(status_error, (400, 403, 429, 500, 502, 503, 504)),
    ExtractorError("Unable to download webpage", cause=TransportError("timed out")),
    ExtractorError("Unable to download webpage", cause=TransportError("Failed to resolve host")),
    IncompleteRead(10, 20),
    UnsupportedError("http://127.0.0.1/login-required"),
    UnavailableVideoError(OSError(28, "No space left on device")),
    ExtractorError("Unable to extract data from http://127.0.0.1/private video"),
    *map(message_error, TEMPORARY_MESSAGES),
]


@pytest.mark.parametrize("error", PERMANENT, ids=str)
def test_permanent_errors(error):
    assert is_permanent(raised_by_ytdlp(error))


@pytest.mark.parametrize("error", TEMPORARY, ids=str)
def test_temporary_errors(error):
    assert not is_permanent(raised_by_ytdlp(error))


def test_exception_in_the_context_is_considered():
    """An extractor that turns a 403 into a geo-block keeps the 403 in exc_info."""
    try:
        try:
            raise status_error(403)
        except ExtractorError:
            raise GeoRestrictedError("Not for you") from None
    except GeoRestrictedError as error:
        assert is_permanent(raised_by_ytdlp(error)) or is_permanent(error)
        assert is_permanent(error)


def test_circular_exception_chain_ends():
    first, second = ValueError("first"), ValueError("second")
    first.__cause__, second.__cause__ = second, first
    assert list(exception_chain(first)) == [first, second]


def test_message_has_no_prefix_and_no_request_to_report_a_bug():
    error = ExtractorError("Unable to extract data", video_id="x", ie="youtube")
    assert one_line_message(raised_by_ytdlp(error)) == "[youtube] x: Unable to extract data"


def test_fetch_errors_are_shown_to_the_user():
    assert issubclass(FetchError, CorpusError)
