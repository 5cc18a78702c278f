"""Files of the user that outputs link to are never written or replaced."""

import os
from pathlib import Path

import pytest
from yt_dlp.utils import ExtractorError

import fetch_video
from corpus.core.errors import InputError
from corpus.video import download

CONTENT = b"a recording that exists only once"


@pytest.fixture
def own_video(tmp_path: Path) -> Path:
    """A video of the user, outside the results."""
    path = tmp_path / "recordings" / "talk.mp4"
    path.parent.mkdir()
    path.write_bytes(CONTENT)
    return path


def request_for(media: Path, local: str = "") -> download.Request:
    """A request for a video without subtitles."""
    return download.Request(
        video_id="talk", source=local or "https://example.org/talk.mp4", local=local, media=media,
        record=media.with_name(f"{media.name}.json"), format="best", subtitles="", cookies=None,
        rate_limit=None, timeout_s=1.0, retries=0,
    )  # fmt: skip


def video_is_gone(source: str, options: dict) -> dict:
    """As yt-dlp does for a video that was removed."""
    raise ExtractorError("Private video", expected=True)


@pytest.mark.fault(
    "downloads",
    "an output of fetch_video.py is a link to a file of the user",
    "the file is unchanged",
)
@pytest.mark.parametrize("link", [os.symlink, os.link])
@pytest.mark.parametrize("record", [False, True], ids=["media", "media_and_record"])
def test_a_video_that_is_gone_does_not_empty_the_file_behind_a_link(
    own_video: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, link, record
) -> None:
    media = tmp_path / "results" / "videos" / "talk.mp4"
    media.parent.mkdir(parents=True)
    link(own_video, media)
    if record:
        link(own_video, media.with_name("talk.mp4.json"))
    monkeypatch.setattr(download, "extract_info", video_is_gone)
    download.fetch_video(request_for(media))
    assert own_video.read_bytes() == CONTENT
    assert media.read_bytes() == b"" and not media.is_symlink()


@pytest.mark.fault(
    "downloads",
    "the source and the output of fetch_video.py are the same file",
    "refused; the file is unchanged",
)
def test_a_file_is_not_replaced_by_a_link_to_itself(own_video: Path, tmp_path: Path) -> None:
    folder = tmp_path / "videos"
    folder.symlink_to(own_video.parent)
    for media in (own_video, folder / own_video.name):
        with pytest.raises(InputError, match="the video itself"):
            download.link_local_file(own_video, media)
    assert own_video.read_bytes() == CONTENT and not own_video.is_symlink()


def test_an_output_that_links_to_the_source_is_made_again(own_video: Path, tmp_path: Path) -> None:
    media = tmp_path / "talk.mp4"
    media.symlink_to(own_video)
    download.link_local_file(own_video, media)
    assert media.is_symlink() and media.resolve() == own_video.resolve()


@pytest.mark.fault(
    "downloads",
    "fetch_video.py is started by hand with the video of the user as its record",
    "refused with both options; the file is unchanged",
)
def test_a_video_is_not_replaced_by_its_record(own_video: Path, tmp_path: Path) -> None:
    media = tmp_path / "talk.mp4"
    with pytest.raises(InputError, match="--local and --record name the same file"):
        fetch_video.main(
            ["--video-id=talk", "--source=talk.mp4", f"--local={own_video}", f"--media={media}"]
            + [f"--record={own_video}", "--format=", "--subtitles=", "--timeout-s=1"]
        )
    assert own_video.read_bytes() == CONTENT and not media.exists()
