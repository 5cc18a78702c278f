"""Taking somebody out of the results: which files hold people, and tables without some tracks."""

import json
import os
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpus.core.atomic_files import atomic_path, write_text
from corpus.inputs import people_file
from corpus.inputs.tsv import cells_of
from corpus.tables import parquet

OF_A_VIDEO = ("faces", "embeddings", "keypoints", "kinematics", "phases")
"""Folders of tables with a row for what was seen of a track: they lose rows. To make them again
would find the person again."""
MADE_OF_A_VIDEO = ("gestures/{video}.parquet", "elan/{video}.eaf", "exports/**/{video}.*")
"""Files about people in a video that are made of those tables: they are deleted."""
MADE_OF_ALL = (
    *("tracks.parquet", "people.parquet", "corpus.parquet", "people.tsv", "pictures.parquet"),
    *("annotations.parquet", "report/**/*", "exports/csv/*.csv"),
)
"""Files about the people of the corpus; they are deleted, too."""
LAST = ("people.parquet", "tracks.parquet")
"""Of those: as long as they are there, what was broken off can be started again."""
WITHOUT_PEOPLE = ("videos", "frames", "shots", "status", "covers", "logs", "benchmarks")
"""Folders that say nothing about who is in a video. The videos show it, and stay."""


def made_of(results: Path, videos: Iterable[str]) -> list[Path]:
    """The files to delete that are there, of the corpus and of these videos."""
    patterns = [pattern.format(video=video) for video in videos for pattern in MADE_OF_A_VIDEO]
    found = {path for pattern in (*patterns, *MADE_OF_ALL) for path in results.glob(pattern)}
    last = [results / name for name in LAST]
    return sorted((path for path in found if path.is_file()), key=lambda path: (path in last, path))


def count_rows(path: Path, tracks: Iterable[int]) -> int:
    """Rows of these tracks in a video's table."""
    column = pq.read_table(path, columns=["track"])["track"]
    return pc.sum(pc.is_in(column, pa.array(tracks, column.type))).as_py() or 0


def take_out(path: Path, tracks: dict[str | None, list[int]]) -> None:
    """Write a table again without rows of `tracks`, by video id, or None in a video's own table.

    Row groups are read one by one. The file keeps its time, so that nothing is made again because
    of it, and its provenance says how many tracks were taken out, but not whose.
    """
    before = path.stat()
    with atomic_path(path) as partial:
        with pq.ParquetFile(path) as file:
            schema = _noted(file.schema_arrow, sum(map(len, tracks.values())))
            with pq.ParquetWriter(partial, schema, compression="zstd") as out:
                for number in range(file.num_row_groups):
                    rows = file.read_row_group(number)
                    kept = rows.filter(pc.invert(_are_of(rows, tracks)))
                    out.write_table(kept.cast(schema), row_group_size=parquet.ROW_GROUP)
        os.utime(partial, ns=(before.st_atime_ns, before.st_mtime_ns))


def _are_of(rows: pa.Table, tracks: dict[str | None, list[int]]) -> pa.ChunkedArray:
    """Which rows are of the tracks."""
    found = pa.chunked_array([pa.repeat(False, len(rows))])
    for video, numbers in tracks.items():
        here = pc.is_in(rows["track"], pa.array(numbers, rows["track"].type))
        if video is not None:
            here = pc.and_(here, pc.equal(rows["video_id"], video))
        found = pc.or_(found, here)
    return found


def _noted(schema: pa.Schema, n_tracks: int) -> pa.Schema:
    """The schema with a note of how many tracks were taken out, in all, in its provenance."""
    metadata = dict(schema.metadata or {})
    made_by = json.loads(metadata.get(parquet.PROVENANCE_KEY, b"{}"))
    made_by["tracks_taken_out"] = made_by.get("tracks_taken_out", 0) + n_tracks
    metadata[parquet.PROVENANCE_KEY] = json.dumps(made_by, sort_keys=True).encode()
    return schema.with_metadata(metadata)


def without_names(text: str, names: set[str], people: set[str]) -> str:
    """Text of a people.tsv without the rows that give one of `names` (composed, NFC), nor those
    without a name for one of the ids in `people`. The other lines stay as they are."""
    columns: list[str] = []
    kept = []
    # Lines as corpus.tsv has them: splitlines() also breaks at characters that a name may hold.
    for line in re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", text):
        cells = cells_of(line.rstrip("\r\n"))
        if line.strip() and not line.startswith("#"):
            row = dict(zip(columns, cells, strict=False))
            columns = columns or cells
            name = unicodedata.normalize("NFC", row.get("name", ""))
            if name in names or (not name and row.get("person") in people):
                continue
        kept.append(line)
    return "".join(kept)


def rewrite_names(path: Path, names: set[str], people: set[str]) -> bool:
    """Take somebody out of a people.tsv; whether there was something to take out."""
    text = path.read_bytes().decode("utf-8-sig")
    left = without_names(text, names, people)
    if left != text:
        write_text(path, left)
    return left != text


def ids(clusters: Iterable[int]) -> set[str]:
    """The people that clusters were before some were joined by name."""
    return set(map(people_file.person_id, clusters))
