"""Download one video with yt-dlp, or link a local file, and write a record of it.

The image that holds only the download imports this module: it may import `corpus.core` and
`corpus.video.download_errors`, nothing else of `corpus`.
"""

import hashlib
import io
import json
import logging
import os
import shutil
import time
from dataclasses import dataclass
from http.cookiejar import LoadError
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

import deno
import imageio_ffmpeg
from yt_dlp import YoutubeDL
from yt_dlp.cookies import CookieLoadError
from yt_dlp.utils import PostProcessingError, YoutubeDLError, parse_bytes

from corpus.core.atomic_files import atomic_path, write_bytes, write_text
from corpus.core.checksums import sha256
from corpus.core.errors import InputError
from corpus.core.links import link_target
from corpus.core.progress import EVERY_S
from corpus.video.download_errors import (
    FetchError,
    exception_chain,
    is_permanent,
    one_line_message,
)

MERGE_FORMATS = ("mp4", "mkv", "webm", "mov", "avi", "flv")
"""File formats in which yt-dlp can merge a video stream and a sound stream."""


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


def fetch_video(request: Request) -> None:
    """Write the media file and the record of one video.

    A video that is permanently gone gets an empty media file and a record with the reason. Raises
    FetchError for an error that may be temporary, InputError for a source or an option that cannot
    be used; then there is no record.
    """
    for path in (request.media, request.record):
        path.parent.mkdir(parents=True, exist_ok=True)
    if request.local:
        link_local_file(Path(request.local), request.media)
        outcome = {"status": "ok"}
    else:
        outcome = download(request)
    write_record(request, outcome)
    logging.info("%s: %s %s", request.video_id, outcome["status"], outcome.get("reason", ""))


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


def download(request: Request) -> dict:
    """Download the media file, info.json and subtitles; return the fields of the record.

    Raises FetchError for an error that may be temporary, InputError for options that cannot work.
    """
    folder = partial_folder(request)
    folder.mkdir(parents=True, exist_ok=True)
    options = ydl_options(request, folder)
    try:
        info = extract_info(request.source, options)
    except YoutubeDLError as error:
        if any(isinstance(e, (CookieLoadError, LoadError)) for e in exception_chain(error)):
            raise InputError(
                f"fetch.cookies: {request.cookies} is not a Netscape cookies.txt"
            ) from error
        if not is_permanent(error):
            raise FetchError(f"{request.video_id}: {describe_failure(error)}") from error
        shutil.rmtree(folder)
        # A new file, because the old one may be a link to a file of the user.
        write_bytes(request.media, b"")
        return {"status": "unavailable", "reason": one_line_message(error)}
    move_into_place(info, request.media)
    shutil.rmtree(folder)
    return {"status": "ok", "extractor": info.get("extractor"), "title": info.get("title")}


def partial_folder(request: Request) -> Path:
    """Return the folder that keeps an incomplete transfer for the next attempt.

    Its name depends on the source, so that a transfer is never continued from another source.
    """
    digest = hashlib.sha256(request.source.encode()).hexdigest()[:8]
    return request.media.parent / ".partial" / f"{request.video_id}.{digest}"


def extract_info(source: str, options: dict) -> dict[str, Any]:
    """Let yt-dlp download; return its description of the video. Raises YoutubeDLError."""
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
    return text


def ydl_options(request: Request, folder: Path) -> dict:
    """Return the options of yt_dlp.YoutubeDL, which as a library reads no user configuration.

    Raises InputError for a missing cookies file or a rate that is not a number of bytes.
    """
    suffix = request.media.suffix.removeprefix(".")
    return {
        "format": request.format,
        "merge_output_format": suffix if suffix in MERGE_FORMATS else None,
        "final_ext": suffix,
        "postprocessors": [{"key": "FFmpegVideoRemuxer", "preferedformat": suffix}],
        # Without it, ffmpeg shifts the first frame to 0 and the original timestamps are lost.
        "postprocessor_args": {"videoremuxer": ["-copyts"]},
        "ffmpeg_location": imageio_ffmpeg.get_ffmpeg_exe(),
        "js_runtimes": {"deno": {"path": deno.find_deno_bin()}},
        "paths": {"home": str(folder)},
        # With the format in the name, a partial file is never continued in another format.
        "outtmpl": {"default": "media.%(format_id)s.%(ext)s"},
        "writeinfojson": True,
        "writesubtitles": bool(request.subtitles),
        "writeautomaticsub": bool(request.subtitles),
        "subtitleslangs": request.subtitles.split(","),
        "subtitlesformat": "vtt/best",
        "noplaylist": True,
        "match_filter": reject_unsuitable,
        "cachedir": False,
        "cookiefile": read_cookies(request.cookies),
        "ratelimit": parse_rate(request.rate_limit),
        "socket_timeout": request.timeout_s,
        # Few retries, so that a failing cluster job ends soon and frees its slot. When Snakemake
        # repeats the job, the transfer continues where it was interrupted.
        "retries": request.retries,
        "fragment_retries": request.retries,
        "extractor_retries": request.retries,
        "retry_sleep_functions": dict.fromkeys(("http", "fragment", "extractor"), retry_delay),
        # If it skipped fragments, yt-dlp would report a video with a hole as complete.
        "skip_unavailable_fragments": False,
        "noprogress": True,
        "progress_hooks": [ProgressLog()],
        "logger": YdlLogger(),
        "color": "never",
    }


