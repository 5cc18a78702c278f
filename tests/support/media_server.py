"""A web server for tests: a folder of videos on 127.0.0.1, with faults on demand.

>>> with serve(folder) as server:
...     server.faults["/clip.mp4"] = Fault(status=503, times=2)
...     fetch(server.url("clip.mp4"))
...     assert [request.status for request in server.requests] == [503, 503, 200]

It answers GET and HEAD, honours Range, and keeps the requests it got.
"""

import mimetypes
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

TYPES = {
    ".mp4": "video/mp4",
    ".m4v": "video/mp4",
    ".mov": "video/quicktime",
    ".mkv": "video/x-matroska",
    ".webm": "video/webm",
    ".avi": "video/x-msvideo",
    ".mpg": "video/mpeg",
    ".mpeg": "video/mpeg",
    ".ogv": "video/ogg",
    ".ts": "video/mp2t",
    ".vtt": "text/vtt",
    ".m3u8": "application/vnd.apple.mpegurl",
}
"""What the platform's own table lacks, or says differently from machine to machine."""
BLOCK = 16384


@dataclass
class Fault:
    """What goes wrong with a path's answers; several may be combined."""

    status: int | None = None
    """Answer with this status and no file."""
    cut: int | None = None
    """Close the connection after so many bytes of the body."""
    stall: int | None = None
    """Send so many bytes of the body, then nothing until the client gives up."""
    rate: int | None = None
    """Bytes a second."""
    times: int | None = None
    """How many answers are affected; None: all, until the fault is taken out."""


@dataclass(frozen=True)
class Request:
    """A request that was answered."""

    method: str
    path: str
    range: str | None
    status: int


class MediaServer(ThreadingHTTPServer):
    """Serves `folder`; `faults` maps paths such as "/clip.mp4" to what goes wrong there."""

    daemon_threads = True

    def __init__(self, folder: Path | str) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.folder = Path(folder)
        self.faults: dict[str, Fault] = {}
        self.requests: list[Request] = []
        self.closing = threading.Event()
        self._lock = threading.Lock()

    def url(self, path: str) -> str:
        """Address of a file, by its path in the folder."""
        return f"http://127.0.0.1:{self.server_address[1]}/{quote(path)}"

    def fault(self, path: str) -> Fault:
        """The fault of the next answer for `path`; counts it."""
        with self._lock:
            fault = self.faults.get(path, Fault())
            if fault.times == 0:
                return Fault()
            if fault.times is not None:
                fault.times -= 1
            return fault

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up early is none of the server's business."""


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    server: MediaServer

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        fault = self.server.fault(path)
        file = (self.server.folder / path.lstrip("/")).resolve()
        if fault.status:
            return self._refuse(path, fault.status)
        if not file.is_relative_to(self.server.folder.resolve()) or not file.is_file():
            return self._refuse(path, HTTPStatus.NOT_FOUND)
        size = file.stat().st_size
        asked = self.headers.get("Range")
        start, end = byte_range(asked, size)
        if start >= end and asked:
            return self._refuse(path, HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
        status = HTTPStatus.PARTIAL_CONTENT if asked else HTTPStatus.OK
        self._note(path, status)
        self.send_response(status)
        self.send_header("Content-Type", media_type(file))
        self.send_header("Content-Length", str(end - start))
        self.send_header("Accept-Ranges", "bytes")
        if asked:
            self.send_header("Content-Range", f"bytes {start}-{end - 1}/{size}")
        self.end_headers()
        if self.command == "GET":
            self._send(file, start, end, fault)

    do_HEAD = do_GET

    def _send(self, file: Path, start: int, end: int, fault: Fault) -> None:
        limits = [limit for limit in (fault.cut, fault.stall) if limit is not None]
        left = min([end - start, *limits])
        with file.open("rb") as opened:
            opened.seek(start)
            while left > 0:
                block = opened.read(min(BLOCK, left))
                self.wfile.write(block)
                left -= len(block)
                if fault.rate:
                    time.sleep(len(block) / fault.rate)
        if fault.stall is not None:
            self.wfile.flush()
            self.server.closing.wait(60)

    def _refuse(self, path: str, status: int) -> None:
        self._note(path, status)
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _note(self, path: str, status: int) -> None:
        asked = self.headers.get("Range")
        self.server.requests.append(Request(self.command, path, asked, int(status)))

    def log_message(self, *arguments: object) -> None:
        """Keep the tests' output clean; `requests` has it all."""


def media_type(file: Path) -> str:
    """The file's MIME type, by its suffix."""
    guess = mimetypes.guess_type(file.name)[0]
    return TYPES.get(file.suffix.lower()) or guess or "application/octet-stream"


def byte_range(header: str | None, size: int) -> tuple[int, int]:
    """Half-open interval of a Range header with one range; the whole file without one."""
    match = re.fullmatch(r"bytes=(\d*)-(\d*)", header or "")
    if not match or not any(match.groups()):
        return 0, size
    first, last = match.groups()
    if not first:
        return max(size - int(last), 0), size
    return int(first), min(int(last) + 1, size) if last else size


@contextmanager
def serve(folder: Path | str) -> Iterator[MediaServer]:
    """Serve a folder while the block runs."""
    server = MediaServer(folder)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def closed_port() -> Iterator[int]:
    """A port that refuses connections: bound, but nobody listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]
