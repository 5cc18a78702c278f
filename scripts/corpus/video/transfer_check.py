"""Checks whether a transferred file is a whole video before it is taken as complete.

A server that sends the length of a file also shows whether all of it arrived; yt-dlp checks that.
Such a file is kept even if it is damaged, because the original is. Without a length, or in
segments, a transfer that was cut looks complete, so the structure of the file must show its end.

A web page instead of a video comes from a network that asks for a login, or from a site that
refuses: another attempt may succeed.
"""

import logging
import subprocess
import time
from pathlib import Path

import imageio_ffmpeg

from corpus.core.progress import EVERY_S
from corpus.video.download_errors import FetchError
from corpus.video.truncation import describe_cut, ends_without_padding

_PAGE_STARTS = (b"<", b"{", b"[{")
"""No file format of videos begins like a page (HTML, XML) or like a message (JSON)."""
_IGNORED_BYTES = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"
"""Byte order marks, white space, and the zero bytes of UTF-16."""


class TransferCheck:
    """Progress hook of yt-dlp: logs progress, and checks each media file that it completes."""

    def __init__(self) -> None:
        self.last_line_at = time.monotonic()
        self.n_checked = 0
        """Number of media files that were checked."""
        self._has_length = False

    def __call__(self, state: dict) -> None:
        """Handle the state that yt-dlp reports. Raises FetchError for a file to fetch again."""
        if state["status"] == "downloading":
            # The length of one segment says nothing about the others.
            self._has_length = bool(state.get("total_bytes")) and not state.get("fragment_index")
            self._log_progress(state)
        elif state["status"] == "finished":
            logging.info("download: complete, %.1f MB", (state.get("total_bytes") or 0) / 1e6)
            # Subtitles have no format.
            if "format_id" in state.get("info_dict", {}):
                self.check(Path(state["filename"]))
            self._has_length = False

    def check(self, path: Path) -> None:
        """Remove a file that is no whole video, and raise FetchError."""
        self.n_checked += 1
        fault = page_instead_of_video(path)
        if not fault and not self._has_length:
            fault = find_cut(path)
        if fault:
            path.unlink()
            raise FetchError(fault)

    def _log_progress(self, state: dict) -> None:
        now = time.monotonic()
        if now - self.last_line_at < EVERY_S:
            return
        self.last_line_at = now
        done = state.get("downloaded_bytes") or 0
        total = state.get("total_bytes") or state.get("total_bytes_estimate")
        share = f" of {total / 1e6:.1f} ({done / total:.0%})" if total else ""
        speed = (state.get("speed") or 0) / 1e6
        logging.info("download: %.1f%s MB, %.1f MB/s", done / 1e6, share, speed)


def page_instead_of_video(path: Path) -> str | None:
    """Return a sentence if the file is a web page or a message, else None."""
    with path.open("rb") as file:
        start = file.read(1024).replace(b"\0", b"").lstrip(_IGNORED_BYTES)
    if not start.startswith(_PAGE_STARTS):
        return None
    return (
        "a web page was received instead of the video: the network or the site may ask for a login"
    )


def find_cut(path: Path) -> str | None:
    """Return a sentence if the transfer of a file was cut, else None."""
    cut = describe_cut(path)
    if not cut and ends_without_padding(path) and not decodes_without_error(path):
        cut = "the last picture is incomplete"
    return f"the transfer ended early: {cut}" if cut else None


def decodes_without_error(path: Path) -> bool:
    """Return whether ffmpeg decodes all pictures of a file."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-protocol_whitelist", "file"]
    command += ["-i", f"file:{path}", "-map", "0:v", "-f", "null", "-"]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return not done.returncode and not done.stderr.strip()
