"""The job of a group fetches only videos that are missing, pending, or have another source."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.core.errors import InputError
from corpus.planning.lost_files import NEED_VIDEO
from corpus.video.download import Request
from corpus.video_groups import fetching
from corpus.video_groups.commands import Video
from corpus.video_groups.fetching import DownloadOptions, GroupFetcher
from corpus.video_groups.states import state_path
from empty_files import touch_files

HOW = DownloadOptions(
    format="best", subtitles="en", cookies=None, rate_limit=None, timeout_s=1, retries=0,
    is_last_attempt=False,
)  # fmt: skip
LOCAL, WEB = Video("a", "mp4"), Video("b", "mp4")
SOURCES = {"a": "clips/a.mp4", "b": "https://me:secret@example.org/b"}


class Corpus:
    """A corpus of a local file and a web address; downloads are only recorded."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.results, self.how = folder, folder / "results", HOW
        self.sources = dict(SOURCES)
        self.fetched: list[Request] = []
        (folder / "clips").mkdir()
        (folder / "clips" / "a.mp4").write_text("video a")

    def fetch_video(self, request: Request) -> None:
        """Stands for `fetch_video`, which also makes local links; here of web addresses only."""
        self.fetched.append(request)
        if request.local:
            real_fetch(request)
            return
        request.media.parent.mkdir(parents=True, exist_ok=True)
        request.media.write_text(request.source)
        source = request.source.replace("me:secret@", "")
        request.record.write_text(json.dumps({"source": source, "status": "ok"}))

    def fetch(self, video: Video) -> bool:
        """Let the next job fetch a video; return whether it did anything."""
        self.fetched.clear()
        rows = {video: {"source": source} for video, source in self.sources.items()}
        fetcher = GroupFetcher(self.results, str(self.folder / "videos.tsv"), rows, self.how)
        self.identity = fetcher.fetch(video)
        return bool(self.fetched)


real_fetch = fetching.fetch_video


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Corpus:
    made = Corpus(tmp_path)
    monkeypatch.setattr(fetching, "fetch_video", made.fetch_video)
    return made


@pytest.mark.parametrize("video", [LOCAL, WEB])
def test_a_fetched_video_stays(corpus: Corpus, video: Video) -> None:
    assert corpus.fetch(video)
    first = corpus.identity
    assert not corpus.fetch(video)
    assert corpus.identity == first and len(first["record"]) == 16


def test_a_local_file_is_linked_again_if_its_content_changes(corpus: Corpus) -> None:
    corpus.fetch(LOCAL)
    assert not corpus.fetched[0].format and not corpus.fetched[0].subtitles
    clip = corpus.folder / "clips" / "a.mp4"
    os.utime(clip, (1, 1))
    assert not corpus.fetch(LOCAL), "another date alone does not count"
    clip.write_text("video A")
    assert corpus.fetch(LOCAL)


@pytest.mark.fault(
    "media", "a local file is gone, in a job of many videos", "finished results stay as they are"
)
def test_a_local_file_that_is_gone_stops_only_videos_without_results(corpus: Corpus) -> None:
    corpus.fetch(LOCAL)
    (corpus.folder / "clips" / "a.mp4").unlink()
    with pytest.raises(InputError, match="no such file"):
        corpus.fetch(LOCAL)
    touch_files(corpus.results, *(f"{table}/a.parquet" for table in NEED_VIDEO))
    assert not corpus.fetch(LOCAL)


def test_a_download_of_the_rule_for_single_videos_is_kept(corpus: Corpus) -> None:
    """A video may be gone since."""
    corpus.fetch(WEB)
    state_path(corpus.results, "b").unlink()
    assert not corpus.fetch(WEB)
    corpus.sources["b"] = "https://example.org/other"
    assert corpus.fetch(WEB)


def test_another_format_downloads_again(corpus: Corpus) -> None:
    corpus.fetch(WEB)
    corpus.how = replace(HOW, timeout_s=9, retries=5, is_last_attempt=True)
    assert not corpus.fetch(WEB), "a way to reach the video, which is the same"
    corpus.how = replace(HOW, format="worst")
    assert corpus.fetch(WEB)


@pytest.mark.parametrize("lost", ["b.mp4", "b.mp4.json", "pending"])
def test_missing_and_pending_videos_are_fetched_again(corpus: Corpus, lost: str) -> None:
    corpus.fetch(WEB)
    media = corpus.results / "videos" / "b.mp4"
    if lost == "pending":
        media.write_text("")
        media.with_name("b.mp4.json").write_text(json.dumps({"status": "pending"}))
    else:
        media.with_name(lost).unlink()
    assert corpus.fetch(WEB)


def test_no_file_but_the_manifest_has_credentials(corpus: Corpus) -> None:
    corpus.fetch(WEB)
    assert "secret" not in state_path(corpus.results, "b").read_text()
    assert "secret" in corpus.fetched[0].source, "needed for the download"


def test_a_row_that_was_removed_meanwhile_is_named(corpus: Corpus) -> None:
    del corpus.sources["b"]
    with pytest.raises(InputError, match="the row of b was removed"):
        corpus.fetch(WEB)
