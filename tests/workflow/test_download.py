"""Downloads with the real yt-dlp from a local server that fails on demand."""

import base64
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
from yt_dlp.utils import DownloadError

import fetch_video
from corpus.core.errors import InputError
from corpus.tables.schemas import STATUSES
from corpus.video import download, info_json, ydl_options
from corpus.video.download_errors import FetchError
from media_server import Fault, closed_port, serve
from repository import ROOT

SCRIPTS = ROOT / "scripts"
CUT = 20_000
"""Number of bytes after which tests interrupt a transfer; the clips are larger."""


def write_clip(path: Path, codec: str, start: float = 0.0, **options: str) -> Path:
    """Write one second of noise in small frames. The file has more bytes than a network packet."""
    rng = np.random.default_rng(7)
    with av.open(str(path), "w", options=options) as container:
        stream = container.add_stream(codec, rate=10)
        stream.width, stream.height, stream.pix_fmt = 128, 96, "yuv420p"
        stream.bit_rate = 2_000_000
        stream.codec_context.thread_count = 1  # more threads of libvpx wait for each other
        stream.time_base = Fraction(1, 1000)
        for n in range(10):
            picture = rng.integers(0, 256, (96, 128, 3), dtype=np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.time_base = Fraction(1, 1000)
            frame.pts = round(start * 1000) + n * 100
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    assert path.stat().st_size > 2 * CUT
    return path


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """Folder with clips and pages, for the server."""
    folder = tmp_path_factory.mktemp("site")
    write_clip(folder / "clip.mp4", "libx264")
    write_clip(folder / "phone.mov", "libx264")
    write_clip(folder / "news.mpg", "mpeg2video")
    write_clip(folder / "talk.mkv", "libx264", start=0.5)
    write_clip(folder / "web.webm", "libvpx-vp9")
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


class Fetch:
    """Runs fetch_video as the rule does, and gives access to its output files."""

    def __init__(self, folder: Path, video_id: str = "v1") -> None:
        self.folder = folder
        self.video_id = video_id

    def __call__(self, source: str, suffix: str = "mp4", *options: str, local: str = "") -> None:
        fetch_video.main(self.arguments(source, suffix, *options, local=local))

    def arguments(self, source: str, suffix: str, *options: str, local: str = "") -> list[str]:
        self.media = self.folder / "videos" / f"{self.video_id}.{suffix}"
        self.record_file = self.media.with_name(self.media.name + ".json")
        return [
            f"--video-id={self.video_id}",
            f"--source={source}",
            f"--local={local}",
            f"--media={self.media}",
            f"--record={self.record_file}",
            "--format=bestvideo*+bestaudio/best",
            "--subtitles=",
            "--timeout-s=20",
            "--retries=0",
            *options,
        ]

    @property
    def record(self) -> dict:
        return json.loads(self.record_file.read_text())

    def files(self) -> list[str]:
        """Return all files below videos/, including those of incomplete transfers."""
        top = self.folder / "videos"
        return sorted(str(path.relative_to(top)) for path in top.rglob("*") if not path.is_dir())


@pytest.fixture
def fetch(tmp_path):
    return Fetch(tmp_path)


def frames(path: Path) -> list[tuple[float, str]]:
    """Return time and checksum of every decoded frame."""
    with av.open(str(path)) as container:
        return [
            (round(frame.time, 6), hashlib.sha256(frame.to_ndarray().tobytes()).hexdigest())
            for frame in container.decode(video=0)
        ]


def packets(path: Path) -> list[tuple[float, int]]:
    """Return time and size of every packet."""
    with av.open(str(path)) as container:
        return sorted(
            (round(float(packet.pts * packet.time_base), 6), packet.size)
            for packet in container.demux(video=0)
            if packet.size
        )


# Downloaded files


@pytest.mark.parametrize("name", ["clip.mp4", "phone.mov", "news.mpg", "talk.mkv", "web.webm"])
def test_file_in_the_requested_format_is_kept_byte_by_byte(fetch, server, site, name):
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
def test_file_in_another_format_is_remuxed_without_encoding(fetch, server, site, name, start):
    fetch(server.url(name), "mp4")
    with av.open(str(fetch.media)) as container:
        assert "mp4" in container.format.name
    assert packets(fetch.media) == packets(site / name)
    assert frames(fetch.media) == frames(site / name)
    assert frames(fetch.media)[0][0] == start
    assert fetch.record["status"] == "ok"


def test_page_provides_video_title_and_subtitles(fetch, server, site):
    fetch(server.url("page.html"), "mp4", "--subtitles=en,de")
    assert fetch.record["title"].startswith("A talk")
    assert (fetch.folder / "videos/v1.en.vtt").read_bytes() == (site / "talk.en.vtt").read_bytes()
    assert fetch.files() == ["v1.en.vtt", "v1.info.json", "v1.mp4", "v1.mp4.json"]
    assert frames(fetch.media) == frames(site / "talk.mkv")


@pytest.mark.fault("downloads", "the site refuses the subtitles", "the video is kept without them")
@pytest.mark.parametrize("status", [404, 429, 500])
def test_video_is_kept_if_subtitles_are_refused(fetch, server, site, status):
    server.faults["/talk.en.vtt"] = Fault(status=status)
    fetch(server.url("page.html"), "mkv", "--subtitles=en")
    assert fetch.media.read_bytes() == (site / "talk.mkv").read_bytes()
    assert fetch.files() == ["v1.info.json", "v1.mkv", "v1.mkv.json"]


def test_id_may_begin_with_a_dash(tmp_path, server, site):
    fetch = Fetch(tmp_path, "-_x9")
    fetch(server.url("clip.mp4"))
    assert fetch.media.name == "-_x9.mp4"
    assert fetch.media.read_bytes() == (site / "clip.mp4").read_bytes()


def test_record_is_reproducible(tmp_path, server):
    records = []
    for name in ("first", "second"):
        fetch = Fetch(tmp_path / name)
        fetch(server.url("clip.mp4"))
        records.append(fetch.record_file.read_bytes())
    assert records[0] == records[1]


# Local files


def test_local_file_becomes_a_relative_link(fetch, site):
    fetch("../talk.mkv", "mkv", local=str(site / "talk.mkv"))
    assert fetch.media.is_symlink()
    assert not os.path.isabs(fetch.media.readlink())
    assert fetch.media.read_bytes() == (site / "talk.mkv").read_bytes()
    assert fetch.record["status"] == "ok"
    assert fetch.record["source"] == "../talk.mkv"
    assert fetch.record["tools"] == {}
    fetch("../talk.mkv", "mkv", local=str(site / "talk.mkv"))  # replaces the link


def test_link_is_valid_if_the_results_folder_is_a_link(tmp_path, site):
    (tmp_path / "a/b/scratch").mkdir(parents=True)
    (tmp_path / "results").symlink_to(tmp_path / "a/b/scratch")
    fetch = Fetch(tmp_path / "results")
    fetch("clip.mp4", local=str(site / "clip.mp4"))
    assert fetch.media.read_bytes() == (site / "clip.mp4").read_bytes()


def test_local_file_is_copied_if_links_are_not_supported(fetch, site, monkeypatch):
    def unsupported(*_):
        raise OSError("no links here")

    monkeypatch.setattr(Path, "symlink_to", unsupported)
    fetch("clip.mp4", local=str(site / "clip.mp4"))
    assert not fetch.media.is_symlink()
    assert fetch.media.read_bytes() == (site / "clip.mp4").read_bytes()


def test_error_names_the_missing_local_file(fetch):
    with pytest.raises(InputError, match="nowhere.mp4"):
        fetch("nowhere.mp4", local="nowhere.mp4")
    assert fetch.files() == []


# Permanent errors


@pytest.mark.fault(
    "downloads",
    "the site answers 401, 404, 410 or 451",
    "the video is unavailable, with the words of the site",
)
@pytest.mark.parametrize("status", [401, 404, 410, 451])
def test_dead_link_is_recorded_as_unavailable(fetch, server, status):
    server.faults["/clip.mp4"] = Fault(status=status)
    fetch(server.url("clip.mp4"))
    assert fetch.media.read_bytes() == b""
    assert fetch.record["status"] == "unavailable" in STATUSES
    assert f"HTTP Error {status}" in fetch.record["reason"]
    assert fetch.record["sha256"] is None
    assert fetch.record["size"] == 0
    assert fetch.files() == ["v1.mp4", "v1.mp4.json"]


@pytest.mark.fault(
    "downloads",
    "the video was removed from its page",
    "the video is unavailable, with the words of the site",
)
def test_page_with_a_removed_video_is_recorded_as_unavailable(fetch, server):
    server.faults["/talk.mkv"] = Fault(status=404)
    fetch(server.url("page.html"))
    assert fetch.record["status"] == "unavailable"
    assert fetch.record["reason"] == "unable to download video data: HTTP Error 404: Not Found"


@pytest.mark.fault("downloads", "the server sends a file of 0 bytes", "the video is unavailable")
def test_file_of_zero_bytes_is_recorded_as_unavailable(fetch, server):
    (server.folder / "nothing.mp4").touch()
    fetch(server.url("nothing.mp4"))
    assert fetch.record["status"] == "unavailable"
    assert "data blocks" in fetch.record["reason"]


# Temporary errors


def check_failure_then_success(fetch, server, site, source, match, *options):
    """Check that a fetch with some options fails without output files, and the next succeeds."""
    with pytest.raises(FetchError, match=match):
        fetch(source, "mp4", *options)
    assert not fetch.media.exists()
    assert not fetch.record_file.exists()
    server.faults.clear()
    server.requests.clear()
    fetch(server.url("clip.mp4"))
    assert fetch.media.read_bytes() == (site / "clip.mp4").read_bytes()
    assert fetch.record["status"] == "ok"
    assert fetch.files() == ["v1.info.json", "v1.mp4", "v1.mp4.json"]


def first_resumed_byte(requests) -> int:
    """Return the first byte of the last request, after checking that it asked for the rest."""
    assert requests[-1].status == 206
    return int(re.fullmatch(r"bytes=(\d+)-", requests[-1].range)[1])


@pytest.mark.fault(
    "downloads",
    "the site answers 403, 429, 500 or 503 for some time",
    "no output is left, and the next attempt fetches the video",
)
@pytest.mark.parametrize("status", [403, 429, 500, 503])
def test_temporary_http_errors_are_retried(fetch, server, site, status):
    server.faults["/clip.mp4"] = Fault(status=status)
    check_failure_then_success(fetch, server, site, server.url("clip.mp4"), f"HTTP Error {status}")


@pytest.mark.fault(
    "downloads",
    "the connection ends in the middle of a transfer",
    "the next attempt continues at this byte",
)
def test_interrupted_transfer_is_resumed(fetch, server, site):
    server.faults["/clip.mp4"] = Fault(cut=CUT)
    check_failure_then_success(fetch, server, site, server.url("clip.mp4"), "bytes")
    assert first_resumed_byte(server.requests) > 0


@pytest.mark.fault(
    "downloads",
    "the server stops sending and keeps the connection",
    "the time limit ends the attempt; the next resumes the transfer",
)
def test_stalled_transfer_is_resumed(fetch, server, site):
    server.faults["/clip.mp4"] = Fault(stall=CUT)
    address = server.url("clip.mp4")
    check_failure_then_success(fetch, server, site, address, "timed out", "--timeout-s=0.5")
    assert first_resumed_byte(server.requests) > 0


@pytest.mark.fault(
    "downloads", "the connection is cut again and again", "one job completes the transfer"
)
def test_transfer_interrupted_repeatedly_is_resumed_in_one_job(fetch, server, site, monkeypatch):
    monkeypatch.setattr(ydl_options, "retry_delay", lambda n: 0)
    server.faults["/clip.mp4"] = Fault(
        cut=CUT, times=3
    )  # the first request only asks for the file type
    fetch(server.url("clip.mp4"), "mp4", "--retries=3")
    assert fetch.media.read_bytes() == (site / "clip.mp4").read_bytes()
    assert [request.status for request in server.requests] == [200, 200, 206, 206]
    assert first_resumed_byte(server.requests) > CUT


@pytest.mark.fault(
    "downloads",
    "nothing listens on the server's port",
    "fails as temporary; the next run fetches the video",
)
def test_refused_connection_is_temporary(fetch, server, site):
    with closed_port() as port:
        address = f"http://127.0.0.1:{port}/clip.mp4"
        check_failure_then_success(fetch, server, site, address, "refused")


@pytest.mark.fault(
    "downloads",
    "the host name does not exist",
    "fails as temporary; the next run fetches the video",
)
def test_unknown_host_is_temporary(fetch, server, site, monkeypatch):
    real = socket.getaddrinfo

    def resolve(host, *args, **kwargs):
        if host == "127.0.0.1":
            return real(host, *args, **kwargs)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    address = "http://videos.invalid/clip.mp4"
    check_failure_then_success(fetch, server, site, address, "Failed to resolve|not known")


@pytest.mark.fault(
    "downloads",
    "the source changes after half a transfer",
    "the new source is fetched from its start",
)
def test_partial_file_of_another_source_is_not_continued(fetch, server, site):
    server.faults["/news.mpg"] = Fault(cut=CUT)
    with pytest.raises(FetchError):
        fetch(server.url("news.mpg"), "mp4")
    server.requests.clear()
    fetch(server.url("clip.mp4"), "mp4")
    assert fetch.media.read_bytes() == (site / "clip.mp4").read_bytes()
    assert {request.range for request in server.requests} == {None}


@pytest.mark.fault(
    "downloads", "a login page answers in place of a video (text/html, 200)", "tried again later"
)
@pytest.mark.parametrize("mime", ["text/html", "video/mp4", "application/json"])
@pytest.mark.parametrize("page", ["<!DOCTYPE html><p>Log in</p>", "\ufeff <html>", '{"error": 1}'])
def test_page_in_place_of_a_video_is_temporary(fetch, server, site, mime, page):
    server.faults["/clip.mp4"] = Fault(body=page.encode(), media_type=mime)
    match = "web page was received|no video on this page|Failed to parse"
    check_failure_then_success(fetch, server, site, server.url("clip.mp4"), match)


def test_page_without_a_video_is_temporary(fetch, server):
    """It may be the login page of a network."""
    with pytest.raises(FetchError, match="Unsupported URL.*no video on this page"):
        fetch(server.url("text.html"))
    assert fetch.files() == []


CUT_FILES = {
    "clip.mp4": ("libx264", {}),
    "front.mp4": ("libx264", {"movflags": "faststart"}),
    "fragments.mp4": ("libx264", {"movflags": "frag_keyframe+empty_moov"}),
    "phone.mov": ("libx264", {}),
    "talk.mkv": ("libx264", {}),
    "live.mkv": ("libx264", {"live": "1"}),
    "web.webm": ("libvpx-vp9", {}),
    "live.webm": ("libvpx-vp9", {"live": "1"}),
    "tv.ts": ("libx264", {}),
    "old.avi": ("mpeg4", {}),
}
"""Name, codec and options of files that are cut."""


@pytest.mark.fault(
    "downloads",
    "a server that sends no length ends the connection early (mp4, mov, mkv, webm, ts, avi)",
    "the part is not taken for the video; it is fetched again",
)
@pytest.mark.parametrize("name", CUT_FILES)
def test_cut_of_a_transfer_without_length_is_noticed(tmp_path, server, site, name):
    codec, options = CUT_FILES[name]
    file = site / name if (site / name).exists() else write_clip(site / name, codec, **options)
    size = file.stat().st_size
    for number, cut in enumerate([300, size // 2, size // 2 // 188 * 188, size - 5]):
        fetch = Fetch(tmp_path / str(number))
        server.faults[f"/{name}"] = Fault(no_length=True, cut=cut)
        with pytest.raises(FetchError, match="transfer ended early"):
            fetch(server.url(name), name.partition(".")[2])
        assert fetch.files() == []
    server.faults[f"/{name}"] = Fault(no_length=True)
    fetch(server.url(name), name.partition(".")[2])
    assert fetch.media.read_bytes() == file.read_bytes()


@pytest.mark.parametrize("name", ["clip.mp4", "talk.mkv"])
def test_damaged_original_of_known_length_is_kept(fetch, server, site, name):
    damaged = site / f"damaged.{name}"
    damaged.write_bytes((site / name).read_bytes()[:CUT])
    fetch(server.url(damaged.name), name.partition(".")[2])
    assert fetch.record["status"] == "ok"
    assert fetch.media.read_bytes() == damaged.read_bytes()


@pytest.mark.fault("downloads", "a segment of a stream is cut", "the stream is fetched again")
def test_cut_segment_is_noticed(fetch, server, site):
    for name in ("one.ts", "two.ts"):
        write_clip(site / name, "libx264")
    parts = "".join(f"#EXTINF:1.0,\n{name}\n" for name in ("one.ts", "two.ts"))
    (site / "parts.m3u8").write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n{parts}#EXT-X-ENDLIST\n")
    server.faults["/one.ts"] = Fault(no_length=True, cut=CUT)
    with pytest.raises(FetchError, match="transfer ended early"):
        fetch(server.url("parts.m3u8"))
    server.faults.clear()
    fetch(server.url("parts.m3u8"))
    assert fetch.record["status"] == "ok"


def test_slow_server_is_not_an_error(fetch, server, site):
    """The time limit is about a pause without any data, not about the whole transfer."""
    size = (site / "clip.mp4").stat().st_size
    server.faults["/clip.mp4"] = Fault(rate=size // 3)
    fetch(server.url("clip.mp4"), "mp4", "--timeout-s=1.5")
    assert fetch.media.read_bytes() == (site / "clip.mp4").read_bytes()


@pytest.mark.fault(
    "downloads",
    "a segment of a stream is missing",
    "the job fails, and no video with a hole is kept",
)
def test_missing_segment_is_not_skipped(fetch, server, site, tmp_path):
    playlist = "#EXTM3U\n#EXT-X-TARGETDURATION:1\n"
    for name in ("clip.ts", "missing.ts"):
        playlist += f"#EXTINF:1.0,\n{name}\n"
    write_clip(site / "clip.ts", "libx264")
    (site / "stream.m3u8").write_text(playlist + "#EXT-X-ENDLIST\n")
    with pytest.raises(FetchError):
        fetch(server.url("stream.m3u8"))
    assert not fetch.media.exists()


@pytest.mark.fault("downloads", "the address is a list of videos", "refused with advice")
def test_list_of_videos_is_rejected(fetch, server):
    with pytest.raises(InputError, match="list of 2 videos: give each video its own row"):
        fetch(server.url("two.html"))
    assert not fetch.media.exists()


def test_error_names_the_key_if_the_format_cannot_hold_the_streams(fetch, server, site):
    write_clip(site / "old.webm", "libvpx")
    with pytest.raises(FetchError, match="fetch.container"):
        fetch(server.url("old.webm"), "mp4")


# After the last attempt


def test_last_attempt_records_the_reason_of_a_temporary_error(tmp_path, server, site):
    server.faults["/clip.mp4"] = Fault(status=503)
    records = []
    for name in ("first", "second"):
        fetch = Fetch(tmp_path / name)
        fetch(server.url("clip.mp4"), "mp4", "--last-attempt")
        assert fetch.record["status"] == "pending" in STATUSES
        assert "HTTP Error 503" in fetch.record["reason"]
        assert fetch.media.read_bytes() == b"" and fetch.record["sha256"] is None
        records.append(fetch.record_file.read_bytes())
    assert records[0] == records[1]
    server.faults.clear()
    fetch(server.url("clip.mp4"), "mp4", "--last-attempt")
    assert fetch.record["status"] == "ok"
    assert fetch.media.read_bytes() == (site / "clip.mp4").read_bytes()


def test_transfer_of_a_pending_video_is_resumed(fetch, server, site):
    server.faults["/clip.mp4"] = Fault(cut=CUT)
    fetch(server.url("clip.mp4") + "?token=old", "mp4", "--last-attempt")
    assert fetch.record["status"] == "pending"
    server.faults.clear()
    fetch(server.url("clip.mp4") + "?token=new", "mp4", "--last-attempt")
    assert first_resumed_byte(server.requests) > 0
    assert fetch.media.read_bytes() == (site / "clip.mp4").read_bytes()


def test_full_disk_is_not_recorded_as_pending(fetch, server, monkeypatch):
    def full(*_):
        raise DownloadError("unable to write data: [Errno 28] No space left on device")

    monkeypatch.setattr(download, "extract_info", full)
    with pytest.raises(FetchError, match="No space left"):
        fetch(server.url("clip.mp4"), "mp4", "--last-attempt")
    assert not fetch.record_file.exists()


def test_unexpected_answer_of_a_site_is_temporary(fetch, server, monkeypatch):
    def broken(*_):
        raise TypeError("'NoneType' object is not subscriptable")

    monkeypatch.setattr(download, "extract_info", broken)
    fetch(server.url("clip.mp4"), "mp4", "--last-attempt")
    assert fetch.record["status"] == "pending"
    assert fetch.record["reason"].startswith("yt-dlp failed: TypeError")


# What the user's own files and the manifest hold


@pytest.fixture
def home(tmp_path):
    """A home folder with a plugin, a configuration of yt-dlp, and a .netrc."""
    folder = tmp_path / "home"
    marker = folder / "it_ran"
    plugin = f"open({str(marker)!r}, 'w').close()\n"
    places = ("home/.config/yt-dlp/plugins/mine", "home/.config/yt-dlp-plugins/mine", "site")
    for place in places:
        for kind in ("extractor", "postprocessor"):
            package = tmp_path / place / "yt_dlp_plugins" / kind
            package.mkdir(parents=True)
            (package / "planted.py").write_text(plugin)
    config = folder / ".config" / "yt-dlp" / "config"
    config.write_text(f"--exec before_dl:'touch {marker}'\n--netrc\n")
    (folder / ".netrc").write_text("machine 127.0.0.1 login ada password planted-password\n")
    return folder


@pytest.mark.fault(
    "downloads",
    "plugins and a configuration of yt-dlp and a .netrc in the home folder, plugins in PYTHONPATH",
    "none is used",
)
def test_no_plugin_and_no_configuration_of_the_user_is_used(fetch, server, home):
    command = [sys.executable, SCRIPTS / "fetch_video.py"]
    command += fetch.arguments(server.url("clip.mp4"), "mp4")
    environment = {name: value for name, value in os.environ.items() if "XDG" not in name}
    environment |= {"HOME": str(home), "PYTHONPATH": str(home.parent / "site")}
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    assert not (home / "it_ran").exists()
    assert {request.authorization for request in server.requests} == {None}
    # The same plugins run where yt-dlp is used on its own.
    alone = [sys.executable, "-m", "yt_dlp", "--ignore-config", "--verbose"]
    subprocess.run(alone, check=False, capture_output=True, env=environment)
    assert (home / "it_ran").exists()


@pytest.mark.fault(
    "privacy", "an address with a password and a token fails", "the log has neither of them"
)
def test_log_and_options_have_no_secret(fetch, server, tmp_path):
    server.faults["/clip.mp4"] = Fault(status=503)
    address = server.url("clip.mp4").replace("://", "://ada:planted-password@")
    manifest = tmp_path / "videos.tsv"
    manifest.write_text(f"video_id\tsource\nv1\t{address}?token=planted-token\n")
    command = [sys.executable, SCRIPTS / "fetch_video.py"]
    command += fetch.arguments(server.url("clip.mp4"), "mp4", f"--manifest={manifest}")
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 1 and "HTTP Error 503" in done.stderr
    assert "planted" not in done.stderr + done.stdout
    basic = base64.b64encode(b"ada:planted-password").decode()
    assert f"Basic {basic}" in {request.authorization for request in server.requests}
    assert server.url("clip.mp4") in done.stderr


def test_description_has_only_listed_fields(fetch, server, tmp_path):
    file = tmp_path / "cookies.txt"
    row = "127.0.0.1\tFALSE\t/\tFALSE\t4102444800\tsession\tplanted-cookie"
    file.write_text(f"# Netscape HTTP Cookie File\n{row}\n")
    server.faults["/page.html"] = Fault(cookie="id=planted-by-server; Path=/")
    fetch(server.url("page.html") + "?sig=planted", "mkv", f"--cookies={file}", "--subtitles=en")
    description = (fetch.folder / "videos" / "v1.info.json").read_text()
    assert "planted" not in description + fetch.record_file.read_text()
    allowed = {*info_json.TEXT_AND_NUMBERS, *info_json.LISTS_OF_TEXTS, *info_json.ADDRESSES}
    assert set(json.loads(description)) <= allowed | {"chapters", "subtitle_languages"}
    assert json.loads(description)["webpage_url"] == server.url("page.html")
    assert json.loads(description)["subtitle_languages"] == ["en"]


def test_row_that_was_removed_meanwhile_is_named(fetch, server, tmp_path):
    manifest = tmp_path / "videos.tsv"
    manifest.write_text("video_id\tsource\nother\thttps://example.org/x.mp4\n")
    with pytest.raises(InputError, match="videos.tsv: the row of v1 was removed"):
        fetch(server.url("clip.mp4"), "mp4", f"--manifest={manifest}")


# Options


@pytest.mark.fault(
    "downloads", "the file of cookies is missing", "the error names the key fetch.cookies"
)
def test_error_names_the_key_of_missing_cookies(fetch, server):
    with pytest.raises(InputError, match="fetch.cookies: nowhere.txt"):
        fetch(server.url("clip.mp4"), "mp4", "--cookies=nowhere.txt")


@pytest.mark.fault(
    "downloads", "the file of cookies has another format", "the error names the key fetch.cookies"
)
def test_error_names_the_key_of_an_invalid_cookies_file(fetch, server, tmp_path):
    (tmp_path / "cookies.txt").write_text("this is not Netscape's format\n")
    with pytest.raises(InputError, match="fetch.cookies"):
        fetch(server.url("clip.mp4"), "mp4", f"--cookies={tmp_path / 'cookies.txt'}")


def test_cookies_file_is_read_and_not_written(fetch, server, tmp_path):
    file = tmp_path / "cookies.txt"
    file.write_text("# Netscape HTTP Cookie File\n.example.org\tTRUE\t/\tFALSE\t0\tkey\tvalue\n")
    before = file.read_bytes()
    fetch(server.url("clip.mp4"), "mp4", f"--cookies={file}")
    assert file.read_bytes() == before
    assert fetch.record["status"] == "ok"


@pytest.mark.parametrize(("text", "value"), [("", None), ("500", 500), ("2M", 2 * 1024**2)])
def test_parse_rate(text, value):
    assert ydl_options.parse_rate(text) == value


def test_error_names_the_key_of_an_invalid_rate():
    with pytest.raises(InputError, match="fetch.rate_limit"):
        ydl_options.parse_rate("fast")


def test_script_returns_the_exit_status_and_logs_the_messages_of_ytdlp(fetch, server):
    def run_script(source):
        command = [sys.executable, SCRIPTS / "fetch_video.py", *fetch.arguments(source, "mp4")]
        return subprocess.run(command, check=False, capture_output=True, text=True)

    server.faults["/clip.mp4"] = Fault(status=503)
    failed = run_script(server.url("clip.mp4"))
    assert failed.returncode == 1
    assert "HTTP Error 503" in failed.stderr
    assert "Traceback" not in failed.stderr
    server.faults.clear()
    completed = run_script(server.url("clip.mp4"))
    assert completed.returncode == 0, completed.stderr
    assert "v1: ok" in completed.stderr
    assert completed.stdout == ""
