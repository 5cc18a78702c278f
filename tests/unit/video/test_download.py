"""fetch_video with the real yt-dlp against a server on this machine that fails on demand."""

import hashlib
import json
import os
import re
import socket
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from yt_dlp.networking.exceptions import HTTPError, IncompleteRead, TransportError
from yt_dlp.utils import (
    DownloadError,
    ExtractorError,
    GeoRestrictedError,
    UnavailableVideoError,
    UnsupportedError,
)

import fetch_video
from corpus.core.errors import CorpusError, InputError
from corpus.tables.schemas import STATUSES
from corpus.video.download_errors import FetchError, causes, is_gone, message
from media_server import Fault, closed_port, serve
from repository import ROOT

SCRIPTS = ROOT / "scripts"
CUT = 20_000
"""Bytes of the first transfer where a test breaks it off; the clips are larger."""


def clip(path: Path, codec: str, start: float = 0.0) -> Path:
    """A second of noise: small pictures, but more bytes than one network packet."""
    rng = np.random.default_rng(7)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=10)
        stream.width, stream.height, stream.pix_fmt = 128, 96, "yuv420p"
        stream.bit_rate = 2_000_000
        stream.time_base = Fraction(1, 1000)
        for number in range(10):
            picture = rng.integers(0, 256, (96, 128, 3), dtype=np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.time_base = Fraction(1, 1000)
            frame.pts = round(start * 1000) + number * 100
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    assert path.stat().st_size > 2 * CUT
    return path


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """A folder with clips and pages, for the server."""
    folder = tmp_path_factory.mktemp("site")
    clip(folder / "clip.mp4", "libx264")
    clip(folder / "phone.mov", "libx264")
    clip(folder / "news.mpg", "mpeg2video")
    clip(folder / "talk.mkv", "libx264", start=0.5)
    clip(folder / "web.webm", "libvpx-vp9")
    (folder / "talk.en.vtt").write_text("WEBVTT\n\n00:00.000 --> 00:01.000\nhello\n")
    (folder / "page.html").write_text(
        "<html><head><title>A talk</title></head><body><video>"
        '<source src="talk.mkv" type="video/x-matroska">'
        '<track kind="subtitles" srclang="en" src="talk.en.vtt"></video></body></html>'
    )
    (folder / "two.html").write_text(
        '<html><title>Two</title><body><video src="clip.mp4"></video>'
        '<video src="phone.mov"></video></body></html>'
    )
    (folder / "text.html").write_text("<html><body>Only words.</body></html>")
    return folder


@pytest.fixture
def server(site):
    with serve(site) as server:
        yield server


class Attempt:
    """Fetches `source` as the rule would, and looks at what is there afterwards."""

    def __init__(self, folder: Path, video_id: str = "v1") -> None:
        self.folder = folder
        self.video_id = video_id

    def __call__(self, source: str, suffix: str = "mp4", *more: str, local: str = "") -> None:
        fetch_video.main(self.arguments(source, suffix, *more, local=local))

    def arguments(self, source: str, suffix: str, *more: str, local: str = "") -> list[str]:
        self.media = self.folder / "videos" / f"{self.video_id}.{suffix}"
        self.record_file = self.media.with_name(self.media.name + ".json")
        return [
            f"--video-id={self.video_id}",
            f"--source={source}",
            f"--local={local}",
            f"--media={self.media}",
            f"--record={self.record_file}",
            "--timeout=0.5",
            "--retries=0",
            *more,
        ]

    @property
    def record(self) -> dict:
        return json.loads(self.record_file.read_text())

    def files(self) -> list[str]:
        """Every file below videos/, the working folder's too."""
        top = self.folder / "videos"
        return sorted(str(path.relative_to(top)) for path in top.rglob("*") if not path.is_dir())


@pytest.fixture
def fetch(tmp_path):
    return Attempt(tmp_path)


def frames(path: Path) -> list[tuple[float, str]]:
    """Time and digest of every decoded picture."""
    with av.open(str(path)) as container:
        return [
            (round(frame.time, 6), hashlib.sha256(frame.to_ndarray().tobytes()).hexdigest())
            for frame in container.decode(video=0)
        ]


def packets(path: Path) -> list[tuple[float, int]]:
    """Time and size of every packet."""
    with av.open(str(path)) as container:
        return sorted(
            (round(float(packet.pts * packet.time_base), 6), packet.size)
            for packet in container.demux(video=0)
            if packet.size
        )


# What arrives


@pytest.mark.parametrize("name", ["clip.mp4", "phone.mov", "news.mpg", "talk.mkv", "web.webm"])
def test_a_file_with_the_wanted_suffix_arrives_byte_by_byte(fetch, server, site, name):
    suffix = name.partition(".")[2]
    fetch(server.url(name), suffix)
    assert fetch.media.read_bytes() == (site / name).read_bytes()
    assert fetch.record == {
        "video_id": "v1",
        "source": server.url(name),
        "status": "ok",
        "reason": None,
        "sha256": hashlib.sha256((site / name).read_bytes()).hexdigest(),
        "size": (site / name).stat().st_size,
        "extractor": "generic",
        "title": name.partition(".")[0],
        "tools": fetch.record["tools"],
    }
    assert list(fetch.record["tools"]) == ["yt-dlp"]
    assert fetch.files() == ["v1.info.json", f"v1.{suffix}", f"v1.{suffix}.json"]
    assert not any((fetch.folder / "videos" / ".partial").iterdir())


@pytest.mark.parametrize(("name", "start"), [("web.webm", 0.0), ("talk.mkv", 0.5)])
def test_another_container_is_remuxed_and_never_encoded(fetch, server, site, name, start):
    fetch(server.url(name), "mp4")
    with av.open(str(fetch.media)) as container:
        assert "mp4" in container.format.name
    assert packets(fetch.media) == packets(site / name)
    assert frames(fetch.media) == frames(site / name)
    assert frames(fetch.media)[0][0] == start
    assert fetch.record["status"] == "ok"


def test_a_page_gives_its_video_its_title_and_subtitles(fetch, server, site):
    fetch(server.url("page.html"), "mp4", "--subtitles=en,de")
    assert fetch.record["title"].startswith("A talk")
    assert (fetch.folder / "videos/v1.en.vtt").read_bytes() == (site / "talk.en.vtt").read_bytes()
    assert fetch.files() == ["v1.en.vtt", "v1.info.json", "v1.mp4", "v1.mp4.json"]
    assert frames(fetch.media) == frames(site / "talk.mkv")


@pytest.mark.parametrize("status", [404, 429, 500])
def test_refused_subtitles_do_not_cost_the_video(fetch, server, site, status):
    server.faults["/talk.en.vtt"] = Fault(status=status)
    fetch(server.url("page.html"), "mkv", "--subtitles=en")
    assert fetch.media.read_bytes() == (site / "talk.mkv").read_bytes()
    assert fetch.files() == ["v1.info.json", "v1.mkv", "v1.mkv.json"]


def test_an_id_may_begin_with_a_dash(tmp_path, server, site):
    fetch = Attempt(tmp_path, "-_x9")
    fetch(server.url("clip.mp4"))
    assert fetch.media.name == "-_x9.mp4"
    assert fetch.media.read_bytes() == (site / "clip.mp4").read_bytes()


def test_the_same_record_every_time(tmp_path, server):
    records = []
    for name in ("first", "second"):
        fetch = Attempt(tmp_path / name)
        fetch(server.url("clip.mp4"))
        records.append(fetch.record_file.read_bytes())
    assert records[0] == records[1]


# Local files


def test_a_local_file_becomes_a_relative_link(fetch, site):
    fetch("../talk.mkv", "mkv", local=str(site / "talk.mkv"))
    assert fetch.media.is_symlink()
    assert not os.path.isabs(fetch.media.readlink())
    assert fetch.media.read_bytes() == (site / "talk.mkv").read_bytes()
    assert fetch.record["status"] == "ok"
    assert fetch.record["source"] == "../talk.mkv"
    assert fetch.record["tools"] == {}
    fetch("../talk.mkv", "mkv", local=str(site / "talk.mkv"))  # again, over the link


def test_the_link_holds_where_the_results_are_behind_a_link(tmp_path, site):
    (tmp_path / "a/b/scratch").mkdir(parents=True)
    (tmp_path / "results").symlink_to(tmp_path / "a/b/scratch")
    fetch = Attempt(tmp_path / "results")
    fetch("clip.mp4", local=str(site / "clip.mp4"))
    assert fetch.media.read_bytes() == (site / "clip.mp4").read_bytes()


def test_a_copy_where_links_are_not_supported(fetch, site, monkeypatch):
    def unsupported(*_):
        raise OSError("no links here")

    monkeypatch.setattr(Path, "symlink_to", unsupported)
    fetch("clip.mp4", local=str(site / "clip.mp4"))
    assert not fetch.media.is_symlink()
    assert fetch.media.read_bytes() == (site / "clip.mp4").read_bytes()


def test_a_missing_local_file_is_named(fetch):
    with pytest.raises(InputError, match="nowhere.mp4"):
        fetch("nowhere.mp4", local="nowhere.mp4")
    assert fetch.files() == []


# Gone for good


@pytest.mark.parametrize("status", [401, 404, 410, 451])
def test_a_dead_link_is_a_row(fetch, server, status):
    server.faults["/clip.mp4"] = Fault(status=status)
    fetch(server.url("clip.mp4"))
    assert fetch.media.read_bytes() == b""
    assert fetch.record["status"] == "unavailable" in STATUSES
    assert f"HTTP Error {status}" in fetch.record["reason"]
    assert fetch.record["sha256"] is None
    assert fetch.record["size"] == 0
    assert fetch.files() == ["v1.mp4", "v1.mp4.json"]


def test_a_page_without_a_video_is_a_row(fetch, server):
    fetch(server.url("text.html"))
    assert fetch.record["status"] == "unavailable"
    assert "Unsupported URL" in fetch.record["reason"]


def test_a_page_whose_video_was_removed_is_a_row(fetch, server):
    server.faults["/talk.mkv"] = Fault(status=404)
    fetch(server.url("page.html"))
    assert fetch.record["status"] == "unavailable"
    assert fetch.record["reason"] == "unable to download video data: HTTP Error 404: Not Found"


def test_a_file_of_no_bytes_is_a_row(fetch, server):
    (server.folder / "nothing.mp4").touch()
    fetch(server.url("nothing.mp4"))
    assert fetch.record["status"] == "unavailable"
    assert "data blocks" in fetch.record["reason"]


# Faults that pass


def fails_then_recovers(fetch, server, site, source, match):
    with pytest.raises(FetchError, match=match):
        fetch(source)
    assert not fetch.media.exists()
    assert not fetch.record_file.exists()
    server.faults.clear()
    server.requests.clear()
    fetch(server.url("clip.mp4"))
    assert fetch.media.read_bytes() == (site / "clip.mp4").read_bytes()
    assert fetch.record["status"] == "ok"
    assert fetch.files() == ["v1.info.json", "v1.mp4", "v1.mp4.json"]


def resumed_at(requests) -> int:
    """First byte that the last request asked for; it got just the rest."""
    assert requests[-1].status == 206
    return int(re.fullmatch(r"bytes=(\d+)-", requests[-1].range)[1])


@pytest.mark.parametrize("status", [403, 429, 500, 503])
def test_a_refusal_that_passes(fetch, server, site, status):
    server.faults["/clip.mp4"] = Fault(status=status)
    fails_then_recovers(fetch, server, site, server.url("clip.mp4"), f"HTTP Error {status}")


def test_a_cut_transfer_goes_on_where_it_broke_off(fetch, server, site):
    server.faults["/clip.mp4"] = Fault(cut=CUT)
    fails_then_recovers(fetch, server, site, server.url("clip.mp4"), "bytes")
    assert resumed_at(server.requests) > 0


def test_a_stalled_transfer_goes_on_where_it_stopped(fetch, server, site):
    server.faults["/clip.mp4"] = Fault(stall=CUT)
    fails_then_recovers(fetch, server, site, server.url("clip.mp4"), "timed out")
    assert resumed_at(server.requests) > 0


def test_a_transfer_cut_again_and_again_is_resumed_within_one_job(fetch, server, site, monkeypatch):
    monkeypatch.setattr(fetch_video, "pause", lambda n: 0)
    server.faults["/clip.mp4"] = Fault(cut=CUT, times=3)  # the first is yt-dlp's look at the type
    fetch(server.url("clip.mp4"), "mp4", "--retries=3")
    assert fetch.media.read_bytes() == (site / "clip.mp4").read_bytes()
    assert [request.status for request in server.requests] == [200, 200, 206, 206]
    assert resumed_at(server.requests) > CUT


def test_no_server_at_all(fetch, server, site):
    with closed_port() as port:
        address = f"http://127.0.0.1:{port}/clip.mp4"
        fails_then_recovers(fetch, server, site, address, "refused")


def test_an_unknown_host(fetch, server, site, monkeypatch):
    real = socket.getaddrinfo

    def resolve(host, *more, **options):
        if host == "127.0.0.1":
            return real(host, *more, **options)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    address = "http://videos.invalid/clip.mp4"
    fails_then_recovers(fetch, server, site, address, "Failed to resolve|not known")


def test_the_rest_of_another_source_is_not_taken_up(fetch, server, site):
    server.faults["/news.mpg"] = Fault(cut=CUT)
    with pytest.raises(FetchError):
        fetch(server.url("news.mpg"), "mp4")
    server.requests.clear()
    fetch(server.url("clip.mp4"), "mp4")
    assert fetch.media.read_bytes() == (site / "clip.mp4").read_bytes()
    assert {request.range for request in server.requests} == {None}


def test_a_slow_server_is_not_a_fault(fetch, server, site):
    server.faults["/clip.mp4"] = Fault(rate=200_000)
    fetch(server.url("clip.mp4"))
    assert fetch.media.read_bytes() == (site / "clip.mp4").read_bytes()


def test_a_missing_segment_is_not_skipped(fetch, server, site, tmp_path):
    playlist = "#EXTM3U\n#EXT-X-TARGETDURATION:1\n"
    for name in ("clip.ts", "missing.ts"):
        playlist += f"#EXTINF:1.0,\n{name}\n"
    clip(site / "clip.ts", "libx264")
    (site / "stream.m3u8").write_text(playlist + "#EXT-X-ENDLIST\n")
    with pytest.raises(FetchError):
        fetch(server.url("stream.m3u8"))
    assert not fetch.media.exists()


def test_a_list_of_videos_is_refused(fetch, server):
    with pytest.raises(InputError, match="list of 2 videos: give each a row"):
        fetch(server.url("two.html"))
    assert not fetch.media.exists()


def test_a_container_that_cannot_hold_the_streams_names_the_key(fetch, server, site):
    clip(site / "old.webm", "libvpx")
    with pytest.raises(FetchError, match="fetch.container"):
        fetch(server.url("old.webm"), "mp4")


# Options


def test_missing_cookies_name_the_key(fetch, server):
    with pytest.raises(InputError, match="fetch.cookies: nowhere.txt"):
        fetch(server.url("clip.mp4"), "mp4", "--cookies=nowhere.txt")


def test_a_file_that_is_no_cookies_file_names_the_key(fetch, server, tmp_path):
    (tmp_path / "cookies.txt").write_text("this is not Netscape's format\n")
    with pytest.raises(InputError, match="fetch.cookies"):
        fetch(server.url("clip.mp4"), "mp4", f"--cookies={tmp_path / 'cookies.txt'}")


def test_the_cookies_file_is_read_and_not_written(fetch, server, tmp_path):
    file = tmp_path / "cookies.txt"
    file.write_text("# Netscape HTTP Cookie File\n.example.org\tTRUE\t/\tFALSE\t0\tkey\tvalue\n")
    before = file.read_bytes()
    fetch(server.url("clip.mp4"), "mp4", f"--cookies={file}")
    assert file.read_bytes() == before
    assert fetch.record["status"] == "ok"


@pytest.mark.parametrize(("text", "value"), [("", None), ("500", 500), ("2M", 2 * 1024**2)])
def test_rate(text, value):
    assert fetch_video.rate(text) == value


def test_a_rate_that_is_none_names_the_key():
    with pytest.raises(InputError, match="fetch.rate_limit"):
        fetch_video.rate("fast")


def test_as_a_program(fetch, server):
    """Exit statuses, and yt-dlp's own words in the log."""

    def program(source):
        command = [sys.executable, SCRIPTS / "fetch_video.py", *fetch.arguments(source, "mp4")]
        return subprocess.run(command, check=False, capture_output=True, text=True)

    server.faults["/clip.mp4"] = Fault(status=503)
    failed = program(server.url("clip.mp4"))
    assert failed.returncode == 1
    assert "HTTP Error 503" in failed.stderr
    assert "Traceback" not in failed.stderr
    server.faults.clear()
    done = program(server.url("clip.mp4"))
    assert done.returncode == 0, done.stderr
    assert "v1: ok" in done.stderr
    assert done.stdout == ""


# The classification


def raised(error: BaseException) -> DownloadError:
    """`error` as YoutubeDL hands it on."""
    cause = getattr(error, "exc_info", None) or (None, None, None)
    return DownloadError(f"ERROR: {error}", cause if cause[0] else (type(error), error, None))


def status_error(status: int) -> ExtractorError:
    """What an extractor raises for an HTTP status."""

    class Response:
        reason = "said no"

    Response.status = status
    http = HTTPError(Response())
    return ExtractorError("Unable to download webpage", cause=http, expected=True)


def words(text: str) -> ExtractorError:
    return ExtractorError(text, expected=True, video_id="dQw4w9WgXcQ", ie="youtube")


GONE = [
    UnsupportedError("http://127.0.0.1/page"),
    GeoRestrictedError("This video is not available from your location", countries=["DE"]),
    *map(status_error, (401, 404, 410, 451)),
    words("Private video. Sign in if you've been granted access to this video"),
    words("Video unavailable"),
    words("Video unavailable. This video is private"),
    words("Video unavailable. This video has been removed by the uploader"),
    words("This video has been removed for violating YouTube's Terms of Service"),
    words("Video unavailable. This video is no longer available because the YouTube account "
          "associated with this video has been terminated."),
    words("Video unavailable. This video is no longer available due to a copyright claim by A"),
    words("The uploader has not made this video available in your country"),
    words("Video unavailable. This video contains content from A, who has blocked it in your "
          "country on copyright grounds"),
    words("Join this channel to get access to members-only content like this video"),
    words("Sign in to confirm your age. This video may be inappropriate for some users. Use "
          "--cookies-from-browser or --cookies for the authentication"),
    words("This video is only available for registered users. Use --cookies"),
    words("This video is DRM protected"),
    words("This live stream recording is not available."),
]  # fmt: skip
PASSING = [
    *map(status_error, (400, 403, 429, 500, 502, 503, 504)),
    ExtractorError("Unable to download webpage", cause=TransportError("timed out")),
    ExtractorError("Unable to download webpage", cause=TransportError("Failed to resolve host")),
    IncompleteRead(10, 20),
    UnavailableVideoError(OSError(28, "No space left on device")),
    words("Sign in to confirm you\u2019re not a bot. Use --cookies-from-browser or --cookies"),
    words("Sign in to confirm you're not a bot. Use --cookies-from-browser or --cookies"),
    words("Video unavailable. This content isn't available, try again later. The current session "
          "has been rate-limited by YouTube for up to an hour."),
    words("Video unavailable. This content isn\u2019t available."),
    words("The page needs to be reloaded."),
    words("Requested content is not available, rate-limit reached or login required"),
    words("Premieres in 3 hours"),
    words("This live event will begin in 2 days."),
    words("Requested format is not available. Use --list-formats for a list of available formats"),
    words("Something that nobody has seen before"),
    ExtractorError("Unable to extract data from http://127.0.0.1/private video"),
]  # fmt: skip


@pytest.mark.parametrize("error", GONE, ids=str)
def test_gone_for_good(error):
    assert is_gone(raised(error))


@pytest.mark.parametrize("error", PASSING, ids=str)
def test_passing(error):
    assert not is_gone(raised(error))


def test_a_type_counts_that_only_the_context_tells():
    """An extractor that turns a 403 into a geo-block keeps the 403 in exc_info."""
    try:
        try:
            raise status_error(403)
        except ExtractorError:
            raise GeoRestrictedError("Not for you") from None
    except GeoRestrictedError as error:
        assert is_gone(raised(error)) or is_gone(error)
        assert is_gone(error)


def test_causes_end_in_a_circle():
    first, second = ValueError("first"), ValueError("second")
    first.__cause__, second.__cause__ = second, first
    assert list(causes(first)) == [first, second]


def test_the_message_has_no_prefix_and_no_plea():
    error = ExtractorError("Unable to extract data", video_id="x", ie="youtube")
    assert message(raised(error)) == "[youtube] x: Unable to extract data"


def test_faults_are_errors_a_user_can_act_on():
    assert issubclass(FetchError, CorpusError)
