"""Which files of the results contain data about people, and what erasing a person does to them.

Tables say it in their declarations (`corpus.tables.table.Table.about`). All other outputs of rules
are listed here; a test checks that each output is in one of the lists.
"""

from collections.abc import Iterable
from pathlib import Path

from corpus.tables.schemas import all_tables

TRACK_TABLES = tuple(
    table.name for table in all_tables().values() if table.about == "tracks" and table.per_video
)
"""Folders of tables, one per video, with rows about tracks. Erasing a person removes rows from
them. Making these tables again would detect the person again."""
CORPUS_TRACK_TABLES = tuple(
    table.name for table in all_tables().values() if table.about == "tracks" and not table.per_video
)
"""Tables of the corpus with rows about tracks, which also lose rows."""
_DELETED_TABLES = [table for table in all_tables().values() if table.about == "people"]
VIDEO_FILES = (
    *(table.file for table in _DELETED_TABLES if table.per_video),
    "elan/{video}.eaf",
    # ELAN keeps earlier versions of a file, and its settings for it, beside the file.
    "elan/{video}.eaf.*",
    "elan/{video}.pfsx",
    "exports/**/{video}.*",
    "report/page/{video}/skeleton/*",
)
"""Files about the people in a video that are derived from the track tables. They are deleted."""
CORPUS_FILES = (
    *(table.file for table in _DELETED_TABLES if not table.per_video),
    "people.tsv",
    "unedited/*",
    "report/*",
    "report/page/*",
    "report/page/*/*",
    "exports/csv/*.csv",
)
"""Files about the people of the corpus. They are deleted, too."""
DELETED_LAST = ("people.parquet", "tracks.parquet")
"""Files to delete after all others. While they exist, an interrupted erasure can be repeated."""
WITHOUT_PEOPLE = (
    *(table.name for table in all_tables().values() if table.about == "video"),
    "videos",
    "logs",
    "benchmarks",
    "groups",
)
"""Folders and tables that do not say who is in a video. They are not changed, but logs that mention
an erased person are deleted. The videos still show people."""


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
