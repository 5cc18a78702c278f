"""Download one video with yt-dlp, or link a local file, and write a record of it.

The image that holds only the download imports this module: besides yt-dlp and its packages, the
modules that it imports may need the standard library only.
"""

import hashlib
import json
import logging
import os
import shutil
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

from yt_dlp import YoutubeDL
from yt_dlp.utils import PostProcessingError, UnsupportedError, YoutubeDLError

from corpus.core.addresses import redact
from corpus.core.atomic_files import atomic_path, write_bytes, write_text
from corpus.core.checksums import sha256
from corpus.core.errors import InputError, full_disk_message
from corpus.core.links import link_target
from corpus.video import info_json
from corpus.video.download_errors import (
    FetchError,
    exception_chain,
    is_permanent,
    one_line_message,
)
from corpus.video.redactor import RedactingLogger, Redactor
from corpus.video.transfer_check import TransferCheck
from corpus.video.ydl_options import (
    COOKIE_ERRORS,
    parse_rate,
    read_cookies,
    turn_off_plugins,
    ydl_options,
)


@dataclass(frozen=True)
class Request:
    """A video to fetch, and how. The fields are the options of scripts/fetch_video.py."""

    video_id: str
    source: str
    """Web address, or path as in the manifest."""
    local: str
    """Path of the local file that `source` names; empty for a web address."""
    media: Path
    """Media file to write. Its suffix determines the file format."""
    record: Path
    """JSON record to write."""
    format: str
    """yt-dlp's format selector."""
    subtitles: str
    """Languages of the subtitles to keep, separated by commas."""
    cookies: str | None
    """Path of a Netscape cookies.txt."""
    rate_limit: str | None
    """Bytes per second, such as 2M; None: no limit."""
    timeout_s: float
    """Seconds without data after which a transfer is given up."""
    retries: int
    """How often yt-dlp repeats a failed request."""
    is_last_attempt: bool = False
    """Record an error that may be temporary, instead of failing."""


def fetch_video(request: Request) -> None:
    """Write the media file and the record of one video.

    A video that is permanently gone gets an empty media file and a record with the reason. So does
    a video that could not be fetched in the last attempt; its status is `pending`. Raises
    FetchError for an error that may be temporary if this is not the last attempt, InputError for a
    source or an option that cannot be used; then there is no record.
    """
    for path in (request.media, request.record):
        path.parent.mkdir(parents=True, exist_ok=True)
    redactor = Redactor("" if request.local else request.source, request.cookies)
    if request.local:
        link_local_file(Path(request.local), request.media)
        outcome = {"status": "ok"}
    else:
        outcome = download_or_describe_failure(request, redactor)
    write_record(request, outcome)
    logging.info("%s: %s %s", request.video_id, outcome["status"], outcome.get("reason", ""))


def download_or_describe_failure(request: Request, redactor: Redactor) -> dict:
    """Download a video; return the fields of its record, also if it could not be fetched."""
    try:
        return download(request, redactor)
    except InputError as error:
        raise InputError(redactor.hide(str(error))) from None
    except FetchError as error:
        message = redactor.hide(str(error))
        # A full disk says nothing about the video, and also stops all that follows.
        if not request.is_last_attempt or full_disk_message(error):
            raise FetchError(f"{request.video_id}: {message}") from None
        write_bytes(request.media, b"")
        return {"status": "pending", "reason": message}


def link_local_file(source: Path, media: Path) -> None:
    """Make `media` a relative link to a local file, or a copy where links are not supported.

    Raises InputError where the file does not exist, or where `media` is the file itself, which the
    link would replace.
    """
    if not source.is_file():
        raise InputError(f"{source}: no such file; correct the manifest's `source`")
    if media.parent.resolve() / media.name == source.resolve():
        raise InputError(f"{source}: --media is the video itself; give --media another path")
    try:
        source.open("rb").close()
    except OSError as error:
        raise InputError(
            f"{source}: cannot be read ({error.strerror}); give yourself the right to read it"
        ) from error
    with atomic_path(media) as partial:
        try:
            partial.symlink_to(link_target(source, media))
        except (OSError, NotImplementedError):
            shutil.copyfile(source, partial)


