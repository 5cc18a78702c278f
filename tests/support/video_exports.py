"""Export videos of a processed video with scripts/export_video.py."""

from collections.abc import Callable
from pathlib import Path

import pytest

import export_video
from processed_video import ProcessedVideo, table_options
from script_runs import default_flags, run_script

KINDS = ("overlay", "skeleton", "blurred", "playable")
KINDS_WITH_PEOPLE = ("overlay", "skeleton")
INPUT_TABLES = ("status", "frames", "shots", "faces", "keypoints")
"""Tables that export_video needs for every kind of video."""
SKELETON_TABLES = ("phases", "tracks", "people")
"""Further tables that it needs to draw skeletons."""


@pytest.fixture
def write_video(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Function that exports a kind of video from a processed video, and returns the MP4 file.

    `video` replaces the processed video's own media file.
    """

    def write(
        processed: ProcessedVideo, kind: str, video: Path | None = None, *options: object
    ) -> Path:
        output = processed.folder / kind / "v.mp4"
        tables = INPUT_TABLES + (SKELETON_TABLES if kind in KINDS_WITH_PEOPLE else ())
        files = ["--video", video or processed.video(), *table_options(processed, *tables)]
        command = [*default_flags("export_video"), "--no-sound", "--kind", kind, *files, *options]
        run_script(monkeypatch, export_video, *command, "--output", output)
        return output

    return write
