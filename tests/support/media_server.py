"""Web server for tests: it serves a folder of videos on 127.0.0.1, with faults on demand.

>>> with serve(folder) as server:
...     server.faults["/clip.mp4"] = Fault(status=503, times=2)
...     fetch(server.url("clip.mp4"))
...     assert [request.status for request in server.requests] == [503, 503, 200]

It answers GET and HEAD, supports Range, and keeps a list of its requests.
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
from io import BytesIO
from pathlib import Path
from typing import BinaryIO
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
"""MIME types that the platform's table lacks, or that differ between platforms."""
BLOCK = 16384


@dataclass
class Fault:
    """A fault in the answers for one path; several kinds can be combined."""

    status: int | None = None
    """Answer with this status and no file."""
    cut: int | None = None
    """Close the connection after this many bytes of the body."""
    stall: int | None = None
    """Send this many bytes of the body, then wait until the client gives up."""
    no_length: bool = False
    """Send no length: the end of the connection is the end of the file. Ranges are ignored."""
    body: bytes | None = None
    """Answer with this content instead of the file's, as text/html unless `media_type` is given."""
    media_type: str | None = None
    """Answer with this MIME type."""
    redirect: str | None = None
    """Redirect to this address."""
    cookie: str | None = None
    """Set this cookie."""
    rate: int | None = None
    """Transfer rate in bytes per second."""
    times: int | None = None
    """How many answers are affected; None: all, until the fault is removed."""


@dataclass(frozen=True)
class Request:
    """A request that was answered."""

    method: str
    path: str
    range: str | None
    status: int
    authorization: str | None = None


class MediaServer(ThreadingHTTPServer):
    """Serves `folder`; `faults` maps paths such as "/clip.mp4" to their faults."""

    daemon_threads = True

    def __init__(self, folder: Path | str) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.folder = Path(folder)
        self.faults: dict[str, Fault] = {}
        self.requests: list[Request] = []
        self.closing = threading.Event()
        self._lock = threading.Lock()

    def url(self, path: str) -> str:
        """Return the address of a file, given its path in the folder."""
        return f"http://127.0.0.1:{self.server_address[1]}/{quote(path)}"

    def next_fault(self, path: str) -> Fault:
        """Return the fault of the next answer for `path`, and count the answer."""
        with self._lock:
            fault = self.faults.get(path, Fault())
            if fault.times == 0:
                return Fault()
            if fault.times is not None:
                fault.times -= 1
            return fault

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore clients that close the connection early."""


class Handler(BaseHTTPRequestHandler):
    """Handles one request."""

    server: MediaServer

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        fault = self.server.next_fault(path)
        file = (self.server.folder / path.lstrip("/")).resolve()
        if fault.redirect:
            return self._redirect(path, fault)
        if fault.status:
            return self._refuse(path, fault.status)
        if fault.body is not None:
            content = BytesIO(fault.body)
        elif file.is_relative_to(self.server.folder.resolve()) and file.is_file():
            content = file.open("rb")
        else:
            return self._refuse(path, HTTPStatus.NOT_FOUND)
        with content:
            page = "text/html" if fault.body is not None else None
            self._answer(path, content, fault, fault.media_type or page or media_type(file))

    def _answer(self, path: str, content: BinaryIO, fault: Fault, mime: str) -> None:
        size = content.seek(0, 2)
        range_header = None if fault.no_length else self.headers.get("Range")
        start, end = byte_range(range_header, size)
        if start >= end and range_header:
            return self._refuse(path, HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
        status = HTTPStatus.PARTIAL_CONTENT if range_header else HTTPStatus.OK
        self._record(path, status)
        self.send_response(status)
        self.send_header("Content-Type", mime)
        if fault.cookie:
            self.send_header("Set-Cookie", fault.cookie)
        if not fault.no_length:
            self.send_header("Content-Length", str(end - start))
            self.send_header("Accept-Ranges", "bytes")
        if range_header:
            self.send_header("Content-Range", f"bytes {start}-{end - 1}/{size}")
        self.end_headers()
        if self.command == "GET":
            self._send(content, start, end, fault)

    do_HEAD = do_GET

    def _send(self, content: BinaryIO, start: int, end: int, fault: Fault) -> None:
        limits = [limit for limit in (fault.cut, fault.stall) if limit is not None]
        remaining = min([end - start, *limits])
        content.seek(start)
        while remaining > 0:
            block = content.read(min(BLOCK, remaining))
            self.wfile.write(block)
            remaining -= len(block)
            if fault.rate:
                time.sleep(len(block) / fault.rate)
        if fault.stall is not None:
            self.wfile.flush()
            self.server.closing.wait(60)

    def _redirect(self, path: str, fault: Fault) -> None:
        self._record(path, HTTPStatus.FOUND)
        self.send_response(HTTPStatus.FOUND)
        self.send_header("Location", fault.redirect or "")
        if fault.cookie:
            self.send_header("Set-Cookie", fault.cookie)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _refuse(self, path: str, status: int) -> None:
        self._record(path, status)
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _record(self, path: str, status: int) -> None:
        range_header = self.headers.get("Range")
        authorization = self.headers.get("Authorization")
        request = Request(self.command, path, range_header, int(status), authorization)
        self.server.requests.append(request)

    def log_message(self, *arguments: object) -> None:
        """Do not print requests: the list `requests` has the same information."""


def media_type(file: Path) -> str:
    """Return the MIME type of a file, by its suffix."""
    guess = mimetypes.guess_type(file.name)[0]
    return TYPES.get(file.suffix.lower()) or guess or "application/octet-stream"


def byte_range(header: str | None, size: int) -> tuple[int, int]:
    """Return the half-open byte interval of a Range header with one range.

    Without a header, this is the complete file.
    """
    match = re.fullmatch(r"bytes=(\d*)-(\d*)", header or "")
    if not match or not any(match.groups()):
        return 0, size
    first, last = match.groups()
    if not first:
        return max(size - int(last), 0), size
    return int(first), min(int(last) + 1, size) if last else size


@contextmanager
def serve(folder: Path | str) -> Iterator[MediaServer]:
    """Serve a folder inside a `with` block."""
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
    """Yield a port that refuses connections: it is bound, but no process listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]
