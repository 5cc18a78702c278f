"""The status row of a video file."""

from pathlib import Path

from corpus.video import frame_index

RECORD = {"video_id": "clip", "source": "clip.mp4", "sha256": "00", "status": "ok", "reason": None}


def status_of(path: Path, deinterlace: bool = True) -> dict:
    """Columns of the status table of a media file, by name."""
    tables = frame_index.index_file(path, RECORD, 10.0, 0.5, deinterlace)
    return {name: value for name, (value,) in tables[2].items()}
