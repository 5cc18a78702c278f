"""Find files of the results that were deleted, although other files were made from them.

Every start of the workflow calls these functions, so they read each folder once, and import little.
"""

import os
from collections.abc import Iterable, Iterator, Sequence

MOVEMENT_TABLES = ("kinematics", "phases", "gesture_measures", "movement_quality")
"""Tables of each video that one job makes from keypoints."""
MADE_FROM = {
    "frames": ("shots", "status", "faces", "keypoints", "phases"),
    "shots": ("frames", "status", "faces", "keypoints", "phases"),
    "status": ("frames", "shots", "faces", "keypoints", "phases"),
    "faces": ("embeddings", "keypoints", "phases"),
    "embeddings": (),
    "keypoints": MOVEMENT_TABLES,
    "skeletons": (),
    **{
        table: tuple(other for other in MOVEMENT_TABLES if other != table)
        for table in MOVEMENT_TABLES
    },
}
"""Tables of each video in the order in which they are made, with tables whose existence shows that
the table existed too."""


NEED_VIDEO = ("status", "embeddings", "keypoints", "phases")
"""The last tables of the stages that read the file of a video."""


SIDE_FILES = {"skeletons": "report/page/{video}/skeleton/index.js"}
"""The last file that is written together with a table, beside the table itself."""


def has_side_files(results: str, table: str, video: str) -> bool:
    """Whether the files exist that belong to a table of a video."""
    file = SIDE_FILES.get(table, "").format(video=video)
    return not file or os.path.exists(f"{results}/{file}")


def is_analysed(results: str, video: str) -> bool:
    """Whether the stages that read a video's file have run."""
    return all(os.path.exists(f"{results}/{table}/{video}.parquet") for table in NEED_VIDEO)


def lost_tables(results: str, videos: Sequence[str], tables: Iterable[str]) -> Iterator[str]:
    """Paths of missing tables of videos for which a later table exists.

    Embeddings count as lost if the people of the corpus were clustered from them, and tables with
    side files if those exist.
    """
    existing = {table: names_in(f"{results}/{table}") for table in MADE_FROM}
    is_clustered = os.path.exists(f"{results}/clusters.parquet")
    for table in tables:
        for video in videos:
            name = f"{video}.parquet"
            if name not in existing[table]:
                later = any(name in existing[other] for other in MADE_FROM[table])
                later |= table in SIDE_FILES and has_side_files(results, table, video)
                if later or (table == "embeddings" and is_clustered):
                    yield f"{results}/{table}/{name}"


def first_lost(folder: str, names: Sequence[str]) -> list[str]:
    """The first missing file of a folder in which others of these files exist, in a list.

    One is enough if a single job makes them all.
    """
    return _first_missing(folder, names, names_in(folder))


def first_lost_below(folder: str, videos: Sequence[str], name: str) -> list[str]:
    """As `first_lost`, for a file with this name in the folder of each video below a folder."""
    files = [f"{video}/{name}" for video in videos if os.path.exists(f"{folder}/{video}/{name}")]
    return _first_missing(folder, [f"{video}/{name}" for video in videos], set(files))


def _first_missing(folder: str, names: Iterable[str], existing: set[str]) -> list[str]:
    missing = (name for name in names if name not in existing)
    return [f"{folder}/{name}" for _, name in zip(range(bool(existing)), missing, strict=False)]


def names_in(folder: str) -> set[str]:
    """Names of the files in a folder, which may be missing."""
    try:
        return set(os.listdir(folder))
    except OSError:
        return set()
