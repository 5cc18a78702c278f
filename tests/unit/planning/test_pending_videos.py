"""Videos that could not be fetched yet are found by their records and listed after a run."""

import json
from pathlib import Path

import pytest

from corpus.planning.pending_videos import MAX_LISTED, describe_pending, pending_reason


@pytest.fixture
def media(tmp_path: Path) -> Path:
    """The empty file of a pending video."""
    path = tmp_path / "talk.mp4"
    path.touch()
    path.with_name("talk.mp4.json").write_text('{"status": "pending", "reason": "HTTP Error 503"}')
    return path


def test_a_pending_video_has_a_reason(media: Path) -> None:
    assert pending_reason(media) == "HTTP Error 503"


@pytest.mark.parametrize(
    "record", ['{"status": "unavailable", "reason": "removed"}', "", "[]", "{", '{"status": "ok"}']
)
def test_any_other_record_is_not_pending(media: Path, record: str) -> None:
    media.with_name("talk.mp4.json").write_text(record)
    assert pending_reason(media) is None


def test_a_video_without_files_or_with_content_is_not_pending(media: Path) -> None:
    assert pending_reason(media.with_name("other.mp4")) is None
    media.write_bytes(b"video")
    assert pending_reason(media) is None


def test_a_record_without_a_reason_is_still_pending(media: Path) -> None:
    media.with_name("talk.mp4.json").write_text(json.dumps({"status": "pending", "reason": None}))
    assert pending_reason(media) == "no reason given"


def test_the_message_lists_videos_and_reasons() -> None:
    text = describe_pending({"a": "HTTP Error 503", "b": "timed out"}, n_downloads=5)
    title = "In this run, 2 videos of 5 could not be downloaded yet."
    assert text.startswith(f"{title}\n  a: HTTP Error 503\n  b:")
    assert "Everything else is done. Run the same command again" in text
    assert "exit status is 1" in text
    assert "is done" not in describe_pending({"a": "HTTP Error 503"}, 5, all_done=False)


def test_the_message_is_louder_if_all_failed() -> None:
    reasons = {f"v{n:03}": "no network" for n in range(MAX_LISTED + 3)}
    text = describe_pending(reasons, n_downloads=len(reasons))
    assert text.startswith("NO DOWNLOAD OF THIS RUN SUCCEEDED (23 videos). Is there a network?")
    assert text.count("no network") == MAX_LISTED and "and 3 more" in text
