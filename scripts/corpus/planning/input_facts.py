"""Read what is known about a job's input before the job runs, from files that already exist.

The rules call these functions for every planned job, so they must be fast: a missing file is not
opened and triggers no import. Of an existing file they read only the header, one row or two
columns, which takes milliseconds.

Each function returns fields of `resource_model.InputFacts` by name and leaves out unknown fields.
`corpus.planning.resource_model` computes memory and time from them.
"""

from collections.abc import Iterable
from os.path import exists, getsize
from pathlib import Path

EMPTY_EMBEDDINGS_BYTES = 4000
"""Size of an embeddings file without faces: column names and provenance."""
BYTES_PER_EMBEDDING_VALUE = 5
"""Bytes per value of an embedding in such a file. The value itself has four. Parquet first tries to
store repeated values in a dictionary, which enlarges files of up to some thousand faces: 5.9 bytes
were measured there, and 3.8 in large files."""

EMPTY_MEASURES_BYTES = 14_000
"""Size of a table gesture_measures with a few rows: column names and provenance."""
BYTES_PER_GESTURE = 80
"""Bytes per row of such a table."""


def from_media(path: Path | str) -> dict[str, float]:
    """Return the size of a video file, in millions of bytes."""
    return {"size_mb": getsize(path) / 1e6} if exists(path) else {}


def from_status(path: Path | str) -> dict[str, float]:
    """Return what `index_frames` wrote about a video.

    These are the upright width and height in pixels, the number of frames, the duration in seconds
    and the number of shots.
    """
    columns = ["width", "height", "n_frames", "duration_s", "n_shots"]
    rows = _read_columns(path, columns)
    [row] = rows.to_pylist() if rows is not None else [{}]
    return {name: value for name, value in row.items() if value is not None}


def from_faces(path: Path | str) -> dict[str, int]:
    """Return what `detect_faces` wrote: numbers of faces and tracks, most faces in one frame."""
    rows = _read_columns(path, ["frame", "track"])
    if rows is None:
        return {}
    if not len(rows):
        return {"n_faces": 0, "n_tracks": 0, "max_people": 0}
    from pyarrow import compute

    faces_per_frame = compute.value_counts(rows["frame"]).field("counts")
    # Tracks are numbered from 0 without gaps.
    n_tracks = compute.max(rows["track"]).as_py() + 1
    max_people = compute.max(faces_per_frame).as_py()
    return {"n_faces": len(rows), "n_tracks": n_tracks, "max_people": max_people}


def from_embeddings(paths: Iterable[Path | str], dimensions: int) -> dict[str, int]:
    """Estimate the number of embedded faces of the corpus from the sizes of its files.

    Each embedding has `dimensions` float32 values. The estimate is accurate to about 25 %. Opening
    ten thousand files instead would take too long on a network disk.
    """
    sizes = [getsize(path) for path in paths if exists(path)]
    n_bytes = sum(max(0, size - EMPTY_EMBEDDINGS_BYTES) for size in sizes)
    n_embeddings = round(n_bytes / (BYTES_PER_EMBEDDING_VALUE * dimensions))
    return {"n_embeddings": n_embeddings} if sizes else {}


def from_tables(paths: Iterable[Path | str]) -> dict[str, float]:
    """Return the total size of the existing files among `paths`, in millions of bytes."""
    return {"read_mb": sum(getsize(path) for path in paths if exists(path)) / 1e6}


def from_clusters(path: Path | str) -> dict[str, int]:
    """Return the number of face tracks of the corpus, from the header of the table of clusters."""
    rows = _read_columns(path, [])
    return {} if rows is None else {"n_tracks": len(rows)}


def count_gestures(paths: Iterable[Path | str]) -> int:
    """Estimate the number of gestures from the sizes of the tables gesture_measures at `paths`.

    For real videos it is up to twice as high, because their measures repeat less.
    """
    sizes = [getsize(path) for path in paths if exists(path)]
    n_bytes = sum(max(0, size - EMPTY_MEASURES_BYTES) for size in sizes)
    return round(n_bytes / BYTES_PER_GESTURE)


def count_people(tracks: Path | str, video: str) -> int:
    """Count the people in one video from the table of all tracks; 0 if the table is missing."""
    rows = _read_columns(tracks, ["video_id", "person"])
    if rows is None:
        return 0
    pairs = zip(rows["video_id"].to_pylist(), rows["person"].to_pylist(), strict=True)
    return len({person for video_id, person in pairs if video_id == video})


def _read_columns(path: Path | str, columns: list[str]):
    """Read columns of a Parquet table.

    Returns None if the file is missing or damaged; the job itself will report a damaged file.
    """
    if not exists(path):
        return None
    import pyarrow
    from pyarrow.parquet import ParquetFile

    try:
        with ParquetFile(path) as file:
            return file.read(columns)
    except (OSError, pyarrow.ArrowException):
        return None