def retry_delay(n: int) -> int:
    """Return the seconds to wait before retry n, from 0: 1, 2, 4, ... and 30 at most."""
    return min(2**n, 30)


def reject_unsuitable(info: dict, *, incomplete: bool) -> None:
    """Stop unless the address is one finished video; yt-dlp calls this for every video it finds.

    Raises InputError for a list of videos, FetchError for a live stream that has not ended.
    """
    if (info.get("n_entries") or 1) > 1:
        raise InputError(
            f"the address is a list of {info['n_entries']} videos: give each video its own row"
        )
    if info.get("live_status") == "is_live":
        raise FetchError("the video is live now: try again when it has ended")


def read_cookies(path: str | None) -> io.StringIO | None:
    """Return the cookies file as a stream; None without a path.

    With a path, yt-dlp would write to the file, and jobs that run at the same time would overwrite
    each other's cookies. Raises InputError where the file cannot be read.
    """
    if not path:
        return None
    try:
        return io.StringIO(Path(path).expanduser().read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"fetch.cookies: {path} cannot be read ({error})") from error


def parse_rate(text: str | None) -> int | None:
    """Return bytes per second; None without a text.

    Raises InputError where the text is not a number, with or without K, M or G.
    """
    if not text:
        return None
    rate = parse_bytes(text)
    if not rate:
        raise InputError(f"fetch.rate_limit: {text!r} is not a number of bytes, such as 500K or 2M")
    return rate


def move_into_place(info: dict, media: Path) -> None:
    """Move the files that yt-dlp wrote to their final names, the media file last."""
    for language, subtitle in (info.get("requested_subtitles") or {}).items():
        if subtitle.get("filepath"):
            os.replace(subtitle["filepath"], media.with_suffix(f".{language}.{subtitle['ext']}"))
    files = info["requested_downloads"][0]
    os.replace(files["infojson_filename"], media.with_suffix(".info.json"))
    downloaded = Path(files["filepath"])
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
        "source": request.source,
        "reason": None,
        "sha256": sha256(request.media) if is_ok else None,
        "size": request.media.stat().st_size,
        "extractor": None,
        "title": None,
        "tools": {} if request.local else {"yt-dlp": version("yt-dlp")},
    } | outcome
    text = json.dumps(record, indent=2, sort_keys=True, ensure_ascii=False)
    write_text(request.record, text + "\n")


class ProgressLog:
    """Progress hook of yt-dlp that writes a log line every EVERY_S seconds."""

    def __init__(self) -> None:
        self.last_line_at = time.monotonic()

    def __call__(self, state: dict) -> None:
        """Log the state that yt-dlp reports."""
        now = time.monotonic()
        if state["status"] == "finished":
            logging.info("download: complete, %.1f MB", (state.get("total_bytes") or 0) / 1e6)
        elif state["status"] == "downloading" and now - self.last_line_at >= EVERY_S:
            self.last_line_at = now
            done = state.get("downloaded_bytes") or 0
            total = state.get("total_bytes") or state.get("total_bytes_estimate")
            share = f" of {total / 1e6:.1f} ({done / total:.0%})" if total else ""
            speed = (state.get("speed") or 0) / 1e6
            logging.info("download: %.1f%s MB, %.1f MB/s", done / 1e6, share, speed)


class YdlLogger:
    """Passes yt-dlp's messages to the script's log."""

    def debug(self, text: str) -> None:
        """Log an ordinary message: yt-dlp sends these here too, and marks true debug messages."""
        logging.log(logging.DEBUG if text.startswith("[debug] ") else logging.INFO, "%s", text)

    def warning(self, text: str) -> None:
        """Log a warning."""
        logging.warning("%s", text)

    def error(self, text: str) -> None:
        """Log an error without yt-dlp's prefix."""
        logging.error("%s", text.removeprefix("ERROR: ").strip())
