"""Fetch one video: link a local file, or download an address with yt-dlp.

The picture is never re-encoded: where the site serves another container than the suffix of --media
asks for, the streams are copied into it; a file that has it already is kept byte by byte.

A video that is gone for good (removed, private, ...) gives an empty media file and a record that
says why. Anything that may pass (see corpus.video.download_errors) ends with exit status 1, and the next
attempt takes up the transfer where it broke off.
"""

import argparse
import hashlib
import io
import json
import logging
import os
import shutil
import time
from http.cookiejar import LoadError
from importlib.metadata import version
from pathlib import Path

import deno
import imageio_ffmpeg
from yt_dlp import YoutubeDL
from yt_dlp.cookies import CookieLoadError
from yt_dlp.utils import PostProcessingError, YoutubeDLError, parse_bytes

from corpus.core.checksums import sha256
from corpus.core.errors import InputError, run
from corpus.core.progress import EVERY_S
from corpus.video.download_errors import FetchError, causes, is_gone, message

MERGE_CONTAINERS = ("mp4", "mkv", "webm", "mov", "avi", "flv")
"""Containers that yt-dlp can merge a picture and a sound stream into."""


def main(arguments: list[str] | None = None) -> None:
    options = parse(arguments)
    for path in (options.media, options.record):
        path.parent.mkdir(parents=True, exist_ok=True)
    if options.local:
        link(Path(options.local), options.media)
        facts = {"status": "ok"}
    else:
        facts = download(options)
    write_record(options, facts)
    logging.info("%s: %s %s", options.video_id, facts["status"], facts.get("reason", ""))


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    add = parser.add_argument
    add(
        "--video-id",
        required=True,
        help="id in the manifest; write --video-id=ID where it begins with '-'",
    )
    add("--source", required=True, help="address, or path as in the manifest")
    add("--local", default="", help="the file that the source names, where it is not an address")
    add(
        "--media", required=True, type=Path, help="media file to write; its suffix is the container"
    )
    add("--record", required=True, type=Path, help="what was fetched, JSON")
    add("--format", default="bestvideo*+bestaudio/best", help="yt-dlp's format selector")
    add("--subtitles", default="", help="languages of subtitles to keep, separated by commas")
    add("--cookies", default="", help="a Netscape cookies.txt; it is read, never written")
    add("--rate-limit", default="", help="bytes a second, such as 2M")
    add("--timeout", type=float, default=30, help="seconds without data before giving up")
    add("--retries", type=int, default=3, help="of one request; more attempts are the workflow's")
    return parser.parse_args(arguments)


def link(source: Path, media: Path) -> None:
    """Make `media` a relative link to a local file, or a copy where there are no links.

    Raises InputError where the file does not exist.
    """
    if not source.is_file():
        raise InputError(f"{source}: no such file; correct the manifest's `source`")
    partial = media.with_name(f".{media.name}.partial")
    partial.unlink(missing_ok=True)
    # Only real folders can be left with `..`, so both ends are resolved; the file itself may be
    # a link that must stay one.
    target = os.path.relpath(source.parent.resolve() / source.name, media.parent.resolve())
    try:
        partial.symlink_to(target)
    except (OSError, NotImplementedError):
        shutil.copyfile(source, partial)
    os.replace(partial, media)


def download(options: argparse.Namespace) -> dict:
    """Put the media, info.json and subtitles in place; return what the record says about them.

    Raises FetchError for a fault that may pass, InputError for options that cannot work.
    """
    folder = working_folder(options)
    folder.mkdir(parents=True, exist_ok=True)
    settings = ydl_options(options, folder)
    try:
        info = extract(options.source, settings)
    except YoutubeDLError as error:
        if any(isinstance(each, (CookieLoadError, LoadError)) for each in causes(error)):
            raise InputError(f"fetch.cookies: {options.cookies} is no cookies.txt") from error
        if not is_gone(error):
            raise FetchError(f"{options.video_id}: {explain(error)}") from error
        shutil.rmtree(folder)
        options.media.write_bytes(b"")
        return {"status": "unavailable", "reason": message(error)}
    keep(info, options.media)
    shutil.rmtree(folder)
    return {"status": "ok", "extractor": info.get("extractor"), "title": info.get("title")}


def working_folder(options: argparse.Namespace) -> Path:
    """Where a transfer waits for its next attempt; another source never continues it."""
    source = hashlib.sha256(options.source.encode()).hexdigest()[:8]
    return options.media.parent / ".partial" / f"{options.video_id}.{source}"


def extract(source: str, settings: dict) -> dict:
    """Let yt-dlp download; return its description of the video. Raises YoutubeDLError."""
    try:
        with YoutubeDL(settings) as ydl:
            info = ydl.extract_info(source)
    except YoutubeDLError as error:
        # Subtitles are refused more often than videos (YouTube: 429), and never worth losing one.
        if "Unable to download video subtitles" not in str(error):
            raise
        logging.warning("going on without subtitles: %s", message(error))
        return extract(source, settings | {"writesubtitles": False, "writeautomaticsub": False})
    video = next(iter(info.get("entries") or [info])) if info else {}  # a list of one video
    if not video or not video.get("requested_downloads"):
        raise YoutubeDLError("yt-dlp ended without a file and without an error")
    return video


def explain(error: YoutubeDLError) -> str:
    """The message, with what to do where that is not plain from it."""
    if any(isinstance(each, PostProcessingError) for each in causes(error)):
        return f"{message(error)} (fetch.container: mkv holds streams that mp4 and webm do not)"
    return message(error)


