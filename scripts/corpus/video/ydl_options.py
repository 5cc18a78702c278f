"""Options of yt-dlp for a download.

As a library, yt-dlp reads no configuration file and no .netrc of the user. It would run plugins
from the user's folders, which the caller turns off with `turn_off_plugins`.
"""

import io
from http.cookiejar import LoadError
from pathlib import Path

import deno
import imageio_ffmpeg
from yt_dlp.cookies import CookieLoadError
from yt_dlp.globals import plugin_dirs
from yt_dlp.utils import parse_bytes

from corpus.core.errors import InputError
from corpus.video.download_errors import FetchError

MERGE_FORMATS = ("mp4", "mkv", "webm", "mov", "avi", "flv")
"""File formats in which yt-dlp can merge a video stream and a sound stream."""
COOKIE_ERRORS = (CookieLoadError, LoadError)
"""Exceptions for a file that is not a cookies.txt."""


def ydl_options(
    *, suffix: str, video_format: str, subtitles: str, folder: Path, retries: int, timeout_s: float
) -> dict:
    """Return the options of yt_dlp.YoutubeDL, apart from cookies and what logs.

    `suffix` is that of the media file, `folder` the place for all files, `subtitles` languages
    separated by commas.
    """
    return {
        "format": video_format,
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
        "writesubtitles": bool(subtitles),
        "writeautomaticsub": bool(subtitles),
        "subtitleslangs": subtitles.split(","),
        "subtitlesformat": "vtt/best",
        "noplaylist": True,
        "match_filter": reject_unsuitable,
        "cachedir": False,
        "socket_timeout": timeout_s,
        # Few retries, so that a failing cluster job ends soon and frees its slot. When Snakemake
        # repeats the job, the transfer continues where it was interrupted.
        "retries": retries,
        "fragment_retries": retries,
        "extractor_retries": retries,
        "retry_sleep_functions": dict.fromkeys(("http", "fragment", "extractor"), retry_delay),
        # If it skipped fragments, yt-dlp would report a video with a hole as complete.
        "skip_unavailable_fragments": False,
        "noprogress": True,
        "color": "never",
    }


def turn_off_plugins() -> None:
    """Let yt-dlp load no plugin, wherever one lies: it would run within every download."""
    plugin_dirs.value = []


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
