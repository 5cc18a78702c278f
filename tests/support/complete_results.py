"""A folder of small results with a file of every kind that the workflow makes."""

import hashlib
import json
from pathlib import Path

from corpus.core import atomic_files, file_records
from corpus.elan import edit_detection
from corpus.report.verification import result_files
from corpus.tables import parquet, schemas

VIDEOS = ("v", "w")
MEDIA = b"the content of a video"


def write_complete_results(results: Path) -> Path:
    """Write results of two videos; tables of a stage have read those of the stages before."""
    file_records.forget_inputs()
    for video in VIDEOS:
        write_download(results, video)
    for table in schemas.all_tables().values():
        if table.per_video:
            for video in VIDEOS:
                write_table(results / table.file.format(video=video), table.name, video)
    for table in schemas.all_tables().values():
        if not table.per_video:
            write_table(results / table.file, table.name, None)
    for pattern in (*result_files.VIDEO_FILES, *result_files.CORPUS_FILES):
        for video in VIDEOS:
            write_output(results / pattern.format(video=video))
    return results


def write_download(results: Path, video: str) -> None:
    media = results / "videos" / f"{video}.mp4"
    atomic_files.write_bytes(media, MEDIA)
    checksum = hashlib.sha256(MEDIA).hexdigest()
    record = {"video_id": video, "status": "ok", "sha256": checksum, "size": len(MEDIA)}
    path = media.with_name(f"{media.name}.json")
    atomic_files.write_text(path, json.dumps(record) + "\n")
    file_records.note_record(path)


def write_table(path: Path, table: str, video: str | None) -> None:
    """Write a table with one row, mostly null, and read it, as the next stage does."""
    columns = {"video_id": list(VIDEOS)} if table == "corpus" else first_column(table)
    if table == "status":
        columns = {"video_id": [video], "n_frames": [1], "n_shots": [1]}
    provenance = {
        "workflow": {"version": "1", "commit": "c"},
        "step": table,
        "parameters": {"size": 1},
        "tools": {},
        "models": {},
    }
    parquet.write(path, table, columns, provenance)
    parquet.read(path)


def first_column(table: str) -> dict:
    name = schemas.SCHEMAS[table].names[0]
    return {name: [None]}


def write_output(path: Path) -> None:
    text = f"content of {path.name}\n"
    if path.suffix == ".eaf":
        text += f'<PROPERTY NAME="{edit_detection.SEAL}">{"0" * 64}</PROPERTY>\n'
        text = edit_detection.seal(text)
    atomic_files.write_text(path, text)
