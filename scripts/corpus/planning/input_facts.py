"""What is known of a job's input before it runs, read from files that are there already.

Rules ask here, for every job that is planned: what does not exist is not read, and costs no
import; of what exists only headers, a single row or two columns are read, in milliseconds.
What is missing from an answer is not known. corpus.needs makes memory and time of it.
"""

from collections.abc import Iterable
from os.path import exists, getsize
from pathlib import Path

EMPTY_BYTES = 4000
"""Of an embeddings file without a face: names of columns, and what made it."""
BYTES_A_NUMBER = 5
"""Of an embedding in such a file. Four are the number; Parquet first tries to list equal numbers,
which makes files of up to some thousand faces larger: 5.9 measured, and 3.8 in large ones."""


def size_mb(path: Path | str) -> dict[str, float]:
    """A video's size, in millions of bytes."""
    return {"size_mb": getsize(path) / 1e6} if exists(path) else {}


def of_status(path: Path | str) -> dict[str, float]:
    """What `index_frames` found: upright width and height in pixels, frames, seconds, shots."""
    columns = ["width", "height", "n_frames", "duration_s", "n_shots"]
    rows = _read(path, columns)
    [row] = rows.to_pylist() if rows is not None else [{}]
    return {name: value for name, value in row.items() if value is not None}


def of_faces(path: Path | str) -> dict[str, int]:
    """What `detect_faces` found: faces, tracks, and the most faces in one frame."""
    rows = _read(path, ["frame", "track"])
    if rows is None:
        return {}
    if not len(rows):
        return {"n_faces": 0, "n_tracks": 0, "at_once": 0}
    from pyarrow import compute

    at_once = compute.max(compute.value_counts(rows["frame"]).field("counts")).as_py()
    # Tracks are numbered from 0, without gaps.
    n_tracks = compute.max(rows["track"]).as_py() + 1
    return {"n_faces": len(rows), "n_tracks": n_tracks, "at_once": at_once}


def of_embeddings(paths: Iterable[Path | str], length: int) -> dict[str, int]:
    """Embedded faces of the corpus, of `length` float32 each.

    By the files' sizes, a quarter more or less: to open ten thousand files takes a network disk
    too long.
    """
    sizes = [getsize(path) for path in paths if exists(path)]
    n_bytes = sum(max(0, size - EMPTY_BYTES) for size in sizes)
    return {"n_embeddings": round(n_bytes / (BYTES_A_NUMBER * length))} if sizes else {}


def of_gathered(paths: Iterable[Path | str]) -> dict[str, float]:
    """Tables of all videos, those that are there, by their size in millions of bytes."""
    return {"read_mb": sum(getsize(path) for path in paths if exists(path)) / 1e6}


def of_clusters(path: Path | str) -> dict[str, int]:
    """Face tracks of the corpus, from the header of the table of clusters."""
    rows = _read(path, [])
    return {} if rows is None else {"n_tracks": len(rows)}


def n_people(tracks: Path | str, video: str) -> int:
    """People in one video, from the table of all tracks; 0 where that is not there yet."""
    rows = _read(tracks, ["video_id", "person"])
    if rows is None:
        return 0
    pairs = zip(rows["video_id"].to_pylist(), rows["person"].to_pylist(), strict=True)
    return len({person for name, person in pairs if name == video})


def _read(path: Path | str, columns: list[str]):
    """Columns of a table, or None where it is not there, or is not whole: the job will tell."""
    if not exists(path):
        return None
    import pyarrow
    from pyarrow.parquet import ParquetFile

    try:
        with ParquetFile(path) as file:
            return file.read(columns)
    except (OSError, pyarrow.ArrowException):
        return None
