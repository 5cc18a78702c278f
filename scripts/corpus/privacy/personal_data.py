"""Which files of the results contain data about people, and what erasing a person does to them.

Each output of a rule must match one of these lists; a test checks this.
"""

from collections.abc import Iterable
from pathlib import Path

TRACK_TABLES = ("faces", "embeddings", "keypoints", "kinematics", "phases")
"""Folders of tables, one per video, with rows about tracks. Erasing a person removes rows from
them. Making these tables again would detect the person again."""
VIDEO_FILES = ("gestures/{video}.parquet", "elan/{video}.eaf", "exports/**/{video}.*")
"""Files about the people in a video that are derived from the track tables. They are deleted."""
CORPUS_FILES = (
    "tracks.parquet",
    "people.parquet",
    "corpus.parquet",
    "people.tsv",
    "pictures.parquet",
    "annotations.parquet",
    "report/**/*",
    "exports/csv/*.csv",
)
"""Files about the people of the corpus. They are deleted, too."""
DELETED_LAST = ("people.parquet", "tracks.parquet")
"""Files to delete after all others. While they exist, an interrupted erasure can be repeated."""
WITHOUT_PEOPLE = ("videos", "frames", "shots", "status", "covers", "logs", "benchmarks")
"""Folders that do not say who is in a video. They are not changed; the videos still show people."""


def files_to_delete(results: Path, videos: Iterable[str]) -> list[Path]:
    """Existing files about the people of the corpus and of `videos`, in the order of deletion."""
    patterns = [pattern.format(video=video) for video in videos for pattern in VIDEO_FILES]
    files = {
        path
        for pattern in (*patterns, *CORPUS_FILES)
        for path in results.glob(pattern)
        if path.is_file()
    }
    last = [results / name for name in DELETED_LAST]
    return sorted(files, key=lambda path: (path in last, path))