def ydl_options(options: argparse.Namespace, folder: Path) -> dict:
    """Options of yt_dlp.YoutubeDL, which as a library reads no user configuration.

    Raises InputError for a missing cookies file or a rate that is not a number of bytes.
    """
    container = options.media.suffix.removeprefix(".")
    return {
        "format": options.format,
        "merge_output_format": container if container in MERGE_CONTAINERS else None,
        "final_ext": container,
        "postprocessors": [{"key": "FFmpegVideoRemuxer", "preferedformat": container}],
        # ffmpeg would shift the first frame to 0; times are the container's own here
        "postprocessor_args": {"videoremuxer": ["-copyts"]},
        "ffmpeg_location": imageio_ffmpeg.get_ffmpeg_exe(),
        "js_runtimes": {"deno": {"path": deno.find_deno_bin()}},
        "paths": {"home": str(folder)},
        # The format is in the name, so that a part of one is never continued with another.
        "outtmpl": {"default": "media.%(format_id)s.%(ext)s"},
        "writeinfojson": True,
        "writesubtitles": bool(options.subtitles),
        "writeautomaticsub": bool(options.subtitles),
        "subtitleslangs": options.subtitles.split(","),
        "subtitlesformat": "vtt/best",
        "noplaylist": True,
        "match_filter": refuse,
        "cachedir": False,
        "cookiefile": cookies(options.cookies),
        "ratelimit": rate(options.rate_limit),
        "socket_timeout": options.timeout,
        # Few, so that a job on a cluster fails soon and frees its place: a retry of the job takes
        # up the transfer where it broke off.
        "retries": options.retries,
        "fragment_retries": options.retries,
        "extractor_retries": options.retries,
        "retry_sleep_functions": dict.fromkeys(("http", "fragment", "extractor"), pause),
        # yt-dlp would leave a hole in the video and call it complete.
        "skip_unavailable_fragments": False,
        "noprogress": True,
        "progress_hooks": [Progress()],
        "logger": Log(),
        "color": "never",
    }


def pause(n: int) -> int:
    """Seconds before the retry after the n-th (from 0): 1, 2, 4, ..."""
    return min(2**n, 30)


def refuse(info: dict, *, incomplete: bool) -> None:
    """Stop at what is not one finished video; yt-dlp calls this for every video it meets.

    Raises InputError for a list of videos, FetchError for a stream that has not ended.
    """
    if (info.get("n_entries") or 1) > 1:
        raise InputError(
            f"the address is a list of {info['n_entries']} videos: give each a row of its own"
        )
    if info.get("live_status") == "is_live":
        raise FetchError("the video is live now: try again when it has ended")


def cookies(path: str) -> io.StringIO | None:
    """The cookies file as a stream: yt-dlp writes back to a path, and jobs would overwrite it.

    Raises InputError where it cannot be read.
    """
    if not path:
        return None
    try:
        return io.StringIO(Path(path).expanduser().read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"fetch.cookies: {path} cannot be read ({error})") from error


def rate(text: str) -> int | None:
    """Bytes a second. Raises InputError where the text is not a number with K, M or G."""
    if not text:
        return None
    value = parse_bytes(text)
    if not value:
        raise InputError(f"fetch.rate_limit: {text!r} is not a number of bytes, such as 500K or 2M")
    return value


def keep(info: dict, media: Path) -> None:
    """Move what yt-dlp wrote to its final names: the media last of all."""
    for language, subtitle in (info.get("requested_subtitles") or {}).items():
        if subtitle.get("filepath"):
            os.replace(subtitle["filepath"], media.with_suffix(f".{language}.{subtitle['ext']}"))
    written = info["requested_downloads"][0]
    os.replace(written["infojson_filename"], media.with_suffix(".info.json"))
    fetched = Path(written["filepath"])
    # A file left complete by an earlier attempt must not look older than the job's inputs.
    fetched.touch()
    os.replace(fetched, media)


def write_record(options: argparse.Namespace, facts: dict) -> None:
    """Write the record under a temporary name, then put it in place."""
    found = facts["status"] == "ok"
    record = {
        "video_id": options.video_id,
        "source": options.source,
        "reason": None,
        "sha256": sha256(options.media) if found else None,
        "size": options.media.stat().st_size,
        "extractor": None,
        "title": None,
        "tools": {} if options.local else {"yt-dlp": version("yt-dlp")},
    } | facts
    partial = options.record.with_name(f".{options.record.name}.partial")
    text = json.dumps(record, indent=2, sort_keys=True, ensure_ascii=False)
    partial.write_text(text + "\n", encoding="utf-8")
    os.replace(partial, options.record)


class Progress:
    """yt-dlp's progress hook: a log line now and then."""

    def __init__(self) -> None:
        self.shown = time.monotonic()

    def __call__(self, state: dict) -> None:
        now = time.monotonic()
        if state["status"] == "finished":
            logging.info("download: complete, %.1f MB", (state.get("total_bytes") or 0) / 1e6)
        elif state["status"] == "downloading" and now - self.shown >= EVERY_S:
            self.shown = now
            done = state.get("downloaded_bytes") or 0
            total = state.get("total_bytes") or state.get("total_bytes_estimate")
            share = f" of {total / 1e6:.1f} ({done / total:.0%})" if total else ""
            speed = (state.get("speed") or 0) / 1e6
            logging.info("download: %.1f%s MB, %.1f MB/s", done / 1e6, share, speed)


class Log:
    """yt-dlp's messages as lines of the script's log."""

    def debug(self, text: str) -> None:
        # yt-dlp sends all its plain messages here, and marks the real debug ones.
        logging.log(logging.DEBUG if text.startswith("[debug] ") else logging.INFO, "%s", text)

    def warning(self, text: str) -> None:
        logging.warning("%s", text)

    def error(self, text: str) -> None:
        logging.error("%s", text.removeprefix("ERROR: ").strip())


if __name__ == "__main__":
    run(main)