def download(request: Request, redactor: Redactor) -> dict:
    """Download the media file, info.json and subtitles; return the fields of the record.

    Raises FetchError for an error that may be temporary, InputError for options that cannot work.
    """
    folder = partial_folder(request)
    folder.mkdir(parents=True, exist_ok=True)
    check = TransferCheck()
    options = request_options(request, folder, redactor, check)
    try:
        info = extract_info(request.source, options)
    except YoutubeDLError as error:
        if any(isinstance(e, COOKIE_ERRORS) for e in exception_chain(error)):
            raise InputError(
                f"fetch.cookies: {request.cookies} is not a Netscape cookies.txt"
            ) from error
        if not is_permanent(error):
            raise FetchError(describe_failure(error)) from error
        shutil.rmtree(folder)
        # A new file, because the old one may be a link to a file of the user.
        write_bytes(request.media, b"")
        return {"status": "unavailable", "reason": redactor.hide(one_line_message(error))}
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError) as error:
        # A fault of yt-dlp, or an answer of the site that it does not expect.
        logging.exception("yt-dlp failed")
        raise FetchError(f"yt-dlp failed: {error!r}") from error
    # yt-dlp does not report a file that an earlier attempt completed before it was killed.
    if not check.n_checked:
        check.check(Path(info["requested_downloads"][0]["filepath"]))
    move_into_place(info, request.media)
    text = json.dumps(info_json.describe(info, redactor), indent=2, sort_keys=True)
    write_text(request.media.with_suffix(".info.json"), text + "\n")
    shutil.rmtree(folder)
    fields = {"extractor": info.get("extractor"), "title": info.get("title")}
    return {"status": "ok"} | {name: redactor.hide_all(text) for name, text in fields.items()}


def request_options(
    request: Request, folder: Path, redactor: Redactor, check: TransferCheck
) -> dict:
    """Return the options of yt_dlp.YoutubeDL for a request."""
    options = ydl_options(
        suffix=request.media.suffix.removeprefix("."),
        video_format=request.format,
        subtitles=request.subtitles,
        folder=folder,
        retries=request.retries,
        timeout_s=request.timeout_s,
    )
    return options | {
        "cookiefile": read_cookies(request.cookies),
        "ratelimit": parse_rate(request.rate_limit),
        "progress_hooks": [check],
        "logger": RedactingLogger(redactor),
    }


def partial_folder(request: Request) -> Path:
    """Return the folder that keeps an incomplete transfer for the next attempt.

    Its name depends on the source, so that a transfer is never continued from another source. With
    a new token, the source is the same.
    """
    digest = hashlib.sha256(redact(request.source).encode()).hexdigest()[:8]
    return request.media.parent / ".partial" / f"{request.video_id}.{digest}"


def extract_info(source: str, options: dict) -> dict[str, Any]:
    """Let yt-dlp download; return its description of the video. Raises YoutubeDLError."""
    turn_off_plugins()
    try:
        # The stubs of yt-dlp list neither all of its options nor all that it returns.
        with YoutubeDL(cast(Any, options)) as ydl:
            info = cast("dict[str, Any] | None", ydl.extract_info(source))
    except YoutubeDLError as error:
        # Sites refuse subtitles more often than videos (YouTube: HTTP 429). A video must not be
        # lost for its subtitles.
        if "Unable to download video subtitles" not in str(error):
            raise
        logging.warning("continuing without subtitles: %s", one_line_message(error))
        no_subtitles = {"writesubtitles": False, "writeautomaticsub": False}
        return extract_info(source, options | no_subtitles)
    # The address may be a list that holds one video.
    video = next(iter(info.get("entries") or [info])) if info else {}
    if not video or not video.get("requested_downloads"):
        raise YoutubeDLError("yt-dlp ended without a file and without an error")
    return video


def describe_failure(error: YoutubeDLError) -> str:
    """Return the message, with advice where the message does not tell the user what to do."""
    text = one_line_message(error)
    if any(isinstance(e, PostProcessingError) for e in exception_chain(error)):
        return f"{text} (fetch.container: mkv holds streams that mp4 and webm do not)"
    if any(isinstance(e, UnsupportedError) for e in exception_chain(error)):
        return f"{text} (no video on this page; the network may ask for a login)"
    return text


def move_into_place(info: dict, media: Path) -> None:
    """Move the files that yt-dlp wrote to their final names, the media file last."""
    for language, subtitle in (info.get("requested_subtitles") or {}).items():
        if subtitle.get("filepath"):
            os.replace(subtitle["filepath"], media.with_suffix(f".{language}.{subtitle['ext']}"))
    downloaded = Path(info["requested_downloads"][0]["filepath"])
    # A file that an earlier attempt completed must not look older than the inputs of this job.
    downloaded.touch()
    os.replace(downloaded, media)


def write_record(request: Request, outcome: dict) -> None:
    """Write the record.

    `outcome` holds the status, and the fields that replace the default values of the record.
    """
    is_ok = outcome["status"] == "ok"
    record = {
        "video_id": request.video_id,
        "source": request.source if request.local else redact(request.source),
        "reason": None,
        "sha256": sha256(request.media) if is_ok else None,
        "size": request.media.stat().st_size,
        "extractor": None,
        "title": None,
        "tools": {} if request.local else {"yt-dlp": version("yt-dlp")},
    } | outcome
    text = json.dumps(record, indent=2, sort_keys=True, ensure_ascii=False)
    write_text(request.record, text + "\n")
